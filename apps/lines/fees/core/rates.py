"""Rates by business date. For a date and a key counts the rate that began last by then; of one day, the one set last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.lines.fees.states import Base, ChargedSide, Fee

Key = tuple[str, str, str, str]
"""Market, class of securities, fee, charged side."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`id` grows in the order in which rates are set. `per_mille` None: it is charged, but nobody knows how much.

    `minimum` is CNY per trade row. `is_withdrawn`: from its day on there is no rate of this key.
    """

    id: int
    market: str
    security_class: str
    fee: Fee
    side: ChargedSide
    valid_from: date
    base: Base = Base.AMOUNT
    per_mille: Decimal | None = None
    minimum: Decimal = Decimal(0)
    contains_market_fees: bool = False
    is_withdrawn: bool = False

    @property
    def key(self) -> Key:
        return self.market, self.security_class, self.fee.value, self.side.value


def in_force(rates: Iterable[Rate], day: date) -> dict[Key, Rate]:
    """By key, what counts on the day; keys whose rate was withdrawn are not there."""
    found: dict[Key, Rate] = {}
    for rate in rates:
        if rate.valid_from <= day:
            known = found.get(rate.key)
            if known is None or (rate.valid_from, rate.id) > (known.valid_from, known.id):
                found[rate.key] = rate
    return {key: rate for key, rate in found.items() if not rate.is_withdrawn}


def last_days(rates: Iterable[Rate]) -> dict[int, date | None]:
    """By id, the last day of each rate of one key; None: until another one is set. A day before its own first day means that
    another rate was set for the same day later, so that it never counts."""
    following: date | None = None
    found: dict[int, date | None] = {}
    for rate in sorted(rates, key=lambda one: (one.valid_from, one.id), reverse=True):
        found[rate.id] = None if following is None else following - timedelta(days=1)
        following = rate.valid_from
    return found


def for_side(held: Mapping[Key, Rate], market: str, security_class: str, fee: Fee, side: str) -> Rate | None:
    """The rate for one side of a trade: its own, else that of both sides."""
    for charged in (side, ChargedSide.BOTH.value):
        if (rate := held.get((market, security_class, fee.value, charged))) is not None:
            return rate
    return None
