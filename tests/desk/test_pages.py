import re

import pytest
from django.urls import reverse

from apps.engine import actions as engine
from apps.engine.models import Run, Step
from apps.journal.models import Entry
from apps.processes.models import Process
from tests.desk.conftest import four_eyes, signed_in
from tests.factories.desk import published_with_drawing
from tests.factories.engine import DAY, begin, run_until_quiet

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}


def open_step(run: Run, node: str) -> Step:
    return run.steps.get(node_id=node, state__in=["offered", "claimed", "failed", "waiting", "ready"])


def begun(maker, settlement) -> Run:
    run = begin("L01", actor=maker)
    run_until_quiet()
    return run


def test_nobody_sees_anything_without_signing_in(client, maker, settlement):
    run = begun(maker, settlement)

    for path in ["/", "/runs/", "/tasks/", f"/runs/{run.pk}/", f"/runs/{run.pk}/model.bpmn", "/runs/begin/"]:
        answer = client.get(path)

        assert answer.status_code == 302, path
        assert "next=" in answer["Location"]


def test_home_shows_my_tasks_and_where_the_runs_stand(maker, settlement):
    run = begun(maker, settlement)

    page = signed_in(maker).get("/").content.decode()

    assert f"/runs/{run.pk}/?step={open_step(run, 'confirm').pk}" in page
    assert "Maker confirms" in page
    assert "Start L01" in page
    assert 'data-feed-after="' in page


def test_home_of_somebody_else_shows_none_of_it(maker, stranger, settlement):
    run = begun(maker, settlement)

    page = signed_in(stranger).get("/").content.decode()

    assert f"/runs/{run.pk}/" not in page
    assert "Maker confirms" not in page
    assert "Start L01" not in page
    assert "Nothing waits for you" in page


def test_two_clicks_start_a_run(maker, settlement, monkeypatch):
    monkeypatch.setattr("apps.desk.selectors.days.calendars.previous_business_day", lambda code, day: DAY)
    client = signed_in(maker)
    form = client.get("/").content.decode()
    assert f'value="{DAY.isoformat()}"' in form

    answer = client.post("/runs/begin/", {"process": "L01", "business_date": DAY.isoformat()}, headers=HX)

    run = Run.objects.get()
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/runs/{run.pk}/"
    assert (run.begun_by, run.business_date) == (maker, DAY)


def test_a_second_live_run_is_refused_on_the_form(maker, settlement):
    begun(maker, settlement)

    answer = signed_in(maker).post("/runs/begin/", {"process": "L01", "business_date": DAY.isoformat()}, headers=HX)

    assert answer.status_code == 409
    assert answer["X-Form"] == "again"
    assert "already running" in answer.content.decode()
    assert Run.objects.count() == 1


def test_a_wrong_date_is_said_on_the_field(maker, settlement):
    answer = signed_in(maker).post("/runs/begin/", {"process": "L01", "business_date": "31.02.2026"}, headers=HX)

    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.content.decode()
    assert not Run.objects.exists()


def test_a_member_without_the_right_cannot_start(checker, settlement):
    client = signed_in(checker)

    answer = client.post("/runs/begin/", {"process": "L01", "business_date": DAY.isoformat()}, headers=HX)

    assert "Start L01" not in client.get("/").content.decode()
    assert answer.status_code == 403
    assert not Run.objects.exists()


def test_the_run_page_says_it_all_as_a_table(maker, settlement):
    run = begun(maker, settlement)

    page = signed_in(maker).get(f"/runs/{run.pk}/").content.decode()

    assert page.count('data-step="') == run.steps.count()
    assert f'data-after="{Entry.objects.filter(stream=f"run.{run.pk}").count()}"' in page
    assert '"confirm": "offered"' in page
    assert f'hx-get="/runs/{run.pk}/steps/{open_step(run, "confirm").pk}/"' in page


@pytest.mark.parametrize("path", ["", "model.bpmn", "steps/1/", "?part=head"])
def test_runs_of_other_lines_are_not_there(maker, stranger, settlement, path):
    run = begun(maker, settlement)

    answer = signed_in(stranger).get(f"/runs/{run.pk}/{path}", headers=HX)

    assert answer.status_code == 404


def test_the_model_speaks_the_readers_language(maker, settlement):
    run = begun(maker, settlement)

    english = signed_in(maker, "en").get(f"/runs/{run.pk}/model.bpmn").content.decode()
    chinese = signed_in(maker, "zh-hans").get(f"/runs/{run.pk}/model.bpmn").content.decode()

    assert 'name="Maker confirms"' in english
    assert 'name="Maker confirms"' not in chinese
    assert 'name="confirm"' in chinese


def test_maker_confirms_and_checker_approves(maker, checker, settlement):
    run = begun(maker, settlement)
    confirm = open_step(run, "confirm")

    answer = signed_in(maker).post(f"/runs/{run.pk}/steps/{confirm.pk}/complete/", {"amount_ok": "on"}, headers=HX)
    run_until_quiet()

    assert answer.status_code == 200
    confirm.refresh_from_db()
    assert (confirm.state, confirm.decided_by, confirm.outputs) == ("done", maker, {"amount_ok": True})

    approve = open_step(run, "approve")
    answer = signed_in(checker).post(f"/runs/{run.pk}/steps/{approve.pk}/complete/", {"decision": "approved"}, headers=HX)
    run_until_quiet()

    assert answer.status_code == 200
    run.refresh_from_db()
    assert run.state == "done"


def test_the_maker_is_told_that_somebody_else_must_check(maker, settlement, shanghai):
    from apps.people.states import Role
    from tests.factories.engine import person

    person("wang", Role.CHECKER, on=shanghai)
    run = begun(maker, settlement)
    engine.complete_step(step_id=open_step(run, "confirm").pk, actor=maker, answer={"amount_ok": True})
    run_until_quiet()
    approve = open_step(run, "approve")
    client = signed_in(maker)

    panel = client.get(f"/runs/{run.pk}/steps/{approve.pk}/", headers=HX).content.decode()
    answer = client.post(f"/runs/{run.pk}/steps/{approve.pk}/complete/", {"decision": "approved"}, headers=HX)

    assert "somebody else must check it" in panel
    assert "answer-form" not in panel
    assert answer.status_code == 403
    approve.refresh_from_db()
    assert (approve.state, approve.decided_by) == ("offered", None)


def test_the_second_of_two_deciders_is_told_who_was_first(maker, checker, settlement, shanghai):
    from apps.people.states import Role
    from tests.factories.engine import person

    other = person("zhou", Role.CHECKER, on=shanghai)
    run = begun(maker, settlement)
    engine.complete_step(step_id=open_step(run, "confirm").pk, actor=maker, answer={"amount_ok": True})
    run_until_quiet()
    approve = open_step(run, "approve")
    path = f"/runs/{run.pk}/steps/{approve.pk}/complete/"
    signed_in(checker).post(path, {"decision": "approved"}, headers=HX)

    answer = signed_in(other).post(path, {"decision": "returned"}, headers=HX)

    assert answer.status_code == 409
    assert answer["X-Form"] == "again"
    assert 'role="alert"' in answer.content.decode()
    approve.refresh_from_db()
    assert approve.decided_by == checker


def test_take_and_give_back(maker, settlement):
    run = begun(maker, settlement)
    confirm = open_step(run, "confirm")
    client = signed_in(maker)

    taken = client.post(f"/runs/{run.pk}/steps/{confirm.pk}/take/", headers=HX).content.decode()
    confirm.refresh_from_db()
    assert (confirm.state, confirm.taken_by) == ("claimed", maker)
    assert "Give back" in taken

    client.post(f"/runs/{run.pk}/steps/{confirm.pk}/give-back/", headers=HX)
    confirm.refresh_from_db()
    assert (confirm.state, confirm.taken_by) == ("offered", None)


def test_unknown_verbs_are_not_there(maker, settlement):
    run = begun(maker, settlement)

    assert signed_in(maker).post(f"/runs/{run.pk}/steps/{open_step(run, 'confirm').pk}/approve-it/").status_code == 404


def test_cancelling_needs_a_reason(maker, settlement):
    run = begun(maker, settlement)
    client = signed_in(maker)

    refused = client.post(f"/runs/{run.pk}/do/cancel/", {"reason": " "}, headers=HX)
    run.refresh_from_db()
    assert (refused.status_code, run.state) == (422, "running")

    client.post(f"/runs/{run.pk}/do/cancel/", {"reason": "wrong day"}, headers=HX)
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_filters_and_pages_stand_in_the_address(maker, settlement, monkeypatch):
    from datetime import timedelta

    monkeypatch.setattr("apps.desk.selectors.runs.runs_page.__defaults__", (2,))
    for offset in range(5):
        begin("L01", actor=maker, day=DAY + timedelta(days=offset))
    client = signed_in(maker)

    first = client.get("/runs/?line=rtgs-sh").content.decode()
    (older,) = re.findall(r'href="(\?[^"]*before=[0-9]+)"', first)
    second = client.get("/runs/" + older.replace("&amp;", "&")).content.decode()

    assert first.count('id="run-') == second.count('id="run-') == 2
    assert "line=rtgs-sh" in older
    assert not set(re.findall(r'id="run-[0-9]+"', first)) & set(re.findall(r'id="run-[0-9]+"', second))
    assert 'id="run-' not in client.get("/runs/?state=cancelled").content.decode()


@pytest.mark.parametrize("query", ["before=-1", "before=99999999999999999999999", "date=nonsense", "state=%00", "line='--"])
def test_nonsense_in_the_address_breaks_nothing(maker, settlement, query):
    assert signed_in(maker).get(f"/runs/?{query}").status_code == 200


@pytest.mark.parametrize(("path", "limit"), [("/", 28), ("/runs/", 14), ("/tasks/", 14)])
def test_lists_ask_the_database_a_fixed_number_of_times(maker, settlement, django_assert_max_num_queries, path, limit):
    from datetime import timedelta

    for offset in range(6):
        begin("L01", actor=maker, day=DAY + timedelta(days=offset))
    run_until_quiet()
    client = signed_in(maker)
    client.get(path)

    with django_assert_max_num_queries(limit):
        client.get(path)


def test_the_run_page_asks_the_database_a_fixed_number_of_times(maker, settlement, django_assert_max_num_queries):
    run = begun(maker, settlement)
    client = signed_in(maker)
    client.get(f"/runs/{run.pk}/")

    with django_assert_max_num_queries(22):
        client.get(f"/runs/{run.pk}/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("theme", ["auto", "light", "dark", "'><script>"])
def test_pages_come_in_both_languages_and_all_themes(maker, settlement, language, theme):
    client = signed_in(maker, language)
    client.cookies["theme"] = theme

    page = client.get("/").content.decode()

    assert f'<html lang="{language}"' in page
    assert f'data-theme="{theme if theme in ("light", "dark") else "auto"}"' in page


def test_every_text_of_a_person_is_escaped(maker, settlement):
    maker.display_name = "<script>alert(1)</script>"
    maker.save()
    run = begun(maker, settlement)

    for path in ["/", f"/runs/{run.pk}/", "/runs/"]:
        page = signed_in(maker).get(path).content.decode()
        assert "<script>alert" not in page


def test_addresses_have_names():
    assert reverse("home") == "/"
    assert reverse("run", args=[7]) == "/runs/7/"


def test_the_panel_of_a_step_has_its_runbook_or_that_of_its_process_also_where_it_went_wrong(maker, shanghai):
    text = four_eyes()
    text.nodes["confirm"]["runbook"] = "https://wiki/confirm"
    published_with_drawing(text, on=shanghai, english={})
    Process.objects.filter(key="L01").update(runbook_url="https://wiki/process")
    run = begun(maker, text)
    run.steps.filter(node_id="read").update(problem="it broke")
    read, confirm = (
        signed_in(maker).get(f"/runs/{run.pk}/steps/{run.steps.get(node_id=name).pk}/", headers=HX).content.decode()
        for name in ("read", "confirm")
    )

    notice = re.search(r'<div class="notice notice-error">.*?</div>', read, re.DOTALL)
    assert notice is not None
    assert 'href="https://wiki/process"' in notice[0]
    assert 'href="https://wiki/confirm"' in confirm
    assert "https://wiki/process" not in confirm
