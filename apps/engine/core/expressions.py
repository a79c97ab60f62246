"""FEEL for the engine: parsed once, JSON in, JSON out. Every failure is an ExpressionFailed with a sentence."""

import json
import re
from collections.abc import Mapping as Names
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from apps.kernel import dmn, feel
from apps.kernel.canonical import kept_number
from apps.processes.core.plan import Decision, Mapping, Timer

MARKET_ZONE = ZoneInfo("Asia/Shanghai")
"""What a time means that says no zone."""
VARIABLES_LIMIT_BYTES = 1_000_000


class ExpressionFailed(Exception):
    """An expression of the model could not be used; the text is for the operator."""


def value_of(text: str, names: Names[str, Any], now: datetime) -> Any:
    """The FEEL value."""
    try:
        return feel.evaluate(text, names, now=now)
    except Exception as failure:  # the text is the author's: whatever it does to the interpreter stops one step only
        raise ExpressionFailed(f"{text}: {failure}") from failure


def as_json(value: Any) -> Any:
    """Whole numbers as int, other decimals, dates, times and durations as text; what has no JSON form is refused.

    A float stands for the decimal that it is written as.
    """
    if isinstance(value, float):
        value = Decimal(repr(value))
        if not value.is_finite():
            raise ExpressionFailed("a number that is not finite cannot be kept in a variable")
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, Decimal):
        return kept_number(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return feel.to_json(value)
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    try:
        return feel.to_json(value)
    except (TypeError, ValueError) as failure:
        raise ExpressionFailed(f"a {type(value).__name__} cannot be kept in a variable") from failure


def mapped(mappings: tuple[Mapping, ...], names: Names[str, Any], now: datetime) -> dict[str, Any]:
    """Each target with the JSON form of its expression's value."""
    return {mapping.target: as_json(value_of(mapping.expression, names, now)) for mapping in mappings}


def instant_of(timer: Timer, names: Names[str, Any], now: datetime) -> dict[str, Any]:
    """The fields of AwaitInstant for a timer."""
    if timer.time_node:
        return {"time_node": timer.time_node}
    if timer.duration:
        return {"seconds": seconds_of(value_of(timer.duration, names, now), timer.duration, now)}
    value = value_of(timer.date or "null", names, now)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as failure:
            raise ExpressionFailed(f"{timer.date} is not a date and time") from failure
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise ExpressionFailed(f"{timer.date} is not a date and time")
    if value.tzinfo is None:
        value = value.replace(tzinfo=MARKET_ZONE)
    return {"instant": value.isoformat()}


def seconds_of(value: Any, said: str, now: datetime) -> float:
    """The length of a duration from now on; ISO 8601 also knows weeks, and a month is as long as it is by the calendar."""
    try:
        length = _length(value, now)
    except (ValueError, OverflowError) as failure:
        raise ExpressionFailed(f"{said} is too long a duration") from failure
    if length is None:
        raise ExpressionFailed(f"{said} is not a duration")
    return max(length.total_seconds(), 0.0)


def _length(value: Any, now: datetime) -> timedelta | None:
    if isinstance(value, feel.YearMonthDuration):
        return _months_later(now, value.months) - now
    parts = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        return value if isinstance(value, timedelta) else None
    if parts["sign"]:
        return timedelta()
    microseconds = int(Decimal(parts["seconds"] or 0) * 1_000_000)
    numbers = {name: int(parts[name] or 0) for name in ("years", "months", "weeks", "days", "hours", "minutes")}
    months = numbers.pop("years") * 12 + numbers.pop("months")
    return _months_later(now, months) - now + timedelta(microseconds=microseconds, **numbers)


def _months_later(instant: datetime, months: int) -> datetime:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(instant.month - 1 + months, 12)
    for day in range(instant.day, 27, -1):
        try:
            return instant.replace(year=instant.year + years, month=month + 1, day=day)
        except ValueError:
            continue
    return instant.replace(year=instant.year + years, month=month + 1)


_DURATION = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,8})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,12}(?:\.\d{1,6})?)S)?)?"
)


def cycle_of(text: str, names: Names[str, Any], now: datetime, *, first: bool) -> tuple[int, dict[str, Any]]:
    """How often an ISO 8601 repeating interval fires, -1 without end, and the fields of AwaitInstant for the next time."""
    value = value_of(text, names, now)
    if isinstance(value, timedelta):
        return -1, {"seconds": max(value.total_seconds(), 0.0)}
    parts = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise ExpressionFailed(f"{text} is not a repeating interval such as R3/PT10M")
    repetitions = int(parts["times"]) if parts["times"] else -1
    if first and parts["start"]:
        return repetitions, instant_of(Timer(date=f'"{parts["start"]}"'), {}, now)
    return repetitions, instant_of(Timer(duration=f'"{parts["interval"]}"'), {}, now)


_CYCLE = re.compile(r"(?:R(?P<times>\d{0,6})/)?(?:(?P<start>\d[^/\"]*)/)?(?P<interval>P[^/\"]+)")


def decided(decision: Decision | None, names: Names[str, Any], now: datetime) -> Any:
    """The value of a DMN decision that the model holds."""
    if decision is None or decision.model is None:
        raise ExpressionFailed("the decision is not in the model")
    try:
        return dmn.evaluate(decision.model, decision.decision, names, now=now)
    except Exception as failure:  # as above: the table is the author's
        raise ExpressionFailed(f"{decision.decision}: {failure}") from failure


def require_bounded(variables: dict[str, Any]) -> None:
    """Refuses variables that have no JSON form or are larger than VARIABLES_LIMIT_BYTES."""
    if not variables:
        return
    try:
        size = len(json.dumps(variables, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError) as failure:
        raise ExpressionFailed(f"the variables have no JSON form: {failure}") from failure
    if size > VARIABLES_LIMIT_BYTES:
        raise ExpressionFailed(f"the variables would take {size} bytes; the limit is {VARIABLES_LIMIT_BYTES}")
