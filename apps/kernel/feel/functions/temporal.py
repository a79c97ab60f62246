"""Functions over dates and times. `now()` and `today()` are those of the evaluation, so that a replay sees the same."""

import calendar
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from apps.kernel.clock import SHANGHAI
from apps.kernel.feel.functions.registry import built_in
from apps.kernel.feel.temporal_text import offset_of
from apps.kernel.feel.values import kind_of

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@built_in("now")
def _now(run: Any) -> datetime:
    moment: datetime = run.now.astimezone(SHANGHAI)
    return moment


@built_in("today")
def _today(run: Any) -> date:
    day: date = _now(run).date()
    return day


@built_in("day of year", "date: day")
def _day_of_year(run: Any, day: date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@built_in("day of week", "date: day")
def _day_of_week(run: Any, day: date) -> str:
    return _DAYS[day.weekday()]


@built_in("month of year", "date: day")
def _month_of_year(run: Any, day: date) -> str:
    return _MONTHS[day.month - 1]


@built_in("week of year", "date: day")
def _week_of_year(run: Any, day: date) -> Decimal:
    return Decimal(day.isocalendar().week)


@built_in("last day of month", "date: day")
def _last_day_of_month(run: Any, day: date) -> Decimal:
    return Decimal(calendar.monthrange(day.year, day.month)[1])


@built_in("is", "value1: any, value2: any")
def _is(run: Any, left: Any, right: Any) -> bool:
    """The same in every part: also in kind and in the offset from UTC, which `=` evens out."""
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, datetime | time):
        return left.replace(tzinfo=None) == right.replace(tzinfo=None) and offset_of(left) == offset_of(right)
    return bool(run.same(left, right))
