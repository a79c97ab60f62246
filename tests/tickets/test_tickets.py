"""Raising tickets, finding those that are like them, moving them, and who may see them: actions, pages, API."""

import pytest
from django.db import IntegrityError, transaction

from apps.approvals.errors import SamePerson
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from apps.tickets import selectors
from apps.tickets.actions import move_ticket, raise_ticket
from apps.tickets.core.likeness import MOST_ASKED, asked_of, marks_of
from apps.tickets.errors import DoneByItself, ExternalNumberTaken, NoOtherTicket, ReasonNeeded
from apps.tickets.models import Ticket
from apps.tickets.states import RULES, Kind, Move, TicketState
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


def a_ticket(actor, line, title="RTGS 交收指令分批发送", **facts):
    return raise_ticket(line_id=line.pk, title=title, actor=actor, **facts)


def moved(ticket, move, actor, **said):
    return move_ticket(ticket_id=ticket.pk, move=move, actor=actor, **said)


def test_numbers_run_per_kind_and_year(asker, line):
    names = [a_ticket(asker, line, kind=kind).name for kind in (Kind.REQUIREMENT, Kind.DEFECT, Kind.REQUIREMENT)]

    year = Ticket.objects.latest("pk").year
    assert names == [f"REQ-{year}-0001", f"DEF-{year}-0001", f"REQ-{year}-0002"]


def test_who_does_not_see_a_line_raises_nothing_for_it(stranger, line):
    with pytest.raises(NotPermitted):
        a_ticket(stranger, line)

    assert not Ticket.objects.exists()
    assert not Entry.objects.filter(kind__startswith="ticket.").exists()


def test_a_second_ticket_with_the_external_number_is_refused_and_the_first_is_named(asker, line):
    first = a_ticket(asker, line, external_number="TD-1001")

    with pytest.raises(ExternalNumberTaken, match=first.name):
        a_ticket(asker, line, external_number=" TD-1001 ")

    assert Ticket.objects.count() == 1
    assert a_ticket(asker, line).number == 2


def test_the_title_of_a_ticket_of_another_line_is_not_told(asker, line, stranger):
    secret = a_ticket(stranger, make_line("options"), title="期权组合保证金调整", external_number="TD-7")

    with pytest.raises(ExternalNumberTaken) as refusal:
        a_ticket(asker, line, external_number="TD-7")

    assert secret.title not in str(refusal.value)
    assert secret.name not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("交收指令", {"交收", "收指", "指令"}),
        ("ＲＴＧＳ交收", {"rtgs", "交收"}),
        ("send Orders v2", {"send", "orders", "v2"}),
        ("发", set()),
        ("--- !", set()),
    ],
)
def test_a_text_is_known_by_pairs_of_characters_and_by_words(text, marks):
    assert marks_of(text) == marks


def test_a_long_text_is_looked_for_by_some_marks_from_all_over_it():
    text = "".join(chr(0x4E00 + number) for number in range(60))

    asked = asked_of(text)

    assert len(asked) == MOST_ASKED
    assert asked < marks_of(text)
    assert {text[0:2]} <= asked
    assert asked_of("交收指令") == marks_of("交收指令")


def test_open_tickets_that_are_like_the_title_are_found_the_most_alike_first(asker, author, approver, line):
    near = a_ticket(asker, line, "RTGS 交收指令分批发送失败")
    nearer = a_ticket(asker, line, "RTGS 交收指令分批发送")
    a_ticket(asker, line, "期权保证金对账")
    ended = a_ticket(asker, line, "RTGS 交收指令分批")
    moved(ended, Move.REJECT, approver, reason="no")

    assert selectors.like(asker, "交收指令分批发送") == [nearer, near]
    assert selectors.like(asker, "发") == []


def test_tickets_of_lines_that_a_person_does_not_see_are_not_like_anything(asker, line, stranger):
    a_ticket(asker, line)

    assert selectors.like(stranger, "RTGS 交收指令分批发送") == []


def test_a_ticket_goes_from_submitted_to_released(asker, author, approver, line):
    ticket = a_ticket(asker, line)

    for move, actor in [
        (Move.TRIAGE, author),
        (Move.APPROVE, approver),
        (Move.BEGIN, author),
        (Move.TEST, author),
        (Move.RELEASE, approver),
    ]:
        ticket = moved(ticket, move, actor)

    assert ticket.state == TicketState.RELEASED
    assert ticket.approver == approver
    facts = Entry.objects.filter(stream=f"ticket.{ticket.pk}").order_by("number")
    assert [fact.data.get("move", fact.kind) for fact in facts] == [
        "ticket.raised",
        "triage",
        "approve",
        "begin",
        "test",
        "release",
    ]


def test_who_asks_for_a_thing_never_approves_it(line):
    both = make_member("both", Role.PROCESS_AUTHOR, Role.PROCESS_APPROVER, line=line)
    ticket = moved(a_ticket(both, line), Move.TRIAGE, both)

    with pytest.raises(SamePerson):
        moved(ticket, Move.APPROVE, both)

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.approver) == (TicketState.TRIAGED, None)
    assert Move.APPROVE not in selectors.moves_for(both, ticket)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.update(approver=both)


@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("state", list(TicketState))
def test_a_move_that_the_table_does_not_have_changes_nothing(line, asker, state, move):
    everything = make_member("all", *Role, line=line)
    other = a_ticket(asker, line)
    ticket = a_ticket(asker, line)
    facts = {"state": state, "duplicate_of": other if state == TicketState.DUPLICATE else None}
    Ticket.objects.filter(pk=ticket.pk).update(**facts)
    said = {"reason": "why", "other": other.name}

    if RULES[move].allows(ticket.kind, state) and RULES[move].right is not None:
        assert moved(ticket, move, everything, **said).state == (RULES[move].target or TicketState.SUBMITTED)
        return
    entries = Entry.objects.count()
    with pytest.raises((StaleState, DoneByItself)):
        moved(ticket, move, everything, **said)

    assert Ticket.objects.get(pk=ticket.pk).state == state
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("move", list(Move))
def test_a_move_needs_its_right_on_the_line(line, asker, stranger, move):
    ticket = a_ticket(asker, line)
    Ticket.objects.update(state=RULES[move].source[0])

    for person in (asker, stranger):
        with pytest.raises((NotPermitted, DoneByItself)):
            moved(ticket, move, person, reason="why", other=ticket.name)

    assert Ticket.objects.get().state == RULES[move].source[0]


def test_what_waits_for_the_client_goes_on_where_it_was(asker, author, approver, line):
    ticket = moved(moved(a_ticket(asker, line), Move.TRIAGE, author), Move.APPROVE, approver)
    waiting = moved(ticket, Move.WAIT, author, reason="which accounts?")

    assert waiting.state == TicketState.WAITING
    assert moved(waiting, Move.RESUME, author).state == TicketState.APPROVED


def test_waiting_and_rejecting_say_why(asker, author, approver, line):
    ticket = a_ticket(asker, line)

    for move, actor in ((Move.WAIT, author), (Move.REJECT, approver)):
        with pytest.raises(ReasonNeeded):
            moved(ticket, move, actor, reason="  ")

    assert Ticket.objects.get().state == TicketState.SUBMITTED


def test_a_duplicate_names_another_ticket_that_is_none_itself(asker, author, line):
    first, second, third = (a_ticket(asker, line) for _ in range(3))
    moved(second, Move.DUPLICATE, author, other=first.name.lower())

    for other in ("", "REQ-1999-0001", third.name, second.name):
        with pytest.raises(NoOtherTicket), transaction.atomic():
            moved(third, Move.DUPLICATE, author, other=other)

    assert Ticket.objects.get(pk=second.pk).duplicate_of == first
    assert Ticket.objects.get(pk=third.pk).state == TicketState.SUBMITTED


def test_who_looked_at_another_state_is_told(asker, author, line):
    ticket = moved(a_ticket(asker, line), Move.TRIAGE, author)

    with pytest.raises(StaleState):
        moved(ticket, Move.DUPLICATE, author, other=ticket.name, seen="submitted")

    assert Ticket.objects.get().state == TicketState.TRIAGED


def test_the_form_keeps_what_was_typed_when_the_number_is_taken(client, asker, line):
    a_ticket(asker, line, external_number="TD-1")
    client.force_login(asker)
    typed = {"line": line.pk, "kind": "requirement", "title": "分批发送", "external_number": "TD-1", "description": "long words"}

    answer = client.post("/new-ticket/", typed)

    assert answer.status_code == 409
    assert "long words" in answer.content.decode()
    assert Ticket.objects.count() == 1
    assert client.post("/new-ticket/", typed | {"external_number": "TD-2"}).status_code == 302


def test_the_page_of_a_ticket_offers_what_the_person_may_do_and_moves_it(client, asker, author, line):
    ticket = a_ticket(asker, line)
    client.force_login(author)

    page = client.get(f"/tickets/{ticket.name}/").content.decode()
    answer = client.post(f"/tickets/{ticket.name}/", {"move": "triage", "seen": "submitted"})

    assert 'value="triage"' in page
    assert 'value="approve"' not in page
    assert answer.status_code == 302
    assert Ticket.objects.get().state == TicketState.TRIAGED
    assert client.post(f"/tickets/{ticket.name}/", {"move": "wait"}).status_code == 422


def test_strangers_find_nothing(client, asker, line, stranger):
    ticket = a_ticket(asker, line)
    client.force_login(stranger)

    assert ticket.title not in client.get("/tickets/").content.decode()
    assert ticket.title not in client.get("/tickets/like/", {"title": ticket.title}).content.decode()
    assert client.get(f"/tickets/{ticket.name}/").status_code == 404
    assert client.get("/api/tickets/").json()["results"] == []
    with pytest.raises(NotFound):
        selectors.ticket_for(stranger, ticket.name)


def test_the_list_is_paged_by_key_and_costs_the_same_for_one_ticket_as_for_many(client, asker, line, django_assert_num_queries):
    a_ticket(asker, line)
    client.force_login(asker)
    client.get("/tickets/")
    with django_assert_num_queries(7):
        client.get("/tickets/")
    for number in range(selectors.PAGE):
        a_ticket(asker, line, f"ticket {number}")

    with django_assert_num_queries(7):
        page = client.get("/tickets/").content.decode()

    last = Ticket.objects.order_by("-pk")[selectors.PAGE - 1].pk
    assert f"before={last}" in page
    assert client.get(f"/tickets/?state=open&before={last}").content.decode().count("REQ-") == 2


def test_programs_raise_find_and_move_tickets(client, asker, author, line):
    client.force_login(asker)
    given = {"line": line.code, "title": "交收指令分批发送", "external_number": "TD-9", "due_date": "2026-12-01"}

    raised = client.post("/api/tickets/", given, content_type="application/json")
    again = client.post("/api/tickets/", given, content_type="application/json")
    like = client.get("/api/similar-tickets/", {"title": "指令分批"}).json()["results"]
    client.force_login(author)
    triaged = client.post(f"/api/tickets/{raised.json()['name']}/triage/", {}, content_type="application/json")
    twice = client.post(f"/api/tickets/{raised.json()['name']}/triage/", {}, content_type="application/json")

    assert raised.status_code == 201
    assert (again.status_code, again.json()["type"]) == (409, "external_number_taken")
    assert [row["name"] for row in like] == [raised.json()["name"]]
    assert triaged.json()["state"] == "triaged"
    assert twice.status_code == 409
    assert Ticket.objects.count() == 1


def test_programs_page_by_name(client, asker, line):
    names = [a_ticket(asker, line, f"ticket {number}").name for number in range(selectors.PAGE + 1)]
    client.force_login(asker)

    first = client.get("/api/tickets/").json()
    second = client.get(f"/api/tickets/{first['next']}").json()

    assert [row["name"] for row in first["results"] + second["results"]] == names[::-1]
    assert second["next"] is None
