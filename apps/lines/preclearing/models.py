"""What a day of pre-clearing came to. Rows belong to a run; `preclearing.store` is their only writer.

Money is CNY with two decimals. Nets: > 0 comes to us; fees: < 0, and part of a net.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.fees.states import SecurityClass, Side
from apps.lines.preclearing.core.forecast import Position
from apps.lines.preclearing.states import AccountState, Basis, Cause
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


def _said_later(label: "StrPromise") -> "models.DecimalField[Decimal | None, Decimal | None]":
    """Money that nobody has said yet is None."""
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=None, null=True)


class PreclearingAccount(models.Model):
    """A guaranteed reserve account on one day: forecast, top-up, fund check, final. `files`: code to the file that was read.

    `own_net` and `first_net` stand beside each other; `pre_net` is the one of `basis`, with `pre_fees` and `pre_rows`.
    `query_balance`: what the account had at the fund check. `causes`: cause to CNY as text; together they are the variance.
    `own_fees`: fees of the final rows by our fee table. `locked`: rows of `qtsl` that lock securities bought on the account.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    account = models.CharField(_("cash account"), max_length=25)
    state = models.CharField(_("state"), max_length=15, choices=AccountState.choices, default=AccountState.NOT_READY)
    files = models.JSONField(_("files"), default=dict)
    balance = _money(_("balance"))
    min_reserve = _money(_("minimum reserve"))
    frozen = _money(_("frozen"))
    pending = _money(_("pending payments"))
    own_net = _money(_("own forecast"))
    own_fees_forecast = _money(_("fees of the own forecast"))
    own_rows = models.PositiveIntegerField(_("own executions"), default=0)
    first_net = _said_later(_("net of the first batch"))
    basis = models.CharField(_("computed from"), max_length=5, choices=Basis.choices, blank=True)
    pre_net = _money(_("forecast net"))
    pre_fees = _money(_("forecast fees"))
    pre_rows = models.PositiveIntegerField(_("forecast rows"), default=0)
    top_up = _money(_("top-up"))
    amount = _money(_("transfer"))
    bank = models.CharField(_("source bank"), max_length=20, blank=True)
    is_sent = models.BooleanField(_("sent"), default=False)
    query_balance = _said_later(_("balance at the fund check"))
    final_net = _said_later(_("final net"))
    final_fees = _money(_("final fees"))
    own_fees = _money(_("own fees"))
    final_rows = models.PositiveIntegerField(_("final rows"), default=0)
    turnover = _money(_("gross turnover"))
    tolerance = _money(_("tolerance"))
    causes = models.JSONField(_("causes"), default=dict)
    locked = models.PositiveIntegerField(_("locks of bought securities"), default=0)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("pre-clearing account")
        verbose_name_plural = _("pre-clearing accounts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="one_preclearing_account_per_run"),
            models.CheckConstraint(condition=Q(amount__gte=0, top_up__gte=0), name="preclearing_top_ups_are_not_negative"),
            models.CheckConstraint(condition=Q(is_sent=False) | ~Q(basis=""), name="sent_preclearing_accounts_say_their_basis"),
        ]
        indexes = [models.Index(fields=["business_date", "state"], name="preclearing_by_state")]

    def __str__(self) -> str:
        return self.account

    @property
    def position(self) -> Position:
        """The account before the net of the day."""
        return Position(balance=self.balance, min_reserve=self.min_reserve, frozen=self.frozen, pending=self.pending)

    @property
    def available(self) -> Decimal:
        return self.position.available

    @property
    def needed(self) -> Decimal:
        return self.position.needed(self.pre_net)

    @property
    def variance(self) -> Decimal | None:
        """Final less forecast; None before the final details."""
        return None if self.final_net is None else self.final_net - self.pre_net

    @property
    def explained(self) -> list[tuple[str, Decimal]]:
        """Causes of the variance in words, with their amounts."""
        return [(str(Cause(name).label), Decimal(amount)) for name, amount in self.causes.items()]


class PreclearingTrade(models.Model):
    """An own execution with the fees of our fee table. `row_no` is the row of `file`; `quantity` is what that row says.

    `interest`: accrued interest of a bond, part of `principal` and with its sign.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    cash_account = models.CharField(_("cash account"), max_length=25)
    account = models.CharField(_("account"), max_length=10)
    unit = models.CharField(_("unit"), max_length=5)
    security = models.CharField(_("security"), max_length=6)
    security_class = models.CharField(_("class of securities"), max_length=10, choices=SecurityClass.choices)
    side = models.CharField(_("side"), max_length=4, choices=Side.choices)
    quantity = models.BigIntegerField(_("quantity"))
    principal = _money(_("principal"))
    interest = _money(_("accrued interest"))
    fee_stamp = _money(_("stamp duty"))
    fee_handling = _money(_("handling fee"))
    fee_regulatory = _money(_("regulatory fee"))
    fee_transfer = _money(_("transfer fee"))
    fee_other = _money(_("other fees"))
    net = _money(_("net cash"))
    ref_no = models.CharField(_("trade number"), max_length=16)

    class Meta:
        app_label = "lines"
        verbose_name = _("own execution")
        verbose_name_plural = _("own executions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "row_no"], name="one_preclearing_trade_per_row")]

    def __str__(self) -> str:
        return self.ref_no

    @property
    def fees(self) -> Decimal:
        return self.fee_stamp + self.fee_handling + self.fee_regulatory + self.fee_transfer + self.fee_other
