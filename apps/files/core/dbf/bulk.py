"""Columns in bulk: amounts as whole units, days, texts as bytes, a million cells at a time. Exact, or refused with the row.

DBF tables and separated texts give their cells; what a cell means is decided here and in `dbf.cells`, once for both.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.files.core.arrays import Block, Days, Flags, Whole, np
from apps.files.core.dbf import cells as reading
from apps.files.core.problems import UnreadableFile, show

CHUNK = 16_384


@dataclass(frozen=True)
class Typed:
    """One column as an array: texts as bytes of one width, amounts as whole units of 10^-places, days, moments, truths.

    Where `filled` is false the row reader gives None, and the value means nothing.
    """

    values: Any
    filled: Flags
    places: int = 0


class InBulk(ABC):
    """A table that can give the cells of one column, some rows at a time, and can say where a cell lies."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def cells(self, key: Any, start: int, stop: int) -> Block:
        """The bytes of the column in these rows, filled with blanks to one width."""

    @abstractmethod
    def refusal(self, key: Any, index: int, rule: str, facts: dict[str, Any]) -> UnreadableFile:
        """The refusal of one cell, with its place in the file."""

    def nulls(self, key: Any, start: int, stop: int) -> Flags | None:
        """Which cells of the column are declared to be nothing, whatever their bytes say; None where a table has no such mark."""
        return None

    def scaled(self, key: Any, places: int) -> tuple[Whole, Flags]:
        """A column of amounts, numeric or character, as whole units of 10^-places and whether each is filled."""
        return self._converted(key, np.int64, "not_a_number", lambda cells: reading.scaled(cells, places))

    def days(self, key: Any) -> tuple[Days, Flags]:
        """A column of days written as CCYYMMDD, of type date or character, and whether each is filled."""
        return self._converted(key, "datetime64[D]", "not_a_date", reading.days)

    def _converted(
        self, key: Any, kind: Any, rule: str, convert: Callable[[Block], tuple[Any, Flags, Flags]]
    ) -> tuple[Any, Flags]:
        values, filled = np.zeros(len(self), kind), np.zeros(len(self), np.bool_)
        for at in range(0, len(self), CHUNK):
            part = self.cells(key, at, at + CHUNK)
            values[at : at + CHUNK], filled[at : at + CHUNK], faults = convert(part)
            if faults.any():
                worst = int(faults.argmax())
                raise self.refusal(key, at + worst, rule, {"found": show(part[worst].tobytes().strip(b" \0"))})
            nulls = self.nulls(key, at, at + CHUNK)
            if nulls is not None:
                filled[at : at + CHUNK] &= ~nulls
        return values, filled
