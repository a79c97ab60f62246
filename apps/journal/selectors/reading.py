"""How the journal is read. Numbers of one stream have no gaps; across streams PostgreSQL commits ids out of order."""

import json
from typing import Any

from django.db import connection
from django.db.models import Max, Q, QuerySet

from apps.journal.models import Entry

Position = tuple[int, int]
"""(transaction id, entry id): everything at or before it has been seen. SQLite has one writer, so there only the id counts."""

MOST_ENTRIES = 500

PLACED_BELOW = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
"""The id of the oldest transaction that is open on the whole server; whatever has a smaller one has its place for good. It never
goes back, which readers rely on: one that passed over transactions of other databases would (a transaction that ends between the
snapshot and the look at whose it was cannot be told any more), and entries would be missed."""


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
    found = placed_after(*position).select_related("actor")
    if lines is not None:
        found = found.filter(line__in=lines)
    entries = list(found.order_by(*(("transaction_id", "id") if connection.vendor == "postgresql" else ("id",)))[:limit])
    if not entries:
        return [], position
    return entries, (entries[-1].transaction_id, entries[-1].pk)


def placed_after(transaction_id: Any, entry_id: Any) -> QuerySet[Entry]:
    """Entries behind a position that have their place for good; both parts may be an OuterRef."""
    if connection.vendor != "postgresql":
        return Entry.objects.filter(pk__gt=entry_id)
    behind = Q(transaction_id__gt=transaction_id) | Q(pk__gt=entry_id)
    found = Entry.objects.filter(Q(transaction_id__gte=transaction_id), behind)
    return found.extra(where=[f"transaction_id < {PLACED_BELOW}"])  # noqa: S610 - a constant


def not_placed_after(transaction_id: int) -> QuerySet[Entry]:
    """Committed entries that `placed_after` still holds back, none on SQLite, which has one writer."""
    if connection.vendor != "postgresql":
        return Entry.objects.none()
    found = Entry.objects.filter(transaction_id__gte=transaction_id)
    return found.extra(where=[f"transaction_id >= {PLACED_BELOW}"])  # noqa: S610 - a constant


def last_position() -> Position:
    """Where a follower starts that has seen everything committed now; what is still open comes after it. One query."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {PLACED_BELOW}")
            return int(cursor.fetchone()[0]), 0
    return 0, Entry.objects.aggregate(last=Max("pk"))["last"] or 0


def feed_position() -> str:
    """The same as text: what the address of a feed begins with. One query."""
    return ".".join(str(part) for part in last_position())


def feed_text(entry: Entry, position: str = "") -> str:
    """What a feed says of an entry, over whichever way it goes; without a `position` it has no place to resume from."""
    place = {"position": position} if position else {}
    return json.dumps({"type": "entry", **place, "entry": as_json(entry)}, ensure_ascii=False)


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
