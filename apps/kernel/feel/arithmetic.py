"""What + - * / ** mean for numbers, texts, dates, times and durations. What has no meaning is null."""

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from apps.kernel.feel.budget import Meter
from apps.kernel.feel.temporal_text import offset_of
from apps.kernel.feel.values import NUMBERS, YearMonthDuration, kind_of

_NUMERIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply, "/": NUMBERS.divide, "**": NUMBERS.power,
}  # fmt: skip
_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta(0)


def computed(sign: str, left: Any, right: Any, meter: Meter) -> Any:
    """The value of `left sign right`."""
    if type(left) is Decimal and type(right) is Decimal:
        return _number(sign, left, right)
    if sign == "+" and type(left) is str and type(right) is str:
        meter.hold(len(left) + len(right))
        return left + right
    rule = _TEMPORAL.get((kind_of(left), sign, kind_of(right)))
    if rule is None:
        return None
    try:
        return rule(left, right)
    except (OverflowError, ValueError, InvalidOperation, DivisionByZero, Overflow):
        return None


def negated(value: Any) -> Any:
    """The value with the other sign."""
    if isinstance(value, Decimal):
        return NUMBERS.minus(value)
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(-value.months)
    if isinstance(value, timedelta):
        return -value if value != timedelta.min else None
    return None


def _number(sign: str, left: Decimal, right: Decimal) -> Decimal | None:
    if sign == "**" and not right:
        return Decimal(1)
    try:
        result = _NUMERIC[sign](left, right)
    except (InvalidOperation, DivisionByZero, Overflow):
        return None
    return result if result else Decimal(0)


def in_microseconds(length: timedelta) -> int:
    """A duration as whole microseconds."""
    return length // _MICROSECOND


def in_seconds(length: timedelta) -> Decimal:
    """A duration in seconds."""
    return NUMBERS.divide(Decimal(in_microseconds(length)), Decimal(1_000_000))


def _from_microseconds(count: Decimal) -> timedelta:
    return timedelta(microseconds=int(count.to_integral_value()))


def add_months(day: Any, months: int) -> Any:
    """The same day so many months later; the month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError("outside the years 1 to 9999")
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def midnight(day: date) -> datetime:
    """The start of a day, in UTC, as DMN has it for arithmetic."""
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _instants_apart(left: date, right: date) -> timedelta | None:
    first, second = midnight(left), midnight(right)
    if (first.tzinfo is None) != (second.tzinfo is None):
        return None
    by_zones = (first.utcoffset() or _ZERO) - (second.utcoffset() or _ZERO)
    return first.replace(tzinfo=None) - second.replace(tzinfo=None) - by_zones


def _times_apart(left: time, right: time) -> timedelta | None:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    day = date(2000, 1, 3)
    first, second = (datetime.combine(day, clock.replace(tzinfo=None)) - (offset_of(clock) or _ZERO) for clock in (left, right))
    return first - second


def later(moment: date, length: timedelta) -> date:
    """A date or date and time, so much later; of a date only the date remains. Zones count real time."""
    if not isinstance(moment, datetime):
        return (midnight(moment) + length).date()
    if moment.tzinfo is None:
        return moment + length
    return (moment.astimezone(UTC) + length).astimezone(moment.tzinfo)


def _time_later(moment: time, length: timedelta) -> time:
    within_day = timedelta(microseconds=in_microseconds(length) % 86_400_000_000)
    plain = datetime.combine(date(2000, 1, 3), moment.replace(tzinfo=None)) + within_day
    return plain.time().replace(tzinfo=moment.tzinfo)


def _times(length: timedelta, factor: Decimal) -> timedelta:
    return _from_microseconds(NUMBERS.multiply(Decimal(in_microseconds(length)), factor))


def _months_times(length: YearMonthDuration, factor: Decimal) -> YearMonthDuration:
    return YearMonthDuration(int(NUMBERS.multiply(Decimal(length.months), factor)))


def _months_by(length: YearMonthDuration, divisor: Decimal) -> YearMonthDuration:
    return YearMonthDuration(int(NUMBERS.divide(Decimal(length.months), divisor)))


_DAY, _MOMENT, _CLOCK, _NUMBER = "date", "date and time", "time", "number"
_DAYS, _MONTHS = "days and time duration", "years and months duration"
_TEMPORAL: dict[tuple[str, str, str], Callable[[Any, Any], Any]] = {
    (_CLOCK, "-", _CLOCK): _times_apart,
    (_CLOCK, "+", _DAYS): _time_later,
    (_DAYS, "+", _CLOCK): lambda length, moment: _time_later(moment, length),
    (_CLOCK, "-", _DAYS): lambda moment, length: _time_later(moment, -length),
    (_DAYS, "+", _DAYS): lambda left, right: left + right,
    (_DAYS, "-", _DAYS): lambda left, right: left - right,
    (_DAYS, "*", _NUMBER): _times,
    (_NUMBER, "*", _DAYS): lambda factor, length: _times(length, factor),
    (_DAYS, "/", _NUMBER): lambda length, divisor: _from_microseconds(NUMBERS.divide(Decimal(in_microseconds(length)), divisor)),
    (_DAYS, "/", _DAYS): lambda left, right: NUMBERS.divide(Decimal(in_microseconds(left)), Decimal(in_microseconds(right))),
    (_MONTHS, "+", _MONTHS): lambda left, right: YearMonthDuration(left.months + right.months),
    (_MONTHS, "-", _MONTHS): lambda left, right: YearMonthDuration(left.months - right.months),
    (_MONTHS, "*", _NUMBER): _months_times,
    (_NUMBER, "*", _MONTHS): lambda factor, length: _months_times(length, factor),
    (_MONTHS, "/", _NUMBER): _months_by,
    (_MONTHS, "/", _MONTHS): lambda left, right: NUMBERS.divide(Decimal(left.months), Decimal(right.months)),
}  # fmt: skip
for _one in (_DAY, _MOMENT):
    _TEMPORAL |= {
        (_one, "+", _DAYS): later,
        (_DAYS, "+", _one): lambda length, moment: later(moment, length),
        (_one, "-", _DAYS): lambda moment, length: later(moment, -length),
        (_one, "+", _MONTHS): lambda moment, length: add_months(moment, length.months),
        (_MONTHS, "+", _one): lambda length, moment: add_months(moment, length.months),
        (_one, "-", _MONTHS): lambda moment, length: add_months(moment, -length.months),
    }
    for _other in (_DAY, _MOMENT):
        _TEMPORAL[_one, "-", _other] = _instants_apart
