"""Reads of the journal: by number within a stream, by position across all streams, and the check of the whole."""

from apps.journal.selectors.reading import (
    Position,
    as_json,
    entries_after,
    entries_of,
    feed_position,
    feed_text,
    last_position,
    newest_of,
    not_placed_after,
    placed_after,
)
from apps.journal.selectors.verifying import Verification, verify

__all__ = [
    "Position",
    "Verification",
    "as_json",
    "entries_after",
    "entries_of",
    "feed_position",
    "feed_text",
    "last_position",
    "newest_of",
    "not_placed_after",
    "placed_after",
    "verify",
]
