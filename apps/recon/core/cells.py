"""Cells of a source as bytes, and what a comparison in bulk makes of them: texts, whole units of money, days.

A column is an array of byte strings, whether it came from a market file, a sheet or a table; money never is a float.
"""

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from apps.files.core.arrays import Flags, Raw, Whole, np
from apps.files.core.dbf.cells import scaled

_AT_ONCE = 65_536


def column_of(cells: Iterable[str]) -> Raw:
    """A column from texts."""
    column: Raw = np.array([cell.encode() for cell in cells], dtype=np.bytes_)
    return column.astype("S1") if column.dtype.itemsize == 0 else column


def texts(column: Raw, encoding: str = "utf-8") -> Raw:
    """Without blanks around, in UTF-8, wide letters and digits as narrow ones: cells that say the same are the same bytes."""
    stripped = _stripped(column, b" \0\t\r\n")
    block = _block(stripped)
    if block.max(initial=0) < 0x80:
        return stripped.astype(f"S{max(1, int(np.flatnonzero(block.any(axis=0)).max(initial=0)) + 1)}", copy=False)
    high = block.max(axis=1, initial=0) >= 0x80
    cells = stripped.astype(object)
    cells[high] = [unicodedata.normalize("NFKC", raw.decode(encoding, "replace")).strip().encode() for raw in cells[high]]
    plain: Raw = cells.astype(np.bytes_)
    return plain


def _stripped(column: Raw, blanks: bytes) -> Raw:
    """Without blanks around. Most columns have none anywhere, which is found out faster than each cell is stripped."""
    block = _block(column)
    if not ((block <= ord(" ")) & (block != 0)).any() and not block[block[:, 0] == 0].any():
        return column
    stripped: Raw = np.strings.strip(column, blanks)
    return stripped


def units(column: Raw, places: int) -> tuple[Whole, Flags]:
    """Whole units of 10^-places, and which cells are none: blank, no plain number, finer than that, or too long."""
    values, faults = np.zeros(len(column), np.int64), np.zeros(len(column), np.bool_)
    for at in range(0, len(column), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        values[part], filled, wrong = scaled(_block(_stripped(column[part], b" \0")), places)
        faults[part] = wrong | ~filled
    values[faults] = 0
    return values, faults


def days(column: Raw) -> tuple[Whole, Flags]:
    """Days of the calendar by number, from 20261120 or 2026-11-20, and which cells are none."""
    cells, places = np.unique(column, return_inverse=True)
    numbers = np.array([_day(cell) for cell in cells.tolist()], np.int64)
    found: Whole = numbers[places]
    return found, found == 0


def _day(cell: bytes) -> int:
    digits = cell.strip(b" \0").replace(b"-", b"")
    if len(digits) != 8 or not digits.isdigit():
        return 0
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal()
    except ValueError:
        return 0


def _block(column: Raw) -> Any:
    return np.ascontiguousarray(column).view(np.uint8).reshape(len(column), column.dtype.itemsize)
