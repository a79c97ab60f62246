"""The strict front door for JSON: what no database can keep, and what says a thing twice, never reaches a reader."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

MOST_LEVELS = 100
MOST_DIGITS_BEFORE, MOST_DIGITS_BEHIND = 308, 324
"""The decimal point: as far as floats reach, the smallest included. A short text must not stand for gigabytes of digits."""


class UnreadableJSON(ValueError):
    """Carries the sentence that names the place and the rule."""


def read_json(text: bytes, *, number: Callable[[str], Any] = Decimal) -> Any:
    """The value that the text, in UTF-8, stands for; `number` makes what is no integer.

    Raises UnreadableJSON for what is not JSON (RFC 8259), for NaN and infinities, for numbers beyond 308 digits before the
    point or 324 behind it, for a name that stands twice in one object, for U+0000 and halves of surrogate pairs, and for more
    than a hundred levels.
    """

    def fraction(digits: str) -> Any:
        exact = Decimal(digits)
        if exact and not -MOST_DIGITS_BEHIND <= exact.adjusted() < MOST_DIGITS_BEFORE:
            raise UnreadableJSON(_("The number {number} is too large or too small.").format(number=digits[:40]))
        return number(digits)

    try:
        value = json.loads(
            text.decode("utf-8-sig"), parse_float=fraction, parse_constant=_no_constant, object_pairs_hook=_each_name_once
        )
    except UnreadableJSON:
        raise
    except RecursionError:
        raise UnreadableJSON(_("It is nested more than {levels} deep.").format(levels=MOST_LEVELS)) from None
    except (ValueError, ArithmeticError) as fault:
        raise UnreadableJSON(_("This is not JSON: {reason}").format(reason=str(fault)[:200])) from fault
    require_keepable(value)
    return value


def require_keepable(value: Any) -> None:
    """Raises UnreadableJSON at the first text, or name, that no database keeps, and below the last level that is read."""
    left: list[tuple[Any, _Place]] = [(value, ())]
    while left:
        found, place = left.pop()
        if len(place) > MOST_LEVELS:
            raise UnreadableJSON(_("It is nested more than {levels} deep.").format(levels=MOST_LEVELS))
        if isinstance(found, str):
            _require_text(found, place)
        elif isinstance(found, dict):
            for name, item in found.items():
                _require_text(name, place)
                left.append((item, (*place, name)))
        elif isinstance(found, list):
            left += [(item, (*place, index)) for index, item in enumerate(found)]


_Place = tuple[str | int, ...]


def _require_text(text: str, place: _Place) -> None:
    if "\0" in text or not _is_unicode(text):
        where = ".".join(map(str, place)) or _("the body")
        raise UnreadableJSON(
            _("The text at {place} holds a character that cannot be kept: U+0000 or half of a pair.").format(
                place=where.encode(errors="replace").decode()[:200]
            )
        )


def _is_unicode(text: str) -> bool:
    """Whether it can be written down: halves of pairs cannot. To look at each character takes longer than reading all of it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_constant(name: str) -> Any:
    raise UnreadableJSON(_("{name} is not a number.").format(name=name))


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise UnreadableJSON(_("The name {name} stands twice in one object.").format(name=twice[:100]))
    return found
