"""Where every reserve account stands. Rows belong to a run; `funds_monitoring.store` is their only writer.

Money is CNY with two decimals. A due > 0 comes to us, < 0 leaves us; payables and receivables of a position have no sign.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.funds_monitoring.states import Colour, House, Mode, TopUpState
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


def _of_run() -> "models.ForeignKey[Run, Run]":
    return models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))


class FundsPosition(models.Model):
    """One account on one settlement day. `balance` and what follows are of the row of `file`; without a file of `source_run`.

    `forecast`: its guaranteed net as pre-clearing told it, None when nobody did. `locked_rows`: rows of securities that stay
    locked until it has paid. `previous`: the close of the day before, None when nobody told it. `queried`: its balance by a query
    of the day, None without one. `sent`, `arrived`: transfers to it. `batch`: the last unlock batch that told of it. `is_stale`:
    its balances are not of the business date. `computed_at`: when it was computed last, whether it changed or not.
    """

    run = _of_run()
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    settle_date = models.DateField(_("settlement date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"), default=0)
    source_run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("run"))
    house = models.CharField(_("clearing house"), max_length=3, choices=House.choices)
    account = models.CharField(_("cash account"), max_length=25)
    kind = models.CharField(_("class"), max_length=3, blank=True)
    balance = _money(_("balance"))
    previous = models.DecimalField(_("close before"), max_digits=20, decimal_places=2, null=True)
    min_reserve = _money(_("minimum reserve"))
    frozen = _money(_("frozen"))
    overdraft = _money(_("overdraft"))
    told_withdrawable = _money(_("withdrawable as told"))
    forecast = models.DecimalField(_("pre-clearing net"), max_digits=20, decimal_places=2, null=True)
    locked_rows = models.PositiveIntegerField(_("locked securities rows"), default=0)
    queried = models.DecimalField(_("queried balance"), max_digits=20, decimal_places=2, null=True)
    guaranteed_net = _money(_("guaranteed net"))
    gross_pay = _money(_("gross payable"))
    gross_receive = _money(_("gross receivable"))
    agency_pay = _money(_("agency payable"))
    agency_receive = _money(_("agency receivable"))
    subscription_pay = _money(_("subscription payable"))
    sent = _money(_("transfers sent"))
    arrived = _money(_("transfers arrived"))
    need = _money(_("need"))
    have = _money(_("have"))
    projected = _money(_("projected balance"))
    expected = _money(_("expected balance"))
    shortfall = _money(_("shortfall"))
    withdrawable = _money(_("withdrawable"))
    colour = models.CharField(_("state"), max_length=6, choices=Colour.choices)
    batch = models.CharField(_("unlock batch"), max_length=1, blank=True)
    is_locked = models.BooleanField(_("locked"), default=False)
    is_stale = models.BooleanField(_("stale"), default=False)
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        app_label = "lines"
        verbose_name = _("funds position")
        verbose_name_plural = _("funds positions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "house", "account"], name="one_funds_position_per_account"),
            models.CheckConstraint(condition=Q(shortfall__gte=0, withdrawable__gte=0), name="funds_positions_without_sign"),
            models.CheckConstraint(condition=Q(shortfall=0) | Q(withdrawable=0), name="short_funds_are_not_withdrawable"),
        ]
        indexes = [models.Index(fields=["settle_date", "colour"], name="funds_positions_by_colour")]

    def __str__(self) -> str:
        return f"{self.house} {self.account}"


class FundsDue(models.Model):
    """What a position was computed from: `count` rows of `origin`, in the row of `file` or in `source_run` of another line."""

    position = models.ForeignKey(FundsPosition, on_delete=models.CASCADE, related_name="dues", verbose_name=_("funds position"))
    mode = models.CharField(_("kind of money"), max_length=10, choices=Mode.choices)
    amount = _money(_("amount"))
    is_settled = models.BooleanField(_("settled"), default=False)
    origin = models.CharField(_("origin"), max_length=40)
    count = models.PositiveIntegerField(_("rows"), default=1)
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"), null=True)
    source_run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("run"))

    class Meta:
        app_label = "lines"
        verbose_name = _("amount due")
        verbose_name_plural = _("amounts due")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.origin} {self.amount}"


class FundsTopUp(models.Model):
    """A transfer to an account that is short, as maker and checker agreed. `came` is what the bank says arrived."""

    run = _of_run()
    number = models.CharField(_("transfer"), max_length=20)
    house = models.CharField(_("clearing house"), max_length=3, choices=House.choices)
    account = models.CharField(_("cash account"), max_length=25)
    bank = models.CharField(_("source bank"), max_length=20)
    shortfall = _money(_("shortfall"))
    amount = _money(_("transfer"))
    came = _money(_("arrived"))
    state = models.CharField(_("state"), max_length=8, choices=TopUpState.choices, default=TopUpState.PLANNED)
    sent_by = models.CharField(max_length=64, blank=True)  # idempotency key of the step that sent it

    class Meta:
        app_label = "lines"
        verbose_name = _("top-up")
        verbose_name_plural = _("top-ups")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="one_funds_topup_per_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="funds_topups_are_positive"),
            models.CheckConstraint(condition=~Q(state="planned") | Q(came=0), name="planned_funds_topups_have_not_come"),
        ]

    def __str__(self) -> str:
        return self.number
