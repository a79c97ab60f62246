"""Can an account pay what is due (fact book, line L11, Calculation and Colours; formulas 5.2). CNY, exact; dues > 0 come to us.

`projected` is conservative: money that has not settled is not counted. `expected` counts it. What a queried balance already holds
is not counted again: settled dues and transfers that arrived.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.lines.funds_monitoring.states import Colour, Mode

NOTHING = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """An account as its clearing house tells it at the end of a day. `frozen` cannot pay; `overdraft` > 0 is owed."""

    house: str
    account: str
    balance: Decimal
    min_reserve: Decimal = NOTHING
    frozen: Decimal = NOTHING
    overdraft: Decimal = NOTHING

    @property
    def key(self) -> tuple[str, str]:
        return self.house, self.account


@dataclass(frozen=True, kw_only=True)
class Due:
    """One amount that settles on the account on the settlement day; `count` rows of `origin` came to it."""

    mode: Mode
    amount: Decimal
    is_settled: bool = False
    origin: str = ""
    count: int = 1
    file: int | None = None
    row_no: int | None = None
    run: int | None = None


@dataclass(frozen=True, kw_only=True)
class Projection:
    """`need`: what has to be there, minimum reserve and everything that is to be paid. `have`: what can be counted on."""

    need: Decimal
    have: Decimal
    projected: Decimal
    expected: Decimal
    shortfall: Decimal
    withdrawable: Decimal
    colour: Colour


def project(
    opening: Opening,
    dues: Iterable[Due],
    *,
    sent: Decimal = NOTHING,
    arrived: Decimal = NOTHING,
    queried: Decimal | None = None,
    amber_percent: int,
    is_locked: bool = False,
) -> Projection:
    """The account at the end of the settlement day. `sent`: transfers on the way; `arrived`: of them what came.

    `queried`: its balance by a query of the day, when there is one; it stands instead of the closing balance of the day before.
    """
    rows = [one for one in dues if queried is None or not one.is_settled]
    pays = sum((-one.amount for one in rows if one.amount < 0), NOTHING)
    settled = sum((one.amount for one in rows if one.amount > 0 and one.is_settled), NOTHING)
    open_receipts = sum((one.amount for one in rows if one.amount > 0 and not one.is_settled), NOTHING)
    base = opening.balance if queried is None else queried
    confirmed = settled + (arrived if queried is None else NOTHING)
    have = base - opening.frozen + confirmed
    projected = have - pays
    shortfall = max(NOTHING, opening.min_reserve - projected)
    return Projection(
        need=opening.min_reserve + pays,
        have=have,
        projected=projected,
        expected=projected + open_receipts + sent - arrived,
        shortfall=shortfall,
        withdrawable=max(NOTHING, projected - opening.min_reserve),
        colour=_colour(opening.min_reserve + pays, have, amber_percent, opening.overdraft > 0 or is_locked),
    )


def _colour(need: Decimal, have: Decimal, amber_percent: int, is_black: bool) -> Colour:
    if is_black:
        return Colour.BLACK
    if have < need:
        return Colour.RED
    return Colour.AMBER if have * 100 < need * amber_percent else Colour.GREEN


def told_withdrawable(balance: Decimal, min_reserve: Decimal, dues: Iterable[Due]) -> Decimal:
    """What Shenzhen should tell as withdrawable (YEKTZJ), inferred [I]: balance less minimum and every payable, never below 0."""
    return max(NOTHING, balance - min_reserve - sum((-one.amount for one in dues if one.amount < 0), NOTHING))


def sums_by_mode(dues: Iterable[Due]) -> dict[str, Decimal]:
    """Columns of the screen: net of guaranteed money, pay and receive of the others without sign."""
    found = dict.fromkeys(
        ("guaranteed_net", "gross_pay", "gross_receive", "agency_pay", "agency_receive", "subscription_pay"), NOTHING
    )
    for one in dues:
        if one.mode == Mode.GUARANTEED:
            found["guaranteed_net"] += one.amount
        elif one.mode == Mode.SUBSCRIPTION:
            found["subscription_pay"] -= one.amount
        else:
            found[f"{one.mode.value}_{'pay' if one.amount < 0 else 'receive'}"] += abs(one.amount)
    return found
