"""What a ticket belongs to, and which tickets something belongs to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.approvals.models import Approval
from apps.people.models import User
from apps.people.selectors import lines_visible_to, reaches
from apps.people.states import Right
from apps.tickets.conf import Linked, Links, links_of_ticket
from apps.tickets.models import Naming, Relation, Ticket
from apps.tickets.states import RELATION_BACK, TICKET, RelationKind


@dataclass(frozen=True)
class Related:
    """Another ticket and how this one stands to it; `key` is that of the relation, 0 for duplicates."""

    key: int
    label: Any
    other: Ticket


def related_to(person: User, ticket: Ticket) -> list[Related]:
    """Those that the person may see, by kind. Three queries."""
    lines = list(lines_visible_to(person).order_by().values_list("pk", flat=True))
    rows = Relation.objects.filter(
        Q(source=ticket, target__line__in=lines) | Q(target=ticket, source__line__in=lines)
    ).select_related("source", "target")
    found = [_related(row, ticket) for row in rows.order_by("kind", "pk")]
    doubles = Ticket.objects.filter(duplicate_of=ticket, line__in=lines).order_by("pk")
    return found + [Related(0, _("is duplicated by"), double) for double in doubles]


def _related(row: Relation, ticket: Ticket) -> Related:
    kind = RelationKind(row.kind)
    if row.source_id == ticket.pk:
        return Related(row.pk, kind.label, row.target)
    return Related(row.pk, RELATION_BACK[kind], row.source)


def tickets_named(person: User, **named: Collection[int]) -> QuerySet[Ticket]:
    """The tickets that these name, of the lines that the person may see, oldest first: keys by kind. One query."""
    wanted = Q(pk__in=())
    for kind, subjects in named.items():
        wanted |= Q(namings__kind=kind, namings__subject__in=subjects) if subjects else Q(pk__in=())
    seen = Ticket.objects.filter(wanted, line__in=lines_visible_to(person).order_by())
    return seen.order_by("pk").distinct()


def tickets_behind(person: User, version: int, change: int | None) -> QuerySet[Ticket]:
    """The tickets for which a version was written: those that it names, or the change that it goes with. One query."""
    return tickets_named(person, version=[version], change=[change] if change is not None else [])


def links_by_hand(person: User, ticket: Ticket) -> list[Naming]:
    """What people have linked to it, as far as the person may see it, by kind. One query."""
    seen = reaches(person, Right.VIEW)
    return list(Naming.objects.filter(seen, ticket=ticket, person__isnull=False).order_by("kind", "subject"))


def links_of(person: User, ticket: Ticket) -> list[Links]:
    """Its approvals, and whatever upper floors have for it. One query and theirs."""
    approvals = Approval.objects.filter(kind=TICKET, subject=ticket.pk).order_by("-pk")
    own = [Linked(each.title, reverse("approval", args=[each.pk]), each.state, each.get_state_display()) for each in approvals]
    found = [Links(_("Approvals"), "shield-check", own)] if own else []
    return found + links_of_ticket(person, ticket.pk)
