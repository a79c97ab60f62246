"""What would move: the outcome of each product by one book beside its class of today, or beside another book."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.kernel.canonical import digest_of
from apps.lines.products.core.book import Book, Facts, Outcome, RuleRow, matches
from apps.lines.products.states import Standing

Result = tuple[str, str, str]
"""Standing, class, and `table/rule` of the rule that refused."""
NONE: Result = ("", "", "")
"""Never classified."""


@dataclass(frozen=True)
class Move:
    """A product with what it is today and what it would be. `facts` are those of the day that is looked at."""

    facts: Facts
    today: Result
    outcome: Outcome
    is_matched: bool = False

    @property
    def code(self) -> str:
        return self.facts.code

    @property
    def moves(self) -> bool:
        return self.today != self.outcome.result


@dataclass(frozen=True)
class Summary:
    """Counts of a preview; `ways` is (from, to) with how many products go it, the most first."""

    products: int
    matched: int
    moving: int
    standings: Mapping[str, int]
    ways: tuple[tuple[Result, Result, int], ...]

    @property
    def without_class(self) -> int:
        return self.products - self.standings.get(Standing.CLASSIFIED.value, 0)


def moves_of(book: Book, products: Iterable[Facts], today: Mapping[str, Result], draft: RuleRow | None = None) -> list[Move]:
    """Every product in the order of its code; `draft` is the rule whose matches are asked for."""
    found = [
        Move(facts, today.get(facts.code, NONE), book.decide(facts), draft is not None and matches(draft.cells, facts))
        for facts in products
    ]
    return sorted(found, key=lambda move: move.code)


def summary_of(moves: Iterable[Move]) -> Summary:
    """Adds up: those that stay and those that move are all there are."""
    all_of_them = list(moves)
    standings = Counter(move.outcome.standing.value for move in all_of_them)
    ways = Counter((move.today, move.outcome.result) for move in all_of_them if move.moves)
    ordered = sorted(ways.items(), key=lambda way: (-way[1], way[0]))
    return Summary(
        len(all_of_them),
        sum(move.is_matched for move in all_of_them),
        sum(ways.values()),
        dict(standings),
        tuple((before, after, count) for (before, after), count in ordered),
    )


def digest_of_moves(moves: Iterable[Move]) -> str:
    """What two people agree on: which product goes from where to where. The order does not matter."""
    return digest_of(sorted([move.code, list(move.today), list(move.outcome.result)] for move in moves if move.moves))
