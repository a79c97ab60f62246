"""Runs and steps over HTTP: the same verbs, the same refusals."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.engine import actions
from apps.engine.models import Run
from apps.engine.states import Verb
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def post(client, url, data=None):
    return client.post(url, data or {}, content_type="application/json")


def human():
    text = PlanText().user("ask", form={"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})
    return text.flow("start", "ask", "end")


def test_a_run_begins_is_seen_and_is_cancelled(signed_in):
    made.published(human())
    client = signed_in(made.operator())

    begun = post(client, "/api/runs/", {"process": "P", "business_date": "2026-03-02"})
    twice = post(client, "/api/runs/", {"process": "P", "business_date": "2026-03-02"})
    run = begun.json()["id"]
    seen = client.get(f"/api/runs/{run}/").json()
    without_reason = post(client, f"/api/runs/{run}/cancel")
    cancelled = post(client, f"/api/runs/{run}/cancel", {"reason": "wrong day"})

    assert begun.status_code == 201
    assert twice.status_code == 409
    assert seen["nodes"] == {"start": "done", "ask": "offered"}
    assert [step["state"] for step in seen["steps"]] == ["offered"]
    assert seen["waits"][0]["role"] == "maker"
    assert (without_reason.status_code, without_reason.json()["type"]) == (422, "reason_missing")
    assert cancelled.json()["state"] == "cancelled"


def test_a_step_is_taken_given_back_and_completed(signed_in):
    step = made.begin(human()).steps.get()
    client = signed_in(made.operator())

    listed = client.get("/api/steps/").json()["results"]
    taken = post(client, f"/api/steps/{step.pk}/take").json()
    given = post(client, f"/api/steps/{step.pk}/give-back").json()
    wrong = post(client, f"/api/steps/{step.pk}/complete", {"answer": {"n": "x"}})
    done = post(client, f"/api/steps/{step.pk}/complete", {"answer": {"n": 1}}).json()
    late = post(client, f"/api/steps/{step.pk}/complete", {"answer": {"n": 1}})

    assert [item["id"] for item in listed] == [step.pk]
    assert taken["state"] == "claimed"
    assert given["state"] == "offered"
    assert wrong.status_code == 422
    assert done["state"] == "done"
    assert late.status_code == 409


def test_a_failed_step_is_retried_or_skipped_with_a_reason(signed_in):
    run = made.begin(PlanText().service("a", "nobody.has_it").flow("start", "a", "end"))
    made.run_until_quiet()
    step = run.steps.get()
    client = signed_in(made.operator())

    assert post(client, f"/api/steps/{step.pk}/retry", {"reason": "again"}).json()["state"] == "ready"
    made.run_until_quiet()
    made.alone(Verb.SKIP)
    assert post(client, f"/api/steps/{step.pk}/skip", {"reason": "by hand"}).json()["state"] == "skipped"
    assert Run.objects.get().state == "done"


def test_other_lines_answer_404_and_strangers_403(signed_in):
    run = made.begin(human())
    step = run.steps.get()
    client = signed_in(made.person("far", Role.OPERATOR, Role.MAKER, on=made.line("far")))

    urls = [f"/api/runs/{run.pk}/cancel", *(f"/api/steps/{step.pk}/{verb}" for verb in ("retry", "skip"))]
    codes = {post(client, url, {"reason": "x"}).status_code for url in urls}
    codes |= {post(client, f"/api/steps/{step.pk}/{verb}", {"answer": {"n": 1}}).status_code for verb in ("take", "complete")}
    codes |= {client.get(f"/api/runs/{run.pk}/").status_code, client.get(f"/api/steps/{step.pk}/").status_code}
    client.logout()

    assert codes == {404}
    assert client.get("/api/runs/").status_code in (401, 403)
    step.refresh_from_db()
    assert step.state == "offered"


def test_lists_are_paged_by_key_and_ask_little(signed_in, django_assert_max_num_queries):
    from datetime import timedelta

    made.published(human())
    client = signed_in(made.operator())
    for number in range(53):
        made.begin("P", day=made.DAY + timedelta(days=number))

    with django_assert_max_num_queries(12):
        first = client.get("/api/runs/").json()
    second = client.get("/api/runs/" + first["next"]).json()
    with django_assert_max_num_queries(16):
        tasks = client.get("/api/steps/").json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 3, None)
    assert len({run["id"] for run in first["results"] + second["results"]}) == 53
    assert len(tasks["results"]) == 50
    assert client.get("/api/runs/?before=x' OR 1=1").status_code == 400


@pytest.mark.parametrize("model", ["run", "step", "attempt", "timer", "subscription", "message", "outbox", "start", "beginning"])
def test_the_admin_shows_and_changes_nothing(client, model):
    run = made.begin(human())
    step = run.steps.get()
    admin = made.person("root")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    client.force_login(admin)

    listed = client.get(reverse(f"admin:engine_{model}_changelist"))
    added = client.get(reverse(f"admin:engine_{model}_add"))

    assert listed.status_code == 200
    assert added.status_code == 403
    changed = client.post(reverse("admin:engine_step_change", args=[step.pk]), {"state": "done"})
    assert changed.status_code == 403
    step.refresh_from_db()
    assert step.state == "offered"


def test_requests_are_asked_for_with_a_fixed_number_of_queries(signed_in, django_assert_max_num_queries):
    second = made.person("second", Role.OPERATOR, Role.MAKER)
    made.published(PlanText().user("ask").flow("start", "ask", "end"))
    client, page = signed_in(second), "/tasks/"
    counted = []
    for day in (3, 4, 5):
        run = made.begin("P", day=made.DAY.replace(day=day))
        actions.intervene(verb=Verb.SKIP, subject_id=run.steps.get().pk, actor=made.operator(), reason="drill")
        with django_assert_max_num_queries(8):
            assert len(client.get("/api/requests/").json()["results"]) == day - 2
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).content.decode().count('id="request-') == day - 2
        counted.append(len(asked))

    assert counted[0] == counted[1] == counted[2] <= 16


def test_numbers_with_a_fraction_are_kept_as_text_with_all_their_digits(signed_in):
    form = {"type": "object", "properties": {"price": {"type": "number"}}, "required": ["price"]}
    made.published(PlanText().user("ask", form=form, outputs=mapping(price="price")).flow("start", "ask", "end"))
    client = signed_in(made.operator())
    begin = {"process": "P", "business_date": "2026-03-02", "variables": {"rate": 0.1, "all": [2.0, {"n": 1.5}]}}

    begun = post(client, "/api/runs/", begin)
    run = Run.objects.get(pk=begun.json()["id"])
    answered = post(client, f"/api/steps/{run.steps.get().pk}/complete", {"answer": {"price": 101.37}})

    run.refresh_from_db()
    assert (begun.status_code, answered.status_code) == (201, 200)
    assert run.variables == {"rate": "0.1", "all": [2, {"n": "1.5"}], "price": "101.37"}
    assert run.state == "done"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none_are_refused_and_nothing_begins(signed_in, number):
    made.published(human())
    client = signed_in(made.operator())
    body = f'{{"process": "P", "business_date": "2026-03-02", "variables": {{"n": {number}}}}}'

    refused = client.post("/api/runs/", body, content_type="application/json")

    assert refused.status_code in (400, 422)
    assert not Run.objects.exists()
