"""Values as text, the way `string()` writes them, and as JSON."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from apps.kernel.feel.budget import DEFAULT, Meter
from apps.kernel.feel.temporal_text import text_of_temporal
from apps.kernel.feel.values import Range, YearMonthDuration, taken


def number_text(number: Decimal) -> str:
    """Plain digits; an exponent only where digits alone would be longer than 40 characters."""
    if number == 0:
        return "0"
    plain = -40 < number.adjusted() < 40
    return format(number, "f") if plain else format(number, "E")


def text_of(value: Any, meter: Meter) -> str | None:
    """The text of a value; inside lists and contexts texts stand in quotation marks."""
    if value is None:
        return None
    return value if isinstance(value, str) else _inner(value, meter)


def _inner(value: Any, meter: Meter) -> str:
    meter.spend()
    if isinstance(value, list):
        return _held("[" + ", ".join(_inner(item, meter) for item in value) + "]", meter)
    if isinstance(value, dict):
        return _held("{" + ", ".join(f"{_key(key)}: {_inner(item, meter)}" for key, item in value.items()) + "}", meter)
    if isinstance(value, Range):
        low, high = (("" if end is None else _inner(end, meter)) for end in (value.low, value.high))
        return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date | time | timedelta | YearMonthDuration):
        return text_of_temporal(value)
    return "function"


def _key(key: str) -> str:
    return key if key.replace(" ", "").isidentifier() else json.dumps(key, ensure_ascii=False)


def _held(text: str, meter: Meter) -> str:
    meter.hold(len(text))
    return text


def to_json(value: Any) -> Any:
    """The JSON form that run variables keep: whole numbers as int, other decimals and all temporal values as text.

    A range or a function has none: TypeError.
    """
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, Decimal):
        whole = value.adjusted() < 34 and value == value.to_integral_value()
        return int(value) if whole else number_text(value)
    if isinstance(value, datetime | date | time | timedelta | YearMonthDuration):
        return text_of_temporal(value)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def from_json(value: Any) -> Any:
    """The FEEL value of a JSON value: numbers become Decimal, text stays text."""
    return taken(value)


def shown(value: Any) -> Any:
    """For a reader: like to_json, but numbers stay numbers, and ranges and functions are text."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    try:
        return to_json(value)
    except TypeError:
        return text_of(value, Meter(DEFAULT))
