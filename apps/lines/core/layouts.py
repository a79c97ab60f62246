"""Layouts of a line's files as data: which columns, where they were seen, what of them is not verified."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.files.core.text import read_delimited
from apps.lines.core.details import CannotNormalise


class BadRow(CannotNormalise):
    """A row that does not mean what the layout says; the text names file, row and column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column names; `number` counts from 1."""

    number: int
    values: Mapping[str, str]
    file: str

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def refuse(self, column: str, rule: str) -> BadRow:
        return BadRow(f"{self.file}: row {self.number}, {column} “{self.values[column][:40]}”: {rule}")


@dataclass(frozen=True, slots=True)
class Layout:
    """`record` is what the first column of every row says, "" when it says nothing of the kind."""

    code: str
    kind: str
    columns: tuple[str, ...]
    record: str
    verified: bool
    source: str
    zh: str
    en: str

    def rows_of_text(self, data: bytes) -> list[Row]:
        """The rows of a bar-separated text. Raises UnreadableFile and BadRow."""
        rows = []
        for number, fields in enumerate(read_delimited(data, fields=len(self.columns)).rows, start=1):
            row = Row(number, dict(zip(self.columns, (field.strip() for field in fields), strict=True)), self.code)
            if self.record and row[self.columns[0]] != self.record:
                raise row.refuse(self.columns[0], f"is not {self.record}")
            rows.append(row)
        return rows

    def rows_of_table(self, table: Any) -> list[Row]:
        """The rows of a DBF table. Raises BadRow when a column is missing."""
        missing = [name for name in self.columns if name not in table and name != "BY"]
        if missing:
            raise BadRow(f"{self.code}: without the column {', '.join(missing)}")
        columns = [name for name in self.columns if name in table]
        return [
            Row(row.number, {name: "" if row[name] is None else str(row[name]).strip() for name in columns}, self.code)
            for row in table.rows()
        ]


def layouts_from(facts: Mapping[str, Any]) -> dict[str, Layout]:
    return {
        code: Layout(
            code,
            fact["kind"],
            tuple(fact["columns"]),
            fact.get("record", ""),
            fact["verified"],
            fact["source"],
            fact["zh"],
            fact["en"],
        )
        for code, fact in facts["files"].items()
    }
