"""Which day it is where, and when its moments are. One query an answer unless it says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from apps.calendars.core.days import DAYS_PER_OPEN_DAY, LONGEST_CLOSURE_DAYS, Days, NoOpenDay, instant, moments, month_weeks
from apps.calendars.errors import NoBusinessDay, UnknownCalendar, UnknownTimeNode
from apps.calendars.models import Calendar, CalendarDay, TimeNode
from apps.calendars.states import DayStatus
from apps.kernel.clock import SHANGHAI

MOST_DAYS_AWAY = 30
"""So many business days after its date the times of a step may lie at most."""


def is_business_day(calendar_code: str, day: date) -> bool:
    """Whether the market is open on the day. Two queries."""
    return _days(calendar_named(calendar_code), day, 0).is_open(day)


def status_of(calendar_code: str, day: date) -> DayStatus:
    """Whether the day is as published, or only guessed by the weekday rule. Two queries."""
    calendar = calendar_named(calendar_code)
    written = CalendarDay.objects.filter(calendar=calendar, day=day).values_list("status", flat=True).first()
    if written is not None:
        return DayStatus(written)
    return DayStatus.OFFICIAL if calendar.official_from <= day <= calendar.official_until else DayStatus.PROVISIONAL


def next_business_day(calendar_code: str, day: date) -> date:
    """The first open day after the day. Two queries."""
    return shift_business_day(calendar_code, day, 1)


def previous_business_day(calendar_code: str, day: date) -> date:
    """The last open day before the day. Two queries."""
    return shift_business_day(calendar_code, day, -1)


def shift_business_day(calendar_code: str, day: date, offset: int) -> date:
    """The day `offset` business days later or, when negative, earlier; 0 is the day itself. Two queries."""
    return _shift(calendar_named(calendar_code), day, offset)


def business_days_later(calendar_code: str, instant: datetime, days: int) -> datetime:
    """The same time of the market's day (UTC), so many business days later. Two queries."""
    calendar = calendar_named(calendar_code)
    here = instant.astimezone(ZoneInfo(calendar.zone))
    return datetime.combine(_shift(calendar, here.date(), days), here.time(), here.tzinfo).astimezone(UTC)


def business_days_between(calendar_code: str, first: date, last: date) -> list[date]:
    """The open days from first to last, both included. Two queries."""
    calendar = calendar_named(calendar_code)
    days = _days_between(calendar, first, last)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in every if days.is_open(day)]


def instant_of(time_node_key: str, business_date: date) -> datetime:
    """The moment (UTC) of a time node for a business date, by the row that is valid on that date. Two queries."""
    node = (
        TimeNode.objects.filter(key=time_node_key, valid_from__lte=business_date)
        .select_related("calendar")
        .order_by("-valid_from")
        .first()
    )
    if node is None:
        raise UnknownTimeNode(key=time_node_key, day=business_date.isoformat())
    return _instant(node, business_date)


def moments_on(
    calendar: Calendar, business_date: date, times: Sequence[time | None], *, day_offset: int = 0
) -> list[datetime | None]:
    """The moments (UTC) of a market's wall clock, `day_offset` business days after the date; None stays None.

    A time that is not later than the one before it belongs to the night that follows. Two queries with an offset, none without.
    """
    return moments(_shift(calendar, business_date, day_offset), times, ZoneInfo(calendar.zone))


def next_moment(time_node_key: str, after: datetime) -> tuple[date, datetime]:
    """The next moment (UTC) of a time node after an instant, and the open day that it belongs to. Two queries."""
    valid = list(TimeNode.objects.filter(key=time_node_key).select_related("calendar").order_by("-valid_from"))
    if not valid:
        raise UnknownTimeNode(key=time_node_key, day=after.date().isoformat())
    reach = 2 * _reach(valid[0])
    here = after.astimezone(ZoneInfo(valid[0].calendar.zone)).date()
    days = _days_between(valid[0].calendar, here - timedelta(days=reach), here + timedelta(days=reach))
    return moment_after(valid, after, days)


def moment_after(valid: Sequence[TimeNode], after: datetime, days: Days) -> tuple[date, datetime]:
    """The same by these days of its calendar; `valid` are the rows of one time node, the newest first. No query."""
    node, reach = valid[0], _reach(valid[0])
    here = after.astimezone(ZoneInfo(node.calendar.zone)).date()
    for number in range(-reach, reach + 1):
        day = here + timedelta(days=number)
        row = next((row for row in valid if row.valid_from <= day), None)
        if row is not None and days.is_open(day):
            moment = _moment(row, days.shift(day, row.day_offset))
            if moment > after:
                return day, moment.astimezone(UTC)
    raise NoBusinessDay(code=node.calendar.code, day=here.isoformat())


def business_date_at(calendar_code: str, instant: datetime) -> date:
    """The market's date at the instant, or the next open day when the market is closed on it; the date alone where nobody
    keeps that calendar. Two queries."""
    calendar = Calendar.objects.filter(code=calendar_code).first()
    if calendar is None:
        return instant.astimezone(SHANGHAI).date()
    day = instant.astimezone(ZoneInfo(calendar.zone)).date()
    days = _days_between(calendar, day, day + timedelta(days=LONGEST_CLOSURE_DAYS))
    return day if days.is_open(day) else days.step(day, 1)


def time_nodes_on(business_date: date) -> list[tuple[TimeNode, datetime]]:
    """Every time node valid on the date with its moment, in order of the moments. One query and one per calendar and offset."""
    valid: dict[str, TimeNode] = {}
    rows = TimeNode.objects.filter(valid_from__lte=business_date).select_related("calendar").order_by("valid_from")
    for node in rows:
        valid[node.key] = node
    shifted: dict[tuple[int, int], date] = {}
    found = []
    for node in valid.values():
        place = (node.calendar_id, node.day_offset)
        if place not in shifted:
            shifted[place] = _shift(node.calendar, business_date, node.day_offset)
        found.append((node, _moment(node, shifted[place])))
    return sorted(found, key=lambda pair: (pair[1], pair[0].key))


def days_around(calendar: Calendar, first: date, last: date) -> Days:
    """The days of a calendar so far around these as anything reaches that counts business days. One query."""
    reach = timedelta(days=4 * LONGEST_CLOSURE_DAYS + 2 * MOST_DAYS_AWAY * DAYS_PER_OPEN_DAY)
    return _days_between(calendar, first - reach, last + reach)


def time_nodes_of(calendar: Calendar) -> dict[str, list[TimeNode]]:
    """The time nodes of a calendar by key, the newest row of each first. One query."""
    found: dict[str, list[TimeNode]] = {}
    for node in TimeNode.objects.filter(calendar=calendar).select_related("calendar").order_by("key", "-valid_from"):
        found.setdefault(node.key, []).append(node)
    return found


def moment_of(node: TimeNode, day: date) -> datetime:
    """When a time node is on the day of its market that it falls on (UTC). No query."""
    return _moment(node, day)


def calendar_named(code: str) -> Calendar:
    """The calendar, or UnknownCalendar."""
    calendar = Calendar.objects.filter(code=code).first()
    if calendar is None:
        raise UnknownCalendar(code=code)
    return calendar


def all_calendars() -> QuerySet[Calendar]:
    """Every calendar, by code."""
    return Calendar.objects.order_by("code")


@dataclass(frozen=True)
class DayView:
    """A day of the month page. `own` is False for days of the months around."""

    day: date
    own: bool
    is_open: bool
    is_official: bool
    name: str
    exceptional: bool


def month_of(calendar: Calendar, month: date) -> list[list[DayView]]:
    """The weeks of a month as the page shows them, Monday first. One query."""
    weeks = month_weeks(month)
    rows = CalendarDay.objects.filter(calendar=calendar, day__range=(weeks[0][0], weeks[-1][-1]))
    written = {row.day: row for row in rows}
    days = _as_days(calendar, {day: row.is_open for day, row in written.items()})
    return [[_view(day, month, days, written.get(day)) for day in week] for week in weeks]


def _view(day: date, month: date, days: Days, row: CalendarDay | None) -> DayView:
    official = row.status == DayStatus.OFFICIAL if row else days.is_official(day)
    return DayView(day, day.month == month.month, days.is_open(day), official, row.name if row else "", row is not None)


def _reach(node: TimeNode) -> int:
    return LONGEST_CLOSURE_DAYS + abs(node.day_offset) * DAYS_PER_OPEN_DAY


def _instant(node: TimeNode, business_date: date) -> datetime:
    return _moment(node, _shift(node.calendar, business_date, node.day_offset))


def _moment(node: TimeNode, day: date) -> datetime:
    zone = ZoneInfo(node.calendar.zone)
    return instant(day, node.time, zone, after_midnight=node.after_midnight).astimezone(UTC)


def _shift(calendar: Calendar, day: date, offset: int) -> date:
    if offset == 0:
        return day
    try:
        return _days(calendar, day, offset).shift(day, offset)
    except NoOpenDay as none:
        raise NoBusinessDay(code=calendar.code, day=day.isoformat()) from none


def _days(calendar: Calendar, day: date, offset: int) -> Days:
    reach = timedelta(days=LONGEST_CLOSURE_DAYS + abs(offset) * DAYS_PER_OPEN_DAY) if offset else timedelta()
    return _days_between(calendar, day - reach, day + reach)


def _days_between(calendar: Calendar, first: date, last: date) -> Days:
    rows = CalendarDay.objects.filter(calendar=calendar, day__range=(first, last))
    return _as_days(calendar, dict(rows.values_list("day", "is_open")))


def _as_days(calendar: Calendar, exceptions: dict[date, bool]) -> Days:
    return Days(exceptions, calendar.official_from, calendar.official_until)


def time_nodes_by_key() -> list[TimeNode]:
    """Every time node once, as its newest row says it, by key. One query."""
    newest: dict[str, TimeNode] = {node.key: node for node in TimeNode.objects.order_by("key", "valid_from")}
    return list(newest.values())
