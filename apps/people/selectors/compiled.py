"""Questions that are asked with every other one, whose SQL is made once: only who asks, and when, differs.

Django builds a query anew each time that it is asked; for rights, which go through roles and grants, that takes ten times as long
as the database takes to answer. So they are built once for nobody in particular, and their two blanks are filled in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from apps.kernel import clock

SOMEBODY = 2**62
"""Stands for the key of the person in a query that is compiled; no person ever has it."""
SOMETIME = datetime(1000, 1, 1, tzinfo=UTC)
"""Stands for the present."""


@dataclass(frozen=True)
class Compiled:
    """The text of a query for the database of this installation, and its parameters with the blanks among them."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, query: QuerySet[Any, Any]) -> "Compiled":
        """Of a query that asks about SOMEBODY at SOMETIME."""
        sql, params = query.query.get_compiler(connection=connection).as_sql()
        return cls(sql, tuple(params))

    def for_person(self, person: int) -> RawSQL:
        """For the right side of `__in`: the rows for this person now."""
        return RawSQL(self.sql, tuple(self._filled(person)))  # noqa: S611 - Django wrote it, and what differs are parameters

    def _filled(self, person: int) -> Iterator[Any]:
        sometime = connection.ops.adapt_datetimefield_value(SOMETIME)
        now = connection.ops.adapt_datetimefield_value(clock.now())
        for each in self.params:
            yield person if each == SOMEBODY else now if each == sometime else each
