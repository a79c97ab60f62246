from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from apps.people.states import Right, Role, TokenScope


class User(AbstractUser):
    """A person. Never deleted, only deactivated: the journal names them for ever."""

    display_name = models.CharField(_("display name"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    scope: TokenScope | None = None
    """Set while a program with a token speaks for the person: every question about their rights is narrowed to it."""

    def __str__(self) -> str:
        return self.display_name or self.username


class BusinessLine(models.Model):
    """A piece of clearing business that owns processes, and the one object that rights are granted on."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    position = models.PositiveIntegerField(_("position"), default=0)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))

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


class Lasting(models.Model):
    """Something given to somebody by somebody: from one moment on, up to but without another one; empty: always, for ever."""

    valid_from = models.DateTimeField(_("from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("until"), null=True, blank=True, db_index=True)
    granted_by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lt=F("valid_until")),
                name="%(class)s_ends_after_it_begins",
            )
        ]


class Membership(Lasting):
    """A person's role in a team. Written only by `people.actions`, which keeps the guardian grants equal to it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("team"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "user", "role"], name="one_membership_per_role"),
            *Lasting.Meta.constraints,
        ]


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


class DutyPeriod(models.Model):
    """Who is on duty on a line from one day to another, both included, and who if they are not there.

    Of a line and a day there is one, which `people.actions` sees to.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    valid_from_date = models.DateField(_("from"))
    valid_until_date = models.DateField(_("until"))
    primary = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("on duty"))
    backup = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("their backup")
    )

    class Meta:
        verbose_name = _("duty period")
        verbose_name_plural = _("duty roster")
        ordering = ["-valid_from_date", "line"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_from_date__lte=F("valid_until_date")), name="duty_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(backup=None) | ~Q(backup=F("primary")), name="nobody_is_their_own_backup"),
        ]
        indexes = [models.Index(fields=["line", "valid_until_date"], name="duty_of_a_line")]

    def __str__(self) -> str:
        return f"{self.line.code} {self.valid_from_date} – {self.valid_until_date}"


class Absence(models.Model):
    """Days on which somebody is not there, both included: the roster passes over them."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    valid_from_date = models.DateField(_("from"))
    valid_until_date = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-valid_from_date", "person"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_from_date__lte=F("valid_until_date")), name="absence_ends_after_it_begins")
        ]
        indexes = [models.Index(fields=["person", "valid_until_date"], name="absences_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.valid_from_date} – {self.valid_until_date}"


class Presence(models.Model):
    """Somebody has a page about a thing open: `stream` is the thing's in the journal. No business data: it is never journaled,
    and what is not renewed is gone."""

    stream = models.CharField(max_length=120, db_index=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=10)  # where they stand there, as the owner of the thing names it
    token = models.UUIDField(unique=True)  # of one page
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.stream}"


class Counted(models.Model):
    """Who asks from outside: their requests of a minute are counted here where no cache is shared."""

    counted_minute = models.BigIntegerField(default=0, editable=False)  # since 1970; of the last request that was counted here
    counted_requests = models.PositiveIntegerField(default=0, editable=False)  # in that minute

    class Meta:
        abstract = True


class ProgramToken(Counted):
    """What a program signs in with instead of its person: on some lines, to read or to act, until a moment.

    Only a digest of the token lies here; the token is shown once. Rows stay when it has ended: they say who could do what.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    lines = models.ManyToManyField(BusinessLine, related_name="+", verbose_name=_("business lines"))
    acts = models.BooleanField(_("may act"), default=False)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("ends at"))
    used_at = models.DateTimeField(_("last used"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("ended by"))

    class Meta:
        verbose_name = _("program token")
        verbose_name_plural = _("program tokens")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class AnsweredRequest(models.Model):
    """The answer to a request with a key of the program's own, kept a day, so that the same request is never done twice."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request = models.CharField(max_length=64)  # digest of what was asked
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_answer_per_key")]
