"""Files between distributor and TA: header, names of the columns, rows of fixed width in GB18030 bytes (fact book 3.7).

Widths come from the dictionary of columns that ships as data. Numbers have no point: their last digits are the decimals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.files.core.text import ENCODING, read_fixed
from apps.kernel.money import to_fen
from apps.lines.core.details import CannotNormalise

BEGIN, END = "OFDCFDAT", "OFDCFEND"
_HEAD_LINES = 9


class BadOfd(CannotNormalise):
    """A file of the TA that does not mean what the dictionary says; the text names what is wrong."""


@dataclass(frozen=True)
class Column:
    """`decimals` is None for a text, else how many digits at the end of the number are its decimals."""

    name: str
    width: int
    decimals: int | None = None


@dataclass(frozen=True, kw_only=True)
class Head:
    version: str
    sender: str
    receiver: str
    day: date
    kind: str


Value = str | Decimal
Record = Mapping[str, Value]


def columns_from(facts: Iterable[Sequence[object]]) -> tuple[Column, ...]:
    """The dictionary as it is written: name, width, decimals or null."""
    return tuple(
        Column(str(name), int(str(width)), None if places is None else int(str(places))) for name, width, places in facts
    )


def write_ofd(head: Head, columns: Sequence[Column], rows: Sequence[Record]) -> bytes:
    """Raises BadOfd when a value does not fit into its column."""
    lines = [BEGIN, head.version, head.sender, head.receiver, f"{head.day:%Y%m%d}", "001", head.kind, head.sender, head.receiver]
    lines += [f"{len(columns):03}", *(one.name.upper() for one in columns), f"{len(rows):08}"]
    body = [b"".join(_spelled(one, row[one.name]) for one in columns) for row in rows]
    return b"".join(line + b"\n" for line in [*(line.encode(ENCODING) for line in lines), *body, END.encode()])


def read_ofd(data: bytes, columns: Sequence[Column], *, kind: str, day: date) -> list[dict[str, Value]]:
    """The rows by the dictionary's names. Columns are taken in the file's order; each has to be in the dictionary.

    Raises BadOfd for another kind, day, count or column, and UnreadableFile for a row of another width.
    """
    lines = [line.removesuffix(b"\r") for line in data.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) < _HEAD_LINES + 3 or _text(lines[0]) != BEGIN or _text(lines[-1]) != END:
        raise BadOfd("without its first or its last line")
    if _text(lines[6]) != kind:
        raise BadOfd(f"of kind {_text(lines[6])[:10]}, not {kind}")
    if _text(lines[4]) != f"{day:%Y%m%d}":
        raise BadOfd(f"of the day {_text(lines[4])[:10]}")
    known = {one.name.upper(): one for one in columns}
    after = _HEAD_LINES + 1 + _count(lines[_HEAD_LINES])
    if after >= len(lines) - 1:
        raise BadOfd("with fewer columns than it says")
    names = [_text(line).upper() for line in lines[_HEAD_LINES + 1 : after]]
    found = [known[name] for name in names if name in known]
    if len(found) != len(names) or {one.name for one in found} != {one.name for one in columns}:
        raise BadOfd(f"with other columns: {', '.join(sorted(set(names) ^ set(known)))[:80]}")
    records = lines[after + 1 : -1]
    if _count(lines[after]) != len(records):
        raise BadOfd(f"with {len(records)} rows, {_count(lines[after])} said")
    cut = read_fixed(b"".join(line + b"\n" for line in records), [one.width for one in found])
    return [{one.name: _value(one, field) for one, field in zip(found, row, strict=True)} for row in cut.rows]


def _spelled(column: Column, value: Value) -> bytes:
    if isinstance(value, Decimal):
        digits = to_fen(value) if column.decimals == 2 else int(value.scaleb(column.decimals or 0))
        spelled = f"{digits:0{column.width}}".encode()
    else:
        spelled = value.encode(ENCODING).ljust(column.width)
    if len(spelled) != column.width or spelled.startswith(b"-"):
        raise BadOfd(f"{column.name} “{value}” does not fit")
    return spelled


def _value(column: Column, text: str) -> Value:
    if column.decimals is None:
        return text.strip()
    if not (text.isascii() and text.isdigit()):
        raise BadOfd(f"{column.name} “{text[:40]}” is no number")
    return Decimal(text).scaleb(-column.decimals)


def _text(line: bytes) -> str:
    return line.decode(ENCODING, errors="replace").strip()


def _count(line: bytes) -> int:
    text = _text(line)
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise BadOfd(f"“{text[:20]}” is no count")
    return int(text)
