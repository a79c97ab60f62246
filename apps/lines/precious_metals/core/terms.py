"""Contracts and terms as the version of the process says them. Nothing here is a number of the market.

Prices are CNY for `price_grams` grams, rates are fractions (0.12 is 12 %), metal is grams, positions are lots.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.money import CENT
from apps.lines.core.details import CannotNormalise
from apps.lines.fees.core.exact import product, quotient
from apps.lines.precious_metals.states import DeferralDays, Kind, MatchDate, Payer


class BadTerms(CannotNormalise):
    """The tables of the version do not say what the day needs; the text names the contract."""


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One row of the table of contracts; valid on the days from `valid_from` to `valid_until`, None = until further notice."""

    code: str
    kind: Kind
    metal: str
    lot_grams: int
    price_grams: int
    margin_rate: Decimal
    fee_rate: Decimal
    deferral_rate: Decimal
    delivery_rate: Decimal
    penalty_rate: Decimal
    valid_from: date
    valid_until: date | None

    def grams(self, lots: int) -> Decimal:
        return Decimal(lots * self.lot_grams)

    def amount(self, lots: int, price: Decimal, *factors: Decimal | int) -> Decimal:
        """`lots x grams of a lot x price` in CNY, times the factors, rounded once, half up."""
        return CENT(quotient(product(lots, self.lot_grams, price, *factors), self.price_grams))


@dataclass(frozen=True, kw_only=True)
class Terms:
    """`contracts` are those of the day, by code. `payers`: how declared deliveries stand to declared receipts, to who pays."""

    contracts: Mapping[str, Contract]
    payers: Mapping[str, Payer]
    accounts: Mapping[str, tuple[str, str]]
    member: str
    clients: frozenset[str]
    minimum_balance: Decimal
    match_date: MatchDate
    deferral_days: DeferralDays
    cash_tolerance: Decimal
    metal_tolerance: Decimal

    def payer(self, delivered: int, received: int) -> Payer:
        """By the day's declarations, in lots of the whole market."""
        said = "fewer" if delivered < received else "more" if delivered > received else "equal"
        return self.payers[said]

    def days_until(self, day: date, next_day: date) -> int:
        return (next_day - day).days if self.deferral_days is DeferralDays.NATURAL else 1


def contracts_on(day: date, rows: Iterable[Contract]) -> dict[str, Contract]:
    """The rows that hold on the day. Raises BadTerms when two of them are about the same contract."""
    found: dict[str, Contract] = {}
    for one in rows:
        if not one.valid_from <= day <= (one.valid_until or day):
            continue
        if one.code in found:
            raise BadTerms(f"{one.code}: two rows of the table of contracts hold on {day.isoformat()}")
        found[one.code] = one
    return found


def variation_held(contract: Contract, *, long: int, short: int, previous: Decimal, settlement: Decimal) -> Decimal:
    """`(settlement - settlement of the day before) x lot x side` of what was held overnight, CNY; > 0 comes to us."""
    return contract.amount(long - short, settlement - previous)


def margin_of(contract: Contract, *, long: int, short: int, settlement: Decimal) -> Decimal:
    """`(long + short) x settlement x lot x margin rate`, CNY: both sides of a position need margin."""
    return contract.amount(long + short, settlement, contract.margin_rate)


def deferral_of(contract: Contract, *, long: int, short: int, settlement: Decimal, days: int, payer: Payer) -> Decimal:
    """`position x settlement x rate x days`, CNY; the side that pays pays the other: > 0 comes to us."""
    if payer is Payer.NOBODY:
        return Decimal("0.00")
    net = short - long if payer is Payer.LONG else long - short
    return contract.amount(net, settlement, contract.deferral_rate, days)


def topup_of(*, margin: Decimal, minimum: Decimal, balance: Decimal) -> Decimal:
    """What is missing on the seat before the next session opens: `margin + minimum - balance`, never below nothing."""
    return max(margin + minimum - balance, Decimal("0.00"))
