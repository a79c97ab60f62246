"""Which days are open: the weekday rule, the exceptions that somebody published, and how far they reach. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
LONGEST_CLOSURE_DAYS = 31
"""No market closes longer than this; a longer gap means the exceptions are wrong."""

DAYS_PER_OPEN_DAY = 3
"""How many calendar days an offset of one open day may need on average, long holidays apart."""


class NoOpenDay(Exception):
    """The exceptions leave no open day near this one."""


@dataclass(frozen=True)
class Days:
    """One calendar: `exceptions` maps a day to whether it is open, against the weekday rule.

    Between `official_from` and `official_until` a day is as published; outside, the weekday rule is a guess.
    """

    exceptions: Mapping[date, bool]
    official_from: date
    official_until: date

    def is_open(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < SATURDAY)

    def is_official(self, day: date) -> bool:
        return self.official_from <= day <= self.official_until

    def step(self, day: date, direction: int) -> date:
        """The nearest open day strictly after (1) or before (-1) the day."""
        for distance in range(1, LONGEST_CLOSURE_DAYS + 1):
            found = day + timedelta(days=direction * distance)
            if self.is_open(found):
                return found
        raise NoOpenDay(day.isoformat())

    def shift(self, day: date, offset: int) -> date:
        """The day `offset` open days later (earlier when negative); 0 is the day itself, open or not."""
        for _ in range(abs(offset)):
            day = self.step(day, 1 if offset > 0 else -1)
        return day

    def with_day(self, day: date, is_open: bool | None) -> "Days":
        """The same calendar with one day written otherwise; None: as its weekday says."""
        others = {each: open_ for each, open_ in self.exceptions.items() if each != day}
        return replace(self, exceptions=others if is_open is None else {**others, day: is_open})


def shifted(day: date, offset: int, before: Days, after: Days) -> list[tuple[date, date | None, date | None]]:
    """Business dates whose day `offset` open days later is another one when a calendar writes `day` otherwise, with both days;
    None where the date is none. What lies so far back that it cannot reach the day is not looked at."""
    reach = LONGEST_CLOSURE_DAYS + abs(offset) * DAYS_PER_OPEN_DAY
    found = []
    for number in range(-reach, reach + 1):
        date_ = day + timedelta(days=number)
        pair = [days.shift(date_, offset) if days.is_open(date_) else None for days in (before, after)]
        if pair[0] != pair[1]:
            found.append((date_, pair[0], pair[1]))
    return found


def moments(day: date, times: Sequence[time | None], zone: ZoneInfo) -> list[datetime | None]:
    """The moments (UTC) of a wall clock's times that begin on a day; None stays None.

    A time that is not later than the one before it belongs to the night that follows.
    """
    found: list[datetime | None] = []
    last: datetime | None = None
    for at in times:
        if at is not None:
            moment = instant(day, at, zone, after_midnight=False)
            last = moment if last is None or moment > last else instant(day, at, zone, after_midnight=True)
        found.append(last.astimezone(UTC) if at is not None and last is not None else None)
    return found


def instant(day: date, at: time, zone: ZoneInfo, *, after_midnight: bool) -> datetime:
    """The moment of a market's wall clock on a day; `after_midnight` belongs to the night that follows the day."""
    return datetime.combine(day + timedelta(days=int(after_midnight)), at, tzinfo=zone)


def month_weeks(first: date) -> list[list[date]]:
    """The weeks, Monday first, that cover the month of `first`; days of the months around fill the edges."""
    start = first.replace(day=1)
    start -= timedelta(days=start.weekday())
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    weeks = []
    while start < following:
        weeks.append([start + timedelta(days=number) for number in range(7)])
        start += timedelta(days=7)
    return weeks
