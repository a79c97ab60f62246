"""What an account has to pay: single legs, declared combinations, or the cheapest set (options-margin 6, steps 5 to 7)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apps.lines.options_margin.core.book import Book, Combination, Holding, Shortfall, book_of
from apps.lines.options_margin.core.declarations import Refusal, first_refusal
from apps.lines.options_margin.core.market import Market, Side
from apps.lines.options_margin.core.optimal import GroupProof, cheapest_set
from apps.lines.options_margin.core.single import single_margin
from apps.lines.options_margin.core.strategies import STRATEGIES, combination_margin


@dataclass(frozen=True, slots=True)
class LegMargin:
    """Lots of one holding and what they cost singly; fen."""

    holding: Holding
    lots: int
    unit_fen: int
    rule: int = 0  # of the broker's uplift; 0: what the counter says of the account

    @property
    def fen(self) -> int:
        return self.unit_fen * self.lots


@dataclass(frozen=True, slots=True)
class CombinationMargin:
    combination: Combination
    unit_fen: int
    rule: int = 0

    @property
    def fen(self) -> int:
        return self.unit_fen * self.combination.lots


@dataclass(frozen=True, slots=True)
class AccountMargin:
    """`legs` are all that is held, combined legs included; `residual` what is in no combination. Amounts are fen."""

    legs: tuple[LegMargin, ...]
    dissolved: tuple[int, ...]
    shortfalls: tuple[Shortfall, ...]
    combinations: tuple[CombinationMargin, ...]
    residual: tuple[LegMargin, ...]
    proofs: tuple[GroupProof, ...] = ()

    @property
    def single_fen(self) -> int:
        """What it would cost without any combination."""
        return sum(leg.fen for leg in self.legs)

    @property
    def fen(self) -> int:
        return sum(row.fen for row in self.combinations) + sum(leg.fen for leg in self.residual)


def margin_as_declared(positions: Counter[Holding], declared: Sequence[Combination], market: Market) -> AccountMargin | Refusal:
    """With the declared combinations, or why the first bad one of them is refused. Raises PriceMissing."""
    refusal = first_refusal(positions, declared, market)
    return refusal or _margin_of(book_of(positions, declared, market), market)


def least_margin(positions: Counter[Holding], market: Market) -> AccountMargin:
    """With the cheapest set of combinations of what is free after the day. Raises PriceMissing."""
    book = book_of(positions, (), market)
    found = cheapest_set(book.free, market)
    book.living = list(found.combinations)
    for combination in found.combinations:
        for leg in combination.legs:
            book.combined[Holding(leg.contract, leg.side, leg.is_covered)] += combination.lots
    book.free.subtract(book.combined)
    return _margin_of(book, market, found.proofs)


def _margin_of(book: Book, market: Market, proofs: tuple[GroupProof, ...] = ()) -> AccountMargin:
    combinations = tuple(
        CombinationMargin(row, combination_margin(STRATEGIES[row.strategy], row.contracts(market), market)) for row in book.living
    )
    return AccountMargin(
        legs=_legs(book.held, market),
        dissolved=tuple(book.dissolved),
        shortfalls=tuple(book.shortfalls),
        combinations=combinations,
        residual=_legs(book.free, market),
        proofs=proofs,
    )


def _legs(lots: Counter[Holding], market: Market) -> tuple[LegMargin, ...]:
    return tuple(LegMargin(holding, lots[holding], _unit_fen(holding, market)) for holding in sorted(lots) if lots[holding] > 0)


def _unit_fen(holding: Holding, market: Market) -> int:
    if holding.side is Side.LONG or holding.is_covered:
        return 0
    return single_margin(market.contracts[holding.contract], market).fen
