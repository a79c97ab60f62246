"""Comparisons and the breaks they found. Only `recon.actions` writes them; nothing is ever deleted."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run, Step
from apps.people.models import BusinessLine
from apps.recon.states import BreakKind, BreakState, Cause


class Reconciliation(models.Model):
    """One comparison made by one step. Done again, the same row is brought up to date."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="reconciliations", verbose_name=_("run"))
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="reconciliations", verbose_name=_("step"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    name = models.CharField(_("name"), max_length=80)
    left_name = models.CharField(_("left"), max_length=80)
    right_name = models.CharField(_("right"), max_length=80)
    left_digest = models.CharField(max_length=64)
    right_digest = models.CharField(max_length=64)
    left_count = models.PositiveIntegerField(_("rows on the left"))
    right_count = models.PositiveIntegerField(_("rows on the right"))
    left_total = models.DecimalField(_("total on the left"), max_digits=24, decimal_places=2, default=Decimal(0))
    right_total = models.DecimalField(_("total on the right"), max_digits=24, decimal_places=2, default=Decimal(0))
    matched = models.PositiveIntegerField(_("matched"))
    breaks_count = models.PositiveIntegerField(_("breaks"))
    compared_at = models.DateTimeField(_("compared at"))

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["step", "name"], name="one_reconciliation_per_step_and_name")]

    def __str__(self) -> str:
        return self.name


class Break(models.Model):
    """A difference, kept until somebody explains it. `difference` is left minus right."""

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="breaks", verbose_name=_("reconciliation")
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="breaks", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="breaks", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    key = models.CharField(_("key"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=BreakKind.choices)
    left = models.JSONField(_("left"), null=True)
    right = models.JSONField(_("right"), null=True)
    difference = models.DecimalField(_("difference"), max_digits=24, decimal_places=2, default=Decimal(0))
    cause = models.CharField(_("cause"), max_length=16, choices=Cause.choices, default=Cause.UNKNOWN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    state = models.CharField(_("state"), max_length=12, choices=BreakState.choices, default=BreakState.OPEN)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("explained by")
    )
    explained_at = models.DateTimeField(_("explained at"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("break")
        verbose_name_plural = _("breaks")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "key", "kind"], name="one_break_per_key_and_kind"),
            models.CheckConstraint(
                condition=~Q(state="explained") | Q(explained_by__isnull=False, explained_at__isnull=False) & ~Q(reason=""),
                name="explained_break_says_who_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["line", "state", "-id"], name="breaks_of_a_line_by_state"),
            models.Index(fields=["run", "-id"], name="breaks_of_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.get_kind_display()}"
