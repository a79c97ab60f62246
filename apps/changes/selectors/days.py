"""What a day of a calendar would touch if it were written otherwise: runs of its date, starts, times of steps, moments, changes.

Told to a person, of whom only their processes are shown. What waits in a run already keeps the moment that it was given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count

from apps.calendars.core.days import Days, NoOpenDay, moments, shifted
from apps.calendars.errors import NoBusinessDay
from apps.calendars.models import Calendar, TimeNode
from apps.calendars.selectors import calendar_named, days_around, moment_of, time_nodes_of
from apps.changes.models import Change, FreezeWindow
from apps.changes.selectors.lifecycle import OPEN, changes_for
from apps.changes.states import ChangeState
from apps.engine.actions import starts_at_time_nodes, time_node_of
from apps.engine.conf import conf as engine_conf
from apps.engine.models import Run, Start, StepWindow
from apps.engine.selectors.windows import in_force_on
from apps.engine.states import LIVE_RUN
from apps.kernel import clock
from apps.people.models import User
from apps.processes.models import Process
from apps.processes.selectors import processes_where

DAY_ITEM = "calendar.day"
ON_ITS_WAY = tuple(state for state in OPEN if state is not ChangeState.DRAFT)


@dataclass(frozen=True)
class Moved:
    """Something whose moment is another one: on which business date, and when; None where it does not come at all."""

    name: str
    process: str
    day: date
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True)
class RunsOfDay:
    """Live runs of one process whose business date it is."""

    process: str
    name: str
    live: int


@dataclass(frozen=True)
class DayEffect:
    """`following`: the first open day after the day before it, as it is and as it would be. `hidden` counts processes that are
    touched and that the person may not see."""

    calendar: Calendar
    day: date
    was_open: bool
    is_open: bool
    following: tuple[date, date]
    runs: tuple[RunsOfDay, ...] = ()
    starts: tuple[Moved, ...] = ()
    windows: tuple[Moved, ...] = ()
    moments: tuple[Moved, ...] = ()
    changes: tuple[Change, ...] = ()
    freezes: tuple[FreezeWindow, ...] = ()
    hidden: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether the day is open, or closed, as it is now."""
        return self.was_open == self.is_open

    @property
    def keys_of_changes(self) -> list[int]:
        return [change.pk for change in self.changes]


Wanted = tuple[str, date, bool | None]
"""A calendar, a day, and whether it is to be open; None: as the weekday says."""


def effect_of_day(person: User, code: str, day: date, is_open: bool | None) -> DayEffect:
    """What one day would touch. Raises UnknownCalendar, NoBusinessDay. As many queries however much is touched."""
    return effects_of_days(person, [(code, day, is_open)])[0]


def effects_of_days(person: User, wanted: Sequence[Wanted]) -> list[DayEffect]:
    """The same of several, each against the days as they are now. As many queries for many days of a calendar as for one."""
    days: dict[str, list[date]] = {}
    for code, day, _ in wanted:
        days.setdefault(code, []).append(day)
    calendars = {code: _OfCalendar(person, calendar_named(code), of_it) for code, of_it in days.items()}
    return [calendars[code].effect(day, is_open) for code, day, is_open in wanted]


class _OfCalendar:
    """What follows one calendar, read once when the first day differs."""

    def __init__(self, person: User, calendar: Calendar, days: Sequence[date]) -> None:
        self.person, self.calendar, self.zone = person, calendar, ZoneInfo(calendar.zone)
        self.days = days_around(calendar, min(days), max(days))
        self.first, self.last, self.wanted = min(days), max(days), set(days)
        self.today, self.now = clock.market_date(), clock.now()
        self.is_business = calendar.code == engine_conf.BUSINESS_CALENDAR

    def effect(self, day: date, is_open: bool | None) -> DayEffect:
        try:
            return self._effect(day, self.days.with_day(day, is_open))
        except NoOpenDay as none:
            raise NoBusinessDay(code=self.calendar.code, day=day.isoformat()) from none

    def _effect(self, day: date, after: Days) -> DayEffect:
        was_open, is_open, earlier = self.days.is_open(day), after.is_open(day), self.days.step(day, -1)
        following = (self.days.step(earlier, 1), after.step(earlier, 1))
        facts: dict[str, Any] = {"calendar": self.calendar, "day": day, "was_open": was_open, "is_open": is_open}
        if was_open == is_open:
            return DayEffect(**facts, following=following)
        hidden: set[int] = set()
        found: dict[str, Any] = {
            "runs": tuple(self._runs(day, hidden)),
            "starts": tuple(self._starts(after, day, hidden)),
            "windows": tuple(self._windows(day, after, hidden)),
            "moments": tuple(self._moments(day, after)),
            "changes": tuple(one for one in self.changes if one.effective_date == day),
            "freezes": tuple(one for one in self.freezes if one.first_date <= day <= one.last_date),
        }
        return DayEffect(**facts, **found, following=following, hidden=len(hidden))

    @cached_property
    def seen(self) -> dict[int, Process]:
        return {process.pk: process for process in processes_where(self.person)}

    @cached_property
    def nodes(self) -> dict[str, list[TimeNode]]:
        return time_nodes_of(self.calendar)

    @cached_property
    def starts(self) -> list[tuple[Start, list[TimeNode]]]:
        found = [(start, self.nodes.get(time_node_of(start))) for start in starts_at_time_nodes().filter(due_at__gt=self.now)]
        return [(start, rows) for start, rows in found if rows]

    @cached_property
    def windows(self) -> list[StepWindow]:
        return list(StepWindow.objects.filter(calendar=self.calendar, day_offset__gt=0).order_by("process__key", "valid_from"))

    @cached_property
    def live(self) -> dict[tuple[int, date], int]:
        """How many runs are on their way, by process and business date."""
        rows = Run.objects.filter(state__in=LIVE_RUN).order_by().values_list("process", "business_date").annotate(Count("pk"))
        return {(process, day): number for process, day, number in rows}

    @cached_property
    def changes(self) -> list[Change]:
        if not self.is_business:
            return []
        return list(changes_for(self.person).filter(effective_date__in=self.wanted, state__in=OPEN))

    @cached_property
    def freezes(self) -> list[FreezeWindow]:
        return list(FreezeWindow.objects.filter(calendar=self.calendar, first_date__lte=self.last, last_date__gte=self.first))

    def _place(self, process: int, hidden: set[int]) -> Process | None:
        if process not in self.seen:
            hidden.add(process)
        return self.seen.get(process)

    def _runs(self, day: date, hidden: set[int]) -> Iterable[RunsOfDay]:
        for (process, date_), number in sorted(self.live.items()) if self.is_business else ():
            if date_ == day and (place := self._place(process, hidden)) is not None:
                yield RunsOfDay(place.key, place.name, number)

    def _starts(self, after: Days, day: date, hidden: set[int]) -> Iterable[Moved]:
        """Which of the runs that begin by themselves at a moment of the market do so at another one, or not at all."""
        for start, rows in self.starts:
            for date_, was, becomes in shifted(day, rows[0].day_offset, self.days, after):
                row = next((row for row in rows if row.valid_from <= date_), None)
                ends = [moment_of(row, each) if row is not None and each is not None else None for each in (was, becomes)]
                if any(at is not None and at > self.now for at in ends) and (place := self._place(start.process_id, hidden)):
                    yield Moved(f"{place.name} · {rows[0].meaning}", place.key, date_, *ends)

    def _windows(self, day: date, after: Days, hidden: set[int]) -> Iterable[Moved]:
        """Times of steps that lie business days after their date, for dates that are to come and those of live runs."""
        for offset in sorted({row.day_offset for row in self.windows}):
            moved = shifted(day, offset, self.days, after)
            for process in dict.fromkeys(row.process_id for row in self.windows):
                mine = [row for row in self.windows if row.process_id == process]
                for date_, *ends in moved if any(row.day_offset == offset for row in mine) else ():
                    if date_ < self.today and (process, date_) not in self.live:
                        continue
                    for node, row in in_force_on(mine, date_).items():
                        if row.day_offset == offset and (place := self._place(process, hidden)) is not None:
                            was, becomes = (self._last(row, each) for each in ends)
                            yield Moved(f"{place.name} · {node}", place.key, date_, was, becomes)

    def _last(self, row: StepWindow, day: date | None) -> datetime | None:
        """The last of the times of a step, which begin on the day."""
        times = [row.earliest_start, row.latest_start, row.latest_end]
        given = moments(day, times, self.zone) if day is not None else []
        return max((at for at in given if at is not None), default=None)

    def _moments(self, day: date, after: Days) -> Iterable[Moved]:
        """Time nodes that lie business days away from their date, for dates that are to come."""
        for key, rows in self.nodes.items():
            for date_, was, becomes in shifted(day, rows[0].day_offset, self.days, after) if rows[0].day_offset else ():
                row = next((row for row in rows if row.valid_from <= date_), None)
                if row is not None and date_ >= self.today and was is not None and becomes is not None:
                    yield Moved(f"{key} · {row.meaning}", "", date_, moment_of(row, was), moment_of(row, becomes))


def proposed_already(subject: str, beside: int = 0) -> Change | None:
    """A change on its way that carries the same day of a calendar, but for one. One query."""
    found = Change.objects.filter(items__kind=DAY_ITEM, items__subject=subject, state__in=ON_ITS_WAY)
    return found.exclude(pk=beside).order_by("id").first()


def days_section(change: Change, reader: User) -> dict[str, Any] | None:
    """What the page of a change shows of the calendar days that it carries; None when there are none."""
    if change.state not in OPEN:
        return None
    contents = [item.parsed for item in change.items.filter(kind=DAY_ITEM).order_by("id")]
    if not contents:
        return None
    wanted = [(each.calendar, each.day, None if each.removed else each.is_open) for each in contents]
    return {"effects": [effect for effect in effects_of_days(reader, wanted) if not effect.is_nothing]}
