"""What stands behind a point: entries of contexts, and the parts of dates, times, durations and ranges."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from apps.kernel.feel.arithmetic import in_microseconds, in_seconds
from apps.kernel.feel.temporal_text import offset_of
from apps.kernel.feel.values import Range, YearMonthDuration, kind_of

_DATE: dict[str, Callable[[Any], Any]] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
_TIME: dict[str, Callable[[Any], Any]] = {
    "hour": lambda moment: Decimal(moment.hour),
    "minute": lambda moment: Decimal(moment.minute),
    "second": lambda moment: Decimal(moment.second),
    "time offset": lambda moment: _offset(moment),
    "timezone": lambda moment: _zone_name(moment.tzinfo),
}


def _offset(moment: time | datetime) -> timedelta | None:
    return offset_of(moment)


def _zone_name(zone: tzinfo | None) -> str | None:
    return zone.key if isinstance(zone, ZoneInfo) else None


def _part(length: timedelta, unit: int, size: int | None) -> Decimal:
    """A part of a duration; all parts of a negative duration are negative."""
    whole = abs(in_microseconds(length)) // (unit * 1_000_000)
    part = Decimal(whole % size if size else whole)
    return -part if length < timedelta(0) and part else part


def _seconds(length: timedelta) -> Decimal:
    part = in_seconds(abs(length)) % 60
    return -part if length < timedelta(0) and part else part


def _months(duration: YearMonthDuration, *, years: bool) -> Decimal:
    part = Decimal(abs(duration.months) // 12 if years else abs(duration.months) % 12)
    return -part if duration.months < 0 and part else part


_PROPERTIES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "date": _DATE,
    "time": _TIME,
    "date and time": _DATE | _TIME,
    "years and months duration": {
        "years": lambda duration: _months(duration, years=True),
        "months": lambda duration: _months(duration, years=False),
    },
    "days and time duration": {
        "days": lambda length: _part(length, 86_400, None),
        "hours": lambda length: _part(length, 3_600, 24),
        "minutes": lambda length: _part(length, 60, 60),
        "seconds": _seconds,
    },
    "range": {
        "start": lambda span: span.low,
        "end": lambda span: span.high,
        "start included": lambda span: span.low_closed,
        "end included": lambda span: span.high_closed,
    },
}


def property_of(value: Any, name: str) -> Any:
    """The named part of a value; null when it has none."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, date | time | timedelta | YearMonthDuration | Range):
        read = _PROPERTIES[kind_of(value)].get(name)
        return read(value) if read else None
    return None
