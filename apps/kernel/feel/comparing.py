"""Equality, order and three-valued logic. What cannot be compared gives null, never an exception."""

import operator
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from apps.kernel.feel.budget import Meter
from apps.kernel.feel.temporal_text import offset_of
from apps.kernel.feel.values import Function, Range, kind_of

_ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_ORDERED = frozenset({"number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"})
_ZERO_DAY = date(2000, 1, 3)
_FIRST = datetime(1, 1, 1)  # noqa: DTZ001 - measured from after the zones have been taken off


def _instant(value: time | datetime) -> tuple[bool, timedelta]:
    """Whether it has a zone, and how long after the first of all days it is: a zone may put it before that or after the last."""
    moment = value if isinstance(value, datetime) else datetime.combine(_ZERO_DAY, value)
    passed = moment.replace(tzinfo=None) - _FIRST
    if moment.tzinfo is None:
        return False, passed
    return True, passed - (offset_of(value) or timedelta(0))


def _sides(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both values in a form that Python compares as FEEL does; None when they are of different kinds."""
    kind = kind_of(left)
    if kind != kind_of(right):
        return None
    if kind in {"time", "date and time"}:
        (left_zoned, left), (right_zoned, right) = _instant(left), _instant(right)
        if left_zoned != right_zoned:
            return None
    return left, right


def equal(left: Any, right: Any, meter: Meter) -> bool | None:
    """FEEL's `=`: null equals only null; different kinds give null."""
    meter.spend()
    if left is None or right is None:
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return _all_equal(left, right, meter) if len(left) == len(right) else False
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _all_equal(list(left.values()), [right[key] for key in left], meter)
    if isinstance(left, Range) and isinstance(right, Range):
        if (left.low_closed, left.high_closed) != (right.low_closed, right.high_closed):
            return False
        return _all_equal([left.low, left.high], [right.low, right.high], meter)
    if isinstance(left, Function) or callable(left):
        return True if left is right else None
    sides = _sides(left, right)
    return None if sides is None else sides[0] == sides[1]


def _all_equal(left: list[Any], right: list[Any], meter: Meter) -> bool:
    return all(equal(one, other, meter) is True for one, other in zip(left, right, strict=True))


def compared(sign: str, left: Any, right: Any, meter: Meter) -> bool | None:
    """One of = != < <= > >=."""
    if sign in {"=", "!="}:
        same = equal(left, right, meter)
        return same if sign == "=" or same is None else not same
    if kind_of(left) not in _ORDERED:
        return None
    sides = _sides(left, right)
    return None if sides is None else _ORDER[sign](*sides)


def within(value: Any, span: Range, meter: Meter) -> bool | None:
    """Is the value in the range? Null for a range that includes an end which is not there: `[1..null]`."""
    if (span.low is None and span.low_closed) or (span.high is None and span.high_closed):
        return None
    low = True if span.low is None else compared(">=" if span.low_closed else ">", value, span.low, meter)
    high = True if span.high is None else compared("<=" if span.high_closed else "<", value, span.high, meter)
    return all_of((low, high))


def all_of(values: Iterable[Any]) -> bool | None:
    """Three-valued `and`: false wins over null, null over true; what is no boolean counts as null."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            result = None
    return result


def any_of(values: Iterable[Any]) -> bool | None:
    """Three-valued `or`: true wins over null, null over false; what is no boolean counts as null."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            result = None
    return result


def meets(value: Any, test: Any, meter: Meter) -> bool | None:
    """Does the value pass a test that is a value itself: a range, a list of tests, or something equal?"""
    if isinstance(test, Range) and not isinstance(value, Range):
        return within(value, test, meter)
    if isinstance(test, list):
        if isinstance(value, list) and equal(value, test, meter):
            return True
        return any(meets(value, part, meter) is True for part in test)
    return equal(value, test, meter)


def sort_key(value: Any) -> Any:
    """A key by which values of one ordered kind sort; None for all others."""
    if isinstance(value, datetime | time):
        return _instant(value)[1]
    return value if kind_of(value) in _ORDERED else None
