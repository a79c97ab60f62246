"""What a person says about a ticket in triage: facts and a move, together or not at all."""

from typing import Any

from django.db import transaction

from apps.people.models import User
from apps.tickets.actions.editing import edit_ticket
from apps.tickets.actions.moving import move_ticket
from apps.tickets.models import Ticket
from apps.tickets.states import TicketState


@transaction.atomic
def triage_ticket(*, ticket_id: int, move: str, actor: User, reason: str = "", other: str = "", **facts: Any) -> Ticket:
    """Sets what was decided about a submitted ticket and moves it. Raises what editing and moving raise."""
    edit_ticket(ticket_id=ticket_id, actor=actor, **facts)
    said = {"reason": reason, "other": other, "seen": TicketState.SUBMITTED}
    return move_ticket(ticket_id=ticket_id, move=move, actor=actor, **said)
