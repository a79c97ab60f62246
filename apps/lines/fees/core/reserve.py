"""What a reserve account at the depository needs, and interest of repos (fact book 5.2). Amounts are CNY."""

from dataclasses import dataclass
from decimal import Decimal

from apps.kernel.money import CENT
from apps.lines.fees.core.exact import plain, product, quotient
from apps.lines.fees.core.rates import Rate

ZERO = Decimal("0.00")
DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, kw_only=True)
class Reserve:
    """`guaranteed_net` > 0 will be received, < 0 has to be paid; `gross_payable` is what pending gross items take, never < 0."""

    balance: Decimal
    minimum: Decimal
    guaranteed_net: Decimal
    gross_payable: Decimal

    @property
    def guaranteed_payable(self) -> Decimal:
        """What the guaranteed net takes. A receivable is not usable before it is settled."""
        return max(ZERO, -self.guaranteed_net)

    @property
    def before_payments(self) -> Decimal:
        """Balance less minimum less everything payable; < 0 when nothing may be withdrawn."""
        return self.balance - self.minimum - self.guaranteed_payable - self.gross_payable

    @property
    def withdrawable(self) -> Decimal:
        return max(ZERO, self.before_payments)

    @property
    def after_settlement(self) -> Decimal:
        """What is left above the minimum when everything has settled; < 0 is short."""
        return self.balance - self.minimum + self.guaranteed_net - self.gross_payable

    @property
    def top_up(self) -> Decimal:
        return max(ZERO, -self.after_settlement)

    @property
    def withdrawable_working(self) -> str:
        terms = f"{self.balance:.2f} − {self.minimum:.2f} − {self.guaranteed_payable:.2f} − {self.gross_payable:.2f}"
        return f"{terms} = {self.before_payments:.2f}"

    @property
    def after_settlement_working(self) -> str:
        sign = "+" if self.guaranteed_net >= 0 else "−"
        terms = f"{self.balance:.2f} − {self.minimum:.2f} {sign} {abs(self.guaranteed_net):.2f} − {self.gross_payable:.2f}"
        return f"{terms} = {self.after_settlement:.2f}"


@dataclass(frozen=True, kw_only=True)
class Repo:
    """A repo whose interest is paid at maturity. `annual_percent` is the agreed rate; `days` are the actual ones."""

    amount: Decimal
    annual_percent: Decimal
    days: int

    @property
    def exact_interest(self) -> Decimal:
        return quotient(product(abs(self.amount), self.annual_percent, self.days), 100 * DAYS_OF_A_YEAR)

    @property
    def interest(self) -> Decimal:
        """Rounded half up to the fen."""
        return CENT(self.exact_interest)

    @property
    def at_maturity(self) -> Decimal:
        return abs(self.amount) + self.interest

    @property
    def interest_working(self) -> str:
        terms = f"{abs(self.amount):.2f} × {plain(self.annual_percent)} % × {self.days} ÷ {DAYS_OF_A_YEAR}"
        return f"{terms} = {self.exact_interest:.6f} ≈ {self.interest:.2f}"

    @property
    def maturity_working(self) -> str:
        return f"{abs(self.amount):.2f} + {self.interest:.2f} = {self.at_maturity:.2f}"


@dataclass(frozen=True, kw_only=True)
class MinimumReserve:
    """What has to stay on the account: a share of what was bought on an average day of the previous month."""

    bought: Decimal
    trading_days: int
    rate: Rate

    @property
    def amount(self) -> Decimal:
        """Rounded half up to the fen."""
        return CENT(self._exact)

    @property
    def working(self) -> str:
        share = plain(self.rate.per_mille or ZERO)
        return f"{self.bought:.2f} ÷ {self.trading_days} × {share} ‰ = {self._exact:.6f} ≈ {self.amount:.2f}"

    @property
    def _exact(self) -> Decimal:
        if self.rate.per_mille is None:
            raise ValueError("a rate that nobody knows")
        return quotient(product(self.bought, self.rate.per_mille), 1000 * self.trading_days)
