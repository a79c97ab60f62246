"""When a shift of a day begins and ends. No I/O."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""What lies outside is a mistake of the keyboard: no week of it is shown or planned."""


@dataclass(frozen=True)
class Span:
    """From one instant up to but without another one."""

    begins_at: datetime
    ends_at: datetime

    def contains(self, moment: datetime) -> bool:
        return self.begins_at <= moment < self.ends_at

    def overlaps(self, other: "Span") -> bool:
        return self.begins_at < other.ends_at and other.begins_at < self.ends_at


def crosses_midnight(begins: time, ends: time) -> bool:
    """A shift that does not end later than it begins ends on the day after."""
    return ends <= begins


def span_of(day: date, begins: time, ends: time, zone: ZoneInfo) -> Span:
    """The shift that begins on the day, by a market's wall clock."""
    last = day + timedelta(days=int(crosses_midnight(begins, ends)))
    return Span(datetime.combine(day, begins, tzinfo=zone), datetime.combine(last, ends, tzinfo=zone))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(monday: date) -> list[date]:
    """The seven days of a week, Monday first."""
    return [monday + timedelta(days=number) for number in range(7)]
