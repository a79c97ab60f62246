"""What the version of the process says about advances: limits, who may advance, and how the quota is used.

Nothing here is a number of the market: limits come from the decision model of the version with their source. Amounts are CNY,
units those of the fund, rates percent a year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.kernel.money import CENT
from apps.lines.fees.core.exact import product, quotient
from apps.lines.fund_distribution.states import IncomeTo, OnExcess


@dataclass(frozen=True)
class FundRule:
    """For funds of one kind: most a client gets in a fund and channel on a natural day, and the value of one unit."""

    client_limit: Decimal
    unit_value: Decimal


@dataclass(frozen=True, kw_only=True)
class Terms:
    """`advancers`: kind of institution to whether it may advance. `warn_percent`: use of a line from which it is told."""

    funds: Mapping[str, FundRule]
    advancers: Mapping[str, bool]
    warn_percent: Decimal
    on_excess: OnExcess
    income_to: IncomeTo
    settlement_account: str
    money_types: frozenset[str]


def value_of(units: Decimal, unit_value: Decimal) -> Decimal:
    return CENT(product(units, unit_value))


def units_of(amount: Decimal, unit_value: Decimal) -> Decimal:
    """Units to redeem for an amount, with the two decimals that the TA files have."""
    return CENT(quotient(amount, unit_value))


def outstanding_after(before: Decimal, advances: Decimal, repaid: Decimal) -> Decimal:
    """`O(T) = O(T-1) + advances(T) - repaid(T)` of one bank. Raises ValueError when more is repaid than is owed."""
    owed = before + advances
    if repaid < 0 or repaid > owed:
        raise ValueError(f"{repaid} repaid, {owed} owed")
    return owed - repaid


def used_percent(outstanding: Decimal, line: Decimal) -> Decimal:
    """Percent of the advance line in use; a line of nothing with something outstanding is all used."""
    if line:
        return CENT(quotient(product(outstanding, 100), line))
    return Decimal(100) if outstanding else Decimal(0)


def interest_of(repaid: Decimal, rate: Decimal, days: int, year_days: int) -> Decimal:
    """`repaid x rate % x days / days of the year` by the agreement with the bank, rounded once, half up."""
    return CENT(quotient(product(repaid, rate, days), product(100, year_days)))
