"""Custom fields of tickets: defined in the admin site, filled in wherever tickets are raised and edited, and told again."""

import csv
import io
import json

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.people.states import Role
from apps.tickets.actions import edit_ticket, raise_ticket, save_custom_field
from apps.tickets.core.custom_values import canonical
from apps.tickets.errors import (
    CustomFieldFixed,
    CustomFieldNeeded,
    CustomFieldUnknown,
    CustomValueRefused,
    FieldCodeTaken,
    OptionsNeeded,
)
from apps.tickets.models import CustomField, CustomValue, Ticket
from apps.tickets.selectors.custom_fields import shown_of, values_of
from apps.tickets.states import FieldType, Kind
from tests.factories.people import make_line, make_member, make_user

pytestmark = pytest.mark.django_db


def field(code, holds=FieldType.TEXT, *, kind=Kind.REQUIREMENT, **facts):
    facts = {"name_zh": f"{code} 中", "name_en": code.title(), **facts}
    return CustomField.objects.create(kind=kind, code=code, holds=holds, **facts)


@pytest.fixture
def author():
    return make_member("author", Role.PROCESS_AUTHOR)


def raised(actor, **facts):
    return raise_ticket(line_id=make_line().pk, title="a wish", actor=actor, **facts)


def kept():
    """Everything that must not change on a refusal."""
    return [list(model.objects.values()) for model in (Ticket, CustomField, CustomValue)], Entry.objects.count()


def client_of(person):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("holds", "text", "value"),
    [
        (FieldType.TEXT, " 两地三中心 ", "两地三中心"),
        (FieldType.NUMBER, "001.500", "1.5"),
        (FieldType.NUMBER, "1E+3", "1000"),
        (FieldType.NUMBER, "-0.0", "0"),
        (FieldType.DATE, "2026-03-03", "2026-03-03"),
        (FieldType.CHOICE, "b", "b"),
        (FieldType.YES_NO, "no", "no"),
        (FieldType.NUMBER, "  ", ""),
    ],
)
def test_what_fits_is_kept_in_one_way(holds, text, value):
    assert canonical(holds, ["a", "b"], text) == value


@pytest.mark.parametrize(
    ("holds", "text"),
    [
        (FieldType.TEXT, "x" * 501),
        (FieldType.NUMBER, "one"),
        (FieldType.NUMBER, "NaN"),
        (FieldType.NUMBER, "Infinity"),
        (FieldType.NUMBER, "1E+99999999"),
        (FieldType.NUMBER, "1E-99999999"),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.DATE, "20260303"),
        (FieldType.DATE, "0001-01-01"),
        (FieldType.CHOICE, "c"),
        (FieldType.YES_NO, "maybe"),
    ],
)
def test_what_does_not_fit_is_refused(holds, text):
    with pytest.raises(ValueError, match=r".+"):
        canonical(holds, ["a", "b"], text)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_a_number_kept_is_the_same_number_and_kept_again_the_same_text(number):
    text = canonical(FieldType.NUMBER, (), str(number))

    assert type(number)(text) == number
    assert canonical(FieldType.NUMBER, (), text) == text
    assert "e" not in text.lower()


def test_a_ticket_says_what_its_fields_ask_and_its_history_tells_of_it(author, django_assert_num_queries):
    field("desk", FieldType.CHOICE, options="上海\n深圳", position=2)
    field("amount", FieldType.NUMBER, position=1)
    field("done", FieldType.YES_NO, position=3)
    ticket = raised(author, custom_fields={"desk": "上海", "amount": "1.50", "done": "yes"})

    edit_ticket(ticket_id=ticket.pk, actor=author, custom_fields={"desk": "", "amount": "2"})
    edit_ticket(ticket_id=ticket.pk, actor=author, custom_fields={"amount": "2.0"})

    assert values_of(ticket) == {"amount": "2", "done": "yes"}
    fact = Entry.objects.get(kind="ticket.edited")
    assert fact.data["fields"] == {"custom_amount": ["1.5", "2"], "custom_desk": ["上海", ""]}
    page = client_of(author).get(f"/tickets/{ticket.name}/").content.decode()
    assert "<dt>Amount</dt><dd>2</dd>" in page
    assert "<dt>Done</dt><dd>Yes</dd>" in page
    assert "Amount: 1.5 → 2" in page
    with translation.override("zh-hans"), django_assert_num_queries(1):
        assert [(name, str(value)) for name, value in shown_of(ticket)] == [("amount 中", "2"), ("done 中", "是")]


def test_what_is_refused_names_the_field_and_leaves_nothing(author):
    field("desk", FieldType.CHOICE, options="a\nb", is_required=True)
    field("gone", is_retired=True)
    field("other", kind=Kind.DEFECT)
    ticket = raised(author, custom_fields={"desk": "a"})
    before = kept()

    for given_, refusal, word in (
        ({}, CustomFieldNeeded, "desk"),
        ({"desk": " "}, CustomFieldNeeded, "desk"),
        ({"desk": "c"}, CustomValueRefused, "a / b"),
        ({"desk": "a", "gone": "x"}, CustomFieldUnknown, "gone"),
        ({"desk": "a", "other": "x"}, CustomFieldUnknown, "other"),
    ):
        with pytest.raises(refusal) as told:
            raised(author, custom_fields=given_)
        assert word in str(told.value)
    for given_, refusal in (
        ({"desk": ""}, CustomFieldNeeded),
        ({"desk": "c"}, CustomValueRefused),
        ({"no": "x"}, CustomFieldUnknown),
    ):
        with pytest.raises(refusal):
            edit_ticket(ticket_id=ticket.pk, actor=author, title="another", custom_fields=given_)

    assert kept() == before


def test_what_a_retired_field_or_option_has_said_stays(author):
    old, desk = field("old"), field("desk", FieldType.CHOICE, options="a\nb")
    ticket = raised(author, custom_fields={"old": "kept", "desk": "a"})
    CustomField.objects.filter(pk=old.pk).update(is_retired=True)
    CustomField.objects.filter(pk=desk.pk).update(options="b")

    form = client_of(author).get(f"/tickets/{ticket.name}/edit/").content.decode()
    edit_ticket(ticket_id=ticket.pk, actor=author, title="another", custom_fields={"desk": "a"})

    assert 'name="custom_desk"' in form
    assert '<option value="a" selected>' in form
    assert 'name="custom_old"' not in form
    assert values_of(ticket) == {"old": "kept", "desk": "a"}


def test_a_field_asked_for_later_stops_nobody_who_edits_something_else(author):
    ticket = raised(author)
    field("later", is_required=True)

    edit_ticket(ticket_id=ticket.pk, actor=author, title="another")

    assert Ticket.objects.get(pk=ticket.pk).title == "another"


def test_the_forms_ask_for_the_fields_of_the_kind(author):
    field("amount", FieldType.NUMBER, is_required=True)
    field("seen", FieldType.DATE, kind=Kind.DEFECT)
    client, facts = client_of(author), {"line": make_line().pk, "kind": "requirement", "title": "a wish"}

    first = client.get("/new-ticket/").content.decode()
    part = client.get("/new-ticket/?part=fields&kind=defect").content.decode()
    lacking = client.post("/new-ticket/", facts)
    wrong = client.post("/new-ticket/", {**facts, "custom_amount": "many"})
    good = client.post("/new-ticket/", {**facts, "custom_amount": "12"})

    assert ('name="custom_amount"' in first, 'name="custom_seen"' in first) == (True, False)
    assert ('name="custom_amount"' in part, 'name="custom_seen"' in part, "<html" in part) == (False, True, False)
    assert (lacking.status_code, wrong.status_code, good.status_code) == (422, 422, 302)
    assert 'value="many"' in wrong.content.decode()
    ticket = Ticket.objects.get()
    assert values_of(ticket) == {"amount": "12"}
    facts = {"title": "a wish", "owner": "author", "custom_amount": "13.0", "severity": "minor", "priority": "3"}
    assert client.post(f"/tickets/{ticket.name}/edit/", facts).status_code == 302
    assert values_of(ticket) == {"amount": "13"}


def test_sheets_fill_fields_in_and_lists_are_told_with_them(author, django_assert_max_num_queries):
    field("urgent", FieldType.YES_NO, name_zh="是否加急")
    field("seen", FieldType.DATE, kind=Kind.DEFECT)
    client, line = client_of(author), make_line().code
    rows = [
        ["title", "line", "kind", "是否加急", "seen"],
        ["one", line, "requirement", "是", ""],
        ["two", line, "defect", "", "2026-03-03"],
        ["three", line, "defect", "是", ""],
    ]

    tried = client.post("/tickets/import/", {"pasted": "\n".join("\t".join(row) for row in rows)}).content.decode()
    assert not Ticket.objects.exists()
    columns = ["title", "line", "kind", "custom_urgent", "custom_seen"]
    client.post("/tickets/import/", {"rows": json.dumps(rows), "column": columns, "sure": "1"})

    assert '<option value="custom_urgent" selected>' in tried
    assert "has no field urgent" in tried
    assert {ticket.title: values_of(ticket) for ticket in Ticket.objects.all()} == {
        "one": {"urgent": "yes"},
        "two": {"seen": "2026-03-03"},
    }
    with django_assert_max_num_queries(12):
        told = b"".join(client.get("/tickets/csv/?order=oldest").streaming_content).decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(told))
    assert header[-2:] == ["seen", "urgent"]
    assert [row[-2:] for row in lines] == [["", "yes"], ["2026-03-03", ""]]


def test_programs_read_and_fill_fields_in(author):
    field("amount", FieldType.NUMBER, is_required=True)
    api = APIClient()
    api.force_login(author)
    facts = {"line": make_line().code, "title": "a wish"}

    lacking = api.post("/api/tickets/", facts)
    made = api.post("/api/tickets/", {**facts, "custom_fields": {"amount": "5"}})
    address = f"/api/tickets/{made.json()['name']}/"
    wrong = api.patch(address, {"custom_fields": {"amount": "five"}})
    changed = api.patch(address, {"custom_fields": {"amount": "6"}})

    assert [answer.status_code for answer in (lacking, made, wrong, changed)] == [422, 201, 422, 200]
    assert (lacking.json()["type"], wrong.json()["type"]) == ("custom_field_needed", "custom_value_refused")
    assert changed.json()["custom_fields"] == api.get(address).json()["custom_fields"] == {"amount": "6"}


def test_administrators_define_change_and_retire_fields_and_never_delete_them(author):
    root = make_user("root", superuser=True)
    client, page = client_of(root), "/admin/tickets/customfield/"
    facts = {"kind": "defect", "code": "desk", "name_zh": "席位", "name_en": "Desk", "holds": "choice", "position": "1"}

    client.post(f"{page}add/", {**facts, "options": "a\n\n b \n"})
    made = CustomField.objects.get()
    client.post(f"{page}{made.pk}/change/", {**facts, "options": "a", "is_retired": "on", "holds": "text"})

    made.refresh_from_db()
    assert (made.options, made.is_retired, made.holds) == ("a", True, "choice")
    facts_kept = Entry.objects.filter(kind="ticket_field.saved").order_by("number")
    assert [fact.data["after"]["options"] for fact in facts_kept] == ["a\nb", "a"]
    assert client.get(f"{page}{made.pk}/delete/").status_code == 403
    assert client_of(author).get(page).status_code in {302, 403}


def test_a_definition_that_cannot_be_is_refused_and_nothing_changes(author):
    root, made = make_user("root", superuser=True), field("desk")
    before = kept()

    for changed, actor, refusal in (
        (CustomField(kind="defect", code="x", holds="text"), author, NotPermitted),
        (CustomField(kind="requirement", code="desk", holds="text"), root, FieldCodeTaken),
        (CustomField(kind="defect", code="x", holds="choice", options="a\na"), root, OptionsNeeded),
        (CustomField(kind="defect", code="x", holds="choice"), root, OptionsNeeded),
        (CustomField(pk=made.pk, kind="requirement", code="desk", holds="number"), root, CustomFieldFixed),
    ):
        with pytest.raises(refusal):
            save_custom_field(field=changed, actor=actor)

    assert kept() == before


@pytest.mark.parametrize(
    ("code", "text", "titles"),
    [
        ("place", "shanghai", ["one"]),
        ("place", "hai", ["one", "two"]),
        ("amount", "12.50", ["one"]),
        ("amount", "1", []),
        ("amount", "twelve", []),
        ("seen", "2026-03-03", ["two"]),
        ("urgent", "yes", ["one"]),
        ("urgent", "Yes", ["one"]),
        ("place", "", ["one", "two"]),
        ("no-such", "shanghai", []),
    ],
)
def test_lists_are_narrowed_to_what_a_custom_field_says(author, code, text, titles):
    for name, holds in (("place", FieldType.TEXT), ("amount", FieldType.NUMBER), ("seen", FieldType.DATE)):
        field(name, holds)
    field("urgent", FieldType.YES_NO)
    for title, said in (
        ("one", {"place": "Shanghai", "amount": "12.5", "urgent": "yes"}),
        ("two", {"place": "Haikou", "seen": "2026-03-03", "urgent": "no"}),
    ):
        raise_ticket(line_id=make_line().pk, title=title, actor=author, custom_fields=said)
    api, stranger = APIClient(HTTP_ACCEPT_LANGUAGE="en"), APIClient()
    api.force_login(author)
    stranger.force_login(make_member("stranger", Role.PROCESS_AUTHOR, line=make_line("other")))
    asked = {"field": code, "value": text, "order": "oldest"}

    assert [row["title"] for row in api.get("/api/tickets/", asked).json()["results"]] == titles
    assert stranger.get("/api/tickets/", asked).json()["results"] == []
    page = client_of(author).get("/tickets/", asked).content.decode()
    assert [title for title in ("one", "two") if f"<td>{title}</td>" in page] == titles
    assert f'<option value="{code}" selected>' in page or code == "no-such"
