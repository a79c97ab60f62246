"""`append` is the only door into the journal."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from apps.journal.conf import tell_followers
from apps.journal.core.chain import chain_hash, storable
from apps.journal.events import Fact
from apps.journal.models import Entry, Stream
from apps.kernel import clock, rows

__all__ = ["append", "append_all", "chain_hash"]


def append(fact: Fact, *, actor: Any | None) -> Entry:
    """Records one fact in its stream, in the caller's transaction. `actor` is a User, or None for the system."""
    return append_all([fact], actor=actor)[0]


def append_all(facts: Sequence[Fact], *, actor: Any | None) -> list[Entry]:
    """Records facts in order; several streams are locked by name order. One stream costs three statements, and so do many.

    The entries know their numbers, not their keys.
    """
    if not facts:
        return []
    at = clock.now()
    actor_id: int | None = getattr(actor, "pk", None)
    # No savepoint of its own: a journal that cannot be written takes the caller's transaction down with it.
    with transaction.atomic(savepoint=False):
        heads = _locked_heads({fact.stream for fact in facts})
        entries = [_next_entry(heads[fact.stream], fact, at, actor_id) for fact in facts]
        rows.insert_values(Entry, [entry.__dict__ for entry in entries])
        rows.update_rows(list(heads.values()), ["last_number", "last_hash"])
        tell_followers(facts)
    return entries


def _locked_heads(names: set[str]) -> dict[str, Stream]:
    """Head rows under lock. Missing ones are made before any lock is taken, so that the order of locks is always by name."""
    heads = _lock(names)
    if not heads:
        _make_heads(names)
        heads = _lock(names)
    return heads


def _lock(names: set[str]) -> dict[str, Stream]:
    """All of them, or none as long as one is missing."""
    ordered = sorted(names)
    among = f"name IN ({', '.join(['%s'] * len(ordered))})"
    all_there = f"WHERE {among} AND (SELECT count(*) FROM journal_stream WHERE {among}) = %s ORDER BY name"  # noqa: S608
    return {head.name: head for head in rows.read_rows(Stream, all_there, [*ordered, *ordered, len(ordered)], locked=True)}


def _make_heads(names: set[str]) -> None:
    # Two writers may want the first entry of one stream: the second waits here and then finds the row.
    Stream.objects.bulk_create([Stream(name=name) for name in sorted(names)], ignore_conflicts=True)


def _next_entry(head: Stream, fact: Fact, at: datetime, actor_id: int | None) -> Entry:
    values = {
        "stream": head.name,
        "number": head.last_number + 1,
        "kind": fact.kind,
        "line": fact.line,
        "at": at,
        "actor_id": actor_id,
        "data": storable({name: getattr(fact, name) for name in _names(type(fact))}),
        "previous_hash": head.last_hash,
    }
    entry = rows.new_row(Entry, values)
    entry.hash = chain_hash(head.last_hash, entry.content())
    head.last_number, head.last_hash = entry.number, entry.hash
    return entry


@lru_cache(maxsize=512)
def _names(fact: type[Fact]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(fact))
