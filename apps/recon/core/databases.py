"""What a database of the operator answered: typed columns, and cells as texts. Money never came through a float."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from apps.files.core.arrays import Raw, Whole, np
from apps.recon.core.cells import column_of

TYPES = ("text", "number", "date")


class BadAnswer(Exception):
    """An answer that cannot be compared: `rule` says why, `place` in which column or row."""

    def __init__(self, rule: str, place: str) -> None:
        super().__init__(rule)
        self.rule, self.place = rule, place


@dataclass(frozen=True)
class Answered:
    """A column of an answer: its name, and what stands in it. `type` is one of TYPES."""

    name: str
    type: str


class Answer:
    """Columns of bytes, gathered from rows as they stream in; the bounds are on what is kept in memory.

    Raises BadAnswer: too_many_rows, too_large, float (with the column).
    """

    def __init__(self, names: Sequence[str], *, most_rows: int, most_bytes: int) -> None:
        self.names = names_of(names)
        self._most_rows, self._most_bytes = most_rows, most_bytes
        self._parts: list[list[Raw]] = [[] for _name in names]
        self._rows, self._bytes = 0, 0

    def take(self, rows: Sequence[Sequence[Any]]) -> None:
        self._rows += len(rows)
        if self._rows > self._most_rows:
            raise BadAnswer("too_many_rows", str(self._most_rows))
        for at, name in enumerate(self.names):
            part = column_of(cell_of(row[at], name) for row in rows)
            self._bytes += part.nbytes
            self._parts[at].append(part)
        if self._bytes > self._most_bytes:
            raise BadAnswer("too_large", str(self._most_bytes))

    def columns(self) -> dict[str, Raw]:
        """By name in capitals: case does not count."""
        empty = np.zeros(0, "S1")
        joined = (np.concatenate(parts) if parts else empty for parts in self._parts)
        return {name.upper(): column for name, column in zip(self.names, joined, strict=True)}

    @property
    def numbers(self) -> Whole:
        return np.arange(1, self._rows + 1)


def names_of(names: Sequence[str]) -> list[str]:
    """Names of columns as the database gave them; raises BadAnswer where two are the same or one is none."""
    seen: set[str] = set()
    for name in names:
        if name.upper() in seen:
            raise BadAnswer("same_name", name)
        if not name.strip() or name.startswith("?") or len(name) > 40:
            raise BadAnswer("no_name", name or "?")
        seen.add(name.upper())
    return list(names)


def cell_of(value: Any, column: str) -> str:
    """A value as text: dates as eight digits, nothing as blank."""
    if value is None:
        return ""
    if isinstance(value, float):
        raise BadAnswer("float", column)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise BadAnswer("not_finite", column)
        return f"{value:f}"
    if isinstance(value, (int, str)):
        return str(value)
    raise BadAnswer("no_such_type", column)


def types_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Answered]:
    """What stands in each column, by the first values that are there; text where none is. Raises BadAnswer."""
    found = dict.fromkeys(names_of(names), "")
    for row in rows:
        for name, value in zip(found, row, strict=True):
            cell_of(value, name)
            if not found[name] and value is not None:
                found[name] = _type(value)
    return [Answered(name, kind or "text") for name, kind in found.items()]


def _type(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return "date"
    return "text" if isinstance(value, str) else "number"
