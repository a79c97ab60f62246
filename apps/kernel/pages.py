"""Lists in pages by key: a page asks for one row more than it shows, which says that another page follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class KeyPage(Generic[Row]):
    """`last` is the row behind which the next page begins, None where none follows."""

    rows: list[Row]
    last: Row | None

    @property
    def more(self) -> bool:
        return self.last is not None


def cut(rows: QuerySet[Row] | Sequence[Row], size: int) -> KeyPage[Row]:
    """The first `size` of rows that stand in the order of their keys, from where the page goes on. One query."""
    found = list(rows[: size + 1])
    shown = found[:size]
    return KeyPage(shown, shown[-1] if len(found) > size else None)
