"""The normalised tables that all lines read and write (fact book 3.9). Rows keep (file, row number) as their trail.

Rows belong to a run and are replaced as a whole when a step is done again; `lines.store` is the only writer.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.bond_lending.models import LendingContract, LendingDeclaration, LendingPledge
from apps.lines.corrections.models import Correction, CorrectionFinding, CorrectionPosting
from apps.lines.fees.models import FeeRate
from apps.lines.fund_distribution.models import AdvanceLine, AdvanceRequest
from apps.lines.fund_shenzhen.models import FundItem, FundNeed
from apps.lines.funds_monitoring.models import FundsDue, FundsPosition, FundsTopUp
from apps.lines.options_margin.models import (
    BreakWaiver,
    CombinationDeclaration,
    MarginAccount,
    MarginRow,
    OptionContract,
)
from apps.lines.parameters.models import ParameterBaseline
from apps.lines.precious_metals.models import MetalClearing, MetalPosition, MetalStock, MetalTrade
from apps.lines.preclearing.models import PreclearingAccount, PreclearingTrade
from apps.lines.preferred_stock.models import PreferredClaim, PreferredEvent
from apps.lines.products.models import (
    Product,
    ProductAccount,
    ProductClass,
    ProductClassification,
    ProductFacts,
    ProductOutput,
    ProductRule,
    ProductTable,
)
from apps.lines.rtgs_shenzhen.models import GrossNeed, GrossOutcome
from apps.lines.states import Guarantee, InstructionState, Outlook
from apps.lines.uplifts.models import MarginUplift
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


__all__ = [
    "AdvanceLine",
    "AdvanceRequest",
    "AgencyFunding",
    "AgencyItem",
    "BreakWaiver",
    "CashPosition",
    "CombinationDeclaration",
    "Correction",
    "CorrectionFinding",
    "CorrectionPosting",
    "FeeRate",
    "FundItem",
    "FundNeed",
    "FundsDue",
    "FundsPosition",
    "FundsTopUp",
    "GrossNeed",
    "GrossOutcome",
    "LendingContract",
    "LendingDeclaration",
    "LendingPledge",
    "MarginAccount",
    "MarginRow",
    "MarginUplift",
    "MetalClearing",
    "MetalPosition",
    "MetalStock",
    "MetalTrade",
    "Obligation",
    "OptionContract",
    "OwnTradeRecord",
    "ParameterBaseline",
    "PreclearingAccount",
    "PreclearingTrade",
    "PreferredClaim",
    "PreferredEvent",
    "Product",
    "ProductAccount",
    "ProductClass",
    "ProductClassification",
    "ProductFacts",
    "ProductOutput",
    "ProductRule",
    "ProductTable",
    "SecurityPosition",
    "SettlementResult",
]
"""Django looks for the tables of all lines here."""


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    """CNY, two decimals."""
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


class FromFile(models.Model):
    """A row of a market file."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))

    class Meta:
        abstract = True


class Obligation(FromFile):
    """What we owe or are owed by one row. Cash and quantity: > 0 comes to us, < 0 leaves us."""

    file_code = models.CharField(_("file code"), max_length=40)
    market = models.CharField(_("market"), max_length=2)
    record_type = models.CharField(_("record type"), max_length=3)
    guarantee = models.CharField(_("guarantee"), max_length=12, choices=Guarantee.choices)
    participant = models.CharField(_("participant"), max_length=8)
    unit = models.CharField(_("trading unit"), max_length=6)
    counterparty_unit = models.CharField(_("counterparty unit"), max_length=6, blank=True)
    account = models.CharField(_("securities account"), max_length=20)
    cash_account = models.CharField(_("cash account"), max_length=25, blank=True)
    security = models.CharField(_("security"), max_length=8)
    biz_type = models.CharField(_("business type"), max_length=4)
    side = models.CharField(_("side"), max_length=1)
    quantity = models.BigIntegerField(_("quantity"))
    principal = _money(_("principal"))
    fee_stamp = _money(_("stamp duty"))
    fee_handling = _money(_("handling fee"))
    fee_regulatory = _money(_("regulatory fee"))
    fee_transfer = _money(_("transfer fee"))
    fee_settlement = _money(_("settlement fee"))
    fee_other = _money(_("other amounts"))
    net_cash = _money(_("net cash"))
    trade_date = models.DateField(_("trade date"), null=True)
    clear_date = models.DateField(_("clearing date"), null=True)
    settle_date = models.DateField(_("settlement date"), null=True)
    trade_time = models.CharField(_("trade time"), max_length=6, blank=True)
    ref_no = models.CharField(_("trade number"), max_length=22)
    order_no = models.CharField(_("order number"), max_length=22, blank=True)
    group_no = models.CharField(_("settlement number"), max_length=22, blank=True)
    result_code = models.CharField(_("result code"), max_length=4, blank=True)
    remark = models.CharField(_("remark"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "file_code", "row_no"], name="one_obligation_per_row")]


class SettlementResult(models.Model):
    """Where an instruction stands. One row an instruction; states move along `INSTRUCTION_MOVES` only."""

    obligation = models.OneToOneField(
        Obligation, on_delete=models.CASCADE, related_name="result", primary_key=True, verbose_name=_("obligation")
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    state = models.CharField(_("state"), max_length=12, choices=InstructionState.choices, default=InstructionState.RECEIVED)
    is_matched = models.BooleanField(_("matched with an own trade"), default=False)
    is_confirmed = models.BooleanField(_("confirmed by the counterparty"), default=True)
    need = _money(_("needed now"))  # cash in CNY, or a quantity when securities are short
    result_code = models.CharField(_("result code"), max_length=4, blank=True)
    result_text = models.CharField(_("result text"), max_length=80, blank=True)
    settled_qty = models.BigIntegerField(_("settled quantity"), default=0)
    settled_cash = _money(_("settled cash"))
    settled_at = models.CharField(_("settled at"), max_length=6, blank=True)
    outlook = models.CharField(_("outlook"), max_length=12, blank=True)  # what the last simulation says, see queue.Outcome
    batch = models.PositiveSmallIntegerField(_("tick batch"), default=0)  # 0: not ticked
    tick_key = models.CharField(max_length=64, blank=True)  # idempotency key of the step that ticked it
    closed_as = models.CharField(_("closed as"), max_length=12, choices=InstructionState.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("settlement result")
        verbose_name_plural = _("settlement results")
        ordering = ["obligation_id"]
        indexes = [models.Index(fields=["run", "state"], name="results_of_a_run_by_state")]

    def get_outlook_display(self) -> str:
        """In words what the last simulation says."""
        return str(Outlook(self.outlook).label) if self.outlook in Outlook.values else self.outlook


class CashPosition(FromFile):
    """A reserve account at the depository as the market's file tells it."""

    market = models.CharField(_("market"), max_length=2)
    cash_account = models.CharField(_("cash account"), max_length=25)
    account_class = models.CharField(_("class"), max_length=3)
    balance = _money(_("balance"))
    min_reserve = _money(_("minimum reserve"))
    frozen = _money(_("frozen"))
    guaranteed_net = _money(_("guaranteed net"))
    nonguaranteed_pay = _money(_("non-guaranteed payable"))
    nonguaranteed_recv = _money(_("non-guaranteed receivable"))
    agency_pay = _money(_("agency payable"))
    agency_recv = _money(_("agency receivable"))
    ipo_pay = _money(_("subscription payable"))
    withdrawable = _money(_("withdrawable"))
    as_of = models.DateField(_("as of"), null=True)

    class Meta:
        verbose_name = _("cash position")
        verbose_name_plural = _("cash positions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "file", "row_no"], name="one_cash_position_per_row")]


class SecurityPosition(FromFile):
    """A holding as the market's file tells it; `frozen` is part of `total`."""

    account = models.CharField(_("securities account"), max_length=20)
    unit = models.CharField(_("trading unit"), max_length=6)
    security = models.CharField(_("security"), max_length=8)
    nature = models.CharField(_("nature"), max_length=4, blank=True)
    total = models.BigIntegerField(_("total"))
    frozen = models.BigIntegerField(_("frozen"), default=0)
    pledged = models.BigIntegerField(_("pledged"), default=0)
    locked_sellable = models.BigIntegerField(_("sellable lock"), default=0)
    locked_pending = models.BigIntegerField(_("pending-disposal lock"), default=0)
    as_of = models.DateField(_("as of"), null=True)

    class Meta:
        verbose_name = _("security position")
        verbose_name_plural = _("security positions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "file", "row_no"], name="one_security_position_per_row")]


class OwnTradeRecord(FromFile):
    """What our own counter says we traded; amounts and quantities without sign."""

    account = models.CharField(_("securities account"), max_length=20)
    unit = models.CharField(_("trading unit"), max_length=6)
    security = models.CharField(_("security"), max_length=8)
    side = models.CharField(_("side"), max_length=1)
    quantity = models.BigIntegerField(_("quantity"))
    amount = _money(_("amount"))
    ref_no = models.CharField(_("trade number"), max_length=22)
    order_no = models.CharField(_("order number"), max_length=22, blank=True)
    is_confirmed = models.BooleanField(_("confirmed by the counterparty"), default=True)

    class Meta:
        verbose_name = _("own trade")
        verbose_name_plural = _("own trades")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "row_no"], name="one_own_trade_per_line")]
