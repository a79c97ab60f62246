"""Compares two large tables by key: full outer join on arrays, exact, without a loop over rows.

Every row of either side is matched, broken or rejected, and so is its amount: the control totals say so.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from apps.files.core.arrays import Flags, Raw, Whole, np
from apps.recon.core.keys import at_once, groups_of
from apps.recon.core.matcher import Kind

NUMBERS = frozenset({Kind.AMOUNT, Kind.QTY})
"""What can be summed where a side has several rows of one key."""
_SEPARATOR = "/"
_LARGEST = 2**63 - 1


class Fault(StrEnum):
    """Why a row takes no part."""

    EMPTY_KEY = "empty_key"
    UNREADABLE = "unreadable"
    DUPLICATE_KEY = "duplicate_key"


class SumTooLarge(ArithmeticError):
    """The sum of a key is larger than 63 bits hold; the text names column and key."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A column that both sides have. `tolerance` in units of 10^-places, for dates in days; the edge is inside."""

    name: str
    kind: Kind
    tolerance: int = 0
    places: int = 0


@dataclass(frozen=True, kw_only=True)
class Side:
    """One table. `keys` are stripped texts; `values` stand in the order of what is compared: whole units, days or texts.

    `faults` are rows of which a compared cell cannot be read; `numbers` are the places of the rows in their source.
    `many`: the rows of a key are summed; else only the first row of a key counts. `beside` is read by equations only.
    """

    keys: Sequence[Raw]
    values: Sequence[Any]
    faults: Flags
    numbers: Whole
    many: bool = False
    beside: Sequence[Raw] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def digest(self) -> str:
        """SHA-256 over all cells in the order of the source."""
        found = hashlib.sha256()
        for column in (*self.keys, *self.values, self.faults, *self.beside):
            found.update(f"{column.dtype.str}{len(column)};".encode())
            found.update(column.tobytes())
        return found.hexdigest()


@dataclass(frozen=True, kw_only=True)
class Control:
    """Where the rows of a side went, and the sum of its first amount: all = matched + broken + rejected."""

    rows: int
    matched: int
    broken: int
    rejected: int
    total: Decimal = Decimal(0)
    total_matched: Decimal = Decimal(0)
    total_broken: Decimal = Decimal(0)
    total_rejected: Decimal = Decimal(0)


@dataclass(frozen=True)
class Rejected:
    """A row that took no part. `number` is its place in the source."""

    number: int
    fault: Fault
    key: str


@dataclass(frozen=True, kw_only=True)
class Broken:
    """One difference. `column` is empty where a side has nothing under the key; `difference` is left minus right."""

    key: str
    kind: Kind
    column: str
    left: dict[str, Any] | None
    right: dict[str, Any] | None
    difference: Decimal


class Joined:
    """Two sides joined. Counting is done; differences and rejected rows are made when they are asked for."""

    def __init__(self, left: Side, right: Side, columns: Sequence[Compared]) -> None:
        self.sides, self.columns = (left, right), columns
        groups, count = groups_of(left.keys, right.keys)
        sides = tuple(zip(self.sides, groups, strict=True))
        self._places = at_once(lambda side: _Placed(*side, count, columns), sides)
        one, other = self._places
        both = one.present & other.present
        self._off = [both & off for off in _differing(one, other, columns)]
        self._broken = one.present ^ other.present
        for off in self._off:
            self._broken |= off
        self.matched = int((both & ~self._broken).sum())
        self.breaks = int((one.present ^ other.present).sum()) + sum(int(off.sum()) for off in self._off)
        self.left, self.right = at_once(self._control, self._places)

    def differences(self) -> list[Broken]:
        """By key, then in the order of the columns."""
        groups = np.flatnonzero(self._broken)
        left, right = (placed.told(groups) for placed in self._places)
        off = [set(np.flatnonzero(off).tolist()) for off in self._off]
        keys = sorted(((left.get(group) or right[group]).key, group) for group in groups.tolist())
        return [broken for _key, group in keys for broken in self._broken_of(left.get(group), right.get(group), group, off)]

    def rejected(self, which: int, limit: int) -> list[Rejected]:
        """The first rows of the left (0) or the right side (1) that took no part, in the order of the source."""
        placed, side = self._places[which], self.sides[which]
        rows = np.flatnonzero(placed.faults != 0)[:limit]
        told = zip(side.numbers[rows].tolist(), placed.faults[rows].tolist(), keys_of(side, rows), strict=True)
        return [Rejected(number, _FAULTS[fault], key) for number, fault, key in told]

    def _control(self, placed: "_Placed") -> Control:
        out = placed.faults != 0
        broken = ~out & self._broken[placed.groups]
        matched = ~out & ~broken
        counts: dict[str, Any] = {
            "rows": len(out),
            "matched": int(matched.sum()),
            "broken": int(broken.sum()),
            "rejected": int(out.sum()),
        }
        at = next((at for at, column in enumerate(self.columns) if column.kind is Kind.AMOUNT), None)
        if at is None:
            return Control(**counts)
        values, places = placed.side.values[at], self.columns[at].places
        sums = [Decimal(_sum(part)).scaleb(-places) for part in (values, values[matched], values[broken], values[out])]
        return Control(**counts, total=sums[0], total_matched=sums[1], total_broken=sums[2], total_rejected=sums[3])

    def _broken_of(self, left: "_Told | None", right: "_Told | None", group: int, off: Sequence[set[int]]) -> Iterator[Broken]:
        if left and right:
            for at, column in enumerate(self.columns):
                if group in off[at]:
                    found = left.values[at] - right.values[at] if column.kind is not Kind.STATE else 0
                    difference = Decimal(found).scaleb(-column.places)
                    yield Broken(
                        key=left.key,
                        kind=column.kind,
                        column=column.name,
                        left=left.said,
                        right=right.said,
                        difference=difference,
                    )
        elif left:
            difference = self._amount(left)
            yield Broken(key=left.key, kind=Kind.ONLY_LEFT, column="", left=left.said, right=None, difference=difference)
        elif right:
            difference = -self._amount(right)
            yield Broken(key=right.key, kind=Kind.ONLY_RIGHT, column="", left=None, right=right.said, difference=difference)

    def _amount(self, told: "_Told") -> Decimal:
        """Of a row that stands alone."""
        at = next((at for at, column in enumerate(self.columns) if column.kind is Kind.AMOUNT), None)
        return Decimal(0) if at is None else Decimal(told.values[at]).scaleb(-self.columns[at].places)


class _Told(NamedTuple):
    """What one side has under a key: the compared values in whole units, and how they are said."""

    key: str
    values: tuple[Any, ...]
    said: dict[str, str]


class _Placed:
    """A side by group: which groups it has, the first row of each, and the sums where several rows are allowed."""

    def __init__(self, side: Side, groups: Whole, count: int, columns: Sequence[Compared]) -> None:
        self.side, self.groups, self.columns = side, groups, columns
        self.faults = np.zeros(len(side), np.uint8)
        self.faults[side.faults] = _NUMBER[Fault.UNREADABLE]
        blank = np.ones(len(side), np.bool_)
        for key in side.keys:
            blank &= key == b""
        self.faults[blank] = _NUMBER[Fault.EMPTY_KEY]
        rows = np.flatnonzero(self.faults == 0)
        self.first = np.full(count, -1, np.int64)
        self.first[groups[rows][::-1]] = rows[::-1]  # of rows of one group the one written last stays: the first
        self.present = self.first >= 0
        if not side.many:
            again = np.ones(len(side), np.bool_)
            again[self.first[self.present]] = False
            self.faults[again & (self.faults == 0)] = _NUMBER[Fault.DUPLICATE_KEY]
        self.values = [self._by_group(values, rows, count, column) for values, column in zip(side.values, columns, strict=True)]

    def told(self, groups: Whole) -> dict[int, _Told]:
        """By group, of those this side has."""
        here = groups[self.present[groups]]
        keys = keys_of(self.side, self.first[here])
        values = [values[here].tolist() for values in self.values]
        said = [_texts(part, column) for part, column in zip(values, self.columns, strict=True)]
        names = [column.name for column in self.columns]
        exact, words = (list(zip(*part, strict=True)) or [()] * len(here) for part in (values, said))
        rows = zip(here.tolist(), keys, exact, words, strict=True)
        return {group: _Told(key, value, dict(zip(names, word, strict=True))) for group, key, value, word in rows}

    def _by_group(self, values: Any, rows: Whole, count: int, column: Compared) -> Any:
        if not self.side.many or column.kind not in NUMBERS:
            return values[self.first] if len(values) else np.zeros(count, values.dtype)
        sums = np.zeros(count, np.int64)
        part = values[rows]
        if len(part) and int(np.abs(part).max()) > _LARGEST // len(part):
            raise SumTooLarge(column.name)
        np.add.at(sums, self.groups[rows], part)
        return sums


_NUMBER = {fault: number for number, fault in enumerate(Fault, start=1)}
_FAULTS = {number: fault for fault, number in _NUMBER.items()}


def _differing(one: _Placed, other: _Placed, columns: Sequence[Compared]) -> Iterator[Flags]:
    for left, right, column in zip(one.values, other.values, columns, strict=True):
        if column.kind is Kind.STATE:
            yield left != right
        else:  # as distances without a sign: the difference of two 64-bit numbers need not fit into 63 bits
            high, low = np.maximum(left, right), np.minimum(left, right)
            yield high.view(np.uint64) - low.view(np.uint64) > np.uint64(column.tolerance)


def _sum(values: Whole) -> int:
    """Exact, however large: the halves are summed apart."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def keys_of(side: Side, rows: Whole) -> list[str]:
    """The keys in these rows, as people read them."""
    cells = zip(*(key[rows].tolist() for key in side.keys), strict=True)
    return [_SEPARATOR.join(cell.decode() for cell in row) for row in cells]


def _texts(values: Sequence[Any], column: Compared) -> list[str]:
    if column.kind is Kind.STATE:
        return [str(value, "utf-8") for value in values]
    if column.kind is Kind.DATE:
        return [date.fromordinal(value).isoformat() for value in values]
    return (
        [f"{Decimal(value).scaleb(-column.places):f}" for value in values] if column.places else [str(value) for value in values]
    )
