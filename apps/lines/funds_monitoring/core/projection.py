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
    """Columns of the screen: net of guaranteed money, pay and receive of the others without sign. Gross of the day is gross."""
    found = dict.fromkeys(
        ("guaranteed_net", "gross_pay", "gross_receive", "agency_pay", "agency_receive", "subscription_pay"), NOTHING
    )
    for one in dues:
        if one.mode == Mode.GUARANTEED:
            found["guaranteed_net"] += one.amount
        elif one.mode == Mode.SUBSCRIPTION:
            found["subscription_pay"] -= one.amount
        else:
            kind = Mode.GROSS if one.mode == Mode.SAME_DAY else one.mode
            found[f"{kind.value}_{'pay' if one.amount < 0 else 'receive'}"] += abs(one.amount)
    return found


def nets_of_file(dues: Iterable[Due]) -> dict[Mode, Decimal]:
    """What one row of balances says of each mode that a summary of clearing tells as well: > 0 comes to us."""
    found: dict[Mode, Decimal] = {}
    for one in dues:
        if one.mode != Mode.SUBSCRIPTION:
            found[one.mode] = found.get(one.mode, NOTHING) + one.amount
    return found


def should_be(opening: Decimal, arrived: Decimal, dues: Iterable[Due], queried: Decimal) -> Decimal:
    """What a query of the day should tell of an account: the closing balance, what the banks confirmed, and what has settled.

    Nobody says when guaranteed money is taken or given: where the query differs by exactly that net, it has settled.
    """
    rows = list(dues)
    found = opening + arrived + sum((one.amount for one in rows if one.is_settled), NOTHING)
    net = sum((one.amount for one in rows if one.mode == Mode.GUARANTEED and not one.is_settled), NOTHING)
    return found + net if queried == found + net else found
