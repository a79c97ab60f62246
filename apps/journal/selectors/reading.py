"""How the journal is read. Numbers of one stream have no gaps; across streams PostgreSQL commits ids out of order."""

from typing import Any

from django.db import connection
from django.db.models import Max, Q

from apps.journal.models import Entry

Position = tuple[int, int]
"""(transaction id, entry id): everything at or before it has been seen. SQLite has one writer, so there only the id counts."""

MOST_ENTRIES = 500


def entries_of(stream: str, after_number: int = 0, limit: int = MOST_ENTRIES, *, lines: set[str] | None = None) -> list[Entry]:
    """The next entries of one stream behind a number, in order; `lines` limits whose. One query."""
    found = Entry.objects.filter(stream=stream, number__gt=after_number).select_related("actor")
    if lines is not None:
        found = found.filter(line__in=lines)
    return list(found.order_by("number")[:limit])


def newest_of(stream: str, before_number: int | None = None, limit: int = 50) -> list[Entry]:
    """The last entries of one stream, newest first; `before_number` turns the page. One query."""
    found = Entry.objects.filter(stream=stream).select_related("actor")
    if before_number is not None:
        found = found.filter(number__lt=before_number)
    return list(found.order_by("-number")[:limit])


def entries_after(position: Position, *, lines: set[str] | None, limit: int = MOST_ENTRIES) -> tuple[list[Entry], Position]:
    """The next entries of all streams behind a position, and the position to ask from next. One query, none ever missed.

    A row is shown only when no transaction that began before its own is still open: such a one could yet commit rows
    that belong before it. `lines` None means every line; the code "" stands for facts of no line.
    """
    found = Entry.objects.select_related("actor")
    if lines is not None:
        found = found.filter(line__in=lines)
    transaction_id, entry_id = position
    if connection.vendor == "postgresql":
        found = found.filter(
            Q(transaction_id__gte=transaction_id), Q(transaction_id__gt=transaction_id) | Q(pk__gt=entry_id)
        ).extra(where=["transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"])
        entries = list(found.order_by("transaction_id", "id")[:limit])
    else:
        entries = list(found.filter(pk__gt=entry_id).order_by("id")[:limit])
    if not entries:
        return [], position
    return entries, (entries[-1].transaction_id, entries[-1].pk)


def last_position() -> Position:
    """Where a follower starts that has seen everything committed now; what is still open comes after it. One query."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            return int(cursor.fetchone()[0]), 0
    return 0, Entry.objects.aggregate(last=Max("pk"))["last"] or 0


def as_json(entry: Entry) -> dict[str, Any]:
    """What feeds and the API say of an entry. The entry comes with its actor; no query."""
    actor = entry.actor if entry.actor_id else None
    return {
        "id": entry.pk,
        "stream": entry.stream,
        "number": entry.number,
        "kind": entry.kind,
        "line": entry.line,
        "at": entry.at.isoformat(),
        "actor": {"id": actor.pk, "username": actor.get_username(), "name": str(actor)} if actor else None,
        "data": entry.data,
    }
