"""Where the sides of a definition come from: market files, tables, sheets, folders, answers of databases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Protocol

from apps.files.core.arrays import Flags, Raw, Whole, np
from apps.files.selectors import accepted_file, open_table
from apps.files.store import catalogue, kept_bytes
from apps.recon.conf import LONGEST_KEY, table_named
from apps.recon.core.cells import column_of, days, texts, units
from apps.recon.core.definition import KEY, Column, conditions
from apps.recon.core.equations import Equation, names_read
from apps.recon.core.join import Compared, Side
from apps.recon.core.matcher import Kind
from apps.recon.core.sheets import Sheet, read_sheet
from apps.recon.errors import ColumnMissing, KeyTooLong, SourceNotHere, StatementNotApproved
from apps.recon.models import ReconciliationDefinition, UploadedSheet
from apps.recon.selectors import approved_statement
from apps.recon.states import SourceKind
from apps.recon.store.databases import open_answer
from apps.recon.store.folders import FOLDER_COLUMNS, columns_listed, listed


class Source(Protocol):
    """Columns of bytes by name, all in the order of the source, and the places of the rows."""

    encoding: str

    @property
    def numbers(self) -> Whole:
        """The place of each row."""

    def column(self, name: str) -> Raw:
        """KeyError when it has none."""


class _File:
    def __init__(self, line: str, day: date, code: str) -> None:
        file = accepted_file(line, day, code)
        if file is None:
            raise SourceNotHere(source=code, day=day)
        self.table = open_table(file.pk)
        self.encoding, self.numbers = self.table.encoding, self.table.row_numbers

    def column(self, name: str) -> Raw:
        return self.table.raw(name)


class _Sheet:
    encoding = "utf-8"

    def __init__(self, line: str, day: date, code: str) -> None:
        kept = UploadedSheet.objects.filter(line__code=line, business_date=day, code=code).order_by("-id").first()
        if kept is None:
            raise SourceNotHere(source=code, day=day)
        self.data = kept_bytes(kept.sha256)

    @cached_property
    def sheet(self) -> Sheet:
        return read_sheet(self.data)

    @property
    def numbers(self) -> Whole:
        return self.sheet.numbers

    def column(self, name: str) -> Raw:
        return {known.upper(): column for known, column in self.sheet.columns.items()}[name.upper()]


class _Table:
    encoding = "utf-8"

    def __init__(self, line: str, day: date, code: str, names: list[str]) -> None:
        table = table_named(code)
        if table is None:
            raise SourceNotHere(source=code, day=day)
        self.names = [name.upper() for name in names]
        known = {name.upper(): name for name in table.columns}
        rows = list(table.rows(line, day, [known[name] for name in self.names if name in known]))
        self.rows = rows
        self.numbers = np.array([row[0] for row in rows], np.int64)
        self.names = [name for name in self.names if name in known]

    def column(self, name: str) -> Raw:
        at = self.names.index(name.upper()) + 1 if name.upper() in self.names else 0
        if not at:
            raise KeyError(name)
        return column_of(_cell(row[at]) for row in self.rows)


class _Folder:
    encoding = "utf-8"

    def __init__(self, line: str, day: date, code: str) -> None:
        files = listed(code, line, day)
        self.columns = columns_listed(files)
        self.numbers = np.arange(1, len(files) + 1)

    def column(self, name: str) -> Raw:
        found: Raw = self.columns[name.upper()]
        return found


class _Database:
    encoding = "utf-8"

    def __init__(self, line: str, day: date, code: str) -> None:
        statement = approved_statement(line, code)
        if statement is None:
            raise StatementNotApproved(statement=code)
        answer = open_answer(statement.source, line, statement.text, day)
        self.columns, self.numbers = answer.columns(), answer.numbers

    def column(self, name: str) -> Raw:
        return self.columns[name.upper()]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True)
class Read:
    """A source as it was opened for a side, with its rows that count."""

    code: str
    source: Source
    chosen: Flags
    columns: dict[str, str]

    @property
    def encoding(self) -> str:
        return self.source.encoding

    def __len__(self) -> int:
        return int(self.chosen.sum())

    def cells(self, name: str) -> Raw:
        """The rows that count of the column that the definition calls so, else the source. Raises ColumnMissing."""
        name = self.columns.get(name, name)
        try:
            return self.source.column(name)[self.chosen]
        except KeyError as missing:
            raise ColumnMissing(column=name, source=self.code) from missing


def open_side(
    definition: ReconciliationDefinition, columns: list[Column], equations: Sequence[Equation], side: str, day: date
) -> Callable[[], tuple[Read, Side]]:
    """What reads one side of the definition for a day. Nothing it still does needs the database, so threads can do it.

    Raises SourceNotHere and what databases refuse; what it gives raises ColumnMissing, KeyTooLong and BadSheet.
    """
    said = {name: getattr(definition, f"{side}_{name}") for name in ("kind", "code", "many", "rows")}
    names = names_read(columns, equations, side, said["rows"])
    source = _opened(said["kind"], definition.line.code, day, said["code"], names)
    return partial(_read, source, said, columns, equations, side)


def _read(
    source: Source, said: dict[str, Any], columns: list[Column], equations: Sequence[Equation], side: str
) -> tuple[Read, Side]:
    wanted, called = conditions(said["rows"]), {column.name: column.of(side) for column in columns}
    beside = list(dict.fromkeys(name for equation in equations for name in equation.columns(side)))
    try:
        read = Read(said["code"], source, _chosen(source, wanted), called)
    except KeyError as missing:
        raise ColumnMissing(column=missing.args[0], source=said["code"]) from missing
    return read, _side(read, columns, said["many"], beside)


def _side(read: Read, columns: list[Column], many: bool, beside: list[str]) -> Side:
    keys = [texts(read.cells(column.name), read.encoding) for column in columns if column.role == KEY]
    if sum(key.dtype.itemsize + 1 for key in keys) > LONGEST_KEY:
        raise KeyTooLong(source=read.code, most=LONGEST_KEY)
    faults = np.zeros(len(read), np.bool_)
    values = []
    for column in columns:
        if column.role != KEY:
            made, wrong = _values(read.cells(column.name), column.compared(), read.encoding)
            values.append(made)
            faults |= wrong
    numbers = read.source.numbers[read.chosen]
    return Side(keys=keys, values=values, faults=faults, numbers=numbers, many=many, beside=[read.cells(name) for name in beside])


def known_columns(kind: str, code: str, line: str) -> list[str] | None:
    """The columns that a source is known to have; None where nobody knows before it comes. KeyError for an unknown source."""
    if kind == SourceKind.SHEET:
        return None
    if kind == SourceKind.FOLDER:
        return list(FOLDER_COLUMNS)
    if kind == SourceKind.SQL:
        statement = approved_statement(line, code)
        if statement is None:
            raise KeyError(code)
        return [column["name"] for column in statement.columns]
    if kind == SourceKind.TABLE:
        table = table_named(code)
        if table is None:
            raise KeyError(code)
        return list(table.columns)
    family = catalogue().families.get(code)
    return None if family is None else [column.name for layout in family.layouts for column in layout.columns]


def _opened(kind: str, line: str, day: date, code: str, names: list[str]) -> Source:
    if kind == SourceKind.TABLE:
        return _Table(line, day, code, names)
    return _OPEN[kind](line, day, code)


_OPEN: dict[str, Callable[[str, date, str], Source]] = {
    SourceKind.FILE: _File,
    SourceKind.SHEET: _Sheet,
    SourceKind.FOLDER: _Folder,
    SourceKind.SQL: _Database,
}


def _chosen(source: Source, wanted: dict[str, list[str]]) -> Flags:
    chosen = np.ones(len(source.numbers), np.bool_)
    for name, values in wanted.items():
        chosen &= np.isin(texts(source.column(name), source.encoding), [value.encode() for value in values])
    return chosen


def _values(raw: Raw, column: Compared, encoding: str) -> tuple[Any, Flags]:
    if column.kind is Kind.STATE:
        return texts(raw, encoding), np.zeros(len(raw), np.bool_)
    return days(raw) if column.kind is Kind.DATE else units(raw, column.places)
