"""From text to value and back."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from apps.kernel.feel.arithmetic import add_months
from apps.kernel.feel.functions.registry import built_in
from apps.kernel.feel.temporal_text import date_and_time_of, date_of, duration_of, time_of, zone_of
from apps.kernel.feel.text import text_of
from apps.kernel.feel.values import NUMBERS, YearMonthDuration

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_SEPARATORS = {" ", ",", ".", None}


@built_in("number", "from: string, grouping separator?: text?, decimal separator?: text?")
def _number(run: Any, text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if grouping not in _SEPARATORS or point not in {",", ".", None} or (grouping is not None and grouping == point):
        return None
    if grouping:
        text = text.replace(grouping, "")
    if point == ",":
        text = "" if "." in text else text.replace(",", ".")
    return NUMBERS.create_decimal(text) if len(text) <= 100 and _NUMBER.fullmatch(text) else None


@built_in("number", "from: number")
def _number_itself(run: Any, number: Decimal) -> Decimal:
    return number


@built_in("string", "from: any")
def _string(run: Any, value: Any) -> str | None:
    return text_of(value, run.meter)


@built_in("date", "from: string")
def _date(run: Any, text: str) -> date | None:
    return date_of(text)


@built_in("date", "from: day")
def _date_part(run: Any, day: date) -> date:
    return day


@built_in("date", "year: integer, month: integer, day: integer")
def _date_of_parts(run: Any, year: int, month: int, day: int) -> date:
    return date(year, month, day)


@built_in("date and time", "from: string")
def _date_and_time(run: Any, text: str) -> datetime | None:
    return date_and_time_of(text)


@built_in("date and time", "from: moment")
def _moment_itself(run: Any, moment: datetime) -> datetime:
    return moment


@built_in("date and time", "date: day, time: time")
def _joined(run: Any, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)


@built_in("date and time", "date: moment, timezone: string")
def _in_zone(run: Any, moment: datetime, zone: str) -> datetime | None:
    found = zone_of(zone if zone in {"Z"} or zone[:1] in "+-" else f"@{zone}")
    return moment.astimezone(found) if found and moment.tzinfo else None


@built_in("date and time", "year: integer, month: integer, day: integer, hour: integer, minute: integer, second: integer")
def _moment_of_parts(run: Any, *parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - FEEL has local date times


@built_in("time", "from: string")
def _time(run: Any, text: str) -> time | None:
    return time_of(text)


@built_in("time", "from: time")
def _time_itself(run: Any, clock: time) -> time:
    return clock


@built_in("time", "from: moment")
def _time_part(run: Any, moment: datetime) -> time:
    return moment.timetz()


@built_in("time", "from: date")
def _midnight(run: Any, day: date) -> time:
    return time(0, tzinfo=UTC)


@built_in("time", "hour: integer, minute: integer, second: number, offset?: duration")
def _time_of_parts(run: Any, hour: int, minute: int, second: Decimal, offset: Any = None) -> time | None:
    if not 0 <= second < 60:
        return None
    whole, micro = divmod(int(second * 1_000_000), 1_000_000)
    if offset is None:
        return time(hour, minute, whole, micro)
    return time(hour, minute, whole, micro, tzinfo=timezone(offset)) if isinstance(offset, timedelta) else None


@built_in("duration", "from: string")
def _duration(run: Any, text: str) -> Any:
    return duration_of(text)


@built_in("duration", "from: duration")
def _duration_itself(run: Any, length: Any) -> Any:
    return length


@built_in("years and months duration", "from: day, to: day")
def _months_between(run: Any, start: date, end: date) -> YearMonthDuration:
    """Whole months from the first to the second, towards zero."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and add_months(start, months) > end:
        months -= 1
    elif months < 0 and add_months(start, months) < end:
        months += 1
    return YearMonthDuration(months)
