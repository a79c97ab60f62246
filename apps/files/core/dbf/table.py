"""A DBF table in memory: the bytes as they came, checked once, read as columns or rows of typed values.

Memory stays near the size of the file: the records are one array over the file's own bytes, values are made in chunks.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apps.files.core.arrays import Block, Flags, Raw, Whole, np
from apps.files.core.dbf import cells as reading
from apps.files.core.dbf.bulk import CHUNK as _CHECK_CHUNK
from apps.files.core.dbf.bulk import InBulk, Typed
from apps.files.core.dbf.encoding import Texts, detect
from apps.files.core.dbf.header import NULLABLE, Field, Header, read_header
from apps.files.core.problems import Problem, Severity, UnreadableFile, refuse, warning

LIVE, DELETED, ZERO = 0x20, 0x2A, 0x00
LARGEST_BYTES = 2**30
_CHUNK = 4096
_MOST_PROBLEMS = 20
# Types of Visual FoxPro: (type of the array, what stands where nothing is, decimals of the units).
_ARRAYS: dict[str, tuple[Any, Any, int]] = {
    "I": ("int64", 0, 0),
    "Y": ("int64", 0, 4),
    "L": ("bool", False, 0),
    "T": ("datetime64[ms]", "1970-01-01", 0),
}


class Row(dict[str, Any]):
    """One live record: values by upper-case column name; `number` counts all records of the file from 1."""

    __slots__ = ("number",)

    def __init__(self, number: int, values: Iterator[tuple[str, Any]]) -> None:
        super().__init__(values)
        self.number = number


class DbfTable(InBulk):
    """Made by `read_dbf`. Columns are found without regard to case; the null map is no column."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.header, problems = read_header(data)
        self.problems: list[Problem] = problems
        self.records: Block = np.frombuffer(
            data, np.uint8, self.header.records * self.header.record_length, self.header.length
        ).reshape(self.header.records, self.header.record_length)
        self._live = self._check_deletion_marks()
        self.fields = tuple(field for field in self.header.fields if not field.hidden)
        self._by_key = {field.key: field for field in self.fields}
        self._null_bits = _null_bits(self.header)
        self._all_bits, self._least = self._extremes()
        self._check_cells()
        places = self._places()
        texts = [
            Texts(field, self._cells(field, 0, len(self)), places) for field in self.fields if self._may_hold_high_bytes(field)
        ]
        self.encoding, found = detect(self.header, texts)
        self.problems += found

    @property
    def row_count(self) -> int:
        """Records in the file, deleted ones included."""
        return self.header.records

    @property
    def deleted(self) -> int:
        return self.header.records - len(self)

    @property
    def row_numbers(self) -> Whole:
        """The numbers of the live records, counted from 1 over all records."""
        return self._places() + 1

    def __len__(self) -> int:
        """Live records: what `rows`, `column` and `scaled` give."""
        return self.header.records if self._live is None else len(self._live)

    def __contains__(self, name: str) -> bool:
        return name.upper() in self._by_key

    def field(self, name: str) -> Field:
        """The column of this name in any case; KeyError when the file has none."""
        return self._by_key[name.upper()]

    def column(self, name: str) -> list[Any]:
        """All live values of one column, in the order of the file."""
        field = self.field(name)
        return [value for at in range(0, len(self), _CHECK_CHUNK) for value in self._values(field, at, at + _CHECK_CHUNK)]

    def typed(self, name: str) -> Typed:
        """The whole column as an array of its own type. An amount that needs more than 64 bits is refused; rows give it."""
        field = self.field(name)
        if field.type == "C":
            nulls = self.nulls(name, 0, len(self))
            return Typed(self.raw(name), np.ones(len(self), np.bool_) if nulls is None else ~nulls)
        if field.type in "NF":
            return self._amounts(field)
        if field.type == "D":
            return Typed(*self.days(name))
        kind, nothing, places = _ARRAYS.get(field.type, (object, None, 0))
        values = self.column(name)
        filled = np.array([value is not None for value in values], np.bool_)
        units = (value.scaleb(places) if places and value is not None else value for value in values)
        return Typed(np.array([nothing if value is None else value for value in units], kind), filled, places)

    def columns(self) -> dict[str, Typed]:
        """All columns by upper-case name."""
        return {field.key: self.typed(field.name) for field in self.fields}

    def _amounts(self, field: Field) -> Typed:
        """As many decimals as the header says, or as the finest amount has where a writer kept more."""
        try:
            return Typed(*self.scaled(field.name, field.decimals), field.decimals)
        except UnreadableFile:
            exponents = (value.as_tuple().exponent for value in set(self.column(field.name)) if value is not None)
            finest = max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)
            return Typed(*self.scaled(field.name, finest), finest)

    def raw(self, name: str) -> Raw:
        """The live cells of one column as bytes with their blanks, for joins in bulk; copied only when rows are deleted."""
        field, header = self.field(name), self.header
        column: Raw = np.ndarray(
            (header.records,), f"S{field.width}", self.data, header.length + field.start, (header.record_length,)
        )
        return column if self._live is None else column[self._live]

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Live records `start` to `stop` of the file, as they are needed."""
        keys = [field.key for field in self.fields]
        stop = len(self) if stop is None else min(stop, len(self))
        for at in range(start, stop, _CHUNK):
            end = min(at + _CHUNK, stop)
            numbers = range(at + 1, end + 1) if self._live is None else (self._live[at:end] + 1).tolist()
            columns = [self._values(field, at, end) for field in self.fields]
            for number, *values in zip(numbers, *columns, strict=True):
                yield Row(number, zip(keys, values, strict=True))

    def _check_deletion_marks(self) -> Whole | None:
        marks = self.records[:, 0]
        known = (marks == LIVE) | (marks == DELETED) | (marks == ZERO)
        if not known.all():
            row = int(known.argmin())
            raise refuse("deleted_flag", offset=self._offset(row), row=row + 1, found=f"{marks[row]:02X}")
        zeros = np.flatnonzero(marks == ZERO)
        if len(zeros):
            first = int(zeros[0])
            self.problems.append(warning("empty_flag", offset=self._offset(first), row=first + 1, count=len(zeros)))
        deleted = marks == DELETED
        return np.flatnonzero(~deleted) if deleted.any() else None

    def _extremes(self) -> tuple[Block, Block]:
        """Of each byte of the record, over all records: all its bits together, and the least value. Two fast passes save many."""
        bits, least = np.zeros(self.header.record_length, np.uint8), np.full(self.header.record_length, 0xFF, np.uint8)
        for at in range(0, len(self.records), _CHUNK):
            part = self.records[at : at + _CHUNK]
            bits |= np.bitwise_or.reduce(part, axis=0)
            np.minimum(least, part.min(axis=0), out=least)
        return bits, least

    def _may_hold_high_bytes(self, field: Field) -> bool:
        return field.type == "C" and bool((self._all_bits[field.start : field.start + field.width] & 0x80).any())

    def _may_hold_nuls(self, field: Field) -> bool:
        return field.type == "C" and bool((self._least[field.start : field.start + field.width] == 0).any())

    def _check_cells(self) -> None:
        """Every cell of every live record is a value of its column's type; deleted records are not looked at."""
        bad: list[Problem] = []
        for field in self.fields:
            negative_zeros = nuls = 0
            may_hold_nuls = self._may_hold_nuls(field)
            if field.type == "C" and not may_hold_nuls:
                continue
            for at in range(0, len(self), _CHECK_CHUNK):
                part = self._cells(field, at, at + _CHECK_CHUNK)
                found = reading.bad_cell(field, part)
                if found is not None:
                    index, rule, facts = found
                    bad.extend(self._refusal(field, at + index, rule, facts).problems)
                    break
                negative_zeros += reading.negative_zeros(part) if field.type in "NF" else 0
                nuls += reading.inner_nuls(part) if may_hold_nuls else 0
            if negative_zeros:
                self.problems.append(warning("negative_zero", field=field.name, count=negative_zeros))
            if nuls:
                self.problems.append(warning("nul_in_text", field=field.name, count=nuls))
            if len(bad) >= _MOST_PROBLEMS:
                break
        if bad:
            raise UnreadableFile(*sorted(bad, key=lambda problem: problem.offset or 0))

    def _values(self, field: Field, start: int, stop: int) -> list[Any]:
        values = reading.values_of(field, self._cells(field, start, stop), self.encoding)
        nulls = self.nulls(field.name, start, stop)
        if nulls is None:
            return values
        return [None if is_null else value for value, is_null in zip(values, nulls.tolist(), strict=True)]

    def cells(self, key: str, start: int, stop: int) -> Block:
        return self._cells(self.field(key), start, stop)

    def nulls(self, key: str, start: int, stop: int) -> Flags | None:
        bit = self._null_bits.get(key.upper())
        if bit is None:
            return None
        nulls: Flags = ((self._cells(self.header.fields[-1], start, stop)[:, bit // 8] >> (bit % 8)) & 1).astype(np.bool_)
        return nulls

    def refusal(self, key: str, index: int, rule: str, facts: dict[str, Any]) -> UnreadableFile:
        return self._refusal(self.field(key), index, rule, facts)

    def _cells(self, field: Field, start: int, stop: int) -> Block:
        columns = slice(field.start, field.start + field.width)
        if self._live is None:
            return self.records[start:stop, columns]
        return self.records[self._live[start:stop], columns]

    def _places(self) -> Whole:
        return np.arange(self.header.records) if self._live is None else self._live

    def _offset(self, row: int, field: Field | None = None) -> int:
        return self.header.length + row * self.header.record_length + (field.start if field else 0)

    def _refusal(self, field: Field, index: int, rule: str, facts: dict[str, Any]) -> UnreadableFile:
        row = index if self._live is None else int(self._live[index])
        return refuse(rule, offset=self._offset(row, field), field=field.name, row=row + 1, **facts)


def read_dbf(source: bytes | Path) -> DbfTable:
    """The table in these bytes or this file. Raises UnreadableFile with every place found, StillBeingWritten when too short."""
    if isinstance(source, bytes):
        return DbfTable(source)
    size = source.stat().st_size
    if size > LARGEST_BYTES:
        raise refuse("too_large", size=size, limit=LARGEST_BYTES)
    return DbfTable(source.read_bytes())


def errors_in(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def _null_bits(header: Header) -> dict[str, int]:
    """Visual FoxPro numbers the nullable columns in order; their bits stand in the hidden column at the record's end."""
    if not header.fields[-1].hidden:
        return {}
    nullable = [field.key for field in header.fields if field.flags & NULLABLE and not field.hidden]
    width = header.fields[-1].width * 8
    return {key: bit for bit, key in enumerate(nullable) if bit < width}
