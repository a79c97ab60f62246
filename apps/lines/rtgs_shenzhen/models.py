"""Need of each reserve account, and what the depository says of each gross trade; `rtgs_shenzhen.store` is their only writer.

Money is CNY with two decimals, > 0 comes to us; quantities are whole units. Rows belong to a run.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.rtgs_shenzhen.states import FailureDecision
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


class GrossNeed(models.Model):
    """What one reserve account needs as the queue stood last. `file`, `row_no`: where its opening balance stands.

    `payable` and `receivable` are of everything that has not settled. `asked`: what the maker wants to transfer next; `sent`: all
    that was sent today, by the step `sent_key` last.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    cash_account = models.CharField(_("cash account"), max_length=25)
    balance = _money(_("balance"))
    frozen = _money(_("frozen"))
    payable = _money(_("payable"))
    receivable = _money(_("receivable"))
    need_now = _money(_("needed now"))
    need_eod = _money(_("needed by the end of the day"))
    asked = _money(_("asked for"))
    sent = _money(_("sent"))
    sent_key = models.CharField(max_length=64, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("need of a reserve account")
        verbose_name_plural = _("needs of reserve accounts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "cash_account"], name="one_gross_need_per_account"),
            models.CheckConstraint(condition=Q(asked__gte=0, sent__gte=0), name="gross_transfers_are_not_negative"),
        ]

    def __str__(self) -> str:
        return self.cash_account


class GrossOutcome(models.Model):
    """One row of `SJSJG`: what the depository did with a gross trade. `code`: JGZYDH of a trade that failed."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    biz_type = models.CharField(_("business type"), max_length=4)
    serial = models.CharField(_("settlement number"), max_length=16)
    trade_no = models.CharField(_("trade number"), max_length=16)
    account = models.CharField(_("securities account"), max_length=20)
    unit = models.CharField(_("custody unit"), max_length=6)
    security = models.CharField(_("security"), max_length=8)
    cash_account = models.CharField(_("cash account"), max_length=25)
    mode = models.CharField(_("settlement mode"), max_length=1)
    quantity = models.BigIntegerField(_("quantity"))
    settled_qty = models.BigIntegerField(_("settled quantity"))
    net_cash = _money(_("net cash"))
    is_settled = models.BooleanField(_("settled"))
    code = models.CharField(_("result code"), max_length=4, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=FailureDecision.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("outcome of a gross trade")
        verbose_name_plural = _("outcomes of gross trades")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "row_no"], name="one_gross_outcome_per_row"),
            models.CheckConstraint(condition=Q(is_settled=False) | Q(decision=""), name="only_failed_gross_trades_are_decided"),
        ]
        indexes = [models.Index(fields=["run", "is_settled"], name="gross_outcomes_of_a_run")]

    def __str__(self) -> str:
        return self.serial
