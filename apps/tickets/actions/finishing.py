"""A ticket is done when its versions have proven themselves. Nobody does it by hand."""

from collections.abc import Iterable

from django.db import transaction

from apps.tickets.actions.common import locked_ticket
from apps.tickets.actions.moving import carry_out
from apps.tickets.core.finishing import InForce, is_done
from apps.tickets.states import Move, TicketState


@transaction.atomic
def finish_ticket(*, ticket_id: int, versions: Iterable[InForce], proof: str) -> bool:
    """Called by the floor that knows versions and runs; `proof` says which runs. True when the ticket is done now."""
    ticket = locked_ticket(ticket_id)
    if ticket.state != TicketState.RELEASED or not is_done(versions):
        return False
    carry_out(ticket, Move.FINISH, None, proof)
    return True
