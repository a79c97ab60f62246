"""Amounts of fund money and the need of each reserve account by day; `fund_shenzhen.store` is their only writer.

Money is CNY with two decimals, > 0 comes to us; units have two decimals. Rows belong to a run.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.fund_shenzhen.states import FundFlaw, FundItemState
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


class FundItem(models.Model):
    """One amount: an order of ours, a confirmation of the register, or agency money that SJSMX2 announces.

    `settle_date`: when its money moves, empty as long as nobody knows. `carried_from`: the amount of an earlier day that this one
    goes on with; file and row are those it first came from. `told_file`, `told_row`: the result that settled or failed it.
    `estimate`: the estimated cash within an order, signed; `lots`: its creation units.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    file_code = models.CharField(_("file code"), max_length=40)
    state = models.CharField(_("state"), max_length=12, choices=FundItemState.choices, default=FundItemState.CONFIRMED)
    reading = models.CharField(_("reading"), max_length=10, blank=True)
    mode = models.CharField(_("settlement mode"), max_length=6, blank=True)
    kind = models.CharField(_("kind"), max_length=14, blank=True)
    biz_type = models.CharField(_("business type"), max_length=4)
    posts_as = models.CharField(_("posted under"), max_length=4, blank=True)
    serial = models.CharField(_("confirmation number"), max_length=24)
    order_no = models.CharField(_("order number"), max_length=24, blank=True)
    account = models.CharField(_("securities account"), max_length=20)
    client = models.CharField(_("client"), max_length=20, blank=True)
    cash_account = models.CharField(_("cash account"), max_length=25, blank=True)
    unit = models.CharField(_("custody unit"), max_length=6, blank=True)
    fund = models.CharField(_("fund"), max_length=8)
    units = _money(_("fund units"))
    value = models.DecimalField(_("net asset value"), max_digits=18, decimal_places=4, default=Decimal(0))
    amount = _money(_("amount"))
    fee = _money(_("fee"))
    estimate = _money(_("estimated cash"))
    lots = models.PositiveIntegerField(_("creation units"), default=0)
    pays = models.BooleanField(_("paid by the client"), null=True)
    settle_date = models.DateField(_("settlement date"), null=True)
    flaw = models.CharField(_("flaw"), max_length=12, choices=FundFlaw.choices, blank=True)
    code = models.CharField(_("result code"), max_length=4, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    carried_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("carried over from")
    )
    told_file = models.ForeignKey(
        ArrivedFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("file of the result")
    )
    told_row = models.PositiveIntegerField(_("row of the result"), default=0)

    class Meta:
        app_label = "lines"
        verbose_name = _("amount of fund money")
        verbose_name_plural = _("amounts of fund money")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "file_code", "row_no"], condition=Q(carried_from=None), name="one_fund_amount_per_row"
            ),
            models.UniqueConstraint(
                fields=["run", "carried_from"], condition=Q(carried_from__isnull=False), name="fund_amount_carried_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("confirmed", "failed", "returned")) | Q(settle_date__isnull=False),
                name="fund_amount_due_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state"], name="fund_amounts_by_state"),
            models.Index(fields=["settle_date", "run"], name="fund_amounts_by_day"),
        ]

    def __str__(self) -> str:
        return self.serial


class FundNeed(models.Model):
    """What one reserve account needs for one settlement day, on top of the days before. `file`, `row_no`: its opening balance.

    `asked`: what the maker wants to transfer next; `sent`: all that was sent in this run, by the step `sent_key` last.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    cash_account = models.CharField(_("cash account"), max_length=25)
    settle_date = models.DateField(_("settlement date"))
    balance = _money(_("balance"))
    frozen = _money(_("frozen"))
    payable = _money(_("payable"))
    receivable = _money(_("receivable"))
    need = _money(_("needed"))
    asked = _money(_("asked for"))
    sent = _money(_("sent"))
    sent_key = models.CharField(max_length=64, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("need of fund money")
        verbose_name_plural = _("needs of fund money")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "cash_account", "settle_date"], name="one_fund_need_per_account_day"),
            models.CheckConstraint(condition=Q(need__gte=0, asked__gte=0, sent__gte=0), name="fund_needs_are_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.cash_account} {self.settle_date}"
