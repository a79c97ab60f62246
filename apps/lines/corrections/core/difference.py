"""What a corrected file changes, row by row, and the postings that put it right (fact book 2.1.9, line L00).

Nothing is overwritten: what was posted is reversed by its exact opposite, and what the file says now is posted anew. Amounts
are exact decimals in CNY, quantities whole units; > 0 comes to us.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

NOTHING = Decimal("0.00")
Name = tuple[str, int]
"""Which record carries a row: its table, and its key there."""


class Kind(StrEnum):
    REVERSAL = "reversal"
    REPOST = "repost"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it was, or would be, posted. `key`: what it is known by in every version of the file.

    `measures` are the columns that a reversal turns round, `words` all others that count; `cash` and `quantity` are what of
    them moved on `cash_account` and of `security`: nothing where the market says that the row did not settle.
    """

    key: str
    row_no: int
    cash_account: str
    account: str
    security: str
    cash: Decimal
    quantity: int
    measures: Mapping[str, Decimal]
    words: Mapping[str, str]
    file: int = 0
    carrier: Name | None = None

    @property
    def said(self) -> tuple[object, ...]:
        """What two rows of a key have to say alike to be the same; the place in the file does not count."""
        places = (self.cash_account, self.account, self.security, self.cash, self.quantity)
        return (*places, tuple(sorted(self.measures.items())), tuple(sorted(self.words.items())))


@dataclass(frozen=True)
class Difference:
    """Rows that are only in the file of now, that say something else there, and that are there no more."""

    added: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, Row]] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    same: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


@dataclass(frozen=True)
class Posting:
    """A reversal of `row`, or `row` posted anew in the place of `instead_of`. Amounts are those that it posts."""

    kind: Kind
    row: Row
    cash: Decimal
    quantity: int
    measures: Mapping[str, Decimal]
    instead_of: Row | None = None


@dataclass(frozen=True)
class AccountChange:
    """What moved on one cash account before and after, CNY."""

    account: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


def difference(posted: Iterable[Row], now: Iterable[Row]) -> Difference:
    """Rows of one key are matched with those that say the same first, the rest in their order in the files."""
    old, new = _by_key(posted), _by_key(now)
    found = Difference()
    same = 0
    for key in [*old, *(key for key in new if key not in old)]:
        before, after = _without_same(old.get(key, []), new.get(key, []))
        same += len(old.get(key, [])) - len(before)
        paired = min(len(before), len(after))
        found.changed.extend(zip(before[:paired], after[:paired], strict=True))
        found.gone.extend(before[paired:])
        found.added.extend(after[paired:])
    return Difference(found.added, found.changed, found.gone, same)


def postings(found: Difference) -> list[Posting]:
    """Reversals first, each followed by what is posted in its place; then what is new."""
    made: list[Posting] = []
    for before, after in found.changed:
        made += [_reversal(before), _repost(after, instead_of=before)]
    made += [_reversal(row) for row in found.gone]
    made += [_repost(row) for row in found.added]
    return made


def by_account(posted: Iterable[Row], now: Iterable[Row]) -> list[AccountChange]:
    """Cash of every account that either side names, in the order of the accounts."""
    before, after = _cash(posted), _cash(now)
    return [
        AccountChange(account, before.get(account, NOTHING), after.get(account, NOTHING))
        for account in sorted(before.keys() | after.keys())
    ]


def closes(posted: Iterable[Row], made: Iterable[Posting], now: Iterable[Row]) -> bool:
    """Whether what was posted and the postings come, to the fen and the unit, to what the file says: cash by account,
    quantities by security, and every measure."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in posted:
        _add(sums, row, row.cash, row.quantity, row.measures)
    for one in made:
        _add(sums, one.row, one.cash, one.quantity, one.measures)
    for row in now:
        _add(sums, row, -row.cash, -row.quantity, {name: -value for name, value in row.measures.items()})
    return not any(sums.values())


def _add(sums: dict[tuple[str, str], Decimal], row: Row, cash: Decimal, quantity: int, measures: Mapping[str, Decimal]) -> None:
    sums["cash", row.cash_account] += cash
    sums["quantity", row.security] += quantity
    for name, value in measures.items():
        sums["measure", name] += value


def _by_key(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


def _without_same(before: Sequence[Row], after: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    left = list(after)
    rest = []
    for row in before:
        twin = next((place for place, other in enumerate(left) if other.said == row.said), None)
        if twin is None:
            rest.append(row)
        else:
            del left[twin]
    return rest, left


def _reversal(row: Row) -> Posting:
    return Posting(Kind.REVERSAL, row, -row.cash, -row.quantity, {name: -value for name, value in row.measures.items()})


def _repost(row: Row, instead_of: Row | None = None) -> Posting:
    return Posting(Kind.REPOST, row, row.cash, row.quantity, row.measures, instead_of)


def _cash(rows: Iterable[Row]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row.cash_account] = sums.get(row.cash_account, NOTHING) + row.cash
    return sums
