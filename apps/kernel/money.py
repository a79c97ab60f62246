"""Money is Decimal, in CNY yuan with two decimals unless a name says otherwise; rounding is one rule object."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class NotAnAmount(DomainError):
    """A text that should be an amount of money is not one."""

    code = "not_an_amount"
    sentence = _("“{text}” is not an amount of money.")


@dataclass(frozen=True)
class Rounding:
    """How an amount becomes a whole number of its smallest unit."""

    places: int
    mode: str = ROUND_HALF_UP

    def __call__(self, amount: Decimal) -> Decimal:
        """The amount rounded to this rule's places; the result never is a negative zero."""
        return amount.quantize(Decimal(1).scaleb(-self.places), rounding=self.mode) + 0


CENT = Rounding(places=2)
"""The market's rule: half up to the fen, per row (fact book section 5.1)."""


def parse_amount(text: str) -> Decimal:
    """Reads plain digits with an optional sign and point; refuses exponents, NaN, infinities, full-width digits, separators."""
    stripped = text.strip()
    if len(stripped) > 40 or not _NUMBER.fullmatch(stripped):
        raise NotAnAmount(text=text[:60])
    return Decimal(stripped) + 0


def to_fen(amount: Decimal) -> int:
    """The amount as whole fen (1/100 CNY); refuses what is finer than a fen."""
    fen = amount.scaleb(2)
    if not amount.is_finite() or fen != fen.to_integral_value():
        raise NotAnAmount(text=str(amount))
    return int(fen)
