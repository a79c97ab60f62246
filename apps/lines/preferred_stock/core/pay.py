"""What a claim pays, and how much of a holding is entitled (fact book, line L08, Calculation). CNY, half up to the fen."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from apps.kernel.money import CENT


@dataclass(frozen=True)
class Pay:
    """`pay` = gross - tax; all three are whole fen."""

    gross: Decimal
    tax: Decimal

    @property
    def pay(self) -> Decimal:
        return self.gross - self.tax


def pay_of(quantity: int, *, price: Decimal, dividend: Decimal, tax_rate: Decimal) -> Pay:
    """`quantity` x (price + accrued dividend), and the tax on the dividend alone: the principal is no income [O]."""
    return Pay(gross=CENT(quantity * (price + dividend)), tax=CENT(quantity * dividend * tax_rate))


def redeemed(held: int, ratio: Decimal) -> int:
    """Whole shares of a holding that a redemption takes; a fraction of a share is never taken."""
    return int((held * ratio).to_integral_value(ROUND_DOWN))
