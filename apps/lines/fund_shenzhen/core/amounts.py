"""Arithmetic of fund money (fact book, line L05, Calculation). Amounts are CNY, exact; > 0 comes to us. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.money import CENT


@dataclass(frozen=True, kw_only=True, slots=True)
class FundFacts:
    """Parameters of a fund on a day. CNY for each creation unit of `unit_size` units: the cash substitute of the basket, the
    estimated cash of the day, and the actual cash of the orders of the day before."""

    row_no: int
    fund: str
    kind: str
    unit_size: int
    substitute: Decimal
    estimated: Decimal
    actual_before: Decimal

    def lots(self, units: Decimal) -> int | None:
        """How many creation units; None when it is no whole number of them."""
        if self.unit_size <= 0 or units <= 0 or units % self.unit_size:
            return None
        return int(units // self.unit_size)


def order_cash(facts: FundFacts, lots: int, fee: Decimal, *, creates: bool) -> Decimal:
    """`units ÷ unit size × (cash substitute + estimated cash)`, and the fee on top (creation) or off (redemption) [K]."""
    principal = CENT(lots * (facts.substitute + facts.estimated))
    return -(principal + fee) if creates else principal - fee


def estimate_of(facts: FundFacts, lots: int, *, creates: bool) -> Decimal:
    """The estimated cash in an order, signed as it was paid: EFXC later corrects it."""
    estimate = CENT(lots * facts.estimated)
    return -estimate if creates else estimate


def difference_of(facts: FundFacts, lots: int, estimate: Decimal, *, creates: bool) -> Decimal:
    """EFXC: actual less estimated cash of an order of the day before [K]; who creates pays what the estimate was short of."""
    actual = CENT(lots * facts.actual_before)
    return (-actual if creates else actual) - estimate


def is_the_amount(*, units: Decimal, value: Decimal, cash: Decimal, fee: Decimal, tolerance: Decimal) -> bool:
    """`units × value ≈ amount` plus fee fields, within the tolerance of a row [I]. A subscription pays its fee on top (cash < 0),
    a redemption receives what the fee leaves (cash > 0)."""
    net = abs(cash) + (-fee if cash < 0 else fee)
    return abs(units * value - net) <= tolerance


@dataclass(frozen=True, kw_only=True, slots=True)
class DayNeed:
    """Of one reserve account and settlement day: what is paid, what comes, and what has to be transferred for this day, on top of
    what the days before it need."""

    day: date
    payable: Decimal
    receivable: Decimal
    need: Decimal


def needs_by_day(available: Decimal, dues: Iterable[tuple[date, Decimal]], *, count_receipts: bool) -> list[DayNeed]:
    """The need of each settlement day of an account, earliest first. CNY.

    Money of the day itself never pays the day: non-guaranteed receipts count only after they settled (fact book, line L11). With
    `count_receipts` those of earlier days do. A negative `available` is needed on the first day.
    """
    flows: dict[date, list[Decimal]] = {}
    for day, cash in dues:
        flows.setdefault(day, []).append(cash)
    found, left = [], available
    for day in sorted(flows):
        payable = -sum((one for one in flows[day] if one < 0), Decimal(0))
        receivable = sum((one for one in flows[day] if one > 0), Decimal(0))
        need = max(Decimal(0), payable - left)
        left += need - payable + (receivable if count_receipts else 0)
        found.append(DayNeed(day=day, payable=payable, receivable=receivable, need=need))
    return found
