"""Releases and several tickets at once for programs: the pages' own actions, permissions and refusals."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.actions import create_token
from apps.people.states import Role
from apps.tickets.actions import edit_ticket, move_ticket, plan_release, raise_ticket
from apps.tickets.models import CustomField, CustomValue, Release, Ticket
from apps.tickets.states import Move, Priority
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_monday():
    with clock.fixed_at(MONDAY):
        yield


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def author(line):
    return make_member("author", Role.PROCESS_AUTHOR, line=line)


@pytest.fixture
def chief(line):
    return make_member("chief", *Role, line=line)


def program(person, *, acts=True):
    """Asks with a token of the person, in English."""
    _token, text = create_token(name="night batch", lines=["rtgs-sh"], acts=acts, days=30, actor=person)
    return Client(HTTP_AUTHORIZATION=f"Bearer {text}", HTTP_ACCEPT_LANGUAGE="en")


def posted(client, address, **body):
    return client.post(address, body, content_type="application/json")


def rejected(ticket, chief):
    return move_ticket(ticket_id=ticket.pk, move=Move.REJECT, actor=chief, reason="no")


def test_a_release_is_planned_filled_looked_at_and_cancelled(author, chief):
    ticket = raise_ticket(line_id=make_line().pk, title="settle", actor=author)
    planned = posted(program(author), "/api/releases/", line="rtgs-sh", name="2026.3", target_date="2026-03-06").json()
    number = planned["release"]["id"]
    filled = program(author).patch(f"/api/tickets/{ticket.name}/", {"in_release": number}, content_type="application/json")

    whole = program(author).get(f"/api/releases/{number}/").json()
    early = posted(program(chief), f"/api/releases/{number}/end/", state="released")
    ended = posted(program(chief), f"/api/releases/{number}/end/", state="cancelled", reason="not this month")

    assert filled.json()["in_release"] == number
    assert {name: whole["release"][name] for name in ("line", "name", "scope", "left", "state")} == {
        "line": "rtgs-sh", "name": "2026.3", "scope": 1, "left": 1, "state": "planned",
    }  # fmt: skip
    assert whole["tickets"] == [{"name": ticket.name, "title": "settle", "state": "submitted", "line": "rtgs-sh"}]
    assert whole["burn_down"] == [{"day": "2026-03-02", "left": 1}]
    assert (early.status_code, early.json()["type"]) == (409, "still_to_do")
    assert ended.json()["release"]["state"] == "cancelled"
    assert Ticket.objects.get().in_release is None


def test_a_release_brings_what_was_done_in_it(author, chief):
    release = plan_release(line_id=make_line().pk, name="2026.3", target_date=date(2026, 3, 6), actor=author)
    ticket = raise_ticket(line_id=release.line_id, title="settle", kind="defect", actor=author)
    edit_ticket(ticket_id=ticket.pk, in_release=release, actor=author)
    rejected(ticket, chief)

    ended = posted(program(chief), f"/api/releases/{release.pk}/end/", state="released").json()

    assert [(notes["kind"], [row["name"] for row in notes["tickets"]]) for notes in ended["notes"]] == [("Defect", [ticket.name])]


def test_what_may_not_be_planned_is_refused_and_nothing_is_kept(author, line):
    onlooker, stranger = make_member("onlooker", Role.AUDITOR, line=line), make_member("stranger", *Role, line=make_line("fund"))
    plan_release(line_id=line.pk, name="2026.3", target_date=date(2026, 3, 6), actor=author)
    words = {"line": "rtgs-sh", "name": "2026.4", "target_date": "2026-04-03"}
    entries = Entry.objects.count()
    away = Client()
    away.force_login(stranger)

    told = [
        posted(program(author), "/api/releases/", **words | {"name": "2026.3"}),
        posted(program(author), "/api/releases/", **words | {"target_date": "2026-03-01"}),
        posted(program(onlooker), "/api/releases/", **words),
        posted(program(author, acts=False), "/api/releases/", **words),
        posted(away, "/api/releases/", **words),
    ]

    assert [(answer.status_code, answer.json()["type"]) for answer in told] == [
        (409, "release_name_taken"), (422, "target_too_early"), (403, "not_permitted"), (403, "token_only_reads"),
        (404, "not_found"),
    ]  # fmt: skip
    assert Release.objects.count() == 1
    assert Entry.objects.exclude(kind="people.token_created").count() == entries
    assert away.get("/api/releases/").json() == {"results": [], "next": None}


def test_several_tickets_are_tried_without_a_trace_and_then_done_with_an_outcome_for_each(author, chief, line):
    first, second, ended = (raise_ticket(line_id=line.pk, title=f"wish {number}", actor=author) for number in range(3))
    rejected(ended, chief)
    names = [first.name, second.name, ended.name, "REQ-2026-9999", first.name]
    client = program(author)
    entries = Entry.objects.count()

    tried = posted(client, "/api/tickets/together/", tickets=names, priority=2, add_labels=["fees"]).json()
    untouched = (Entry.objects.count(), set(Ticket.objects.values_list("priority", flat=True)))
    done = posted(client, "/api/tickets/together/", tickets=names, priority=2, add_labels=["fees"], sure=True).json()

    assert untouched == (entries, {Priority.NORMAL})
    assert tried["counts"] == done["counts"] == {"total": 4, "done": 2, "same": 0, "refused": 2}
    assert [row["result"] for row in done["results"]] == ["done", "done", "refused", "refused"]
    assert done["results"][0] | {"title": ""} == {
        "name": first.name, "title": "", "result": "done", "differs": {"priority": ["3", "2"], "labels": ["", "fees"]},
        "refusal": "",
    }  # fmt: skip
    assert done["results"][3]["title"] == ""
    assert sorted(Ticket.objects.values_list("priority", flat=True)) == [2, 2, 3]


def test_a_sheet_is_understood_tried_and_raised_once_however_often_it_is_asked(author, line):
    rows = [
        ["Title", "Business line", "Due date"],
        ["a", "rtgs-sh", "2026-04-01"],
        ["b", "nowhere", ""],
        ["c", "rtgs-sh", "soon"],
    ]
    client = program(author)

    tried = posted(client, "/api/tickets/import/", rows=rows).json()
    assert not Ticket.objects.exists()
    body = {"rows": rows, "sure": True}
    again = [
        client.post("/api/tickets/import/", body, content_type="application/json", headers={"Idempotency-Key": "night-1"}).json()
        for _ in range(2)
    ]

    assert tried["columns"] == ["title", "line", "due_date"]
    assert tried["counts"] == {"total": 3, "done": 1, "same": 0, "refused": 2}
    assert [(row["row"], row["name"], row["result"]) for row in tried["results"]] == [
        (2, None, "done"), (3, None, "refused"), (4, None, "refused"),
    ]  # fmt: skip
    assert again[0] == again[1]
    assert [row["name"] for row in again[0]["results"]] == [Ticket.objects.get().name, None, None]


@pytest.mark.parametrize("said", ["Fund", "fund", "基金"])
def test_custom_fields_are_columns_of_a_sheet_too(author, line, said):
    CustomField.objects.create(kind="requirement", code="fund", holds="text", name_zh="基金", name_en="Fund")
    rows = [["title", "line", said], ["a", "rtgs-sh", "510050"]]

    guessed = posted(program(author), "/api/tickets/import/", rows=rows).json()
    columns = ["title", "line", "custom_fund"]
    done = posted(program(author), "/api/tickets/import/", rows=rows, columns=columns, sure=True).json()
    strange = posted(program(author), "/api/tickets/import/", rows=rows, columns=["title", "line", "custom_other"])

    assert guessed["columns"] == columns
    assert done["counts"]["done"] == 1
    assert CustomValue.objects.get(ticket=Ticket.objects.get()).value == "510050"
    assert strange.status_code == 400
    assert "columns" in strange.json()["errors"]


@pytest.mark.parametrize(
    ("address", "body", "place"),
    [
        ("together", {"tickets": ["REQ-2026-0001"]}, "non_field_errors"),
        ("together", {"tickets": [], "priority": 2}, "tickets"),
        ("together", {"tickets": ["REQ-2026-0001"], "priority": 77}, "priority"),
        ("import", {"rows": [["title"]]}, "rows"),
        ("import", {"rows": [["title"], ["a", "b"]]}, "rows"),
        ("import", {"rows": [["a"], ["b"]], "columns": ["title", "line"]}, "columns"),
        ("import", {"rows": [["a", "b"], ["c", "d"]], "columns": ["title", "title"]}, "columns"),
        ("import", {"rows": [["a"], ["b"]], "columns": ["secret"]}, "columns"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(address, body, place, author):
    answer = posted(program(author), f"/api/tickets/{address}/", sure=True, **body)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [place]
    assert not Ticket.objects.exists()
