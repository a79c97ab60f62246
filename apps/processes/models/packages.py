"""Packages that came in, and whose are taken."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TrustedKey(models.Model):
    """Packages that another installation has signed with this key are imported here."""

    name = models.CharField(_("name"), max_length=120)
    public_key = models.CharField(_("public key"), max_length=44, unique=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepted by")
    )
    accepted_at = models.DateTimeField(_("accepted at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("trusted key")
        verbose_name_plural = _("trusted keys")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class ReceivedPackage(models.Model):
    """A package whose signature was found good, looked at by who has sent it in before it is imported."""

    digest = models.CharField(_("digest"), max_length=64)
    content = models.BinaryField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("received by")
    )
    received_at = models.DateTimeField(_("received at"))
    imported_at = models.DateTimeField(_("imported at"), null=True, blank=True)

    class Meta:
        verbose_name = _("received package")
        verbose_name_plural = _("received packages")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.digest[:12]
