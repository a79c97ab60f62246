from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from apps.people.states import Right, Role


class User(AbstractUser):
    """A person. Never deleted, only deactivated: the journal names them for ever."""

    display_name = models.CharField(_("display name"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    def __str__(self) -> str:
        return self.display_name or self.username


class BusinessLine(models.Model):
    """A piece of clearing business that owns processes, and the one object that rights are granted on."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("business line")
        verbose_name_plural = _("business lines")
        ordering = ["position", "code"]
        default_permissions = ("add", "change", "delete")
        permissions = [(f"{right.value}_businessline", f"Can {right.value} on the line") for right in Right]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class BusinessLineUserObjectPermission(UserObjectPermissionBase):
    """Direct foreign key: a grant dies with its line and a re-used key never inherits it."""

    content_object = models.ForeignKey(BusinessLine, on_delete=models.CASCADE)


class BusinessLineGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(BusinessLine, on_delete=models.CASCADE)


class Team(models.Model):
    """People who do a line's work together; a membership is a role on the line."""

    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="teams", verbose_name=_("business line"))

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class Membership(models.Model):
    """A person's role in a team. Written only by `people.actions`, which keeps the guardian grants equal to it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("team"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["team", "user", "role"], name="one_membership_per_role")]


class RoleGroup(models.Model):
    """The auth group that carries one role's rights on one line."""

    line = models.ForeignKey(BusinessLine, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, choices=Role.choices)
    group = models.OneToOneField(Group, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "role"], name="one_group_per_line_and_role")]


class SignInCounter(models.Model):
    """Failed sign-ins of one name from one address, or of one address. `key` is a digest: no list of names lies here."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField()
