"""Many runs at once, lines and days, and steps that are still to come: on the pages and in the terminal."""

import json
import re
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from apps.engine.models import InterventionRequest, Pause, Run, Step
from apps.journal.models import Entry
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.engine import DAY, PlanText

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(made.operator())
    return client


@pytest.fixture
def failed():
    """Three runs whose step has failed."""
    made.published(PlanText().service("a", "nobody.has_it").flow("start", "a", "end"))
    runs = [made.begin("P", day=DAY.replace(day=day)) for day in (3, 4, 5)]
    made.run_until_quiet()
    return runs


def terminal(*words):
    out = StringIO()
    with suppress(SystemExit):
        call_command("run", *words, "--as", "op", "--json", stdout=out)
    return json.loads(out.getvalue())


def sums(page):
    return [int(number) for number in re.findall(r"<span>(\d+) ", page)]


def states():
    return list(Step.objects.order_by("id").values_list("state", flat=True))


def test_a_selection_is_previewed_and_then_carried_out_as_it_was_previewed(desk, failed):
    chosen = {"verb": "retry", "reason": "the bank is back", "run": [run.pk for run in failed[:2]]}

    preview = desk.post("/runs/together/", chosen).content.decode()

    assert sums(preview) == [2, 0, 0]
    assert states() == ["failed"] * 3
    subjects = re.findall(r'name="subject" value="(\d+)"', preview)
    assert subjects == [str(run.steps.get().pk) for run in failed[:2]]

    sure = {"verb": "retry", "reason": "the bank is back", "sure": "1", "subject": subjects}
    page = desk.post("/runs/together/", sure).content.decode()

    assert sums(page) == [2, 0, 0]
    assert states() == ["ready", "ready", "failed"]
    assert Entry.objects.filter(kind="run.intervened", data__reason="the bank is back").count() == 2


def test_each_has_its_own_outcome_and_the_sums_add_up(desk, failed):
    made.published(made.chain(1, key="OTHER"), on=made.line("options"))
    foreign = made.begin("OTHER", actor=made.person("elsewhere", Role.OPERATOR, on=made.line("options")))
    subjects = [run.steps.get().pk for run in failed] + [foreign.steps.get().pk]
    desk.post("/runs/together/", {"verb": "retry", "reason": "drill", "sure": "1", "subject": subjects[:1]})

    page = desk.post("/runs/together/", {"verb": "retry", "reason": "drill", "sure": "1", "subject": subjects}).content.decode()

    assert sums(page) == [2, 0, 2]
    assert page.count("<tr data-result=") == 4
    assert "OTHER" not in page


def test_what_needs_a_second_person_is_asked_for_each(desk, failed):
    chosen = {"verb": "skip", "reason": "drill", "run": [run.pk for run in failed]}
    preview = desk.post("/runs/together/", chosen).content.decode()
    assert sums(preview) == [0, 3, 0]
    assert not InterventionRequest.objects.exists()

    sure = {"verb": "skip", "reason": "drill", "sure": "1", "subject": [run.steps.get().pk for run in failed]}
    assert sums(desk.post("/runs/together/", sure).content.decode()) == [0, 3, 0]

    assert InterventionRequest.objects.filter(state="open").count() == 3
    assert states() == ["failed"] * 3


@pytest.mark.parametrize("data", [{"verb": "pause", "reason": "x"}, {"verb": "nonsense", "reason": "x", "run": "1"}])
def test_nothing_chosen_is_said_and_nothing_is_done(desk, failed, data):
    answer = desk.post("/runs/together/", data)

    assert answer.status_code == 422
    assert not Run.objects.filter(is_paused=True).exists()


def test_the_choice_follows_the_filter_and_asks_a_fixed_number_of_times(desk, failed, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = desk.get("/runs/together/?date=2026-03-04").content.decode()

    assert re.findall(r'name="run" value="(\d+)"', page) == [str(failed[1].pk)]


def test_a_line_is_paused_and_resumed_from_the_pages_and_everybody_is_told(desk, failed):
    given = {"line": "rtgs-sh", "business_date": "", "reason": "the exchange has stopped"}

    assert desk.post("/runs/lines/pause/", given).status_code == 302

    assert Pause.objects.get().business_date is None
    assert "the exchange has stopped" in desk.get("/").content.decode()
    assert "the exchange has stopped" in desk.get("/runs/").content.decode()
    assert Entry.objects.get(kind="line.paused").line == "rtgs-sh"
    assert desk.post("/runs/lines/pause/", given).status_code == 409
    assert desk.post("/runs/lines/resume/", {**given, "reason": ""}).status_code == 422
    assert Pause.objects.filter(lifted_at=None).count() == 1

    assert desk.post("/runs/lines/resume/", {**given, "reason": "it is back"}).status_code == 302
    assert not Pause.objects.filter(lifted_at=None).exists()
    assert Entry.objects.filter(kind="line.resumed").count() == 1


def test_a_day_of_a_line_is_paused_alone(desk, failed):
    desk.post("/runs/lines/pause/", {"line": "rtgs-sh", "business_date": "2026-03-04", "reason": "drill"})

    assert [run.is_held for run in Run.objects.order_by("id")] == [False, True, False]


def test_a_step_is_held_before_the_run_comes_to_it_and_released_again(desk):
    run = made.begin(PlanText().user("ask").service("later").flow("start", "ask", "later", "end"))

    desk.post(f"/runs/{run.pk}/nodes/hold/", {"node": "later", "reason": "wait for the bank"})
    run.refresh_from_db()
    assert run.held_nodes == ["later"]
    assert "“later” is held" in desk.get(f"/runs/{run.pk}/").content.decode()
    assert desk.post(f"/runs/{run.pk}/nodes/hold/", {"node": "later", "reason": "again"}).status_code == 422

    desk.post(f"/runs/{run.pk}/nodes/release/", {"node": "later", "reason": "it called"})
    run.refresh_from_db()
    assert run.held_nodes == []


def test_the_terminal_does_the_same(failed):
    run = made.begin(PlanText("Q").user("ask").service("later").flow("start", "ask", "later", "end"))
    steps = [str(step.pk) for step in Step.objects.filter(state="failed").order_by("id")]

    assert terminal("hold-node", str(run.pk), "later", "--reason", "x")["result"] == "done"
    assert terminal("hold-node", str(run.pk), "later", "--reason", "x")["result"] == "refused"
    assert terminal("release-node", str(run.pk), "later", "--reason", "x")["result"] == "done"
    assert terminal("pause-line", "rtgs-sh", "--date", "2026-03-04", "--reason", "x")["result"] == "done"
    assert terminal("resume-line", "rtgs-sh", "--reason", "x")["result"] == "refused"
    assert terminal("resume-line", "rtgs-sh", "--date", "2026-03-04", "--reason", "x")["result"] == "done"
    foreseen = terminal("each", "retry", *steps, "999999", "--preview", "--reason", "x")
    assert states().count("failed") == 3
    found = terminal("each", "retry", *steps, "999999", "--reason", "x")

    assert foreseen["items"] == found["items"]
    assert (found["selected"], found["done"], found["asked"], found["refused"]) == (4, 3, 0, 1)
    assert states().count("failed") == 0
