"""Keys of two large tables as numbers, exact and without a loop over rows; both sides are worked on at the same time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from apps.files.core.arrays import Flags, Raw, Whole, np

_MIX = 0x9E3779B97F4A7C15
_AT_ONCE = 2**15
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def at_once(made: Callable[[_Given], _Made], sides: Sequence[_Given]) -> list[_Made]:
    """What is made of each side, both at the same time: numpy lets other threads run while it computes."""
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(made, sides))


def groups_of(left: Sequence[Raw], right: Sequence[Raw]) -> tuple[tuple[Whole, Whole], int]:
    """A number for each key that either side has, row by row, and how many there are.

    Rows are sorted by a mix of their key's bytes. Where the mix of two keys is the same, which is looked at and hardly ever
    happens, the keys themselves are sorted.
    """
    widths = [-(-max(mine.dtype.itemsize, yours.dtype.itemsize, 1) // 8) for mine, yours in zip(left, right, strict=True)]
    one, other = at_once(lambda keys: _Grouped(keys, widths), (left, right))
    at = np.searchsorted(one.mixes, other.mixes)
    known = at < len(one.mixes)
    known[known] = one.mixes[at[known]] == other.mixes[known]
    firsts = np.take(one.first, at[known]), other.first[known]
    if not (one.exact and other.exact and _same(left, right, firsts, widths)):
        return _groups_by_keys(left, right, widths)
    more = len(known) - int(known.sum())
    at[~known] = np.arange(len(one.mixes), len(one.mixes) + more)
    return (one.groups, np.take(at, other.groups)), len(one.mixes) + more


class _Grouped:
    """Keys of one side: a number for each, row by row; by number the mix of its bytes, which rises, and a row that has it.

    `exact` is false where two keys have one mix.
    """

    def __init__(self, keys: Sequence[Raw], widths: Sequence[int]) -> None:
        mixed = np.zeros(len(keys[0]), np.uint64)
        for part in _parts(len(mixed)):
            for key, width in zip(keys, widths, strict=True):
                for word in _words(key[part], width):
                    mixed[part] = (mixed[part] ^ (mixed[part] >> np.uint64(29))) * np.uint64(_MIX) ^ word
        order = _order(mixed)
        ordered = np.take(mixed, order)
        new = _changes(ordered)
        again = np.flatnonzero(~new)
        self.exact = _same(keys, keys, (order[again], order[again - 1]), widths)
        self.mixes, self.first = ordered[new], order[new]
        self.groups = np.empty(len(order), np.int64)
        self.groups[order] = np.cumsum(new) - 1


def _same(keys: Sequence[Raw], others: Sequence[Raw], rows: tuple[Whole, Whole], widths: Sequence[int]) -> bool:
    """Whether the keys in these rows are those in the other rows, one by one."""
    pairs = list(zip(keys, others, widths, strict=True))

    def same(part: slice) -> bool:
        mine, yours = rows[0][part], rows[1][part]
        found = (_words(np.take(key, mine), width) == _words(np.take(other, yours), width) for key, other, width in pairs)
        return all(bool(equal.all()) for equal in found)

    return all(at_once(same, _parts(len(rows[0]))))


def _groups_by_keys(left: Sequence[Raw], right: Sequence[Raw], widths: Sequence[int]) -> tuple[tuple[Whole, Whole], int]:
    columns = zip(left, right, widths, strict=True)
    words = [
        np.concatenate(both)
        for one, other, width in columns
        for both in zip(_words(one, width), _words(other, width), strict=True)
    ]
    order = np.lexsort(words)
    new = np.logical_or.reduce([_changes(word[order]) for word in words])
    groups = np.empty(len(order), np.int64)
    groups[order] = np.cumsum(new) - 1
    return (groups[: len(left[0])], groups[len(left[0]) :]), int(new.sum())


def _words(column: Raw, width: int) -> Any:
    """The bytes of the cells, eight at a time: an array of words for each place."""
    return np.ascontiguousarray(column, f"S{width * 8}").view(np.uint64).reshape(len(column), width).T


def _parts(rows: int) -> list[slice]:
    """So few rows each that they stay in the processor's nearest memory."""
    return [slice(at, at + _AT_ONCE) for at in range(0, rows, _AT_ONCE)]


def _order(mixed: Any) -> Whole:
    """The rows by their mix: sixteen bits at a time, which are counted and not compared, twice as fast as sorting at once."""
    order: Whole = np.argsort(mixed.astype(np.uint16), kind="stable")
    for shift in (16, 32, 48):
        bits = (np.take(mixed, order) >> np.uint64(shift)).astype(np.uint16)
        order = np.take(order, np.argsort(bits, kind="stable"))
    return order


def _changes(ordered: Any) -> Flags:
    """Where a value is another than the one before it."""
    changes = np.ones(len(ordered), np.bool_)
    changes[1:] = ordered[1:] != ordered[:-1]
    return changes
