"""How tickets stand to each other, and what of upper floors names them."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.journal.actions import append_all
from apps.kernel.errors import NotFound
from apps.people.actions import require
from apps.people.models import User
from apps.people.selectors import lines_visible_to
from apps.people.states import Right
from apps.tickets import events
from apps.tickets.actions.common import locked_ticket
from apps.tickets.core.naming import names_in, numbers_in
from apps.tickets.core.relations import leads_back
from apps.tickets.errors import NoOtherTicket, RelatedInACircle, RelatedTooMuch
from apps.tickets.models import Counter, Naming, Relation, Ticket
from apps.tickets.selectors import ticket_for
from apps.tickets.states import MOST_RELATIONS, RelationKind

RELATIONS = "relations"
"""The counter whose row keeps two relations from being made at once: together they might close a circle."""


@transaction.atomic
def relate_tickets(*, ticket_id: int, kind: str, other: str, actor: User) -> Relation:
    """The ticket blocks the other, is its parent or follows it up. Asked for twice, it is kept once.

    Raises NoOtherTicket for one that the person may not see, RelatedInACircle, RelatedTooMuch.
    """
    ticket, relation = locked_ticket(ticket_id), RelationKind(kind)
    require(actor, Right.EDIT, ticket.line)
    target = _other(actor, other)
    Counter.objects.get_or_create(kind=RELATIONS, year=0)
    Counter.objects.filter(kind=RELATIONS, year=0).update(last=F("last") + 1)
    known = Relation.objects.filter(source=ticket, kind=relation, target=target).first()
    if known is not None:
        return known
    if leads_back(lambda keys: _after(relation, keys), ticket.pk, target.pk) or _has_parent(relation, target):
        raise RelatedInACircle(ticket=ticket.name, other=target.name)
    if Relation.objects.filter(Q(source=ticket) | Q(target=ticket)).count() >= MOST_RELATIONS:
        raise RelatedTooMuch(most=MOST_RELATIONS)
    made = Relation.objects.create(source=ticket, kind=relation, target=target)
    _say(events.TicketsRelated, made, actor)
    return made


@transaction.atomic
def part_tickets(*, ticket_id: int, relation_id: int, actor: User) -> None:
    """Takes a relation of the ticket away, from either end."""
    ticket = locked_ticket(ticket_id)
    require(actor, Right.EDIT, ticket.line)
    ends = Relation.objects.select_related("source__line", "target__line").filter(Q(source=ticket) | Q(target=ticket))
    found = ends.filter(pk=relation_id).first()
    if found is None:
        raise NotFound(what=_("relation"))
    _say(events.TicketsParted, found, actor)
    found.delete()


def _other(actor: User, name: str) -> Ticket:
    try:
        return ticket_for(actor, name)
    except NotFound as unknown:
        raise NoOtherTicket from unknown


def _after(kind: str, keys: Iterable[int]) -> Iterable[int]:
    return Relation.objects.filter(kind=kind, source__in=keys).values_list("target", flat=True)


def _has_parent(kind: str, target: Ticket) -> bool:
    return kind == RelationKind.PARENT and Relation.objects.filter(kind=kind, target=target).exists()


def _say(fact: type[events.TicketsRelated] | type[events.TicketsParted], relation: Relation, actor: User) -> None:
    source, target = relation.source, relation.target
    ends = [(source, target, False), (target, source, True)]
    append_all(
        [
            fact(ticket=one.pk, name=one.name, line=one.line.code, relation=relation.kind, other=other.name, is_back=is_back)
            for one, other, is_back in ends
        ],
        actor=actor,
    )


@transaction.atomic
def name_tickets(*, kind: str, subject: int, text: str, actor: User) -> list[Ticket]:
    """What upper floors call when a text of theirs may name tickets: keeps those that it names now and the person may see.

    Tickets are named by their running number or by the client's own; anything else in the text means nothing.
    """
    known = Naming.objects.filter(kind=kind, subject=subject, person=None)
    wanted = _named_in(text, actor)
    before = {row.ticket_id: row for row in known.select_related("ticket__line")}
    new = [ticket for ticket in wanted if ticket.pk not in before]
    gone = [row for key, row in before.items() if key not in {ticket.pk for ticket in wanted}]
    Naming.objects.bulk_create([Naming(ticket=ticket, kind=kind, subject=subject) for ticket in new], ignore_conflicts=True)
    for row in gone:
        row.delete()
    facts = [_named(events.TicketNamed, ticket, kind, subject) for ticket in new]
    append_all([*facts, *(_named(events.TicketUnnamed, row.ticket, kind, subject) for row in gone)], actor=actor)
    return wanted


def _named(fact: type[events.TicketNamed], ticket: Ticket, by: str, subject: int) -> events.TicketNamed:
    return fact(ticket=ticket.pk, name=ticket.name, line=ticket.line.code, by=by, subject=subject)


def _named_in(text: str, actor: User) -> list[Ticket]:
    names, numbers = names_in(text), numbers_in(text)
    if not names and not numbers:
        return []
    wanted = Q(external_number__in=numbers)
    for name in names:
        wanted |= Q(kind=name.kind, year=name.year, number=name.number)
    seen = Ticket.objects.filter(wanted, line__in=lines_visible_to(actor).order_by())
    return list(seen.select_related("line").order_by("pk"))
