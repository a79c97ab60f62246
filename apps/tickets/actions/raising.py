"""Raising tickets: numbers without gaps, and one ticket per number of the client."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.actions import require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.tickets import events
from apps.tickets.actions.common import clean_labels, mark_title, person_on
from apps.tickets.actions.custom_fields import fill_in
from apps.tickets.errors import ExternalNumberTaken
from apps.tickets.models import Counter, Label, Ticket
from apps.tickets.selectors import ticket_for
from apps.tickets.states import Kind, Priority, Severity


@transaction.atomic
def raise_ticket(
    *,
    line_id: int,
    title: str,
    actor: User,
    kind: str = Kind.REQUIREMENT,
    external_number: str = "",
    description: str = "",
    client: str = "",
    product: str = "",
    severity: str = Severity.MINOR,
    priority: int = Priority.NORMAL,
    due_date: date | None = None,
    owner: str = "",
    labels: Collection[str] = (),
    custom_fields: Mapping[str, str] | None = None,
) -> Ticket:
    """A new ticket of a line that the person may see. Raises ExternalNumberTaken for a second one with the client's number.

    Who raises it owns it until somebody else does. `custom_fields` are texts by code, as `fill_in` takes them.
    """
    line = BusinessLine.objects.filter(pk=line_id).first()
    if line is None:
        raise NotFound(what=_("business line"))
    require(actor, Right.VIEW, line)
    ticket = Ticket(
        kind=Kind(kind),
        year=clock.market_date().year,
        line=line,
        title=title.strip(),
        external_number=external_number.strip() or None,
        description=description.strip(),
        client=client.strip(),
        product=product.strip(),
        severity=Severity(severity),
        priority=Priority(priority),
        due_date=due_date,
        owner=person_on(line, owner) if owner else actor,
        submitter=actor,
        submitted_at=clock.now(),
    )
    ticket.number = _next_number(ticket.kind, ticket.year)
    save_unless_taken(ticket, actor)
    Label.objects.bulk_create(Label(ticket=ticket, label=label) for label in clean_labels(labels))
    fill_in(ticket, custom_fields or {}, is_new=True)
    mark_title(ticket)
    fact = events.TicketRaised(
        ticket=ticket.pk, name=ticket.name, line=line.code, title=ticket.title, external_number=ticket.external_number or ""
    )
    append(fact, actor=actor)
    return ticket


def save_unless_taken(ticket: Ticket, actor: User) -> None:
    """Writes the whole ticket; the constraint on the client's number refuses the second one."""
    try:
        with transaction.atomic():
            ticket.save()
    except IntegrityError as twice:
        raise _taken(ticket.external_number or "", actor) from twice


def _next_number(kind: str, year: int) -> int:
    """The counter's row is locked until the ticket is written: no number is given twice, and none is left out."""
    Counter.objects.get_or_create(kind=kind, year=year)
    Counter.objects.filter(kind=kind, year=year).update(last=F("last") + 1)
    return Counter.objects.get(kind=kind, year=year).last


def _taken(number: str, actor: User) -> ExternalNumberTaken:
    """Names the other ticket only to who may see it."""
    other = Ticket.objects.select_related("line").filter(external_number=number).first()
    shown: object = _("a ticket of another line")
    if other is not None:
        with suppress(NotFound):
            shown = ticket_for(actor, other.name)
    return ExternalNumberTaken(number=number, ticket=shown)
