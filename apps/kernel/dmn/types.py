"""Item definitions as FEEL types, and plain JSON values read as what a type asks for."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.kernel.feel.temporal_text import date_and_time_of, date_of, duration_of, time_of
from apps.kernel.feel.tree import ANY, Type
from apps.kernel.feel.values import NUMBERS

_SAME = {
    "dateTime": "date and time", "dayTimeDuration": "days and time duration", "yearMonthDuration": "years and months duration",
    "days and time duration": "days and time duration", "years and months duration": "years and months duration",
    "day and time duration": "days and time duration", "year and month duration": "years and months duration",
    "integer": "number", "long": "number", "double": "number", "decimal": "number", "float": "number", "int": "number",
}  # fmt: skip
_OWN = ("number", "string", "boolean", "date", "time", "date and time", "list", "context", "range", "function", "Any", "Null")
BUILT_IN: Mapping[str, Type] = {
    **{name: Type(name) for name in _OWN},
    **{name: Type(meant) for name, meant in _SAME.items()},
    "Any": ANY,
}
"""Types that every model knows, by all names that DMN 1.1 to 1.5 and wide-spread tools write."""


def local_name(reference: str) -> str:
    """A type reference without the prefix that DMN 1.1 puts before it."""
    words = " ".join(reference.split())
    return words.rpartition(":")[2] or words


def _number(text: str) -> Decimal | None:
    try:
        number = NUMBERS.create_decimal(text)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


_READERS: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "date": date_of,
    "time": time_of,
    "date and time": date_and_time_of,
    "days and time duration": duration_of,
    "years and months duration": duration_of,
}


def read_as(value: Any, wanted: Type) -> Any:
    """A value from outside as its type means it: texts become numbers, dates, times and durations; missing parts null."""
    if isinstance(value, str):
        read = _READERS.get(wanted.name)
        meant = read(value) if read else None
        return value if meant is None else meant
    if isinstance(value, list) and wanted.name == "list" and wanted.parts:
        return [read_as(item, wanted.parts[0]) for item in value]
    if isinstance(value, dict) and wanted.name == "context":
        known = {name: read_as(value.get(name), part) for name, part in zip(wanted.fields, wanted.parts, strict=True)}
        return value | known
    return value
