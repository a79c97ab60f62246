"""Hand-overs: which are there, which are due, and who signs them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to, lines_where
from apps.people.states import Right
from apps.shifts.conf import conf
from apps.shifts.models import Coverage, Duty, Handover, Shift
from apps.shifts.selectors.roster import coverages_for, days_of, is_worked

PAGE = 50
AHEAD_DAYS = 31
"""So far ahead the next shift of a line is looked for: no market closes longer."""
ASKED_FOR = timedelta(days=2)
"""So long after its end a shift is still asked for."""
_WITH = ("line", "shift__site", "to_shift__site", "given_by", "taken_by")


@dataclass(frozen=True)
class Due:
    """A shift of a line that is to be handed over."""

    coverage: Coverage
    day: date
    ends_at: datetime
    is_over: bool


@dataclass(frozen=True)
class Page:
    rows: list[Handover]
    following: int | None


def handovers_for(person: User) -> QuerySet[Handover]:
    """Hand-overs of the lines that the person sees whole, newest first. One query."""
    found = Handover.objects.filter(line__in=lines_visible_to(person).order_by())
    return found.select_related(*_WITH).order_by("-pk")


def handover_for(person: User, number: int) -> Handover:
    """The hand-over, or NotFound when it is not there or not for this person."""
    found = handovers_for(person).filter(pk=number).first()
    if found is None:
        raise NotFound(what=Handover._meta.verbose_name)
    return found


def page_of(person: User, *, line: str = "", show: str = "", before: int | None = None) -> Page:
    """A stretch of the list, without the reports themselves; `show` is "open" for those that wait for a signature. One query."""
    rows = handovers_for(person).defer("contents")
    rows = rows.filter(taken_by=None) if show == "open" else rows
    rows = rows.filter(line__code=line) if line else rows
    rows = rows.filter(pk__lt=before) if before else rows
    page = cut(rows, PAGE)
    return Page(page.rows, page.last.pk if page.last else None)


def next_shift(line: BusinessLine, shift: Shift, day: date) -> tuple[Shift, date] | None:
    """The shift of the line that begins next after this one, with its date; None where none follows. One query, and one for
    each calendar."""
    coverages = Coverage.objects.filter(line=line, shift__active=True).select_related("shift__calendar", "shift__site")
    shifts = [one.shift for one in coverages.order_by("pk")]
    days = [day + timedelta(days=number) for number in range(AHEAD_DAYS + 1)]
    open_days = days_of(shifts, days[0], days[-1])
    begins_at = shift.span(day).begins_at
    coming = [
        (one.span(each).begins_at, one.pk, one, each)
        for each in days
        for one in shifts
        if one.span(each).begins_at > begins_at and is_worked(one, each, open_days)
    ]
    if not coming:
        return None
    _at, _pk, following, its_day = min(coming, key=lambda each: each[:2])
    return following, its_day


def is_on_shift(person: User, line: BusinessLine, shift: Shift | None, day: date | None) -> bool:
    """Whether the person is planned on the shift of the line. One query."""
    if shift is None or day is None:
        return False
    return Duty.objects.filter(person=person, line=line, shift=shift, business_date=day).exists()


def may_give(person: User, line: BusinessLine, shift: Shift, day: date) -> bool:
    """Who sees the line and is on the shift, or may start runs of the line. Three queries at most."""
    return _signs(person, line, shift, day)


def may_take(person: User, handover: Handover) -> bool:
    """Who is on the next shift, or may start runs of the line, and has not handed it over. Three queries at most."""
    if handover.taken_by_id is not None or handover.given_by_id == person.pk:
        return False
    return _signs(person, handover.line, handover.to_shift, handover.to_date)


def _signs(person: User, line: BusinessLine, shift: Shift | None, day: date | None) -> bool:
    if lines_where(person, Right.RUN).filter(pk=line.pk).exists():
        return True
    return is_on_shift(person, line, shift, day) and lines_visible_to(person).filter(pk=line.pk).exists()


def to_hand_over(person: User) -> list[Due]:
    """Shifts that end soon or have ended lately and that this person may hand over, the oldest first. Four queries, and one for
    each calendar."""
    due = due_shifts(list(coverages_for(person)), lead=timedelta(minutes=conf.SIGN_BEFORE_END_MINUTES))
    if not due:
        return []
    operated = set(lines_where(person, Right.RUN).order_by().values_list("pk", flat=True))
    mine = set(
        Duty.objects.filter(person=person, business_date__gte=min(one.day for one in due)).values_list(
            "line", "shift", "business_date"
        )
    )
    return [
        one for one in due if one.coverage.line_id in operated or (one.coverage.line_id, one.coverage.shift_id, one.day) in mine
    ]


def due_shifts(coverages: Sequence[Coverage], *, lead: timedelta) -> list[Due]:
    """Shifts with duties that end within `lead` or have ended lately, and that nobody has handed over. Two queries.

    A shift that nobody was planned for is a gap of the roster, and nobody could hand it over.
    """
    now = clock.now()
    today = now.astimezone(clock.SHANGHAI).date()
    days = [today - timedelta(days=number) for number in range(ASKED_FOR.days + 1, -1, -1)]
    place = ("line", "shift", "business_date")
    lines = {one.line_id for one in coverages}
    if not lines:
        return []
    planned = set(Duty.objects.filter(line__in=lines, business_date__in=days).values_list(*place))
    given = set(Handover.objects.filter(line__in=lines, business_date__in=days).values_list(*place))
    found = []
    for one in coverages:
        for day in days:
            ends_at = one.shift.span(day).ends_at
            if now - ASKED_FOR < ends_at <= now + lead and (one.line_id, one.shift_id, day) in planned - given:
                found.append(Due(one, day, ends_at, ends_at <= now))
    return sorted(found, key=lambda one: (one.ends_at, one.coverage.pk))


def to_take(person: User) -> list[Handover]:
    """Hand-overs that wait for this person's signature, the oldest first. One query."""
    mine = Duty.objects.filter(
        person=person, line=OuterRef("line"), shift=OuterRef("to_shift"), business_date=OuterRef("to_date")
    )
    operated = Q(line__in=lines_where(person, Right.RUN).order_by())
    waiting = handovers_for(person).defer("contents").filter(taken_by=None).exclude(given_by=person)
    return list(waiting.filter(operated | Q(Exists(mine))).order_by("pk")[:PAGE])


def overdue_by_line(_day: date) -> Mapping[int, int]:
    """Shifts that ended some minutes ago and that nobody has handed over, by line: a figure of monitors. Three queries."""
    coverages = Coverage.objects.filter(shift__active=True).select_related("line", "shift")
    late = timedelta(minutes=conf.UNSIGNED_MINUTES)
    return Counter(one.coverage.line_id for one in due_shifts(list(coverages), lead=-late))
