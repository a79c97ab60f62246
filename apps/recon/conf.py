"""Where business lines say which of their tables can be compared. Whoever has one registers it once at start."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

LONGEST_KEY = 400
"""Bytes of all parts of a key together."""
MOST_BREAKS = 50_000
"""A comparison that finds more was made of sources that do not belong together."""
REJECTED_SHOWN = 100
"""Rows of a side that are kept with their places; all of them are counted."""
CALENDAR = "CN-EX"
"""Its business days are the age of a break."""

Rows = Callable[[str, date, list[str]], Iterable[tuple[Any, ...]]]


@dataclass(frozen=True)
class Table:
    """A table of a line. `columns` are its names with what they mean.

    `rows` is given the code of a line, a business date and names of columns, and gives the row's number and their values:
    text, whole numbers, Decimal, date or None.
    """

    code: str
    label: Any
    columns: Mapping[str, Any]
    rows: Rows


_tables: dict[str, Table] = {}


def register_table(table: Table) -> None:
    _tables[table.code] = table


def table_named(code: str) -> Table | None:
    return _tables.get(code)


def tables() -> list[Table]:
    return [_tables[code] for code in sorted(_tables)]
