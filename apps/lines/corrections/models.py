"""Corrections of what was posted, their postings, and what they found. Rows are only added; of a correction only the state moves.

Money is CNY with two decimals, > 0 comes to us; quantities are whole units.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run, Step
from apps.files.models import ArrivedFile, SentFile
from apps.lines.corrections.states import CorrectionState, Overtaken, PostingKind
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


class Correction(models.Model):
    """What a file changes of what a run posted, as one person asked for it and another signed.

    `corrected_by`: the file that counts now. `digest`: of the difference that both looked at. `sent`: what told the counter.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    owner = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("run"))
    file_code = models.CharField(_("file code"), max_length=40)
    corrected_by = models.ForeignKey(
        ArrivedFile, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("corrected file")
    )
    state = models.CharField(_("state"), max_length=8, choices=CorrectionState.choices, default=CorrectionState.ASKED)
    digest = models.CharField(max_length=64)
    added = models.PositiveIntegerField(_("rows added"), default=0)
    changed = models.PositiveIntegerField(_("rows changed"), default=0)
    gone = models.PositiveIntegerField(_("rows gone"), default=0)
    cash_before = _money(_("cash before"))
    cash_after = _money(_("cash after"))
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    sent = models.OneToOneField(
        SentFile, null=True, on_delete=models.PROTECT, related_name="correction", verbose_name=_("sent file")
    )

    class Meta:
        app_label = "lines"
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "file_code"], condition=Q(state="asked"), name="one_open_correction_per_run_and_code"
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(signed_by__isnull=False, decided_at__isnull=False) & ~Q(signed_by=F("asked_by")),
                name="two_people_post_a_correction",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_correction_says_why"),
        ]
        indexes = [models.Index(fields=["line", "business_date", "-id"], name="corrections_of_a_line_and_day")]

    def __str__(self) -> str:
        return f"{self.file_code} #{self.pk}"

    @property
    def change(self) -> Decimal:
        return self.cash_after - self.cash_before


class CorrectionPosting(models.Model):
    """A reversal, or a row posted anew. `table`, `original`: the line's record that it reverses; `reverses`: the earlier posting.

    `file`, `row_no`: of the row that is reversed, or that is posted. `measures`: every amount of the row as it is posted here,
    exact, as text; `words`: what else the row says.
    """

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="postings", verbose_name=_("correction"))
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    file_code = models.CharField(_("file code"), max_length=40)
    kind = models.CharField(_("kind of posting"), max_length=8, choices=PostingKind.choices)
    table = models.CharField(_("table of the record"), max_length=40, blank=True)
    original = models.BigIntegerField(_("key of the record"), null=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by", verbose_name=_("reverses")
    )
    instead_of = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by", verbose_name=_("instead of")
    )
    name = models.CharField(_("known by"), max_length=300)
    cash_account = models.CharField(_("cash account"), max_length=25, blank=True)
    account = models.CharField(_("securities account"), max_length=20, blank=True)
    security = models.CharField(_("security"), max_length=8, blank=True)
    quantity = models.BigIntegerField(_("quantity moved"), default=0)
    cash = _money(_("cash moved"))
    measures = models.JSONField(_("amounts"), default=dict)
    words = models.JSONField(_("what else the row says"), default=dict)

    class Meta:
        app_label = "lines"
        verbose_name = _("posting of a correction")
        verbose_name_plural = _("postings of corrections")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["table", "original"], condition=Q(original__isnull=False), name="a_row_is_reversed_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="repost", original__isnull=True, reverses__isnull=True)
                | Q(kind="reversal", original__isnull=False, reverses__isnull=True, instead_of__isnull=True)
                | Q(kind="reversal", original__isnull=True, reverses__isnull=False, instead_of__isnull=True),
                name="a_reversal_says_of_what",
            ),
        ]
        indexes = [models.Index(fields=["run", "file_code", "id"], name="postings_of_a_run_and_code")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class CorrectionFinding(models.Model):
    """A place in a run that is past the point at which the rows counted: what was done there was done with the old ones."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="findings", verbose_name=_("correction"))
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="overtaken", verbose_name=_("run"))
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    kind = models.CharField(_("finding"), max_length=8, choices=Overtaken.choices)
    subject = models.CharField(_("what"), max_length=255, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("finding of a correction")
        verbose_name_plural = _("findings of corrections")
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "-id"], name="corrections_overtaking_a_run")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
