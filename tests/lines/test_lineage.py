"""From a row of a file to what was made of it and sent, and back; only for who may see it."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from apps.calendars.actions import load_calendar_facts
from apps.files.models import ArrivedFile, SentFile
from apps.lines.lineage import selectors
from apps.lines.lineage.conf import trails
from apps.lines.models import Obligation, SettlementResult
from apps.lines.states import Outlook
from apps.people.states import Role
from apps.recon.actions import record_reconciliation
from apps.recon.core.matcher import Item, compare
from apps.recon.models import Reconciliation
from tests.factories.people import make_line, make_member, make_user
from tests.factories.recon import a_run
from tests.lines.world import Day, a_day, arrive

pytestmark = pytest.mark.django_db

OBLIGATIONS = str(Obligation._meta.verbose_name_plural)


def word(table, column: str) -> str:
    return str(table._meta.get_field(column).verbose_name)


@pytest.fixture(autouse=True)
def alone(db, settings, tmp_path, monkeypatch):
    """No run is told of files; the data folder is the test's own."""
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr("apps.files.actions.accepting.deliver_message", lambda **message: None)
    load_calendar_facts()


@pytest.fixture
def auditor():
    return make_member("auditor", Role.AUDITOR)


def ticked(folder, **world) -> Day:
    """A day until its ticks are sent."""
    arrive(a_day(folder, **world), folder, "morning")
    day = Day()
    day.morning()
    day.do("rtgs.write_ticks", selection="all")
    return day


def test_every_column_that_names_a_file_is_followed_by_its_row_or_from_another_row():
    found = {(trail.table, trail.file) for trail in trails()}

    naming = {
        (table, field.name)
        for table in apps.get_app_config("lines").get_models()
        for field in table._meta.concrete_fields
        if field.related_model is ArrivedFile
    }
    assert found == naming
    for trail in trails():
        beside: list[Any] = [*trail.table._meta.fields, *trail.table._meta.related_objects]
        reached = any(field.related_model in {each.table for each in trails() if each.row} for field in beside)
        assert trail.row or reached, trail


def test_a_row_leads_to_its_obligation_its_result_and_the_file_that_carries_it(tmp_path, auditor):
    ticked(tmp_path, instructions=10)
    result = SettlementResult.objects.select_related("obligation__file").earliest("pk")
    obligation, sent = result.obligation, SentFile.objects.get()

    told = selectors.lineage_of_row(auditor, obligation.file, obligation.row_no)

    record = next(each for each in told.records if each.key == obligation.pk)
    assert record.kind == str(Obligation._meta.verbose_name)
    assert (word(Obligation, "ref_no"), obligation.ref_no) in record.facts
    assert [made.key for made in record.became] == [result.pk]
    assert (word(SettlementResult, "state"), result.get_state_display()) in record.became[0].facts
    assert result.outlook in Outlook.values
    assert (word(SettlementResult, "outlook"), str(Outlook(result.outlook).label)) in record.became[0].facts
    assert told.sent == [sent]


def test_what_was_sent_leads_back_to_the_files_of_its_run(tmp_path, auditor):
    day = ticked(tmp_path, instructions=10)
    sent = SentFile.objects.select_related("step").get()

    assert sent.step is not None
    run, told = selectors.lineage_of_run(auditor, sent.step.run_id)

    assert run == day.run
    by_kind = {(made.kind, made.file.pk): made.rows for made in told.made}
    [file] = set(Obligation.objects.values_list("file", flat=True))
    assert by_kind[OBLIGATIONS, file] == Obligation.objects.count()
    assert told.sent == [sent]


def test_a_file_tells_every_run_that_made_rows_of_it_with_their_number(tmp_path, auditor):
    day = ticked(tmp_path, instructions=10)
    other = Day(a_run(key="L01B"))
    other.morning()
    file = Obligation.objects.earliest("pk").file

    _file, told = selectors.lineage_of_file(auditor, file.pk)

    assert [(made.run.pk, made.rows) for made in told.made if made.kind == OBLIGATIONS] == [
        (other.run.pk, 10),
        (day.run.pk, 10),
    ]
    assert {one.run_id for one in told.reconciliations} == set(Reconciliation.objects.values_list("run", flat=True))


def test_a_break_is_told_at_the_row_whose_values_its_key_has_and_at_no_other(tmp_path, auditor):
    day = ticked(tmp_path, instructions=10)
    broken, sound = Obligation.objects.order_by("pk")[:2]
    joined_keys = [broken.ref_no, f"{broken.account}/{broken.ref_no}", f"{broken.ref_no}/elsewhere"]
    compared = compare({key: Item(quantity=1) for key in joined_keys}, {})
    kept = record_reconciliation(
        step_id=day.step("reconcile").pk, comparison=compared, name="ours", left_name="ours", right_name="theirs"
    )
    found = list(kept.breaks.exclude(key__endswith="elsewhere").order_by("pk"))

    assert selectors.lineage_of_row(auditor, broken.file, broken.row_no).breaks == found
    assert len(found) == 2
    assert selectors.lineage_of_row(auditor, sound.file, sound.row_no).breaks == []


def test_who_does_not_see_the_line_is_told_nothing(client, tmp_path, auditor):
    day = ticked(tmp_path, instructions=5)
    file = Obligation.objects.earliest("pk").file
    client.force_login(make_user("somebody"))

    for name, key in (("file-lineage", file.pk), ("run-lineage", day.run.pk)):
        assert client.get(reverse(name, args=[key])).status_code == 404
        assert client.get(reverse(f"api-{name}", args=[key])).status_code == 404
    assert list(client.get(reverse("sent-files")).context["page"].rows) == []
    assert client.get(reverse("api-sent-files")).json()["results"] == []


def test_the_api_says_what_the_pages_show(client, tmp_path, auditor):
    day = ticked(tmp_path, instructions=5)
    obligation = Obligation.objects.select_related("file").earliest("pk")
    client.force_login(auditor)

    said = client.get(reverse("api-file-lineage", args=[obligation.file_id]), {"row": obligation.row_no}).json()
    of_run = client.get(reverse("api-run-lineage", args=[day.run.pk])).json()
    ledger = client.get(reverse("api-sent-files"), {"line": "rtgs-sh", "date": day.run.business_date.isoformat()}).json()

    sent = SentFile.objects.get()
    assert [(made["kind"], made["rows"]) for made in said["made"]] == [(OBLIGATIONS, 5)]
    assert said["row"]["records"][0]["became"][0]["key"] == obligation.pk
    assert [one["key"] for one in said["row"]["sent"]] == [sent.key]
    assert {made["file"] for made in of_run["made"]} >= {obligation.file_id}
    assert [(one["id"], one["run"]) for one in ledger["results"]] == [(sent.pk, day.run.pk)]


@pytest.mark.parametrize("row", ["0", "-1", "x", "9" * 20])
def test_a_row_that_cannot_be_is_refused_by_name(client, tmp_path, auditor, row):
    ticked(tmp_path, instructions=5)
    file = Obligation.objects.earliest("pk").file
    client.force_login(auditor)

    page = client.get(reverse("file-lineage", args=[file.pk]), {"row": row})
    answer = client.get(reverse("api-file-lineage", args=[file.pk]), {"row": row})

    assert page.status_code == 422
    assert page.context["form"].errors["row"]
    assert answer.status_code == 400
    assert "row" in str(answer.json())


def test_a_row_of_which_nothing_was_made_says_so(client, tmp_path, auditor):
    ticked(tmp_path, instructions=5)
    file = Obligation.objects.earliest("pk").file
    client.force_login(auditor)

    page = client.get(reverse("file-lineage", args=[file.pk]), {"row": "999"})

    assert page.status_code == 200
    assert 'class="empty"' in page.content.decode()


def test_the_ledger_goes_on_below_its_last_row(client, tmp_path, auditor, monkeypatch):
    monkeypatch.setattr(selectors, "MOST", 2)
    first = SentFile.objects.create(
        line=make_line(), key="k0", name="n0", path="n0", size=1, sha256="0" * 64, business_date=date(2026, 11, 20)
    )
    for number in (1, 2):
        SentFile.objects.create(
            line=first.line, key=f"k{number}", name=f"n{number}", path=f"n{number}", size=1, sha256="0" * 64,
            business_date=first.business_date,
        )  # fmt: skip
    client.force_login(auditor)

    page = client.get(reverse("sent-files")).context["page"]
    following = client.get(reverse("sent-files"), {"before": page.last.pk}).context["page"]

    assert [one.key for one in page.rows] == ["k2", "k1"]
    assert [one.key for one in following.rows] == ["k0"]
    assert following.last is None


@pytest.mark.parametrize("instructions", [2, 12])
def test_lineage_costs_as_many_queries_for_many_rows_as_for_few(
    client, tmp_path, auditor, instructions, django_assert_max_num_queries
):
    day = ticked(tmp_path, instructions=instructions)
    obligation = Obligation.objects.select_related("file").earliest("pk")
    client.force_login(auditor)
    client.get(reverse("sent-files"))

    with django_assert_max_num_queries(len(trails()) + 14):
        client.get(reverse("file-lineage", args=[obligation.file_id]))
    with django_assert_max_num_queries(len(trails()) + 14):
        client.get(reverse("run-lineage", args=[day.run.pk]))
    with django_assert_max_num_queries(2 * len(trails()) + 24):
        client.get(reverse("file-lineage", args=[obligation.file_id]), {"row": obligation.row_no})
    with django_assert_max_num_queries(10):
        client.get(reverse("sent-files"))
