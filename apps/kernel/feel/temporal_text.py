"""Dates, times and durations as text, in the lexical forms of XML Schema that FEEL uses. Years 1 to 9999, microseconds."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from apps.kernel.feel.values import YearMonthDuration

_ZONE = r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+\-/]{1,60})?"
_DATE_PART = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME_PART = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?" + _ZONE
_DATE = re.compile(_DATE_PART)
_TIME = re.compile("T?" + _TIME_PART)
_DATE_AND_TIME = re.compile(_DATE_PART + "T" + _TIME_PART)
_MONTHS = re.compile(r"(-)?P(?=[0-9])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?")
_DAYS = re.compile(
    r"(-)?P(?=[0-9T])(?:([0-9]{1,9})D)?(?:T(?=[0-9.])(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})(?:\.([0-9]{1,9}))?S)?)?"
)


@lru_cache(maxsize=256)
def zone_of(text: str) -> tzinfo | None:
    """A zone from `Z`, `+08:00` or `@Asia/Shanghai`; None when there is no such zone."""
    if text in ("Z", "z"):
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (OSError, ValueError, KeyError):
            return None
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return timezone(-offset if text[0] == "-" else offset)


def _clock(match: re.Match[str]) -> time | None:
    parts = match.groupdict()
    zone = zone_of(parts["zone"]) if parts["zone"] else None
    if parts["zone"] and zone is None:
        return None
    micro = int((parts["fraction"] or "0").ljust(6, "0")[:6])
    return time(int(parts["hour"]), int(parts["minute"]), int(parts["second"]), micro, tzinfo=zone)


def date_of(text: str) -> date | None:
    """`2026-06-15`."""
    match = _DATE.fullmatch(text)
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        return None


def time_of(text: str) -> time | None:
    """`14:30:00`, with fraction and zone if need be."""
    match = _TIME.fullmatch(text)
    try:
        return _clock(match) if match else None
    except ValueError:
        return None


def date_and_time_of(text: str) -> datetime | None:
    """`2026-06-15T14:30:00@Asia/Shanghai`; a date alone is its midnight."""
    match = _DATE_AND_TIME.fullmatch(text)
    if match is None:
        day = date_of(text)
        return datetime(day.year, day.month, day.day) if day else None  # noqa: DTZ001 - FEEL has local date times
    try:
        clock = _clock(match)
        return datetime.combine(date(int(match["year"]), int(match["month"]), int(match["day"])), clock) if clock else None
    except ValueError:
        return None


def duration_of(text: str) -> YearMonthDuration | timedelta | None:
    """`P1Y6M` in months, `P2DT3H` in days and time; both never mix."""
    if months := _MONTHS.fullmatch(text):
        sign, years, rest = months.groups()
        count = int(years or 0) * 12 + int(rest or 0)
        return YearMonthDuration(-count if sign else count)
    match = _DAYS.fullmatch(text)
    if not match:
        return None
    sign, days, hours, minutes, seconds, fraction = match.groups()
    try:
        length = timedelta(
            days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0), seconds=int(seconds or 0),
            microseconds=int((fraction or "0").ljust(6, "0")[:6]),
        )  # fmt: skip
    except OverflowError:
        return None
    return -length if sign else length


def temporal_of(text: str) -> Any:
    """What stands between the quotation marks of `@"…"`: tried as date, date and time, time, duration."""
    for read in (date_of, date_and_time_of, time_of, duration_of):
        value = read(text)
        if value is not None:
            return value
    return None


def offset_of(value: time | datetime) -> timedelta | None:
    """How far the clock is ahead of UTC; a time of day in a named zone has no date, so its zone's standard time counts."""
    if isinstance(value, datetime) or not isinstance(value.tzinfo, ZoneInfo):
        return value.utcoffset()
    winter_or_summer = datetime(2000, 1, 3, tzinfo=value.tzinfo)
    return (winter_or_summer.utcoffset() or timedelta(0)) - (winter_or_summer.dst() or timedelta(0))


def zone_text(zone: tzinfo | None, offset: timedelta | None) -> str:
    """The zone as FEEL writes it behind a time."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    if not offset:
        return "Z"
    seconds = int(abs(offset).total_seconds())
    body = f"{seconds // 3600:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    return ("-" if offset < timedelta(0) else "+") + body


def _fraction(micro: int) -> str:
    return f".{micro:06}".rstrip("0") if micro else ""


def text_of_time(value: time | datetime) -> str:
    """`14:30:00.5+08:00`."""
    body = f"{value.hour:02}:{value.minute:02}:{value.second:02}{_fraction(value.microsecond)}"
    return body + zone_text(value.tzinfo, value.utcoffset())


def text_of_temporal(value: Any) -> str:
    """The text from which the same value can be read."""
    if isinstance(value, datetime):
        return f"{value.date().isoformat()}T{text_of_time(value)}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return text_of_time(value)
    if isinstance(value, YearMonthDuration):
        return str(value)
    return _text_of_days(value)


def _text_of_days(value: timedelta) -> str:
    length = abs(value)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or length.microseconds:
        clock += f"{seconds}{_fraction(length.microseconds)}S"
    body = (f"{length.days}D" if length.days else "") + (f"T{clock}" if clock else "")
    return ("-P" if value < timedelta(0) else "P") + (body or "T0S")
