"""Rows with effective dates. For a day and a key counts the row that began last by then; of one day, the one set last."""

from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar


class Dated(Protocol):
    """`id` grows in the order in which rows are set; `valid_to` is the last day (None: until another row begins)."""

    @property
    def id(self) -> Any: ...
    @property
    def key(self) -> Hashable: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def is_withdrawn(self) -> bool: ...


Row = TypeVar("Row", bound=Dated)


def in_force(rows: Iterable[Row], day: date) -> dict[Hashable, Row]:
    """By key, what counts on the day. A row that was withdrawn or has ended hides those before it: none of them comes back."""
    found: dict[Hashable, Row] = {}
    for row in rows:
        if row.valid_from <= day:
            known = found.get(row.key)
            if known is None or (row.valid_from, row.id) > (known.valid_from, known.id):
                found[row.key] = row
    return {key: row for key, row in found.items() if not row.is_withdrawn and not _is_over(row, day)}


def last_day(row: Row, rows: Iterable[Row]) -> date | None:
    """The last day on which a row counts; None: until another one is set. Before its first day: it never counts."""
    following = [
        other.valid_from for other in rows if other.key == row.key and (other.valid_from, other.id) > (row.valid_from, row.id)
    ]
    ends = [day - timedelta(days=1) for day in following] + ([row.valid_to] if row.valid_to is not None else [])
    return min(ends) if ends else None


def _is_over(row: Dated, day: date) -> bool:
    return row.valid_to is not None and row.valid_to < day
