"""Contracts, prices and rates: what the margin of an account is computed from."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from enum import StrEnum
from functools import cached_property

from apps.lines.uplifts.core.rules import Uplift, UpliftRule

EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])
"""Nothing in it is ever rounded by accident: what needs more than 200 digits is refused by `decimal.Inexact`."""


class OptionType(StrEnum):
    CALL = "C"
    PUT = "P"


class Side(StrEnum):
    LONG = "long"
    SHORT = "short"


class Basis(StrEnum):
    """`OPEN` takes the previous day's prices and nets nothing; `MAINTAIN` today's, after the day has ended."""

    OPEN = "open"
    MAINTAIN = "maintain"


class PriceMissing(ValueError):
    """A price that is needed is not there; `of` is the contract or underlying, `price` its name."""

    def __init__(self, of: str, price: str) -> None:
        super().__init__(f"{of} has no {price}")
        self.of, self.price = of, price


@dataclass(frozen=True, slots=True)
class Contract:
    """One option contract. `strike` and prices are CNY a share, `unit` is shares a lot, `days_to_expiry` trading days.

    `ratio` and `floor_ratio` are the a and b that the exchange's file gives this contract; None takes those of the market.
    """

    number: str
    exchange: str
    underlying: str
    option_type: OptionType
    strike: Decimal
    unit: int
    is_adjusted: bool
    expiry: date
    days_to_expiry: int
    settle: Decimal | None = None
    previous_settle: Decimal | None = None
    ratio: Decimal | None = None
    floor_ratio: Decimal | None = None

    @property
    def in_order(self) -> tuple[date, int, str]:
        """Earliest expiry first, then the lower number: the order in which contracts keep their cover (options-margin 3)."""
        return self.expiry, len(self.number), self.number


@dataclass(frozen=True, slots=True)
class Underlying:
    """Prices in CNY a share; shares that may be locked for conversions, and those that are locked for covered lots.

    Locked shares that are not told are enough.
    """

    code: str
    close: Decimal | None = None
    previous_close: Decimal | None = None
    free_shares: int = 0
    locked_shares: int | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """The formula's ratios (0.12 is 12 %), the broker's uplift over them, and when combinations are dissolved.

    `spread_days` and `straddle_days` count trading days to expiry: at the end of a day with no more of them left, the
    combination is dissolved (options-margin 5.1: spreads E-2, straddles E). `spread_minimum` is fen for each combination that
    would cost nothing; brokers that ask it are known, so it is a parameter and zero by default (options-margin 6).
    """

    call_a: Decimal
    call_b: Decimal
    put_a: Decimal
    put_b: Decimal
    uplift: Decimal = Decimal(0)
    spread_days: int = 2
    straddle_days: int = 0
    allow_adjusted: bool = False
    allow_covering: bool = False
    spread_minimum: int = 0


@dataclass(frozen=True)
class Market:
    """One day's contracts and prices under one table of rates; `rules` are the broker's that fit the client, nearest first."""

    basis: Basis
    rates: Rates
    contracts: dict[str, Contract]
    underlyings: dict[str, Underlying]
    rules: tuple[UpliftRule, ...] = ()
    cache: dict[object, object] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def own_uplift(self) -> Uplift:
        """What holds where no rule fits."""
        return Uplift(self.rates.uplift, spread_minimum=self.rates.spread_minimum)

    def uplift_of(self, contract: Contract) -> Uplift:
        """The uplift of one contract: that of the nearest rule that fits it, else the account's own."""
        for rule in self.rules:
            if rule.is_for_contract(contract.number, contract.underlying, contract.days_to_expiry):
                return rule.uplift
        return self.own_uplift

    def settle_of(self, contract: Contract) -> Decimal:
        """The settlement price of the basis, CNY a share. Raises PriceMissing."""
        price = contract.settle if self.basis is Basis.MAINTAIN else contract.previous_settle
        if price is None:
            raise PriceMissing(contract.number, "settle" if self.basis is Basis.MAINTAIN else "pre_settle")
        return price

    def price_of(self, contract: Contract) -> Decimal:
        """The price of the underlying on the basis, CNY a share. Raises PriceMissing."""
        underlying = self.underlyings.get(contract.underlying)
        name = "close" if self.basis is Basis.MAINTAIN else "pre_close"
        price = None
        if underlying is not None:
            price = underlying.close if self.basis is Basis.MAINTAIN else underlying.previous_close
        if price is None:
            raise PriceMissing(contract.underlying, name)
        return price
