"""Tickets in lists: narrowed and ordered, kept under a name, on the board, by age, by due date, and one by one in triage."""

import csv
import io
import re
from datetime import date, timedelta

import pytest

from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.states import Role
from apps.tickets import selectors
from apps.tickets.actions import edit_ticket, forget_view, move_ticket, raise_ticket, save_view, watch_ticket
from apps.tickets.actions.saved_views import MOST_VIEWS
from apps.tickets.errors import TooManyViews
from apps.tickets.models import SavedView, Ticket
from apps.tickets.selectors.lists import COLUMNS, ORDERS, Wanted, ages_of, board_of, due_between, tickets_wanted, to_triage
from apps.tickets.states import Move, TicketState
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
def stranger():
    return make_member("stranger", *Role, line=make_line("options"))


def made(actor, line, title="交收指令", **facts):
    return raise_ticket(line_id=line.pk, title=title, actor=actor, **facts)


def raised_ago(ticket, days):
    Ticket.objects.filter(pk=ticket.pk).update(submitted_at=clock.now() - timedelta(days=days))
    return ticket


def titles(person, **wanted):
    return [ticket.title for ticket in tickets_wanted(person, Wanted(**wanted))]


def test_a_list_is_narrowed_to_what_the_person_asks_for(asker, author, line):
    one = made(asker, line, "one", kind="defect", priority=1, labels=["资管"], external_number="TD-77")
    raised_ago(one, 40)
    two = made(author, line, "two", owner="asker")
    edit_ticket(ticket_id=one.pk, actor=author, owner="author", helpers=["asker"])
    watch_ticket(ticket_id=two.pk, actor=author)

    assert titles(asker, kind="defect") == titles(asker, priority=1) == titles(asker, label="资管") == ["one"]
    assert titles(asker, search="td-7") == titles(asker, search="ONE") == titles(asker, older=30) == ["one"]
    assert titles(asker, mine="own") == titles(author, mine="watch") == titles(author, mine="raised") == ["two"]
    assert titles(asker, mine="work") == ["two", "one"]


def test_every_order_is_paged_by_key_without_a_gap_or_a_repetition(asker, line):
    day = date(2026, 12, 1)
    for number in range(7):
        made(asker, line, str(number), due_date=day + timedelta(days=number % 3))
    made(asker, line, "no date")

    for order in ORDERS:
        whole, seen, after = titles(asker, order=order), [], None
        while page := list(tickets_wanted(asker, Wanted(order=order), after)[:2]):
            seen += [ticket.title for ticket in page]
            after = page[-1]
        assert seen == whole
    assert titles(asker, order="due") == ["0", "3", "6", "1", "4", "2", "5"]
    assert titles(asker, order="oldest") == titles(asker)[::-1]


def test_strangers_find_nothing_in_any_view(client, asker, line, stranger):
    ticket = made(asker, line, "a secret", due_date=clock.market_date())
    client.force_login(stranger)

    pages = [client.get(f"/tickets/{view}").content.decode() for view in ("", "board/", "ages/", "due/", "triage/")]

    assert not any("a secret" in page or ticket.name in page for page in pages)
    assert (board_of(stranger, Wanted())[0].count, ages_of(stranger), list(to_triage(stranger))) == (0, [], [])
    assert due_between(stranger, clock.market_date(), clock.market_date()) == {}


def test_the_page_shows_the_columns_that_the_address_names(client, asker, line):
    made(asker, line, "one", client="某客户", product="某产品")
    client.force_login(asker)

    usual = client.get("/tickets/").content.decode()
    chosen = client.get("/tickets/?state=open&columns=client&columns=product&columns=age&columns=nonsense").content.decode()

    assert "某客户" not in usual.split("<tbody>")[1]
    assert all(text in chosen.split("<tbody>")[1] for text in ("某客户", "某产品", ">0<"))


def test_a_list_is_kept_under_a_name_by_its_person_alone(client, asker, author, line):
    client.force_login(asker)
    client.post("/tickets/views/", {"name": " mine ", "query": "?state=open&mine=work"})
    client.post("/tickets/views/", {"name": "mine", "query": "?state=open&mine=own"})

    view = SavedView.objects.get()
    assert (view.person, view.name, view.query) == (asker, "mine", "state=open&mine=own")
    assert "?state=open&amp;mine=own" in client.get("/tickets/").content.decode()
    with pytest.raises(NotFound):
        forget_view(view_id=view.pk, actor=author)
    client.post("/tickets/views/", {"forget": view.pk, "query": ""})
    assert not SavedView.objects.exists()


def test_nobody_keeps_lists_without_end(client, asker):
    SavedView.objects.bulk_create(SavedView(person=asker, name=str(number)) for number in range(MOST_VIEWS))
    client.force_login(asker)

    with pytest.raises(TooManyViews):
        save_view(name="one more", query="", actor=asker)
    refused = client.post("/tickets/views/", {"name": "one more", "query": ""})

    assert (refused.status_code, SavedView.objects.count()) == (422, MOST_VIEWS)


def test_the_board_says_where_each_person_may_take_a_card(asker, author, line):
    ticket = made(asker, line)

    def moves(person):
        return [card.moves for column in board_of(person, Wanted()) for card in column.cards]

    assert moves(asker) == [{}]
    assert moves(author) == [{"triaged": "triage", "waiting": "wait"}]
    move_ticket(ticket_id=ticket.pk, move=Move.WAIT, actor=author, reason="which?")
    assert moves(author) == [{"submitted": "resume"}]


def test_the_board_costs_the_same_for_one_ticket_as_for_many(client, asker, line, django_assert_num_queries):
    made(asker, line)
    client.force_login(asker)
    client.get("/tickets/board/")
    with django_assert_num_queries(7):
        client.get("/tickets/board/")
    for number in range(35):
        made(asker, line, f"ticket {number}", priority=1 + number % 4)

    with django_assert_num_queries(7):
        page = client.get("/tickets/board/").content.decode()

    assert page.count('class="board-card"') == 30
    assert ">36<" in page


def test_open_tickets_are_counted_by_state_and_age(client, asker, author, line):
    for days in (0, 7, 29, 30, 90, 400):
        raised_ago(made(asker, line), days)
    moved = raised_ago(made(asker, line), 10)
    move_ticket(ticket_id=moved.pk, move=Move.TRIAGE, actor=author)

    counted = {row.state: (row.counts, row.total) for row in ages_of(asker)}

    assert counted == {TicketState.SUBMITTED: ([1, 2, 1, 2], 6), TicketState.TRIAGED: ([0, 1, 0, 0], 1)}
    client.force_login(asker)
    assert client.get("/tickets/ages/").status_code == 200


@pytest.mark.parametrize("month", ["2026-12", "nonsense", "9999-99", ""])
def test_a_month_shows_what_is_due_in_it(client, asker, line, month):
    made(asker, line, "交收", due_date=date(2026, 12, 24))
    client.force_login(asker)

    page = client.get(f"/tickets/due/?month={month}")

    assert page.status_code == 200
    assert ("交收" in page.content.decode()) is (month == "2026-12" or (clock.market_date().month == 12))


def test_triage_says_everything_at_once_and_shows_the_next_one(client, asker, author, line):
    first, second = made(asker, line, "first"), made(asker, line, "second")
    client.force_login(author)
    said = {"move": "triage", "priority": "1", "severity": "major", "owner": "author", "due_date": "2026-12-01", "labels": "a，b"}

    page = client.get("/tickets/triage/").content.decode()
    answer = client.post(f"/tickets/{first.name}/triage/", said, follow=True).content.decode()

    assert (first.name in page, second.name in page) == (True, False)
    assert second.name in answer
    first.refresh_from_db()
    assert (first.state, first.priority, first.owner, first.due_date) == ("triaged", 1, author, date(2026, 12, 1))
    assert [label.label for label in first.labels.all()] == ["a", "b"]


def test_what_triage_refuses_changes_nothing_and_keeps_what_was_said(client, asker, author, line):
    ticket = made(asker, line)
    client.force_login(author)
    entries = Entry.objects.count()

    refused = client.post(f"/tickets/{ticket.name}/triage/", {"move": "wait", "priority": "1", "other": "kept"})
    not_his = client.post(f"/tickets/{ticket.name}/triage/", {"move": "reject", "priority": "1", "reason": "no"})
    move_ticket(ticket_id=ticket.pk, move=Move.DUPLICATE, actor=author, other=made(asker, line).name)
    late = client.post(f"/tickets/{ticket.name}/triage/", {"move": "triage", "priority": "1"})

    assert (refused.status_code, not_his.status_code, late.status_code) == (422, 403, 409)
    assert "kept" in refused.content.decode()
    assert Ticket.objects.get(pk=ticket.pk).priority == 3
    assert Entry.objects.count() == entries + 2


def test_every_page_that_shows_tickets_follows_the_journal_from_where_it_was_read(client, asker, line):
    ticket = made(asker, line)
    client.force_login(asker)

    for address in ("/tickets/", "/tickets/board/", "/tickets/ages/", "/tickets/due/", f"/tickets/{ticket.name}/"):
        assert re.search(r'data-feed-after="\d+\.\d+"', client.get(address).content.decode()), address


def test_a_list_is_a_table_for_other_programs_without_formulas_and_without_what_the_person_may_not_see(
    client, asker, line, stranger
):
    made(asker, line, "=1+1", priority=1, external_number="TD-1")
    made(asker, line, "two, three", due_date=date(2026, 12, 1))
    made(stranger, make_line("options"), "a secret")
    client.force_login(asker)

    answer = client.get("/tickets/csv/?order=oldest").getvalue().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(answer))
    urgent = client.get("/tickets/csv/?priority=1").getvalue().decode()

    assert head == ["number", *COLUMNS]
    assert [(row[2], row[11]) for row in rows] == [("'=1+1", ""), ("two, three", "2026-12-01")]
    assert urgent.count("REQ-") == 1


def test_programs_ask_for_the_same_lists(client, asker, line):
    made(asker, line, "one", priority=1)
    made(asker, line, "two")
    client.force_login(asker)

    urgent = client.get("/api/tickets/", {"priority": 1}).json()["results"]
    oldest = client.get("/api/tickets/", {"order": "oldest"}).json()["results"]

    assert [row["title"] for row in urgent] == ["one"]
    assert [row["title"] for row in oldest] == ["one", "two"]
    assert len(client.get("/api/tickets/", {"priority": "nonsense"}).json()["results"]) == 2
    assert selectors.PAGE == 50
