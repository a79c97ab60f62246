"""Moving tickets. Who asks for a thing never approves it."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed

from apps.approvals.actions import decide, lapse_approval, open_approval, open_approval_of
from apps.approvals.conf import Kind as ApprovalKind
from apps.approvals.errors import SubjectLapsed
from apps.approvals.models import Approval
from apps.approvals.states import ApprovalState
from apps.comments.actions import settle
from apps.journal.actions import append
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right
from apps.tickets import events
from apps.tickets.actions.common import locked_ticket
from apps.tickets.errors import DoneByItself, NoOtherTicket, ReasonNeeded
from apps.tickets.models import Mark, Ticket
from apps.tickets.selectors import ticket_for
from apps.tickets.states import CONTENT, DECIDED, ENDED, RULES, TICKET, Move, TicketState


@transaction.atomic
def move_ticket(*, ticket_id: int, move: str, actor: User, reason: str = "", other: str = "", seen: str = "") -> Ticket:
    """Carries out one move of the table. `seen` is the state that the person looked at; `other` names what it duplicates.

    To approve or reject what was triaged is one voice on the path of its line; whoever raised the ticket has none.
    """
    verb = Move(move)
    rule = RULES[verb]
    if rule.right is None:
        raise DoneByItself
    ticket = locked_ticket(ticket_id)
    approval = _approval_under_way(ticket) if verb in DECIDED and ticket.state == TicketState.TRIAGED else None
    has_flow = approval is not None and approval.path["flow"]
    require(actor, Right.VIEW if has_flow else rule.right, ticket.line)
    if seen and seen != ticket.state:
        raise StaleState(what=ticket.name, state=ticket.get_state_display())
    if rule.needs_reason and not reason.strip():
        raise ReasonNeeded
    if approval is not None:
        decide(approval_id=approval.pk, verb=verb.value, actor=actor, reason=reason.strip())
        ticket.refresh_from_db()
        return ticket
    carry_out(ticket, verb, actor, reason, other)
    return ticket


def carry_out(ticket: Ticket, verb: Move, actor: User | None, reason: str = "", other: str = "") -> None:
    """The move itself: the table, the row, the approval that it opens or leaves behind, and the journal."""
    before = ticket.state
    try:
        getattr(ticket, verb.value)()
    except TransitionNotAllowed as refusal:
        raise StaleState(what=ticket.name, state=ticket.get_state_display()) from refusal
    if verb is Move.DUPLICATE and actor is not None:
        ticket.duplicate_of = _other(ticket, other, actor)
    if verb is Move.APPROVE:
        ticket.approver = actor
    ticket.save(update_fields=["state", "waited_from", "duplicate_of", "approver"])
    settle("ticket", ticket.pk)
    if ticket.state == TicketState.TRIAGED:
        _send_on_its_path(ticket)
    elif ticket.state in ENDED:
        Mark.objects.filter(ticket=ticket).delete()
    if before == TicketState.TRIAGED and verb in (Move.WAIT, Move.DUPLICATE):
        _leave_its_path(ticket)
    fact = events.TicketMoved(
        ticket=ticket.pk,
        name=ticket.name,
        line=ticket.line.code,
        move=verb.value,
        before=before,
        state=ticket.state,
        reason=reason.strip(),
        duplicate_of=ticket.duplicate_of.name if ticket.duplicate_of else "",
    )
    append(fact, actor=actor)


# -- on the path of the line ------------------------------------------------------------------------------------------


def _approval_under_way(ticket: Ticket) -> Approval:
    """What decides on a triaged ticket; opened now for one that was triaged before tickets walked paths."""
    return open_approval_of(TICKET, ticket.pk) or _send_on_its_path(ticket)


def _send_on_its_path(ticket: Ticket) -> Approval:
    """Opens its approval, or lets one that waited for the client go on. Who raised the ticket has submitted it."""
    return open_approval(
        kind=TICKET,
        subject=ticket.pk,
        title_zh=str(ticket),
        title_en=str(ticket),
        line=ticket.line,
        digest=digest_of([getattr(ticket, name) for name in CONTENT]),
        makers=[ticket.submitter],
        actor=ticket.submitter,
    )


def _leave_its_path(ticket: Ticket) -> None:
    """Somebody waits for the client, or it is a duplicate: nobody decides on it now. One that was sent back stays sent back."""
    approval = open_approval_of(TICKET, ticket.pk)
    if approval is not None and approval.state != ApprovalState.RETURNED:
        lapse_approval(approval_id=approval.pk)


_MOVE_OF = {ApprovalState.APPROVED: Move.APPROVE, ApprovalState.REJECTED: Move.REJECT, ApprovalState.RETURNED: Move.WAIT}


def _approval_moved(ticket_id: int, state: str, actor: User, reason: str) -> None:
    """The end of its path approves or rejects a ticket; what goes back to its author waits for the client."""
    ticket = locked_ticket(ticket_id)
    if ticket.state != TicketState.TRIAGED:
        raise SubjectLapsed()
    carry_out(ticket, _MOVE_OF[ApprovalState(state)], actor, reason)


def _lock(ticket_id: int) -> None:
    locked_ticket(ticket_id)


def _found(ticket_id: int) -> Ticket:
    return Ticket.objects.select_related("line", "submitter").get(pk=ticket_id)


def _address(ticket_id: int) -> str:
    return reverse("ticket", args=[_found(ticket_id).name])


def _facts(ticket_id: int) -> dict[str, Any]:
    ticket = _found(ticket_id)
    facts = {name: getattr(ticket, name) or "" for name in ("kind", "title", "client", "external_number")}
    return {**facts, "due": ticket.due_date.isoformat() if ticket.due_date else "", "submitter": ticket.submitter.username}


def _shows(ticket_id: int) -> list[tuple[Any, Any]]:
    ticket = _found(ticket_id)
    names = ("kind", "title", "description", "external_number", "client", "due_date")
    shown = {name: ticket.get_kind_display() if name == "kind" else getattr(ticket, name) for name in names}
    return [(Ticket._meta.get_field(name).verbose_name, value) for name, value in shown.items() if value]  # type: ignore[union-attr]


SAMPLE = {"kind": "requirement", "title": "", "client": "", "external_number": "TD-1001", "due": "", "submitter": "wang.min"}
TICKET_KIND = ApprovalKind(
    TICKET, _("ticket"), Right.APPROVE, _lock, _approval_moved, _address,
    facts=_facts, sample=SAMPLE, shows=_shows, topic="ticket", taken_back=False,
)  # fmt: skip
"""How tickets take part in approvals; registered when the app starts."""


def _other(ticket: Ticket, name: str, actor: User) -> Ticket:
    try:
        other = ticket_for(actor, name)
    except NotFound as unknown:
        raise NoOtherTicket from unknown
    if other.pk == ticket.pk or other.state == TicketState.DUPLICATE:
        raise NoOtherTicket
    return other
