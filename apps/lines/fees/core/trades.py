"""What one trade costs (fact book 5.1 and 5.2). Each fee is rounded half up to the fen by itself; sums are of rounded fees.

Signs: cash > 0 comes to us, < 0 leaves us; fees always leave us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT
from apps.lines.fees.core.exact import plain, product
from apps.lines.fees.core.rates import Key, Rate, for_side
from apps.lines.fees.states import ALWAYS_ASKED, OF_THE_MARKET, OF_TRADES, Base, Fee, Side

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Trade:
    """One trade row. `price`, `accrued` (interest of bonds) and `face_value` are CNY a unit."""

    market: str
    security_class: str
    side: Side
    business_date: date
    quantity: int
    price: Decimal
    accrued: Decimal = Decimal(0)
    face_value: Decimal = Decimal(1)
    with_commission: bool = False


class Standing(StrEnum):
    """What a part means for the sum."""

    CHARGED = "charged"
    CONTAINED = "contained"
    """The commission contains it: shown, not added."""
    UNKNOWN = "unknown"
    """It is charged, or may be, and the table does not say how much: not in the sum."""


@dataclass(frozen=True)
class Part:
    """One fee with every number that it was made of. `amount` is CNY, never negative."""

    fee: Fee
    standing: Standing
    rate: Rate | None
    base_amount: Decimal
    amount: Decimal
    working: str

    @property
    def is_charged(self) -> bool:
        return self.standing == Standing.CHARGED


@dataclass(frozen=True)
class Bill:
    """A trade with its amount, its parts, their sum and the cash that moves."""

    trade: Trade
    amount: Decimal
    amount_working: str
    parts: tuple[Part, ...]
    fees: Decimal
    net_cash: Decimal

    @property
    def unknown(self) -> tuple[Part, ...]:
        """What is missing in the sum."""
        return tuple(part for part in self.parts if part.standing == Standing.UNKNOWN)

    @property
    def fees_working(self) -> str:
        """The parts that are charged, one after the other."""
        return " + ".join(f"{part.amount:.2f}" for part in self.parts if part.is_charged) or "0.00"

    @property
    def principal(self) -> Decimal:
        """The amount with its sign."""
        return -self.amount if self.trade.side == Side.BUY else self.amount


def bill_of(trade: Trade, held: Mapping[Key, Rate]) -> Bill:
    """The bill by the rates that are in force on the trade's business date."""
    amount, working = amount_of(trade)
    rates = {fee: for_side(held, trade.market, trade.security_class, fee, trade.side) for fee in OF_TRADES}
    commission = rates[Fee.COMMISSION] if trade.with_commission else None
    contained = OF_THE_MARKET if commission is not None and commission.contains_market_fees else frozenset()
    asked = [fee for fee in OF_TRADES if fee != Fee.COMMISSION or trade.with_commission]
    parts = tuple(
        _part(fee, rate, trade, amount, is_contained=fee in contained)
        for fee in asked
        if (rate := rates[fee]) is not None or _is_missing(fee, trade, held)
    )
    fees = sum((part.amount for part in parts if part.is_charged), start=ZERO)
    principal = -amount if trade.side == Side.BUY else amount
    return Bill(trade, amount, working, parts, fees, principal - fees)


def amount_of(trade: Trade) -> tuple[Decimal, str]:
    """Quantity × (price + accrued interest), rounded half up to the fen; and how it was made."""
    unit_price = trade.price + trade.accrued
    exact = product(trade.quantity, unit_price)
    amount = CENT(exact)
    price = f"({plain(trade.price)} + {plain(trade.accrued)})" if trade.accrued else plain(trade.price)
    return amount, _working(f"{trade.quantity} × {price}", exact, amount)


def charge(rate: Rate, base_amount: Decimal) -> tuple[Decimal, str]:
    """Base × rate, rounded half up to the fen, at least the minimum; and how it was made. The rate has to be known."""
    if rate.per_mille is None:
        raise ValueError("a rate that nobody knows")
    exact = product(base_amount, rate.per_mille).scaleb(-3)
    rounded = CENT(exact)
    working = _working(f"{plain(base_amount)} × {plain(rate.per_mille)} ‰", exact, rounded)
    if rounded >= rate.minimum:
        return rounded, working
    return CENT(rate.minimum), f"{working} < {rate.minimum:.2f}"


def _is_missing(fee: Fee, trade: Trade, held: Mapping[Key, Rate]) -> bool:
    """Whether the table should say something: what is charged to the other side alone is not missing on this one."""
    on_any_side = any(key[:3] == (trade.market, trade.security_class, fee.value) for key in held)
    return (fee in ALWAYS_ASKED or fee == Fee.COMMISSION) and not on_any_side


def _part(fee: Fee, rate: Rate | None, trade: Trade, amount: Decimal, *, is_contained: bool) -> Part:
    base_amount = amount
    if rate is not None and rate.base == Base.FACE_VALUE:
        base_amount = CENT(product(trade.quantity, trade.face_value))
    if rate is None or rate.per_mille is None:
        return Part(fee, Standing.UNKNOWN, rate, base_amount, ZERO, "")
    charged, working = charge(rate, base_amount)
    return Part(fee, Standing.CONTAINED if is_contained else Standing.CHARGED, rate, base_amount, charged, working)


def _working(terms: str, exact: Decimal, rounded: Decimal) -> str:
    if exact == rounded:
        return f"{terms} = {rounded:.2f}"
    return f"{terms} = {plain(exact)} ≈ {rounded:.2f}"
