"""The roster by week, who is on duty now, and what a person's next duties are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.calendars.core.days import Days
from apps.calendars.selectors import days_around
from apps.changes.selectors.lifecycle import names_of_steps
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.models import Absence, BusinessLine, User
from apps.people.selectors import lines_visible_to
from apps.processes.models import Process
from apps.shifts.core.findings import Finding, Post, findings_of
from apps.shifts.core.hours import Span, week_of
from apps.shifts.models import Coverage, Duty, Shift
from apps.shifts.states import DutyRole

ROWS = 60
MY_DAYS = timedelta(days=14)
MY_DUTIES = 5
_WHO = ("person", "shift__site", "process")


@dataclass(frozen=True)
class Planned:
    """A duty as it stands: whether its person is there that day."""

    duty: Duty
    is_there: bool

    @property
    def post(self) -> Post:
        duty = self.duty
        return Post(str(duty.person), duty.role, duty.on_site, self.is_there, duty.process_id is None)


@dataclass(frozen=True)
class Cell:
    """A shift of a line on a day; without duties and findings when nobody works it that day."""

    coverage: Coverage
    day: date
    is_worked: bool
    is_over: bool
    planned: tuple[Planned, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Row:
    coverage: Coverage
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Week:
    """A stretch of the lines' shifts; `following` is the place to go on from."""

    monday: date
    days: tuple[date, ...]
    rows: tuple[Row, ...]
    following: str

    @property
    def gaps(self) -> list[Cell]:
        """What is still to come and lacks somebody, the next first."""
        found = [cell for row in self.rows for cell in row.cells if cell.findings and not cell.is_over]
        return sorted(found, key=lambda cell: (cell.day, cell.coverage.shift.begins, cell.coverage.pk))


def coverages_for(person: User) -> QuerySet[Coverage]:
    """Which shifts serve the lines that the person sees whole, by line and hour. One query."""
    found = Coverage.objects.filter(line__in=lines_visible_to(person).order_by(), shift__active=True)
    return found.select_related("line", "shift__site", "shift__calendar").order_by("line__code", "shift__begins", "pk")


def coverage_for(person: User, line: str, shift: str) -> Coverage:
    """How the line is served by the shift, or NotFound when it is not, or not for this person. One query."""
    found = coverages_for(person).filter(line__code=line, shift__code=shift).first()
    if found is None:
        raise NotFound(what=_("shift"))
    return found


def week_for(person: User, monday: date, *, line: str = "", after: str = "") -> Week:
    """Who is on which shift in the week. Three queries, and one for each calendar of the shifts."""
    rows = coverages_for(person)
    if line:
        rows = rows.filter(line__code=line)
    if after.isascii() and after.isdigit() and len(after) < 16:
        last = Coverage.objects.filter(pk=after).values_list("line__code", "shift__begins", "pk").first()
        code, begins, pk = last or ("", None, 0)
        beside = Q(shift__begins__gt=begins) | Q(shift__begins=begins, pk__gt=pk) if begins is not None else Q()
        rows = rows.filter(Q(line__code__gt=code) | Q(line__code=code) & beside)
    page, days = cut(rows, ROWS), week_of(monday)
    made = tuple(cells_of(page.rows, days))
    following = str(page.last.pk) if page.last else ""
    return Week(monday, tuple(days), made, following)


def cell_of(coverage: Coverage, day: date) -> Cell:
    """One shift of a line on one day. Three queries at most."""
    (row,) = cells_of([coverage], [day])
    return row.cells[0]


def cells_of(coverages: Sequence[Coverage], days: Sequence[date]) -> Iterable[Row]:
    """The rows of a roster. Two queries, and one for each calendar."""
    lines, shifts = {one.line_id for one in coverages}, {one.shift_id for one in coverages}
    duties = Duty.objects.filter(line__in=lines, shift__in=shifts, business_date__in=days)
    by_place: dict[tuple[int, int, date], list[Planned]] = defaultdict(list)
    listed = list(duties.select_related("person", "process").order_by("role", "pk"))
    away = absences({duty.person_id for duty in listed}, days[0], days[-1])
    for duty in sorted(listed, key=lambda each: (each.process_id is not None, each.role != DutyRole.PRIMARY)):
        place = (duty.line_id, duty.shift_id, duty.business_date)
        by_place[place].append(Planned(duty, is_there(duty, away)))
    open_days = days_of((one.shift for one in coverages), days[0], days[-1])
    now = clock.now()
    for one in coverages:
        cells = []
        for day in days:
            planned = tuple(by_place[one.line_id, one.shift_id, day])
            worked = is_worked(one.shift, day, open_days)
            findings = tuple(findings_of([each.post for each in planned], one.on_site)) if worked else ()
            cells.append(Cell(one, day, worked, one.shift.span(day).ends_at <= now, planned, findings))
        yield Row(one, tuple(cells))


def days_of(shifts: Iterable[Shift], first: date, last: date) -> dict[int, Days]:
    """The days of the calendars of these shifts around the two. One query for each calendar."""
    calendars = {shift.calendar for shift in shifts if shift.calendar is not None}
    return {calendar.pk: days_around(calendar, first, last) for calendar in calendars}


def is_worked(shift: Shift, day: date, open_days: dict[int, Days]) -> bool:
    """Whether anybody works the shift on the day: its calendar decides, without one it is worked every day."""
    return shift.calendar_id is None or open_days[shift.calendar_id].is_open(day)


def absences(people: Collection[int], first: date, last: date) -> dict[int, list[Absence]]:
    """When these people are not there between the days, by person. One query, none without people."""
    found: dict[int, list[Absence]] = defaultdict(list)
    if people:
        for one in Absence.objects.filter(person__in=people, valid_from_date__lte=last, valid_until_date__gte=first):
            found[one.person_id].append(one)
    return found


def is_there(duty: Duty, away: dict[int, list[Absence]]) -> bool:
    day = duty.business_date
    absent = any(one.valid_from_date <= day <= one.valid_until_date for one in away.get(duty.person_id, ()))
    return duty.person.is_active and not absent


@dataclass(frozen=True)
class OnDuty:
    """Who is on duty now for a line and, where somebody is planned for it, for a process: those who are there first."""

    planned: tuple[Planned, ...]

    @property
    def first(self) -> Duty | None:
        """Whom to ask now: whoever is on duty, or the backup when they are absent."""
        return next((one.duty for one in self.planned if one.is_there), None)


def on_duty_now(line: BusinessLine, process: int | None = None) -> OnDuty:
    """Who is on a shift of the line that lasts now, those on duty before their backups. Two queries at most."""
    now = clock.now()
    today = now.astimezone(clock.SHANGHAI).date()
    about = Q(process=None) | Q(process=process) if process is not None else Q(process=None)
    rows = Duty.objects.filter(about, line=line, business_date__in=(today - timedelta(days=1), today)).select_related(*_WHO)
    lasting = [duty for duty in rows if duty.shift.span(duty.business_date).contains(now)]
    away = absences({duty.person_id for duty in lasting}, today - timedelta(days=1), today)
    planned = [Planned(duty, is_there(duty, away)) for duty in lasting]
    planned.sort(key=lambda one: (not one.is_there, one.duty.process_id is None, one.duty.role != DutyRole.PRIMARY, one.duty.pk))
    return OnDuty(tuple(planned))


def planned_for(line: BusinessLine, day: date) -> list[int] | None:
    """Who is planned for the whole line on the day, as approvals ask them: those of the shift that lasts now before the day's
    others, in order of their hours, and those on duty before their backups. None for a line without shifts. Two queries."""
    now = clock.now()
    rows = Duty.objects.filter(line=line, process=None, business_date__in=(day - timedelta(days=1), day)).select_related("shift")
    found = [(duty, duty.shift.span(duty.business_date)) for duty in rows]
    asked = [(duty, span) for duty, span in found if duty.business_date == day or span.contains(now)]
    asked.sort(key=lambda one: (not one[1].contains(now), one[1].begins_at, one[0].role != DutyRole.PRIMARY, one[0].pk))
    if not asked and not Coverage.objects.filter(line=line).exists():
        return None
    return list(dict.fromkeys(duty.person_id for duty, _span in asked))


@dataclass(frozen=True)
class MyDuty:
    duty: Duty
    span: Span
    is_now: bool


def duties_of(person: User) -> list[MyDuty]:
    """The person's shifts that last now or begin within two weeks, on lines that they see. One query."""
    now: datetime = clock.now()
    today = now.astimezone(clock.SHANGHAI).date()
    rows = Duty.objects.filter(
        person=person,
        line__in=lines_visible_to(person).order_by(),
        business_date__range=(today - timedelta(days=1), today + MY_DAYS),
    )
    rows = rows.select_related("line", *_WHO).order_by("business_date", "shift__begins", "pk")
    found = []
    for duty in rows:
        span = duty.shift.span(duty.business_date)
        if span.ends_at > now:
            found.append(MyDuty(duty, span, span.contains(now)))
    return found[:MY_DUTIES]


def steps_of_line(line: BusinessLine) -> dict[tuple[str, str], str]:
    """What somebody may be planned for besides the line: its processes and the steps that people or handlers do, by key of
    the process and element. Two queries."""
    processes = {process.key: process.name for process in Process.objects.filter(line=line).order_by("key")}
    names = names_of_steps(processes, lambda node: bool(node.human or node.handler))
    found = {(key, ""): name for key, name in processes.items()}
    for key, nodes in names.items():
        found |= {(key, node): f"{processes[key]} · {name}" for node, name in nodes.items()}
    return dict(sorted(found.items()))
