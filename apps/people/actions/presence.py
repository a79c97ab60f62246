"""Who has a page about a thing open. Not business data: nothing is journaled, and what is not renewed is soon gone."""

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from apps.kernel import clock
from apps.people.models import Presence

FORGOTTEN = timedelta(minutes=10)
"""Rows that a server left behind when it died are removed after this; they count for nobody long before."""


@transaction.atomic
def come(*, stream: str, place: str, token: UUID, user_id: int) -> None:
    """The person is there, or is still there; who stands at another place now is told of as well."""
    now = clock.now()
    if Presence.objects.filter(token=token, place=place).update(seen_at=now):
        return
    facts = {"stream": stream, "place": place, "user_id": user_id, "seen_at": now}
    Presence.objects.update_or_create(token=token, defaults=facts)
    Presence.objects.filter(seen_at__lt=now - FORGOTTEN).delete()
    _ring()


@transaction.atomic
def go(*, token: UUID) -> None:
    """The page is closed, or nothing is heard of it any more."""
    if Presence.objects.filter(token=token).delete()[0]:
        _ring()


def _ring() -> None:
    """Wakes who follows the journal in every web process; SQLite tells them of each commit anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('journal', '')")
