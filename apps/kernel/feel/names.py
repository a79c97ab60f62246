"""Names with signs or keywords in them: which of them a text could mean, given what is in scope.

Words side by side always are one name. Names like `a-b` or `terms and conditions` can only be told from `a` minus `b` when
they are known, so these, and only these, are collected from the scope before a text is parsed.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from apps.kernel.feel.errors import FeelError
from apps.kernel.feel.tokens import tokens_of

STARTING = frozenset({"if", "for", "some", "every", "function", "true", "false", "null"})
JOINING = frozenset({"and", "or", "in", "between", "then", "else", "return", "satisfies"})

SPOKEN = frozenset({("date", "and", "time"), ("years", "and", "months", "duration"), ("days", "and", "time", "duration")})
"""Names of types and functions that have a keyword inside."""

_RESERVED = STARTING | JOINING | {"not"}
_COULD_HOLD_ONE = re.compile(r"[^\w\s<>=!\"]|\b(?:" + "|".join(sorted(_RESERVED)) + r")\b|\b[0-9]+[^\W\d]")
_NONE: frozenset[tuple[str, ...]] = frozenset()
_SIMPLE = frozenset({str, int, float, bool, Decimal, type(None)})
_DEEPEST = 4


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...] | None:
    """The tokens of a name that needs to be known to be read; None for a name that reads itself."""
    try:
        parts = tokens_of(name)[:-1]
    except FeelError:
        return None
    texts = tuple(name[part.start : part.end] for part in parts)
    if not parts or parts[0].kind not in {"word", "sign"}:
        return None
    plain = all(part.kind in {"word", "number"} for part in parts) and texts[0] not in STARTING | JOINING
    if plain and not JOINING.intersection(texts) and all(text.isdigit() or not text[0].isdigit() for text in texts):
        return None
    return texts


def special_names(context: Mapping[str, Any], text: str) -> frozenset[tuple[str, ...]]:
    """The names of the context and of contexts within it that must be known to read the text."""
    if not _COULD_HOLD_ONE.search(text):
        return _NONE
    found: set[tuple[str, ...]] = set()
    waiting: list[tuple[Mapping[str, Any], int]] = [(context, 0)]
    while waiting:
        part, level = waiting.pop()
        for name, value in part.items():
            if type(name) is str and (not name.isidentifier() or name in _RESERVED) and name[:1] in text:
                words = words_of(name)
                if words and words[0] in text:
                    found.add(words)
            if type(value) not in _SIMPLE and level < _DEEPEST and (inner := _names_within(value)):
                waiting.append((inner, level + 1))
    return frozenset(found) if found else _NONE


def _names_within(value: Any) -> Mapping[str, Any] | None:
    """A context, or the first context of a list: the others of a list look the same."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, Mapping) else None
