"""Who looks at a thing now."""

from collections.abc import Collection
from datetime import timedelta

from apps.kernel import clock
from apps.people.conf import places_of
from apps.people.models import Presence, User

KEPT = timedelta(seconds=12)
"""Whoever has not been heard of for this long is gone, whatever became of the server that would have said so."""

Present = tuple[int, str, str]
"""The person's key and name, and the place."""


def people_present(streams: Collection[str]) -> dict[str, tuple[Present, ...]]:
    """Who is where, by the stream of the thing; everybody once for each place. One query."""
    found: dict[str, dict[Present, None]] = {stream: {} for stream in streams}
    rows = Presence.objects.filter(stream__in=streams, seen_at__gt=clock.now() - KEPT).select_related("user")
    for row in rows.order_by("place", "user__display_name", "user__username"):
        found[row.stream][row.user_id, str(row.user), row.place] = None
    return {stream: tuple(people) for stream, people in found.items()}


def place_at(person: User, kind: str, key: str, asked: str = "") -> str:
    """Where the person stands who has a page about this thing open; empty when they may not see it, or there is none."""
    place_of = places_of(kind)
    return place_of(person, key, asked) if place_of is not None else ""
