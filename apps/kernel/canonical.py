"""One spelling of a value as JSON, so that a digest means the same everywhere and for ever."""

import hashlib
import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | datetime | date | time):
        return str(value) if isinstance(value, Decimal) else value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def canonical_json(value: Any) -> str:
    """Sorted keys, no spaces, characters as they are; decimals and dates as text; floats and NaN are refused."""
    _refuse_floats(value)
    return _ENCODER.encode(value)


def kept_number(value: Decimal) -> int | str:
    """A decimal as JSON keeps it without loss: whole ones as a number, others as the text of their digits."""
    return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else format(value, "f")


def digest_of(value: Any) -> str:
    """SHA-256 over the canonical JSON, 64 hexadecimal characters."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


_EXACT = frozenset({str, int, bool, type(None)})
"""Types of which nothing has to be asked: nearly every value is one of them."""


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("float has no canonical form: use Decimal")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("keys of a canonical object are text")
            if type(item) not in _EXACT:
                _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
