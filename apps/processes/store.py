"""Which version of a process is in force for which business date. The only writer of these rows.

What is set holds from a business date on, or for all dates; for a date that counts which was set last. A run of an earlier date
finds what was in force for it, however often the process has changed since.
"""

from collections.abc import Sequence
from datetime import date

from django.db.models import Max, Q, Subquery, Value
from django.db.models.functions import Coalesce

from apps.kernel import clock
from apps.people.models import User
from apps.processes.models import InForce, Process, ProcessVersion


class VersionsByDate:
    """The versions in force for some dates. One query for each process that is asked for, however many dates and changes."""

    def __init__(self, dates: Sequence[date]) -> None:
        self.first, self.last = min(dates), max(dates)
        self._rows: dict[str, list[InForce]] = {}

    def on(self, key: str, business_date: date) -> ProcessVersion | None:
        """Without its model and its plan; None when the process had none for that date."""
        for row in self._of(key):
            if row.from_date is None or row.from_date <= business_date:
                return row.version
        return None

    def _of(self, key: str) -> list[InForce]:
        """Newest first, down to the one that counts for the first of the dates: what was set before it is covered by it."""
        if key not in self._rows:
            rows = InForce.objects.filter(process__key=key)
            covers = rows.filter(_holds(self.first)).order_by().values("process").annotate(last=Max("pk")).values("last")
            found = (
                rows.filter(_holds(self.last), pk__gte=Coalesce(Subquery(covers), Value(0)))
                .select_related("version")
                .order_by("-pk")
            )
            self._rows[key] = list(found.defer("version__model_xml", "version__plan"))
        return self._rows[key]


def version_in_force(key: str, business_date: date) -> ProcessVersion | None:
    """The version of a process that runs of this business date begin with, without model and plan. One query."""
    return VersionsByDate([business_date]).on(key, business_date)


def set_in_force(
    process: Process, version: ProcessVersion | None, *, from_date: date | None, actor: User | None, change: int | None = None
) -> InForce:
    """Adds a row; the caller has locked the process, so that rows are in the order in which they were set."""
    return InForce.objects.create(
        process=process, version=version, from_date=from_date, set_at=clock.now(), set_by=actor, change=change
    )


def _holds(business_date: date) -> Q:
    return Q(from_date=None) | Q(from_date__lte=business_date)
