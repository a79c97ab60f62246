"""Tickets as something to talk about and to be told of."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from apps.comments.conf import Topic
from apps.journal.models import Entry
from apps.kernel.errors import NotFound
from apps.notices.conf import Notice, Told
from apps.people.models import User
from apps.people.selectors import people_with
from apps.people.states import Right
from apps.tickets.models import Ticket
from apps.tickets.selectors import tickets_for
from apps.tickets.states import TicketState


def topic_of_ticket(person: User, ticket_id: int) -> Topic:
    """One query."""
    ticket = tickets_for(person).filter(pk=ticket_id).first()
    if ticket is None:
        raise NotFound(what=_("ticket"))
    return Topic(ticket.line, str(ticket), str(ticket), reverse("ticket", args=[ticket.name]))


def _tell_tickets(entry: Entry) -> Told | None:
    """Owner, helpers, watchers and who raised it, without who moved it, as far as they may see it."""
    ticket = Ticket.objects.filter(pk=entry.data["ticket"]).select_related("line").first()
    if ticket is None:
        return None
    asked = {ticket.owner_id, ticket.submitter_id, *ticket.helpers.values_list("pk", flat=True)}
    asked |= set(ticket.watchers.values_list("pk", flat=True))
    people = people_with(Right.VIEW, ticket.line).filter(pk__in=asked - {entry.actor_id})
    words = []
    for language in ("zh-hans", "en"):
        with override(language):
            words.append(f"{ticket}: {TicketState(entry.data['state']).label}")
    chinese, english = words
    return Told(list(people.values_list("pk", flat=True)), ticket.line, chinese, english, reverse("ticket", args=[ticket.name]))


TICKET_NOTICE = Notice("ticket", gettext_lazy("Tickets that I own, raised or watch"), frozenset({"ticket.moved"}), _tell_tickets)
"""Registered when the app starts."""
