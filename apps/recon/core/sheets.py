"""Sheets that people bring: CSV and Excel, read into columns of bytes by the names in their first row."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.files.core.arrays import Raw, Whole, np
from apps.kernel.tables import EXCEL, excel_rows
from apps.recon.core.cells import column_of

MOST_ROWS = 2_000_000
MOST_BYTES = 2**28
"""Of one column, whose cells all take as much room as its longest."""
MOST_UNPACKED_BYTES = 2**29
"""Of an Excel file: room for the million rows that a sheet of it can have."""
_QUOTE, _COMMA, _END = b'"', ord(","), ord("\n")
_AT_ONCE = 2**17
_MARK = b"\xef\xbb\xbf"


class BadSheet(Exception):
    """A sheet that cannot be read: `rule` says which rule it breaks, `place` where."""

    def __init__(self, rule: str, **place: Any) -> None:
        super().__init__(rule)
        self.rule, self.place = rule, place


@dataclass(frozen=True)
class Sheet:
    """Columns by name, and the numbers of the rows as table programs count them: the names stand in row 1."""

    columns: dict[str, Raw]
    numbers: Whole

    def __len__(self) -> int:
        return len(self.numbers)


def read_sheet(data: bytes) -> Sheet:
    """A CSV file in UTF-8 with commas, or the first sheet of an Excel file. Raises BadSheet."""
    if data.startswith(EXCEL):
        return _from_rows(_excel_rows(data))
    data = data.removeprefix(_MARK)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    try:
        data.isascii() or data.decode()
    except UnicodeDecodeError as refusal:
        raise BadSheet("not_utf8", row=data.count(b"\n", 0, refusal.start) + 1) from refusal
    if _QUOTE in data:
        return _from_rows(csv.reader(io.StringIO(data.decode(), newline="")))
    return _plain(data)


def _plain(data: bytes) -> Sheet:
    """Without quotes every comma parts cells: all are cut at once."""
    if not data.endswith(b"\n"):
        data += b"\n"
    body = data.index(b"\n") + 1
    names = _names(data[: body - 1].decode().split(","))
    letters = np.frombuffer(data, np.uint8)[body:]
    ends = _ends(letters)
    rows, rest = divmod(len(ends), len(names))
    _require_few(rows)
    if not len(ends):
        return _from_rows([names])
    if rest or data.count(b"\n", body) != rows or (letters[ends[len(names) - 1 :: len(names)]] != _END).any():
        raise BadSheet("ragged", row=_first_ragged(ends, ends[letters[ends] == _END], len(names)) + 2)
    grid = ends.reshape(rows, len(names))
    columns = {}
    for at, name in enumerate(names):
        before = grid[:, at - 1] if at else np.append(ends.dtype.type(-1), grid[:-1, -1])
        columns[name] = _cells(letters, before + 1, grid[:, at])
    return Sheet(columns, np.arange(2, rows + 2))


def _ends(letters: Any) -> Any:
    """Where cells end, part by part: what is compared stays in the processor's nearest memory."""
    small = np.int32 if len(letters) < 2**31 else np.int64
    parts = [np.zeros(0, small)]
    for at in range(0, len(letters), _AT_ONCE):
        part = letters[at : at + _AT_ONCE]
        parts.append((np.flatnonzero((part == _COMMA) | (part == _END)) + at).astype(small))
    return np.concatenate(parts)


def _cells(letters: Any, begins: Any, ends: Any) -> Raw:
    """A column: as many letters from each begin on as the longest cell has, and zeros in place of those behind its end."""
    lengths = ends - begins
    width = max(1, int(lengths.max(initial=0)))
    if len(begins) * width > MOST_BYTES:
        raise BadSheet("cell_too_long", row=int(lengths.argmax()) + 2)
    last = len(letters) - width
    cells = np.lib.stride_tricks.sliding_window_view(letters, width)[np.minimum(begins, last)]
    for row in range(int(np.searchsorted(begins, last, side="right")), len(begins)):  # they would reach over the end of the file
        cells[row, : lengths[row]] = letters[begins[row] : ends[row]]
    if int(lengths.min(initial=width)) < width:
        cells *= np.arange(width) < lengths[:, None]
    column: Raw = cells.view(f"S{width}").reshape(len(begins))
    return column


def _first_ragged(ends: Whole, lines: Whole, width: int) -> int:
    per_row = np.diff(np.concatenate(([0], np.searchsorted(ends, lines, side="right"))))
    return int((per_row != width).argmax())


def _from_rows(rows: Iterable[Sequence[str]]) -> Sheet:
    kept = iter(rows)
    names = _names(next(kept, []))
    cells: list[Sequence[str]] = []
    numbers = []
    for number, row in enumerate(kept, start=2):
        if not any(row):
            continue  # what table programs leave at the end
        if len(row) < len(names) or any(row[len(names) :]):
            raise BadSheet("ragged", row=number)
        cells.append(row)
        numbers.append(number)
        _require_few(len(cells))
    columns = {name: column_of(row[at] for row in cells) for at, name in enumerate(names)}
    return Sheet(columns, np.array(numbers, np.int64))


def _excel_rows(data: bytes) -> Iterable[list[str]]:
    try:
        yield from excel_rows(data, most_bytes=MOST_UNPACKED_BYTES)
    except ValueError as refusal:
        raise BadSheet("not_a_sheet") from refusal


def _names(cells: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names or not all(names):
        raise BadSheet("no_names", row=1)
    if len(set(names)) != len(names):
        raise BadSheet("same_name", row=1)
    return names


def _require_few(rows: int) -> None:
    if rows > MOST_ROWS:
        raise BadSheet("too_long", row=MOST_ROWS)
