"""The pages of reconciliations and breaks, their API and the admin site: doors, queries, exports."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.people.states import Role
from apps.recon.actions import explain_break
from apps.recon.models import Break, Reconciliation, ReconciliationDefinition
from tests.factories.people import give_role, make_user
from tests.factories.recon import DAY, a_break, a_definition, a_line, a_reconciliation, a_step

pytestmark = pytest.mark.django_db

OF_DAY = {"line": "rtgs-sh", "definition": "D1", "date": "2026-11-20"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, client):
    settings.DATA_DIR = tmp_path
    client.cookies["django_language"] = "en"


@pytest.fixture
def operator(client):
    person = make_user("wang.min")
    give_role(person, a_line(), Role.OPERATOR)
    client.force_login(person)
    return person


def bring(client, code, text):
    file = SimpleUploadedFile(f"{code}.csv", text.encode())
    return client.post("/reconciliations/sheet/", {**OF_DAY, "sheet": code, "file": file})


def text_of(answer):
    return answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()


def test_two_sheets_are_brought_and_compared_on_the_page(client, operator):
    a_definition()

    early = client.post("/reconciliations/compare/", OF_DAY)
    answers = [bring(client, "ours", "account,amount\na,1\n,5\n"), bring(client, "theirs", "account,amount\na,2\n")]
    done = client.post("/reconciliations/compare/", OF_DAY)
    page = text_of(client.get(done["Location"]))

    assert early.status_code == 409
    assert 'role="alert"' in text_of(early)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert done["Location"] == f"/reconciliations/{Reconciliation.objects.get().pk}/"
    assert "-1.00" in page
    assert "the key is empty" in page


def test_a_sheet_that_cannot_be_read_is_refused_on_the_page(client, operator):
    a_definition()

    refused = bring(client, "ours", "account,amount\na\n")

    assert refused.status_code == 422
    assert "Row 2" in text_of(refused)


def test_the_pages_have_a_bounded_number_of_queries(client, operator, django_assert_max_num_queries):
    for number in range(12):
        a_definition(f"D{number}", left_code=f"l{number}")
    a_reconciliation(breaks=60)
    client.get("/breaks/")

    with django_assert_max_num_queries(12):
        client.get("/reconciliations/?date=2026-11-20")
    with django_assert_max_num_queries(14):
        client.get("/breaks/?state=unsettled&line=rtgs-sh&definition=&date=2026-11-20&owner=&age=1")
    with django_assert_max_num_queries(12):
        client.get(f"/reconciliations/{Reconciliation.objects.get().pk}/")


def test_filters_leave_out_what_was_not_asked_for(client, operator):
    found = a_break()
    other = a_break(a_step(found.run, token=2))
    explain_break(break_id=other.pk, actor=operator, reason="known")

    def shown(query):
        return [row["id"] for row in client.get(f"/api/breaks/?{query}").json()["results"]]

    assert shown("state=unsettled") == [found.pk]
    assert shown("owner=wang.min") == [other.pk]
    assert shown(f"date={DAY}") == [other.pk, found.pk]
    assert shown(f"date={DAY + timedelta(days=1)}") == shown("definition=D9") == []


def test_the_list_is_saved_as_a_table_of_the_lines_one_may_see(client, operator):
    found = a_break()
    explain_break(break_id=found.pk, actor=operator, reason="=1+1")

    table = text_of(client.get("/breaks/csv/?state=explained"))
    stranger = make_user("stranger")
    client.force_login(stranger)
    nothing = text_of(client.get("/breaks/csv/"))

    assert table.startswith("\ufeffnumber,definition")
    assert "'=1+1" in table
    assert len(nothing.splitlines()) == 1


def test_several_are_shown_first_and_explained_when_confirmed(client, operator):
    a_reconciliation(breaks=3)
    first, second, third = Break.objects.order_by("pk").values_list("pk", flat=True)
    explain_break(break_id=first, actor=operator, reason="known")
    ticked = {"breaks": [first, second], "cause": "fee"}

    shown = client.post("/breaks/explain/", ticked)
    wordless = client.post("/breaks/explain/", {**ticked, "confirmed": "1", "reason": " "})
    before = Break.objects.get(pk=second).state
    done = client.post("/breaks/explain/", {**ticked, "confirmed": "1", "reason": "a fee"})

    assert "will be explained" in text_of(shown)
    assert "stays as it is: Explained" in text_of(shown)
    assert (wordless.status_code, before) == (422, "open")
    assert text_of(done).count('role="alert"') == 1
    assert dict(Break.objects.values_list("pk", "reason")) == {first: "known", second: "a fee", third: ""}


def test_breaks_of_other_lines_are_not_even_shown(client):
    found = a_break()
    stranger = make_user("stranger")
    give_role(stranger, a_line("other"), Role.OPERATOR)
    client.force_login(stranger)

    shown = client.post("/breaks/explain/", {"breaks": [found.pk]})
    done = client.post("/breaks/explain/", {"breaks": [found.pk], "confirmed": "1", "reason": "curious"})

    assert "Nothing to explain" in text_of(shown)
    assert "There is no break" in text_of(done)
    assert client.get(f"/reconciliations/{found.reconciliation_id}/").status_code == 404
    assert Break.objects.get().state == "open"


def test_the_row_is_given_back_for_each_deed(client, operator):
    found = a_break()
    hx = {"HTTP_HX_REQUEST": "true"}

    owned = client.post(f"/breaks/{found.pk}/assign/", {"owner": "wang.min"}, **hx)
    early = client.post(f"/breaks/{found.pk}/accept/", **hx)
    client.post(f"/breaks/{found.pk}/explain/", {"reason": "late"}, **hx)
    asked = client.post(f"/breaks/{found.pk}/accept/", **hx)
    corrected = client.post(f"/breaks/{found.pk}/explain/", {"reason": "booked", "corrected": "1"}, **hx)

    assert [one.status_code for one in (owned, early, asked, corrected)] == [200, 409, 200, 200]
    assert "A second person is asked" in text_of(asked)
    assert Break.objects.get().state == "corrected"


def test_programs_compare_and_read_results(client, operator):
    a_definition()
    bring(client, "ours", "account,amount\na,1\n")
    bring(client, "theirs", "account,amount\na,1\n")

    done = client.post("/api/reconciliations/compare/", OF_DAY, content_type="application/json")

    assert (done.status_code, done.json()["matched"], done.json()["control"]["left"]["total"]) == (200, 1, "1.00")
    assert [row["definition"] for row in client.get("/api/reconciliations/").json()["results"]] == ["D1"]


def written(**facts):
    """The form of the admin site."""
    columns = [("key", "account", "account"), ("amount", "amount", "amount")]
    data = {
        "line": a_line().pk,
        "code": "D2",
        "name_zh": "乙",
        "name_en": "Two",
        "left_kind": "sheet",
        "left_code": "ours",
        "right_kind": "sheet",
        "right_code": "theirs",
        "severity": "P2",
        "valid_from": "2026-01-01",
        "active": "on",
        "columns-TOTAL_FORMS": "2",
        "columns-INITIAL_FORMS": "0",
        "equations-TOTAL_FORMS": "0",
        "equations-INITIAL_FORMS": "0",
    }
    for at, (role, left, right) in enumerate(columns):
        row = {"position": at, "role": role, "name": left, "left": left, "right": right, "places": 2, "tolerance": "0"}
        data |= {f"columns-{at}-{name}": value for name, value in row.items()}
    return {**data, **facts}


def test_a_definition_is_written_in_the_admin_site(client):
    client.force_login(make_user("root", superuser=True))

    refused = client.post("/admin/recon/reconciliationdefinition/add/", written(**{"columns-0-role": "amount"}))
    before = ReconciliationDefinition.objects.count()
    done = client.post("/admin/recon/reconciliationdefinition/add/", written())

    wrong = {"equations-0-position": 1, "equations-0-name": "E", "equations-0-says": "left.amount", "equations-0-per": "account"}
    rest = {"equations-TOTAL_FORMS": "1", "equations-0-places": 2, "equations-0-tolerance": 0}
    unclear = client.post("/admin/recon/reconciliationdefinition/add/", written(code="D3", **wrong, **rest))
    right = {**wrong, "equations-0-says": "left.amount >= 0"}
    client.post("/admin/recon/reconciliationdefinition/add/", written(code="D3", **right, **rest))

    assert "an equation is written as" in text_of(unclear)
    kept = ReconciliationDefinition.objects.get(code="D3").equations.values_list("name", "says", "per")
    assert list(kept) == [("E", "left.amount >= 0", "account")]
    assert refused.status_code == 200
    assert "a definition needs a column that is the key" in text_of(refused)
    assert (before, done.status_code) == (0, 302)
    made = ReconciliationDefinition.objects.get(code="D2")
    assert list(made.columns.values_list("role", "name")) == [("key", "account"), ("amount", "amount")]
    again = client.get(f"/admin/recon/reconciliationdefinition/{made.pk}/change/")
    assert again.status_code == 200
