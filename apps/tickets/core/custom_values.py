"""What may stand in a custom field, and the one way in which it is kept."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation

from apps.tickets.states import LONGEST_VALUE, YES_NO, FieldType

MOST_DIGITS = 30


def canonical(held: str, options: Collection[str], text: str) -> str:
    """The text as a field of this type keeps it; empty for nothing. Raises ValueError for what does not fit."""
    words = text.replace("\0", "").strip()
    if not words:
        return ""
    if held == FieldType.NUMBER:
        return _number(words)
    if held == FieldType.DATE:
        return _day(words)
    if held == FieldType.CHOICE and words not in options:
        raise ValueError("not one of the list")
    if held == FieldType.YES_NO and words not in YES_NO:
        raise ValueError("neither yes nor no")
    if len(words) > LONGEST_VALUE:
        raise ValueError("too long")
    return words


def _number(words: str) -> str:
    """Without zeros that say nothing, and never with an exponent."""
    try:
        value = Decimal(words)
    except InvalidOperation:
        raise ValueError("not a number") from None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or len(value.as_tuple().digits) > MOST_DIGITS or abs(exponent) > MOST_DIGITS:
        raise ValueError("not a number of so many digits")
    shown = f"{value:f}"
    plain = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if value == 0 else plain


def _day(words: str) -> str:
    found = date.fromisoformat(words)
    if len(words) != 10 or not 1900 <= found.year < 2200:
        raise ValueError("not a day")
    return found.isoformat()
