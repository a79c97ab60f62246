"""Fee, value and collateral ratio of a lending, and the day on which it is due (fact book, line L07, Calculation).

Quantities are bonds of 100 face, prices CNY for one of them, rates percent a year, amounts CNY rounded half up to the fen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.kernel.money import CENT, Rounding
from apps.lines.fees.core.exact import product, quotient

NextTradingDay = Callable[[date], date]
"""The day itself when it is a trading day, else the next one."""

PERCENT = Rounding(places=2)


@dataclass(frozen=True)
class Conventions:
    """What the version of the process says: days of each term by its code, and days of a year for the fee."""

    days: Mapping[str, int]
    year_days: int


def value_of(quantity: int, price: Decimal) -> Decimal:
    return CENT(product(quantity, price))


def fee_of(amount: Decimal, rate: Decimal, days: int, year_days: int) -> Decimal:
    """`amount x rate % x days / days of the year`, rounded once."""
    return CENT(quotient(product(amount, rate, days), product(100, year_days)))


def ratio_of(pledged: Decimal, lent: Decimal) -> Decimal | None:
    """Value of the collateral in percent of the value lent; None when nothing is lent."""
    return PERCENT(quotient(product(pledged, 100), lent)) if lent else None


def maturity_of(start: date, days: int, next_trading_day: NextTradingDay) -> date:
    """The day on which it has to be returned: a holiday moves it to the next trading day."""
    return next_trading_day(start + timedelta(days=days))


@dataclass(frozen=True)
class Positions:
    """How holdings change: `total` in and out of the account, `pledged` within what it holds."""

    total: int = 0
    pledged: int = 0


def lent_positions(side: str, quantity: int) -> Positions:
    """At the start the borrower gets the bonds and the lender gives them; at the return the other way round."""
    return Positions(total=quantity if side == "B" else -quantity)


def pledged_positions(quantity: int) -> Positions:
    """Collateral stays in the borrower's account: only its pledged part grows."""
    return Positions(pledged=quantity)
