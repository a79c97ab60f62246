"""The values of FEEL: None, bool, Decimal, str, date, time, datetime, timedelta, YearMonthDuration, list, dict, Range, Function.

Nothing else is reachable from an expression; kinds are told by exact type, so that bool is no number and datetime no date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from apps.kernel.feel.budget import DEFAULT, over

NUMBERS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow])
"""Decimal128, the arithmetic that DMN names."""


@dataclass(frozen=True, order=True, slots=True)
class YearMonthDuration:
    """A duration of whole months, which may be negative."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        body = (f"{years}Y" if years else "") + (f"{months}M" if months else "") or "0M"
        return ("-P" if self.months < 0 else "P") + body


@dataclass(frozen=True, slots=True)
class Range:
    """All between two ends; an end that is None is open to infinity."""

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function that an expression defined, with the scope it was defined in."""

    parameters: tuple[str, ...]
    body: Any
    scope: Any
    types: tuple[Any, ...] = ()
    result: Any = None


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    YearMonthDuration: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}


def kind_of(value: Any) -> str:
    """The FEEL type of a value; built-in functions are functions."""
    return KINDS.get(type(value), "function")


def taken(value: Any, level: int = 0) -> Any:
    """A Python value as a FEEL value: whole numbers and floats become Decimal, what FEEL does not know becomes None."""
    if level > DEFAULT.depth:
        raise over("depth", DEFAULT.depth)
    kind = type(value)
    if kind is int:
        return Decimal(value)
    if kind is Decimal:
        return value if value.is_finite() else None
    if kind is list or kind is tuple:
        return [taken(item, level + 1) for item in value]
    if kind is dict:
        return {str(key): taken(item, level + 1) for key, item in value.items()}
    if kind in KINDS:
        return value
    return _taken_by_base(value, level)


def _taken_by_base(value: Any, level: int) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        return Decimal(repr(float(value))) if value - value == 0 else None
    if isinstance(value, int):
        return Decimal(int(value))
    if isinstance(value, Mapping):
        return taken(dict(value), level)
    return None
