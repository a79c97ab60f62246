"""Releases: what belongs to one, what is left of it day by day, and what it brought."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.people.selectors import lines_visible_to, rights_of
from apps.people.states import Right
from apps.tickets.core.burning import Day, ideal, left_by_day, points
from apps.tickets.models import Release, Ticket
from apps.tickets.states import LEFT, Kind, ReleaseState

MOST_IN_A_RELEASE = 500


def releases_for(person: User) -> QuerySet[Release]:
    """Of the lines that the person may see, newest first, with how many tickets they have and have left. One query."""
    left = Count("tickets", filter=Q(tickets__state__in=LEFT))
    defects = Count("tickets", filter=Q(tickets__state__in=LEFT, tickets__kind=Kind.DEFECT))
    found = Release.objects.filter(line__in=lines_visible_to(person).order_by()).select_related("line", "planner")
    return found.annotate(scope=Count("tickets"), left=left, defects=defects).order_by("-pk")


def release_for(person: User, release_id: int) -> Any:
    """The release, or NotFound when it is not there or not for this person."""
    found = releases_for(person).filter(pk=release_id).first()
    if found is None:
        raise NotFound(what=Release._meta.verbose_name)
    return found


def tickets_of(release: Release) -> list[Ticket]:
    """What belongs to it, of its own line as it is: what is left first, the most pressing first. One query."""
    rows = list(Ticket.objects.filter(in_release=release).select_related("owner", "line").order_by("priority", "pk"))
    return sorted(rows[:MOST_IN_A_RELEASE], key=lambda ticket: ticket.state not in LEFT)


@dataclass(frozen=True)
class BurnDown:
    """The picture and the numbers behind it."""

    days: list[Day]
    most: int
    first: date
    last: date
    line: str
    ideal: str


def burn_down(release: Release, tickets: list[Ticket]) -> BurnDown | None:
    """What was left at the end of each day since it was planned, of the tickets that belong to it now. One query.

    None without tickets.
    """
    if not tickets:
        return None
    ended = release.ended_at
    last = _day(ended) if ended else clock.market_date()
    streams = {f"ticket.{ticket.pk}": ticket.pk for ticket in tickets}
    rows = Entry.objects.filter(stream__in=streams, kind="ticket.moved").order_by("stream", "number")
    moved = [(streams[row.stream], _day(row.at), row.data["state"] in LEFT) for row in rows]
    raised = {ticket.pk: _day(ticket.submitted_at) for ticket in tickets}
    first = release.begin_date
    days = left_by_day(first, last, raised, moved)
    most = max(len(tickets), 1)
    shown = days[0].day
    return BurnDown(
        days, most, shown, max(last, release.target_date), points(days, shown, release.target_date, most),
        ideal(shown, release.target_date, last, most),
    )  # fmt: skip


def _day(at: datetime) -> date:
    return at.astimezone(clock.SHANGHAI).date()


def notes_of(tickets: list[Ticket]) -> list[tuple[Any, list[Ticket]]]:
    """What the release brings, by kind: the tickets that are delivered."""
    by_kind = [(kind, [ticket for ticket in tickets if ticket.kind == kind and ticket.state not in LEFT]) for kind in Kind]
    return [(kind.label, rows) for kind, rows in by_kind if rows]


def may_end(person: User, release: Release) -> bool:
    """Who publishes on the line says that it is released. One query."""
    return release.state == ReleaseState.PLANNED and Right.PUBLISH in rights_of(person).on(release.line_id)
