"""How texts name tickets: by the running number, or by the client's own."""

import re
from dataclasses import dataclass

from apps.tickets.states import PREFIX, Kind

MOST_NAMED = 50
_NAME = re.compile(r"([A-Z]{3})-(\d{4})-(\d{1,9})", re.ASCII)
_IN_TEXT = re.compile(r"(?<![A-Za-z0-9_-])([A-Z]{3})-(\d{4})-(\d{1,9})(?![A-Za-z0-9_-])", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_./#-]{0,58}[A-Za-z0-9])?", re.ASCII)
_KINDS = {prefix: kind for kind, prefix in PREFIX.items()}


@dataclass(frozen=True, order=True)
class Name:
    """REQ-2026-0007, taken apart."""

    kind: Kind
    year: int
    number: int


def read_name(text: str) -> Name | None:
    """The name that the whole text is; None when it is none."""
    return _named(_NAME.fullmatch(text.strip().upper()))


def names_in(text: str) -> list[Name]:
    """The running numbers in a text, each once, at most MOST_NAMED."""
    found = (_named(match) for match in _IN_TEXT.finditer(text.upper()))
    return list(dict.fromkeys(name for name in found if name is not None))[:MOST_NAMED]


def numbers_in(text: str) -> list[str]:
    """What in a text might be a client's number: Latin words of three signs or more with a digit, each once."""
    words = (match.group() for match in _TOKEN.finditer(text))
    return list(dict.fromkeys(word for word in words if len(word) > 2 and any(sign.isdigit() for sign in word)))[:MOST_NAMED]


def _named(match: "re.Match[str] | None") -> Name | None:
    kind = _KINDS.get(match[1]) if match else None
    return Name(kind, int(match[2]), int(match[3])) if match and kind is not None else None
