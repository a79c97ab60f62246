"""Tickets on the path of their line: triage opens it, its end approves or rejects, and whoever raised a ticket has no voice."""

import pytest

from apps.approvals.actions import decide
from apps.approvals.errors import NotDecidable, SamePerson
from apps.approvals.models import Approval, Seat
from apps.approvals.selectors import waiting_for
from apps.journal.models import Entry
from apps.people.states import Role
from apps.tickets import selectors
from apps.tickets.actions import move_ticket, raise_ticket
from apps.tickets.errors import ReasonNeeded
from apps.tickets.models import Ticket
from apps.tickets.selectors.history import history_of
from apps.tickets.states import TICKET, Move, TicketState
from tests.factories.approvals import make_flow
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def cast(line):
    """Who asks and might approve as well, who triages, an approver, and two managers who might not approve alone."""
    asker = make_member("asker", Role.OPERATOR, Role.PROCESS_APPROVER, line=line)
    author, approver = make_member("author", Role.PROCESS_AUTHOR, line=line), make_member("ok", Role.PROCESS_APPROVER, line=line)
    return asker, author, approver, make_member("ann", Role.MANAGER, line=line), make_member("bob", Role.MANAGER, line=line)


def triaged(line, asker, author, *stages, least=1):
    if stages:
        make_flow(line, *stages, kind=TICKET, least=least)
    ticket = raise_ticket(line_id=line.pk, title="RTGS 交收指令分批发送", actor=asker)
    return move_ticket(ticket_id=ticket.pk, move=Move.TRIAGE, actor=author)


def approval_of(ticket):
    return Approval.objects.filter(kind=TICKET, subject=ticket.pk).latest("pk")


def kept():
    return list(Ticket.objects.values()), list(Seat.objects.order_by("pk").values()), Entry.objects.count()


def test_without_a_flow_one_approver_decides_on_the_page_and_finds_it_in_the_inbox(client, line, cast):
    asker, author, approver, *_ = cast
    ticket = triaged(line, asker, author)
    client.force_login(approver)

    assert (list(waiting_for(approver)), list(waiting_for(asker))) == ([approval_of(ticket)], [])
    assert 'value="approve"' in client.get(f"/tickets/{ticket.name}/").content.decode()
    client.post(f"/tickets/{ticket.name}/", {"move": "approve", "seen": "triaged"})

    ticket.refresh_from_db()
    assert (ticket.state, ticket.approver, approval_of(ticket).state) == ("approved", approver, "approved")


def test_each_stage_is_walked_and_the_last_voice_approves_the_ticket(client, line, cast):
    asker, author, _, ann, bob = cast
    ticket = triaged(line, asker, author, {"people": [ann]}, {"people": [bob]}, least=2)
    client.force_login(ann)

    page = client.get(f"/tickets/{ticket.name}/").content.decode()
    assert f'href="/approvals/{approval_of(ticket).pk}/"' in page
    assert client.post(f"/api/tickets/{ticket.name}/approve/", {}, "application/json").json()["state"] == "triaged"
    decide(approval_id=approval_of(ticket).pk, verb="approve", actor=bob)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.approver) == (TicketState.APPROVED, bob)
    moved = Entry.objects.filter(stream=f"ticket.{ticket.pk}", data__move="approve").get()
    assert moved.actor == bob


def test_who_raised_it_decides_by_no_door_and_the_right_to_approve_is_no_voice(line, cast):
    asker, author, approver, ann, _ = cast
    ticket = triaged(line, asker, author, {"people": [asker, ann]})
    before = kept()

    for move, reason in ((Move.APPROVE, ""), (Move.REJECT, "no")):
        with pytest.raises(SamePerson):
            move_ticket(ticket_id=ticket.pk, move=move, actor=asker, reason=reason)
        with pytest.raises(NotDecidable):
            move_ticket(ticket_id=ticket.pk, move=move, actor=approver, reason=reason)
    with pytest.raises(SamePerson):
        decide(approval_id=approval_of(ticket).pk, verb="approve", actor=asker)
    with pytest.raises(NotDecidable):
        decide(approval_id=approval_of(ticket).pk, verb="withdraw", actor=asker)

    assert kept() == before
    assert not {Move.APPROVE, Move.REJECT} & set(selectors.moves_for(asker, ticket))


@pytest.mark.parametrize("door", ["ticket", "approval"])
def test_what_is_rejected_by_either_door_ends_both_and_says_why(line, cast, door):
    asker, author, _, ann, _ = cast
    ticket = triaged(line, asker, author, {"people": [ann]})
    with pytest.raises(ReasonNeeded):
        move_ticket(ticket_id=ticket.pk, move=Move.REJECT, actor=ann, reason=" ")
    if door == "ticket":
        move_ticket(ticket_id=ticket.pk, move=Move.REJECT, actor=ann, reason="not now")
    else:
        decide(approval_id=approval_of(ticket).pk, verb="reject", actor=ann, reason="not now")

    ticket.refresh_from_db()
    assert (ticket.state, approval_of(ticket).state) == ("rejected", "rejected")
    assert history_of(ticket)[-1].reason == "not now"


def test_what_is_sent_back_waits_for_the_client_and_comes_straight_back_to_who_asked(line, cast):
    asker, author, _, ann, bob = cast
    ticket = triaged(line, asker, author, {"people": [ann]}, {"people": [bob]})
    approval = approval_of(ticket)
    decide(approval_id=approval.pk, verb="approve", actor=ann)
    decide(approval_id=approval.pk, verb="send-back", actor=bob, reason="which accounts?", to=None, directly=True)

    ticket.refresh_from_db()
    assert (ticket.state, approval_of(ticket).state) == ("waiting", "returned")
    ticket = move_ticket(ticket_id=ticket.pk, move=Move.RESUME, actor=author)

    assert (ticket.state, approval_of(ticket), list(waiting_for(bob))) == ("triaged", approval, [approval])


@pytest.mark.parametrize("move", [Move.WAIT, Move.DUPLICATE])
def test_the_approval_of_what_is_put_aside_lapses(line, cast, move):
    asker, author, _, ann, _ = cast
    other = raise_ticket(line_id=line.pk, title="other", actor=asker)
    ticket = triaged(line, asker, author, {"people": [ann]})
    first = approval_of(ticket)

    ticket = move_ticket(ticket_id=ticket.pk, move=move, actor=author, reason="which?", other=other.name)

    assert (approval_of(ticket).state, list(waiting_for(ann))) == ("withdrawn", [])
    if move is Move.WAIT:
        move_ticket(ticket_id=ticket.pk, move=Move.RESUME, actor=author)
        assert (approval_of(ticket).state, approval_of(ticket) != first) == ("deciding", True)


def test_a_ticket_that_was_triaged_before_there_were_paths_begins_its_own_when_somebody_decides(line, cast):
    asker, _, approver, *_ = cast
    ticket = raise_ticket(line_id=line.pk, title="old", actor=asker)
    Ticket.objects.update(state=TicketState.TRIAGED)

    move_ticket(ticket_id=ticket.pk, move=Move.APPROVE, actor=approver)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.approver, approval_of(ticket).state) == ("approved", approver, "approved")
