"""The header of a DBF table: read, never computed, and believed only when it agrees with the size of the file.

Layout: dBase III and Visual FoxPro table structure as published by their makers; rules: fact book section 2.1.
"""

import struct
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from apps.files.core.problems import Problem, StillBeingWritten, refuse, warning

VERSIONS = frozenset({0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8E, 0xCB, 0xF5, 0xFB})
FOXPRO = frozenset({0x30, 0x31, 0x32})

PREFIX, DESCRIPTOR, BACKLINK = 32, 32, 263
DATE_ENDS = 4  # a version, then year, month and day as numbers
TERMINATOR, END_MARK = 0x0D, b"\x1a"
MOST_FIELDS = {True: 254, False: 128}  # Visual FoxPro with a null map; dBase III
NULL_MAP = "0"
NULLABLE = 0x02

_FIXED_WIDTHS = {"D": {8}, "L": {1}, "I": {4}, "Y": {8}, "T": {8}, "B": {8, 10}, "M": {4, 10}, "G": {4, 10}, "P": {4, 10}}
_FOXPRO_ONLY = frozenset("IYT0")


class Column(NamedTuple):
    """One column of a layout: type C, N, F, D, L (or I, Y, T, B of Visual FoxPro), width in bytes."""

    name: str
    type: str
    width: int
    decimals: int = 0

    def __str__(self) -> str:
        """As layouts are written: C16, N17.2."""
        return f"{self.type}{self.width}" + (f".{self.decimals}" if self.decimals else "")


@dataclass(frozen=True)
class Field:
    """One column as this file declares it; `start` is its place within the record (0 is the deletion mark)."""

    name: str
    type: str
    width: int
    decimals: int
    flags: int
    start: int

    @property
    def key(self) -> str:
        """Names are told apart without regard to case."""
        return self.name.upper()

    @property
    def column(self) -> Column:
        return Column(self.key, self.type, self.width, self.decimals)

    @property
    def hidden(self) -> bool:
        """The null map of Visual FoxPro: no data of its own."""
        return self.type == NULL_MAP


@dataclass(frozen=True)
class Header:
    """What the header says, after it was found to agree with itself and with the file's size."""

    version: int
    updated: date | None
    records: int
    length: int
    record_length: int
    language_driver: int
    fields: tuple[Field, ...]
    raw: bytes

    @property
    def foxpro(self) -> bool:
        return self.version in FOXPRO


def looks_like_dbf(data: bytes) -> bool:
    """Whether the first bytes may be a DBF header: a known version, and not a text that begins with that letter.

    Behind the version stand year, month and day as numbers; fewer bytes than these say nothing against a header.
    """
    if not data or data[0] not in VERSIONS:
        return False
    return len(data) <= DATE_ENDS or b"\0" in data[:PREFIX] or not _is_plain_text(data[:PREFIX])


def promised_bytes(head: bytes) -> int | None:
    """How many bytes a DBF table with this beginning has when it is whole; None when the beginning is no DBF header."""
    if len(head) < PREFIX or not looks_like_dbf(head):
        return None
    records, length, record_length = struct.unpack_from("<IHH", head, 4)
    return int(length + records * record_length)


def read_header(data: bytes) -> tuple[Header, list[Problem]]:
    """The header and what is odd about it; refuses what contradicts itself or the size of the file."""
    if not data:
        raise StillBeingWritten(Problem(rule="empty_file", offset=0))
    version = data[0]
    if version not in VERSIONS:
        raise refuse("version", offset=0, found=f"0x{version:02X}")
    if len(data) < PREFIX + DESCRIPTOR + 1:
        raise StillBeingWritten(
            Problem(rule="header_short", facts={"size": len(data), "needed": PREFIX + DESCRIPTOR + 1}, offset=len(data))
        )
    records, length, record_length = struct.unpack_from("<IHH", data, 4)
    updated, problems = _date(data[1:4])
    if record_length == 0:
        raise refuse("record_length", offset=10, found=0, needed=1)
    fields, end = _fields(data, length, foxpro=version in FOXPRO, record_length=record_length)
    _check_length(length, end, foxpro=version in FOXPRO)
    _check_size(data, records, length, record_length)
    raw = bytes(data[:length])
    return Header(version, updated, records, length, record_length, data[29], fields, raw), problems


def _is_plain_text(head: bytes) -> bool:
    return all(byte >= 0x20 or byte in b"\t\r\n" for byte in head)


def _date(raw: bytes) -> tuple[date | None, list[Problem]]:
    year, month, day = raw
    if raw == b"\0\0\0":
        return None, [warning("header_date", offset=1, found="0-0-0")]
    # Writers count years from 1900 or keep only the last two digits; nobody wrote DBF files before 1980.
    full_year = 1900 + year if year >= 80 else 2000 + year
    try:
        return date(full_year, month, day), []
    except ValueError:
        raise refuse("header_date", offset=1, found=f"{year}-{month}-{day}") from None


def _fields(data: bytes, length: int, *, foxpro: bool, record_length: int) -> tuple[tuple[Field, ...], int]:
    descriptors, at, limit = [], PREFIX, min(length, len(data))
    while at < limit and data[at] != TERMINATOR:
        if at + DESCRIPTOR > limit:
            break
        descriptors.append((at, data[at : at + DESCRIPTOR]))
        at += DESCRIPTOR
    if at >= limit or data[at] != TERMINATOR:
        if len(data) < length:
            needed = {"needed": length, "size": len(data)}
            raise StillBeingWritten(Problem(rule="still_being_written", facts=needed, offset=len(data)))
        raise refuse("terminator", offset=at, limit=limit)
    if not descriptors:
        raise refuse("no_fields", offset=PREFIX)
    if len(descriptors) > MOST_FIELDS[foxpro]:
        raise refuse("too_many_fields", offset=PREFIX, found=len(descriptors), limit=MOST_FIELDS[foxpro])
    return _described(descriptors, foxpro=foxpro, record_length=record_length), at + 1


def _described(descriptors: list[tuple[int, bytes]], *, foxpro: bool, record_length: int) -> tuple[Field, ...]:
    plain = 1 + sum(raw[16] for _, raw in descriptors)
    # Clipper and FoxPro keep the high byte of a wide text column where numbers have their decimals.
    wide = 1 + sum(raw[16] + 256 * raw[17] * (raw[11:12] == b"C") for _, raw in descriptors)
    widened = plain != record_length == wide
    fields: list[Field] = []
    names: set[str] = set()
    start = 1
    for at, raw in descriptors:
        field = _field(at, raw, start, foxpro=foxpro, widened=widened)
        if field.key in names:
            raise refuse("field_twice", offset=at, field=field.name, name=field.name)
        names.add(field.key)
        fields.append(field)
        start += field.width
    if start != record_length:
        raise refuse("record_length", offset=10, found=record_length, needed=start)
    return tuple(fields)


def _field(at: int, raw: bytes, start: int, *, foxpro: bool, widened: bool) -> Field:
    name = _name(raw[:11], at)
    type_, width, decimals = chr(raw[11]), raw[16], raw[17]
    if type_ == "C" and widened:
        width, decimals = width + 256 * decimals, 0
    known = type_ in "CNF" or type_ in _FIXED_WIDTHS or type_ == NULL_MAP
    if not known or (type_ in _FOXPRO_ONLY and not foxpro):
        raise refuse("field_type", offset=at + 11, field=name, found=show_type(raw[11]))
    wrong_width = width not in _FIXED_WIDTHS[type_] if type_ in _FIXED_WIDTHS else width == 0
    if wrong_width or (type_ in "NF" and width > 40):
        raise refuse("field_width", offset=at + 16, field=name, type=type_, found=width)
    if type_ in "NF" and decimals >= width:
        raise refuse("field_decimals", offset=at + 17, field=name, decimals=decimals, width=width)
    return Field(name, type_, width, decimals, raw[18], start)


def show_type(code: int) -> str:
    return chr(code) if 0x20 < code < 0x7F else f"0x{code:02X}"


def _name(raw: bytes, at: int) -> str:
    kept = raw.split(b"\0", 1)[0].rstrip(b" ")
    try:
        name = kept.decode("gbk")
    except UnicodeDecodeError:
        name = ""
    if not name or not name.isprintable():
        raise refuse("field_name", offset=at, found=kept.hex(" ") or "00")
    return name


def _check_length(length: int, end: int, *, foxpro: bool) -> None:
    # Some dBase writers put one more zero byte after the end mark of the field list.
    allowed = {end + BACKLINK, end + BACKLINK + 1} if foxpro else set()
    if length not in allowed | {end, end + 1}:
        raise refuse("header_length", offset=8, found=length, needed=end + (BACKLINK if foxpro else 0))


def _check_size(data: bytes, records: int, length: int, record_length: int) -> None:
    """Equality, so that a lie about the count shows whichever way it goes: header + records, and at most the end mark."""
    needed = length + records * record_length
    if len(data) < needed:
        raise StillBeingWritten(
            Problem(rule="still_being_written", facts={"needed": needed, "size": len(data)}, offset=len(data))
        )
    if len(data) > needed + 1:
        raise refuse("trailing_bytes", offset=needed, rows=records, extra=len(data) - needed)
    if len(data) == needed + 1 and data[-1:] != END_MARK:
        raise refuse("end_mark", offset=needed, found=f"{data[-1]:02X}")
