"""The hash chain: what an entry's hash is taken over, and how a stream is checked against its own words. No I/O."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from apps.kernel.canonical import canonical_json


def chain_hash(previous_hash: str, content: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the entry's content."""
    return hashlib.sha256((previous_hash + canonical_json(content)).encode()).hexdigest()


def storable(value: Any) -> Any:
    """The value as JSON that both databases give back unchanged: decimals and times as text, no NUL, no lone surrogate."""
    if isinstance(value, Enum):
        return storable(value.value)
    if isinstance(value, str):
        return value.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {
            key if _is_plain(key) else storable(key): item if _is_plain(item) else storable(item) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot stand in the journal")


def _is_plain(value: Any) -> bool:
    """Nearly every value: stored as it is."""
    return type(value) is int or (type(value) is str and value.isascii() and "\x00" not in value)


@dataclass(frozen=True)
class Link:
    """One entry as the check sees it. `content` is what the hash is taken over."""

    id: int
    stream: str
    number: int
    content: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class Finding:
    """The first thing wrong in a stream; `number` and `id` name the entry, `why` the broken rule."""

    stream: str
    number: int
    id: int | None
    why: str


@dataclass
class ChainCheck:
    """Walks one stream in the order of numbers and stops at the first bad entry."""

    stream: str
    number: int = 0
    hash: str = ""
    finding: Finding | None = None

    def take(self, link: Link) -> None:
        """Checks the next entry; after the first finding nothing more is looked at."""
        if self.finding is None:
            why = self._why_not(link)
            if why:
                self.finding = Finding(self.stream, link.number, link.id, why)
            self.number, self.hash = link.number, link.hash

    def _why_not(self, link: Link) -> str:
        expected = self.number + 1
        if link.number > expected:
            missing = str(expected) if link.number == expected + 1 else f"{expected} to {link.number - 1}"
            return f"number {missing} missing before it"
        if link.number < expected:
            return "its number is not above the one before"
        if link.previous_hash != self.hash:
            return "it does not continue the entry before it"
        if chain_hash(link.previous_hash, link.content) != link.hash:
            return "its content does not match its hash"
        return ""

    def close(self, last_number: int, last_hash: str) -> Finding | None:
        """Compares the end of the stream with its head row; the finding of the stream, None when all is well."""
        if self.finding:
            return self.finding
        if self.number < last_number:
            missing = f"{self.number + 1} to {last_number}" if last_number > self.number + 1 else str(last_number)
            return Finding(self.stream, self.number + 1, None, f"number {missing} missing at the end")
        if self.number > last_number:
            return Finding(self.stream, last_number + 1, None, f"the head row ends at {last_number}, the stream goes on")
        if self.hash != last_hash:
            return Finding(self.stream, self.number, None, "the head row has another hash than the last entry")
        return None
