"""The positions of one account at day end: dissolve, net, check the cover (options-margin 6, steps 1 to 4)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.lines.options_margin.core.market import Basis, Contract, Market, Side
from apps.lines.options_margin.core.strategies import STRATEGIES, lives


class Holding(NamedTuple):
    """What is held: contract, side, and whether shares cover it. Holdings sort as results are written."""

    contract: str
    side: Side
    is_covered: bool


class Leg(NamedTuple):
    """One leg as it is declared."""

    contract: str
    side: Side
    is_covered: bool = False


@dataclass(frozen=True, slots=True)
class Combination:
    """A declared or chosen combination of `lots`; `legs` in the order of its strategy."""

    strategy: str
    legs: tuple[Leg, ...]
    lots: int

    def contracts(self, market: Market) -> tuple[Contract, ...]:
        return tuple(market.contracts[leg.contract] for leg in self.legs)


class Shortfall(NamedTuple):
    """Covered lots without shares."""

    contract: str
    lots: int


@dataclass
class Book:
    """Lots of an account. `free` is in no combination; `combined` lies in those that live. Their sum is what is held."""

    free: Counter[Holding]
    combined: Counter[Holding] = field(default_factory=Counter)
    living: list[Combination] = field(default_factory=list)
    dissolved: list[int] = field(default_factory=list)
    shortfalls: list[Shortfall] = field(default_factory=list)

    @property
    def held(self) -> Counter[Holding]:
        return self.free + self.combined


def book_of(positions: Counter[Holding], combinations: Iterable[Combination], market: Market) -> Book:
    """The account after the day on the maintenance basis; as it stands on the opening basis."""
    book = Book(free=Counter(positions))
    day_ends = market.basis is Basis.MAINTAIN
    for number, combination in enumerate(combinations):
        strategy = STRATEGIES[combination.strategy]
        if day_ends and not lives(strategy, combination.contracts(market), market):
            book.dissolved.append(number)
            continue
        book.living.append(combination)
        for leg in combination.legs:
            book.combined[Holding(leg.contract, leg.side, leg.is_covered)] += combination.lots
    book.free.subtract(book.combined)
    if day_ends:
        _net(book.free)
        _check_cover(book, market)
    book.free = +book.free
    return book


def _net(free: Counter[Holding]) -> None:
    """Long against plain short first, then against covered; legs of living combinations take no part."""
    for number in sorted({holding.contract for holding in free}):
        long = Holding(number, Side.LONG, False)
        for is_covered in (False, True):
            short = Holding(number, Side.SHORT, is_covered)
            lots = min(free[long], free[short])
            free[long] -= lots
            free[short] -= lots


def _check_cover(book: Book, market: Market) -> None:
    """Lots that the locked shares do not reach: Shenzhen makes them plain shorts, Shanghai reports them."""
    left = {code: row.locked_shares for code, row in market.underlyings.items() if row.locked_shares is not None}
    covered = [market.contracts[holding.contract] for holding, lots in book.free.items() if holding.is_covered and lots > 0]
    for contract in sorted(covered, key=lambda contract: contract.in_order):
        if contract.underlying not in left:
            continue
        holding = Holding(contract.number, Side.SHORT, True)
        kept = min(book.free[holding], left[contract.underlying] // contract.unit)
        left[contract.underlying] -= kept * contract.unit
        missing = book.free[holding] - kept
        if missing:
            book.shortfalls.append(Shortfall(contract.number, missing))
            if contract.exchange == "SZSE":
                book.free[holding] = kept
                book.free[holding._replace(is_covered=False)] += missing
