"""The journal as the feeds read it: by number within a stream, by position across all streams."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session

from apps.engine import selectors as engine
from apps.journal import selectors as journal
from apps.journal.models import Entry, Stream
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.selectors import next_change_of_rights, tokens_that_stand

TOKEN = "token."  # noqa: S105 - how a key of one begins


@dataclass(frozen=True, order=True)
class Position:
    """A place in the journal as a whole. SQLite commits in the order of ids; PostgreSQL needs the transaction as well."""

    transaction_id: int = 0
    id: int = 0

    def __str__(self) -> str:
        return f"{self.transaction_id}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Position | None":
        """None for anything that `str` did not write."""
        parts = re.fullmatch(r"([0-9]{1,19})\.([0-9]{1,19})", text)
        return cls(int(parts[1]), int(parts[2])) if parts else None


def position_of(entry: Entry) -> Position:
    return Position(entry.transaction_id, entry.pk)


def last_position() -> Position:
    """Where somebody starts who has seen everything that is committed now."""
    return Position(*journal.last_position())


def entries_behind(position: Position, *, lines: Iterable[str] | None, limit: int) -> list[Entry]:
    """The next entries after a position, oldest first, none ever missed. `lines` None means all. One query."""
    wanted = None if lines is None else set(lines)
    entries, _ = journal.entries_after((position.transaction_id, position.id), lines=wanted, limit=limit)
    return entries


def behind_in_stream(stream: str, number: int, limit: int) -> list[Entry]:
    """The next entries of one stream after a number. One query."""
    return journal.entries_of(stream, number, limit)


def entries_not_placed(position: Position, limit: int, *, told: Iterable[int] = ()) -> list[Entry]:
    """Committed entries that `entries_behind` still holds back, but those `told` by id. One query on PostgreSQL, none on SQLite,
    which has no such."""
    held_back = journal.not_placed_after(position.transaction_id).exclude(pk__in=told).select_related("actor")
    return list(held_back.order_by("id")[:limit])


def last_number(stream: str) -> int:
    """The number of the stream's last entry, 0 when there is none. One query."""
    return Stream.objects.filter(name=stream).values_list("last_number", flat=True).first() or 0


def run_of_feed(user: User, run_id: int) -> Any | None:
    """The run, or None when the person may not know of it."""
    try:
        return engine.run_for(user, run_id)
    except DomainError:
        return None


def seconds_of_rights(user: User, longest: float) -> float:
    """How long the rights of the person stay what they are unless somebody changes them, at most `longest`. Three queries."""
    change = next_change_of_rights(user)
    return longest if change is None else max(0.0, min(longest, (change - clock.now()).total_seconds()))


def signed_in_among(pairs: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Which of the pairs (user id, session key or token) still stand: the account is active and the session, or token, as well.
    Two queries, and one for tokens."""
    asked = list(pairs)
    active = set(User.objects.filter(pk__in={user for user, _ in asked}, is_active=True).values_list("pk", flat=True))
    keys = {key for _, key in asked}
    alive = set(Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now()).values_list("session_key", flat=True))
    tokens = [int(key.removeprefix(TOKEN)) for key in keys if key.startswith(TOKEN)]
    stand = {(user, token_key(token)) for user, token in tokens_that_stand(tokens)} if tokens else set()
    return {(user, key) for user, key in asked if user in active and (key in alive or (user, key) in stand)}


def token_key(token: int) -> str:
    """What stands in place of the key of a session, which has no dot."""
    return f"{TOKEN}{token}"
