"""Who is meant by an `@` in a text."""

import re
from collections.abc import Iterable


def mentioned(text: str, usernames: Iterable[str]) -> set[str]:
    """The usernames that stand behind an `@`; whole names only, in texts without spaces between words as well."""
    return {name for name in usernames if _pattern(name).search(text)}


def _pattern(username: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_.+-])@{re.escape(username)}(?![A-Za-z0-9_]|[.@+-][A-Za-z0-9_])")
