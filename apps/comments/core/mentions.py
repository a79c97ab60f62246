"""Who is meant by an `@` in a text."""

import re
from collections.abc import Collection, Iterable

_BEFORE = r"(?<![A-Za-z0-9_.+-])@"


def mentioned(text: str, usernames: Iterable[str]) -> set[str]:
    """The usernames that stand behind an `@`; whole names only, in texts without spaces between words as well."""
    return {name for name in usernames if _pattern(name).search(text)}


def not_mentioned(text: str, mentioned: Collection[str]) -> list[str]:
    """What stands behind an `@` and is nobody of those, in the order of the text."""
    found = (name.rstrip(".+-") for name in re.findall(rf"{_BEFORE}([A-Za-z0-9_.+-]+)", text))
    return [name for name in dict.fromkeys(found) if name and name not in mentioned]


def _pattern(username: str) -> re.Pattern[str]:
    return re.compile(rf"{_BEFORE}{re.escape(username)}(?![A-Za-z0-9_]|[.@+-][A-Za-z0-9_])")
