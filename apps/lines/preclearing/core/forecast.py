"""What an account has, what it needs, and how far the final net may be from it (fact book, line L03, Calculation). CNY, exact."""

from dataclasses import dataclass
from decimal import Decimal

from apps.kernel.money import CENT

NOTHING = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Position:
    """A reserve account before the net of the day. `pending`: what it still pays outside the guaranteed net."""

    balance: Decimal
    min_reserve: Decimal
    frozen: Decimal
    pending: Decimal

    @property
    def available(self) -> Decimal:
        """Balance without minimum reserve, frozen money and pending payments."""
        return self.balance - self.min_reserve - self.frozen - self.pending

    def top_up(self, pre_net: Decimal) -> Decimal:
        """What is missing when the account settles this net (> 0 comes to us)."""
        return max(NOTHING, -(self.available + pre_net))

    def needed(self, pre_net: Decimal) -> Decimal:
        """The balance with which nothing is missing."""
        return self.min_reserve + self.frozen + self.pending - pre_net


def tolerance_of(turnover: Decimal, *, floor: Decimal, share: Decimal) -> Decimal:
    """The larger of a fixed amount and a part of the gross turnover, in whole fen."""
    return max(floor, CENT(turnover * share))
