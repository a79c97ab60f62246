"""What people link to a ticket by hand: a run, a step, a break, an alert, an entry of the journal."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.comments.conf import Topic
from apps.comments.selectors import topic_for
from apps.journal.actions import append
from apps.kernel.errors import NotFound
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right
from apps.tickets import events
from apps.tickets.actions.common import locked_ticket
from apps.tickets.errors import LinkedTooMuch, NothingToLink
from apps.tickets.models import Naming, Ticket
from apps.tickets.states import MOST_LINKED, LinkedKind


@transaction.atomic
def link_thing(*, ticket_id: int, kind: str, subject: int, actor: User) -> Naming:
    """The thing belongs to the ticket. Asked for twice, it is kept once.

    Raises NothingToLink for what is not there or not for this person, LinkedTooMuch.
    """
    ticket, linked = locked_ticket(ticket_id), LinkedKind(kind)
    require(actor, Right.EDIT, ticket.line)
    topic = _topic(actor, linked, subject)
    links = Naming.objects.filter(ticket=ticket, person__isnull=False)
    known = links.filter(kind=linked, subject=subject).first()
    if known is not None:
        return known
    if links.count() >= MOST_LINKED:
        raise LinkedTooMuch(most=MOST_LINKED)
    made = Naming.objects.create(
        ticket=ticket,
        kind=linked,
        subject=subject,
        person=actor,
        line=topic.line,
        process=topic.process,
        title_zh=topic.title_zh[:200],
        title_en=topic.title_en[:200],
        address=topic.address,
    )
    append(_said(events.TicketNamed, ticket, made), actor=actor)
    return made


@transaction.atomic
def unlink_thing(*, ticket_id: int, link_id: int, actor: User) -> None:
    """The thing does not belong to the ticket any more. What a text names goes with the text alone."""
    ticket = locked_ticket(ticket_id)
    require(actor, Right.EDIT, ticket.line)
    found = Naming.objects.filter(pk=link_id, ticket=ticket, person__isnull=False).first()
    if found is None:
        raise NotFound(what=_("link"))
    append(_said(events.TicketUnnamed, ticket, found), actor=actor)
    found.delete()


def _topic(actor: User, kind: LinkedKind, subject: int) -> Topic:
    try:
        return topic_for(actor, kind, subject)
    except NotFound as unknown:
        raise NothingToLink(kind=kind.label, number=subject) from unknown


def _said(fact: type[events.TicketNamed], ticket: Ticket, link: Naming) -> events.TicketNamed:
    return fact(ticket=ticket.pk, name=ticket.name, line=ticket.line.code, by=link.kind, subject=link.subject)
