"""Tickets in lists, on the board, by age and by due date. Every list asks only for the lines that a person may see."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.people.models import User
from apps.people.selectors import lines_where, rights_of
from apps.people.states import Right
from apps.tickets.core.naming import Name, read_name
from apps.tickets.models import SavedView, Ticket
from apps.tickets.selectors import tickets_for
from apps.tickets.selectors.custom_fields import tickets_saying
from apps.tickets.states import DECIDED, OPEN, RULES, Kind, TicketState

ON_BOARD = 30
"""So many cards a column shows; the list has the others."""
MOST_DUE = 500
AT_ONCE = 500
AGES = (7, 30, 90)
"""Days between the columns of the ages."""
MINE = {"own": _("I own"), "work": _("I own or help"), "watch": _("I watch"), "raised": _("I raised")}
ORDERS = {"newest": _("Newest first"), "oldest": _("Oldest first"), "due": _("By due date")}
COLUMNS: dict[str, Any] = {
    "external": _("External number"),
    "title": _("Title"),
    "line": _("Business line"),
    "kind": _("Kind"),
    "state": _("State"),
    "severity": _("Severity"),
    "priority": _("Priority"),
    "owner": _("Owner"),
    "client": _("Client"),
    "product": _("Product"),
    "due": _("Due"),
    "age": _("Age in days"),
    "submitter": _("Submitted by"),
}
"""What a list may show beside the number, by the names that its address gives."""
USUAL = ("external", "title", "line", "state", "priority", "owner", "due")


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; every field may be empty. `older`: raised at least so many days ago. `value`: what the
    custom field whose code is `field` says."""

    state: str = ""
    line: str = ""
    kind: str = ""
    mine: str = ""
    priority: int | None = None
    label: str = ""
    search: str = ""
    older: int | None = None
    field: str = ""
    value: str = ""
    order: str = "newest"


def tickets_wanted(person: User, wanted: Wanted, after: Ticket | None = None) -> QuerySet[Ticket]:
    """The tickets of a list behind `after`, in its order. By due date: those that have one. One query, and
    one for a custom field."""
    found = tickets_for(person, state=wanted.state, line=wanted.line)
    found = found.filter(**{name: value for name, value in (("kind", wanted.kind), ("priority", wanted.priority)) if value})
    if wanted.mine:
        found = found.filter(_mine(person, wanted.mine))
    if wanted.label:
        found = found.filter(labels__label=wanted.label)
    if wanted.search:
        found = found.filter(Q(title__icontains=wanted.search) | Q(external_number__icontains=wanted.search))
    if wanted.field and wanted.value:
        found = found.filter(tickets_saying(wanted.field, wanted.value))
    if wanted.older:
        found = found.filter(submitted_at__lt=clock.now() - timedelta(days=wanted.older))
    if wanted.order == "due":
        found = found.filter(due_date__isnull=False).order_by("due_date", "pk")
        later = Q(due_date__gt=after.due_date) | Q(due_date=after.due_date, pk__gt=after.pk) if after else Q()
        return found.filter(later)
    is_up = wanted.order == "oldest"
    return found.filter(**{"pk__gt" if is_up else "pk__lt": after.pk} if after else {}).order_by("pk" if is_up else "-pk")


def _mine(person: User, how: str) -> Q:
    helps = Q(pk__in=Ticket.helpers.through.objects.filter(user=person).values("ticket"))
    return {
        "own": Q(owner=person),
        "work": Q(owner=person) | helps,
        "watch": Q(pk__in=Ticket.watchers.through.objects.filter(user=person).values("ticket")),
        "raised": Q(submitter=person),
    }[how]


def saved_views(person: User) -> QuerySet[SavedView]:
    """The lists that the person has kept, by name. One query."""
    return SavedView.objects.filter(person=person).order_by("name")


@dataclass(frozen=True)
class Card:
    """A ticket on the board. `moves`: to which state which move brings it, for this person."""

    ticket: Ticket
    moves: dict[str, str]


@dataclass(frozen=True)
class Column:
    state: TicketState
    count: int
    cards: list[Card] = field(default_factory=list)


def board_of(person: User, wanted: Wanted) -> list[Column]:
    """The open tickets by state, the most pressing first. A fixed number of queries."""
    found = tickets_wanted(person, wanted)
    counts = dict(found.filter(state__in=OPEN).order_by().values_list("state").annotate(Count("pk")))
    held = rights_of(person).by_line
    return [_column(person, state, counts.get(state, 0), found, held) for state in OPEN]


def _column(person: User, state: TicketState, count: int, found: QuerySet[Ticket], held: dict[int, set[Right]]) -> Column:
    rows = found.filter(state=state).order_by("priority", "pk")[:ON_BOARD] if count else ()
    return Column(state, count, [Card(row, _targets(person, row, held.get(row.line_id, set()))) for row in rows])


def _targets(person: User, ticket: Ticket, rights: set[Right]) -> dict[str, str]:
    """To which column which move brings the ticket. What ends a ticket is done on its own page."""
    is_own = ticket.submitter_id == person.pk
    back = ticket.waited_from or TicketState.SUBMITTED
    fits = [move for move, rule in RULES.items() if rule.allows(ticket.kind, ticket.state) and rule.right in rights]
    targets = {str(RULES[move].target or back): move.value for move in fits if not (move in DECIDED and is_own)}
    return {state: move for state, move in targets.items() if state in OPEN}


@dataclass(frozen=True)
class Ages:
    """How many tickets of a state are how old, by AGES; `total` of all."""

    state: TicketState
    counts: list[int]
    total: int


def ages_of(person: User, line: str = "") -> list[Ages]:
    """How long open tickets have been open, by state. One query."""
    now = clock.now()
    edges = [now - timedelta(days=days) for days in AGES]
    within = [
        Q(submitted_at__gt=edges[0]),
        *(Q(submitted_at__lte=upper, submitted_at__gt=lower) for upper, lower in pairwise(edges)),
        Q(submitted_at__lte=edges[-1]),
    ]
    counted = {f"age{place}": Count("pk", filter=each) for place, each in enumerate(within)}
    rows = tickets_for(person, state="open", line=line).order_by().values("state").annotate(total=Count("pk"), **counted)
    by_state: dict[str, dict[str, Any]] = {row["state"]: {**row} for row in rows}
    return [
        Ages(state, [by_state[state][name] for name in counted], by_state[state]["total"]) for state in OPEN if state in by_state
    ]


def due_between(person: User, first: date, last: date, line: str = "") -> dict[date, list[Ticket]]:
    """Open tickets by the day on which they are due, the most pressing first, MOST_DUE in all. One query."""
    found: dict[date, list[Ticket]] = defaultdict(list)
    rows = tickets_for(person, state="open", line=line).filter(due_date__range=(first, last))
    for row in rows.order_by("due_date", "priority", "pk")[:MOST_DUE]:
        if row.due_date is not None:
            found[row.due_date].append(row)
    return found


def to_triage(person: User, line: str = "") -> QuerySet[Ticket]:
    """What nobody has looked at yet on the lines where the person may triage, oldest first. One query."""
    found = tickets_for(person, state=TicketState.SUBMITTED, line=line)
    return found.filter(line__in=lines_where(person, Right.EDIT).order_by()).order_by("pk")


def told_in_order(person: User, wanted: Wanted) -> Iterator[Ticket]:
    """Every ticket of a list, read in pages, so that it may be as long as it is. Three queries for AT_ONCE."""
    after: Ticket | None = None
    while page := list(tickets_wanted(person, wanted, after).prefetch_related("custom_values__field")[:AT_ONCE]):
        yield from page
        after = page[-1]


def cells_of(ticket: Ticket, now: datetime) -> list[str]:
    """The columns of a ticket as text, in the order of COLUMNS; words as programs know them, not as people read them."""
    return [
        ticket.external_number or "",
        ticket.title,
        ticket.line.code,
        ticket.kind,
        ticket.state,
        ticket.severity,
        str(ticket.priority),
        ticket.owner.username,
        ticket.client,
        ticket.product,
        ticket.due_date.isoformat() if ticket.due_date else "",
        str((now - ticket.submitted_at).days),
        ticket.submitter.username,
    ]


def columns_of(names: Iterable[str]) -> list[str]:
    """The columns that an address asks for, in our order; the usual ones without any."""
    wanted = {name for name in names if name in COLUMNS}
    return [name for name in COLUMNS if name in wanted] or list(USUAL)


def tickets_named(person: User, names: Iterable[str]) -> dict[Name | None, Ticket]:
    """Of these running numbers the tickets that the person may see, by name. One query."""
    wanted = Q()
    for name in dict.fromkeys(read_name(text) for text in names):
        if name is not None:
            wanted |= Q(kind=name.kind, year=name.year, number=name.number)
    found = tickets_for(person).filter(wanted) if wanted else []
    return {Name(Kind(ticket.kind), ticket.year, ticket.number): ticket for ticket in found}
