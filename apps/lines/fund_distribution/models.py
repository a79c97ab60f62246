"""What a day of quick redemptions came to. Rows belong to a run; `fund_distribution.store` is their only writer.

Money is CNY with two decimals; units of funds have two decimals; rates are percent a year.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.fund_distribution.states import Bound, RequestState
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


def _told(label: "StrPromise") -> "models.DecimalField[Decimal | None, Decimal | None]":
    """None: nobody said it."""
    return models.DecimalField(label, max_digits=20, decimal_places=2, null=True)


class AdvanceRequest(models.Model):
    """One quick redemption. `row_no` is the row of `file`, the counter's requests.

    `requested = granted + cut + rejected`. `advanced` is what the bank paid of `granted`; `repaid` what went back to the bank;
    `loss` what of the advance the TA will not bring back.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    number = models.CharField(_("request"), max_length=24)
    natural_date = models.DateField(_("natural day"))
    time = models.CharField(_("time"), max_length=6, blank=True)
    client = models.CharField(_("client"), max_length=20)
    account = models.CharField(_("transaction account"), max_length=17)
    fund = models.CharField(_("fund"), max_length=6)
    channel = models.CharField(_("channel"), max_length=9)
    bank = models.CharField(_("advancing bank"), max_length=12, blank=True)
    requested = _money(_("requested"))
    available_units = _money(_("available units"))
    granted = _money(_("granted"))
    cut = _money(_("cut"))
    rejected = _money(_("rejected"))
    bound = models.CharField(_("bound by"), max_length=12, choices=Bound.choices, blank=True)
    units = _money(_("units"))
    state = models.CharField(_("state"), max_length=10, choices=RequestState.choices, default=RequestState.REQUESTED)
    advanced = _money(_("advanced"))
    receipt_code = models.CharField(_("answer of the bank"), max_length=8, blank=True)
    receipt_text = models.CharField(_("text of the bank"), max_length=80, blank=True)
    confirmed_units = _told(_("confirmed units"))
    confirmed_amount = _told(_("confirmed amount"))
    confirmed_income = _told(_("income"))
    ta_code = models.CharField(_("answer of the TA"), max_length=4, blank=True)
    ta_serial = models.CharField(_("number of the TA"), max_length=20, blank=True)
    loss = _money(_("loss"))
    received = _money(_("received"))
    repaid = _money(_("repaid"))
    income_paid = _money(_("income paid"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("quick redemption")
        verbose_name_plural = _("quick redemptions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="one_advance_request_per_run"),
            models.CheckConstraint(condition=Q(granted__lte=F("requested")), name="advance_within_request"),
            models.CheckConstraint(condition=Q(advanced__lte=F("granted")), name="advance_within_quota"),
            models.CheckConstraint(condition=Q(repaid__lte=F("advanced")), name="repaid_within_advance"),
        ]
        indexes = [models.Index(fields=["run", "state", "id"], name="advance_requests_by_state")]

    def __str__(self) -> str:
        return self.number


class AdvanceLine(models.Model):
    """The advance line of one bank on the day: `opening` owed before, then what was advanced and repaid today."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    bank = models.CharField(_("advancing bank"), max_length=12)
    kind = models.CharField(_("kind"), max_length=20)
    limit = _money(_("advance line"))
    opening = _money(_("owed before"))
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=4)
    year_days = models.PositiveSmallIntegerField(_("days of a year"))
    advanced = _money(_("advanced"))
    repaid = _money(_("repaid"))
    interest = _money(_("interest"))
    outstanding = _money(_("outstanding"))
    is_warned = models.BooleanField(_("nearly used"), default=False)

    class Meta:
        app_label = "lines"
        verbose_name = _("advance line")
        verbose_name_plural = _("advance lines")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "bank"], name="one_advance_line_per_bank")]

    def __str__(self) -> str:
        return self.bank
