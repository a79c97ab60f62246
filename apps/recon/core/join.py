"""Compares two large tables by key: full outer join on arrays, exact, without a loop over rows.

Every row of either side is matched, broken or rejected, and so is its amount: the control totals say so.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from apps.files.core.arrays import Flags, Raw, Whole, np
from apps.recon.core.matcher import Kind

NUMBERS = frozenset({Kind.AMOUNT, Kind.QTY})
"""What can be summed where a side has several rows of one key."""
_SEPARATOR = "/"
_MIX = 0x9E3779B97F4A7C15
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
        groups, count = groups_of(left, right)
        self._places = [_Placed(side, part, count, columns) for side, part in zip(self.sides, groups, strict=True)]
        one, other = self._places
        both = one.present & other.present
        self._off = [both & off for off in _differing(one, other, columns)]
        self._broken = one.present ^ other.present
        for off in self._off:
            self._broken |= off
        self.matched = int((both & ~self._broken).sum())
        self.breaks = int((one.present ^ other.present).sum()) + sum(int(off.sum()) for off in self._off)
        self.left, self.right = (self._control(placed) for placed in self._places)

    def differences(self) -> list[Broken]:
        """By key, then in the order of the columns."""
        found = [(self._key(group), group) for group in np.flatnonzero(self._broken).tolist()]
        return [broken for key, group in sorted(found) for broken in self._differences(key, group)]

    def rejected(self, which: int, limit: int) -> list[Rejected]:
        """The first rows of the left (0) or the right side (1) that took no part, in the order of the source."""
        placed, side = self._places[which], self.sides[which]
        rows = np.flatnonzero(placed.faults != 0)[:limit].tolist()
        return [Rejected(int(side.numbers[row]), _FAULTS[int(placed.faults[row])], key_of(side, row)) for row in rows]

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

    def _key(self, group: int) -> str:
        one, other = self._places
        placed = one if one.present[group] else other
        return key_of(placed.side, int(placed.first[group]))

    def _differences(self, key: str, group: int) -> Iterator[Broken]:
        one, other = self._places
        left, right = one.told(group), other.told(group)
        if left is None or right is None:
            kind = Kind.ONLY_LEFT if right is None else Kind.ONLY_RIGHT
            yield Broken(key=key, kind=kind, column="", left=left, right=right, difference=self._alone(group))
            return
        for at, column in enumerate(self.columns):
            if self._off[at][group]:
                found = one.value(at, group) - other.value(at, group) if column.kind is not Kind.STATE else 0
                difference = Decimal(found).scaleb(-column.places)
                yield Broken(key=key, kind=column.kind, column=column.name, left=left, right=right, difference=difference)

    def _alone(self, group: int) -> Decimal:
        one, other = self._places
        at = next((at for at, column in enumerate(self.columns) if column.kind is Kind.AMOUNT), None)
        if at is None:
            return Decimal(0)
        found = one.value(at, group) if one.present[group] else -other.value(at, group)
        return Decimal(found).scaleb(-self.columns[at].places)


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

    def value(self, at: int, group: int) -> int:
        return int(self.values[at][group])

    def told(self, group: int) -> dict[str, str] | None:
        """What is said under the key, as text."""
        if not self.present[group]:
            return None
        return {column.name: _text(self.values[at][group], column) for at, column in enumerate(self.columns)}

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


def groups_of(left: Side, right: Side) -> tuple[tuple[Whole, Whole], int]:
    """A number for each key that either side has, row by row, and how many there are.

    Rows are sorted by a mix of their key's bytes. Where the mix of two keys is the same, which is looked at and hardly ever
    happens, the keys themselves are sorted.
    """
    words = [word for one, other in zip(left.keys, right.keys, strict=True) for word in _words(one, other)]
    mixed = words[0]
    for word in words[1:]:
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(_MIX) ^ word
    order = np.argsort(mixed)
    new = _changes(mixed[order])
    if any((_changes(word[order]) & ~new).any() for word in words):
        order = np.lexsort(words)
        new = np.logical_or.reduce([_changes(word[order]) for word in words])
    groups = np.empty(len(order), np.int64)
    groups[order] = np.cumsum(new) - 1
    return (groups[: len(left)], groups[len(left) :]), int(new.sum())


def _words(one: Raw, other: Raw) -> Iterator[Any]:
    """The bytes of both columns, one above the other, eight at a time."""
    width = -(-max(one.dtype.itemsize, other.dtype.itemsize, 1) // 8) * 8
    column = np.zeros(len(one) + len(other), f"S{width}")
    column[: len(one)], column[len(one) :] = one, other
    words = column.view(np.uint64).reshape(-1, width // 8)
    for at in range(width // 8):
        yield np.ascontiguousarray(words[:, at])


def _changes(ordered: Any) -> Flags:
    """Where a value is another than the one before it."""
    changes = np.ones(len(ordered), np.bool_)
    changes[1:] = ordered[1:] != ordered[:-1]
    return changes


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


def key_of(side: Side, row: int) -> str:
    return _SEPARATOR.join(bytes(key[row]).decode() for key in side.keys)


def _text(value: Any, column: Compared) -> str:
    if column.kind is Kind.STATE:
        return bytes(value).decode()
    if column.kind is Kind.DATE:
        return date.fromordinal(int(value)).isoformat()
    return f"{Decimal(int(value)).scaleb(-column.places):f}"
