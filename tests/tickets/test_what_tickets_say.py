"""What tickets say and who cares for them: owners, helpers, watchers, labels, and what stays once it is decided on."""

from datetime import date

import pytest

from apps.approvals.models import Approval
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from apps.tickets import selectors
from apps.tickets.actions import edit_ticket, move_ticket, raise_ticket, watch_ticket
from apps.tickets.errors import BeingDecided, DoneByItself, ExternalNumberTaken, ReasonNeeded, TooManyLabels
from apps.tickets.models import Mark, Ticket
from apps.tickets.states import BY_HAND, Kind, Move, TicketState
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def asker(line):
    return make_member("asker", Role.OPERATOR, line=line)


@pytest.fixture
def author(line):
    return make_member("author", Role.PROCESS_AUTHOR, line=line)


@pytest.fixture
def approver(line):
    return make_member("approver", Role.PROCESS_APPROVER, line=line)


@pytest.fixture
def stranger():
    return make_member("stranger", *Role, line=make_line("options"))


@pytest.fixture
def ticket(asker, line):
    return raise_ticket(line_id=line.pk, title="RTGS 交收指令分批发送", client="某某资管", actor=asker)


def approved(ticket, author, approver):
    move_ticket(ticket_id=ticket.pk, move=Move.TRIAGE, actor=author)
    return move_ticket(ticket_id=ticket.pk, move=Move.APPROVE, actor=approver)


def test_who_raises_a_ticket_owns_it_until_somebody_else_does(ticket, asker, author):
    assert ticket.owner == asker

    edit_ticket(ticket_id=ticket.pk, actor=author, owner="author", helpers=["asker"], priority=1)

    ticket = Ticket.objects.get()
    assert (ticket.owner, list(ticket.helpers.all()), ticket.priority) == (author, [asker], 1)
    fields = Entry.objects.get(kind="ticket.edited").data["fields"]
    assert fields == {"owner": ["asker", "author"], "helpers": ["", "asker"], "priority": ["3", "1"]}


@pytest.mark.parametrize("facts", [{"owner": "stranger"}, {"helpers": ["author", "stranger"]}, {"owner": "nobody"}])
def test_who_does_not_see_the_line_neither_owns_nor_helps(ticket, author, stranger, facts):
    with pytest.raises(NotFound):
        edit_ticket(ticket_id=ticket.pk, actor=author, product="x", **facts)

    assert (Ticket.objects.get().owner, Ticket.objects.get().product) == (ticket.owner, "")
    assert not Entry.objects.filter(kind="ticket.edited").exists()


def test_who_raised_it_edits_it_until_it_is_triaged_and_others_need_the_right(ticket, asker, author, approver):
    edit_ticket(ticket_id=ticket.pk, actor=asker, title="分批发送")
    with pytest.raises(NotPermitted):
        edit_ticket(ticket_id=ticket.pk, actor=approver, title="x")
    move_ticket(ticket_id=ticket.pk, move=Move.TRIAGE, actor=author)

    with pytest.raises(NotPermitted):
        edit_ticket(ticket_id=ticket.pk, actor=asker, product="x")

    assert Ticket.objects.get().title == "分批发送"


@pytest.mark.parametrize("name", ["title", "description", "client"])
def test_what_is_decided_on_stays_until_it_comes_back(ticket, author, approver, name):
    move_ticket(ticket_id=ticket.pk, move=Move.TRIAGE, actor=author)
    for state in ("triaged", "approved"):
        assert Ticket.objects.get().state == state
        with pytest.raises(BeingDecided):
            edit_ticket(ticket_id=ticket.pk, actor=author, product="x", **{name: "other"})
        if state == "triaged":
            move_ticket(ticket_id=ticket.pk, move=Move.APPROVE, actor=approver)
    move_ticket(ticket_id=ticket.pk, move=Move.WAIT, actor=author, reason="which?")
    with pytest.raises(BeingDecided):
        edit_ticket(ticket_id=ticket.pk, actor=author, **{name: "other"})

    kept = Ticket.objects.get()
    assert (getattr(kept, name), kept.product) == (getattr(ticket, name), "")


def test_what_waits_before_it_was_approved_is_changed_and_decided_on_anew(ticket, author, approver):
    move_ticket(ticket_id=ticket.pk, move=Move.TRIAGE, actor=author)
    first = Approval.objects.get()
    move_ticket(ticket_id=ticket.pk, move=Move.WAIT, actor=author, reason="which?")

    edit_ticket(ticket_id=ticket.pk, actor=author, title="逐笔发送")
    move_ticket(ticket_id=ticket.pk, move=Move.RESUME, actor=author)

    assert Approval.objects.latest("pk").digest != first.digest
    assert move_ticket(ticket_id=ticket.pk, move=Move.APPROVE, actor=approver).state == TicketState.APPROVED


def test_only_an_approved_ticket_is_a_promise_to_its_client(ticket, author, approver):
    assert not ticket.is_promised

    assert approved(ticket, author, approver).is_promised
    assert not raise_ticket(line_id=ticket.line_id, title="no client", actor=author).is_promised


def test_what_is_edited_to_a_number_of_another_ticket_is_refused(ticket, author, line):
    raise_ticket(line_id=line.pk, title="other", external_number="TD-7", actor=author)

    with pytest.raises(ExternalNumberTaken):
        edit_ticket(ticket_id=ticket.pk, actor=author, external_number="TD-7", due_date=date(2026, 12, 1))

    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.external_number, kept.due_date) == (None, None)


def test_labels_are_put_on_once_and_not_too_many(ticket, author):
    edit_ticket(ticket_id=ticket.pk, actor=author, labels=["资管", " 资管 ", "rtgs"])

    with pytest.raises(TooManyLabels):
        edit_ticket(ticket_id=ticket.pk, actor=author, labels=[str(number) for number in range(21)])

    assert [label.label for label in ticket.labels.all()] == ["rtgs", "资管"]


def test_a_ticket_with_another_title_is_found_by_that(ticket, asker, author):
    edit_ticket(ticket_id=ticket.pk, actor=author, title="期权保证金对账")

    assert selectors.like(asker, "期权保证金") == [ticket]
    assert selectors.like(asker, "RTGS 交收指令") == []


def test_what_has_ended_is_neither_found_by_its_title_nor_edited(ticket, author, approver):
    move_ticket(ticket_id=ticket.pk, move=Move.REJECT, actor=approver, reason="no")

    with pytest.raises(StaleState):
        edit_ticket(ticket_id=ticket.pk, actor=author, priority=1)

    assert not Mark.objects.exists()
    assert Ticket.objects.get().priority == 3


def test_who_sees_a_ticket_watches_it_and_strangers_do_not(ticket, approver, stranger):
    watch_ticket(ticket_id=ticket.pk, actor=approver)
    with pytest.raises(NotPermitted):
        watch_ticket(ticket_id=ticket.pk, actor=stranger)

    assert list(ticket.watchers.all()) == [approver]
    assert not watch_ticket(ticket_id=ticket.pk, actor=approver, watches=False).watchers.exists()


@pytest.mark.parametrize("kind", list(Kind))
def test_what_changes_no_process_is_closed_by_hand_with_evidence_and_nothing_else_is(line, author, approver, kind):
    ticket = raise_ticket(line_id=line.pk, title="a wish", kind=kind, actor=author)
    Ticket.objects.update(state=TicketState.RELEASED)

    with pytest.raises(DoneByItself):
        move_ticket(ticket_id=ticket.pk, move=Move.FINISH, actor=approver)
    with pytest.raises(ReasonNeeded):
        move_ticket(ticket_id=ticket.pk, move=Move.CLOSE, actor=approver)
    if kind in BY_HAND:
        assert move_ticket(ticket_id=ticket.pk, move=Move.CLOSE, actor=approver, reason="看过").state == TicketState.DONE
        return
    with pytest.raises(StaleState):
        move_ticket(ticket_id=ticket.pk, move=Move.CLOSE, actor=approver, reason="看过")
    assert Ticket.objects.get().state == TicketState.RELEASED


def test_the_form_changes_a_ticket_and_leaves_out_what_is_decided_on(client, ticket, asker, author):
    client.force_login(author)
    said = {"severity": "major", "priority": "2", "owner": "author", "helpers": ["asker"], "labels": "资管，rtgs"}

    refused = client.post(f"/tickets/{ticket.name}/edit/", said)
    edited = client.post(f"/tickets/{ticket.name}/edit/", said | {"title": "分批", "client": "甲"})
    move_ticket(ticket_id=ticket.pk, move=Move.TRIAGE, actor=author)
    page = client.get(f"/tickets/{ticket.name}/edit/").content.decode()

    assert (refused.status_code, edited.status_code) == (422, 302)
    kept = Ticket.objects.get()
    assert (kept.title, kept.client, kept.owner, kept.severity) == ("分批", "甲", author, "major")
    assert [label.label for label in kept.labels.all()] == ["rtgs", "资管"]
    assert 'name="title"' not in page
    assert 'name="due_date"' in page


def test_programs_edit_and_watch(client, ticket, author):
    client.force_login(author)

    edited = client.patch(f"/api/tickets/{ticket.name}/", {"labels": ["a"], "priority": 1}, content_type="application/json")
    bad = client.patch(f"/api/tickets/{ticket.name}/", {"priority": 9}, content_type="application/json")
    watched = client.post(f"/api/tickets/{ticket.name}/watch/", {}, content_type="application/json")

    assert (edited.json()["labels"], edited.json()["priority"], edited.json()["owner"]) == (["a"], 1, "asker")
    assert (bad.status_code, watched.status_code) == (400, 204)
    assert list(ticket.watchers.all()) == [author]


def test_the_page_of_a_ticket_costs_the_same_for_a_long_history(client, ticket, author, django_assert_max_num_queries):
    client.force_login(author)
    for number in range(30):
        edit_ticket(ticket_id=ticket.pk, actor=author, product=f"p{number}", labels=[f"l{number}"])

    with django_assert_max_num_queries(24):
        page = client.get(f"/tickets/{ticket.name}/").content.decode()

    assert "p28 → p29" in page
