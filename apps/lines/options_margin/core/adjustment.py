"""What becomes of a contract when its underlying goes ex (options-margin 4; SSE and SZSE notices on contract adjustment)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_ROUND = Context(prec=60, rounding=ROUND_HALF_UP)
ETF_STRIKE_PLACES = 3
STOCK_STRIKE_PLACES = 2
PRICE_PLACES = 4


class NoFactor(ValueError):
    """The figures of the event leave nothing to divide by."""


@dataclass(frozen=True, slots=True)
class Event:
    """What the underlying pays, CNY a share and new shares for each old one. `close` is that of the day before."""

    close: Decimal
    cash: Decimal = Decimal(0)
    share_change: Decimal = Decimal(0)
    rights_price: Decimal = Decimal(0)

    @property
    def factor(self) -> Fraction:
        """Never rounded: a strike made from the rounded unit is wrong by up to 0.001. Raises NoFactor."""
        change = Fraction(self.share_change)
        left = Fraction(self.close) - Fraction(self.cash) + Fraction(self.rights_price) * change
        factor = Fraction(self.close) * (1 + change) / left if left > 0 else Fraction(0)
        if factor <= 0:
            raise NoFactor(f"close {self.close}, cash {self.cash}, share change {self.share_change}")
        return factor


@dataclass(frozen=True, slots=True)
class Terms:
    """What an adjustment changes: shares a lot, strike and previous settlement price in CNY a share."""

    unit: int
    strike: Decimal
    previous_settle: Decimal


def adjusted(terms: Terms, factor: Fraction, *, strike_places: int = ETF_STRIKE_PLACES) -> Terms:
    """Unit and strike by the unrounded factor, half up; the previous settlement price keeps the value of the contract.

    A check of the exchange's file, which is the truth.
    """
    unit = int(_rounded(terms.unit * factor, 0))
    value = Fraction(terms.previous_settle) * terms.unit
    return Terms(unit, _rounded(Fraction(terms.strike) / factor, strike_places), _rounded(value / unit, PRICE_PLACES))


def _rounded(value: Fraction, places: int) -> Decimal:
    """Half up, exactly: no decimal expansion in between."""
    scaled = value * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    return _ROUND.create_decimal(whole + (2 * rest >= scaled.denominator)).scaleb(-places)
