"""Writing DBF tables: new ones from a layout and rows, and read ones again, byte for byte.

A read table is written through its values: each cell is made anew from what was read, and only a cell that would come out
differently (odd padding, a cut character, +1 for 1) keeps the bytes it came with. `Rewritten.kept` counts those.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.files.core.arrays import np
from apps.files.core.dbf.cells import values_of
from apps.files.core.dbf.header import BACKLINK, END_MARK, FOXPRO, Column, Field
from apps.files.core.dbf.table import DbfTable
from apps.kernel.errors import DomainError

_CHUNK = 32_768
_CHINESE_DRIVER = 0x7A
_JULIAN_OF_ORDINAL_1 = 1_721_426


class DoesNotFit(DomainError):
    """A value cannot stand in its column."""

    code = "does_not_fit"
    sentence = _("Row {row}: “{value}” does not fit into the column {column} ({layout}).")


@dataclass(frozen=True)
class Rewritten:
    """A file made again from what was read: its bytes, and how many cells kept theirs."""

    data: bytes
    kept: int


def write_dbf(
    layout: Sequence[Column | tuple[str, str, int, int]],
    rows: Iterable[Mapping[str, Any] | Sequence[Any]],
    *,
    version: int = 0x03,
    updated: date,
    encoding: str = "gbk",
    end_mark: bool = True,
) -> bytes:
    """A new table: dBase III (0x03) or Visual FoxPro (0x30). Values: str, Decimal or int, date, bool, None for blank.

    Rows are mappings by column name (what is missing is blank) or sequences in order. Text stands left, numbers right.
    """
    columns = [Column(*column) for column in layout]
    fields = _placed(columns)
    body = bytearray()
    count = 0
    for count, row in enumerate(rows, start=1):
        values = _in_order(columns, row, count)
        body += b" "
        for field, value in zip(fields, values, strict=True):
            cell = encode(field, value, encoding)
            if cell is None:
                raise DoesNotFit(row=count, value=value, column=field.name, layout=str(field.column))
            body += cell
    return _header(fields, version, updated, count) + bytes(body) + (END_MARK if end_mark else b"")


def rewrite(table: DbfTable) -> Rewritten:
    """The file again, from the header as it stood and the values as they were read."""
    image = np.array(table.records)
    live = np.flatnonzero(table.records[:, 0] != ord("*"))
    kept = 0
    for field in table.header.fields:
        columns = slice(field.start, field.start + field.width)
        for at in range(0, len(live), _CHUNK):
            rows = live[at : at + _CHUNK]
            raw = table.records[rows, columns]
            made = [encode(field, value, table.encoding) for value in values_of(field, raw, table.encoding)]
            for index, cell in enumerate(made):
                if cell is None:
                    made[index] = b"\0" * field.width
            cells = np.frombuffer(b"".join(cell for cell in made if cell is not None), np.uint8).reshape(raw.shape)
            unlike = (cells != raw).any(1)
            kept += int(unlike.sum())
            image[rows, columns] = np.where(unlike[:, None], raw, cells)
    header = table.header
    tail = table.data[header.length + header.records * header.record_length :]
    return Rewritten(header.raw + image.tobytes() + tail, kept)


def encode(field: Field | Column, value: Any, encoding: str) -> bytes | None:
    """One cell, or None when the value does not fit."""
    if field.type == "C":
        return _text(field.width, value, encoding)
    if value is None:
        return _blank(field)
    if field.type in "NF":
        return _number(field.width, field.decimals, value)
    make = _BINARY.get(field.type)
    try:
        return None if make is None else make(value)
    except (struct.error, OverflowError, TypeError, AttributeError):
        return None


def _text(width: int, value: Any, encoding: str) -> bytes | None:
    text = "" if value is None else value.strftime("%Y%m%d") if isinstance(value, date) else str(value)
    try:
        raw = text.encode(encoding)
    except UnicodeEncodeError:
        return None
    return raw.ljust(width) if len(raw) <= width else None


def _number(width: int, decimals: int, value: Any) -> bytes | None:
    if isinstance(value, float | bool) or not isinstance(value, Decimal | int):
        return None
    number = Decimal(value)
    if not number.is_finite() or (number and number.adjusted() > width):
        return None
    with localcontext(prec=100):
        exact = number.quantize(Decimal(1).scaleb(-decimals)) + 0
    if exact != number:
        return None
    raw = f"{exact:f}".encode()
    if len(raw) > width and raw.lstrip(b"-").startswith(b"0."):
        raw = raw.replace(b"0.", b".", 1)
    return raw.rjust(width) if len(raw) <= width else None


def _blank(field: Field | Column) -> bytes | None:
    if field.type in "IYB" and field.width in (4, 8):
        return None
    return (b"\0" if field.type == "T" else b" ") * field.width


def _moment(value: datetime) -> bytes:
    milliseconds = ((value.hour * 60 + value.minute) * 60 + value.second) * 1000 + value.microsecond // 1000
    return struct.pack("<ii", value.toordinal() - 1 + _JULIAN_OF_ORDINAL_1, milliseconds)


_BINARY: dict[str, Any] = {
    "D": lambda value: f"{value.year:04}{value.month:02}{value.day:02}".encode(),
    "L": lambda value: b"T" if value else b"F",
    "I": lambda value: struct.pack("<i", value),
    "Y": lambda value: struct.pack("<q", int(value.scaleb(4))) if value.scaleb(4) == int(value.scaleb(4)) else None,
    "B": lambda value: struct.pack("<d", float(value)),
    "T": _moment,
    "0": bytes,
}


def _in_order(columns: list[Column], row: Mapping[str, Any] | Sequence[Any], number: int) -> list[Any]:
    if not isinstance(row, Mapping):
        if len(row) != len(columns):
            raise ValueError(f"row {number} has {len(row)} values for {len(columns)} columns")
        return list(row)
    unknown = row.keys() - {column.name for column in columns}
    if unknown:
        raise ValueError(f"row {number} has values for columns that the layout lacks: {sorted(unknown)}")
    return [row.get(column.name) for column in columns]


def _placed(columns: list[Column]) -> list[Field]:
    fields, start = [], 1
    for column in columns:
        fields.append(Field(column.name, column.type, column.width, column.decimals, 0, start))
        start += column.width
    return fields


def _header(fields: list[Field], version: int, updated: date, count: int) -> bytes:
    foxpro = version in FOXPRO
    length = 32 + 32 * len(fields) + 1 + (BACKLINK if foxpro else 0)
    record_length = 1 + sum(field.width for field in fields)
    prefix = struct.pack(
        "<4BIHH",
        version,
        updated.year % 100 if not foxpro else updated.year - 1900,
        updated.month,
        updated.day,
        count,
        length,
        record_length,
    )
    driver = _CHINESE_DRIVER if foxpro else 0
    described = b"".join(_descriptor(field) for field in fields)
    return prefix.ljust(29, b"\0") + bytes([driver, 0, 0]) + described + b"\r" + bytes(BACKLINK if foxpro else 0)


def _descriptor(field: Field) -> bytes:
    name = field.name.encode("gbk")
    if not 1 <= len(name) <= 11:  # the eleventh takes the place of the closing zero byte, as a real file does
        raise ValueError(f"a column name has 1 to 11 bytes: {field.name}")
    high, low = divmod(field.width, 256)
    return struct.pack("<11scIBB14x", name, field.type.encode(), field.start, low, high or field.decimals)
