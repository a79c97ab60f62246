"""The page that moves runs to another version: what may be chosen, the verdict for each run, and what became of it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.engine import actions
from apps.engine.models import InterventionRequest, Run
from apps.engine.states import Verb
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.engine import PlanText

pytestmark = pytest.mark.django_db
PAGE = "/runs/migrate/MOVE/"


def steps(*names: str) -> PlanText:
    text = PlanText("MOVE")
    for name in names:
        text.service(name)
    return text.flow("start", *names, "end")


@pytest.fixture
def runs():
    """One run that stands where the new version has an element of another id, and one that stands elsewhere."""
    made.published(steps("a", "b"))
    first, second = made.begin("MOVE"), made.begin("MOVE", day=made.DAY.replace(day=3))
    made.published(steps("x", "b"))
    return first, second


def signed_in() -> Client:
    client = Client()
    client.force_login(made.operator())
    return client


def versions() -> list[int]:
    return list(Run.objects.order_by("id").values_list("version__number", flat=True))


def test_the_page_offers_the_runs_of_other_versions_and_the_elements_without_a_counterpart(runs):
    page = signed_in().get(PAGE).context["page"]

    assert (page.source, page.target.number, page.versions) == (1, 2, [(1, 2)])
    assert [view.run for view in page.runs] == [runs[1], runs[0]]
    assert [(each.node, [node for node, _ in each.choices]) for each in page.elements] == [("a", ["x"])]


def test_the_verdict_of_each_run_is_shown_before_anything_happens(runs):
    answer = signed_in().post(PAGE, {"run": [runs[0].pk, runs[1].pk], "target": 2, "reason": "drill"})

    assert [(view.item.subject_id, view.item.result) for view in answer.context["views"]] == [
        (runs[0].pk, "refused"),
        (runs[1].pk, "refused"),
    ]
    assert "“a”" in answer.context["views"][0].item.said
    assert versions() == [1, 1]


def test_what_was_chosen_and_mapped_moves_and_the_sums_add_up(runs):
    made.alone(Verb.MIGRATE)
    client, chosen = signed_in(), {"target": 2, "reason": "drill", "to-a": "x"}
    looked = client.post(PAGE, {"run": [runs[0].pk], **chosen})
    assert (looked.context["counts"], looked.context["more"], versions()) == (
        {"done": 1},
        [("target", "2"), ("to-a", "x")],
        [1, 1],
    )

    answer = client.post(PAGE, {"subject": [runs[0].pk], "sure": "1", **chosen})

    assert (answer.context["counts"], answer.context["total"]) == ({"done": 1}, 1)
    assert versions() == [2, 1]
    assert made.states(runs[0]) == {"x": "ready"}


def test_without_a_policy_a_second_person_is_asked_for_each(runs):
    chosen = {"subject": [run.pk for run in runs], "sure": "1", "target": 2, "reason": "drill", "to-a": "x"}

    answer = signed_in().post(PAGE, chosen)

    assert answer.context["counts"] == {"asked": 2}
    assert InterventionRequest.objects.count() == 2
    assert versions() == [1, 1]


def test_who_chooses_nothing_or_gives_no_reason_is_told_and_nothing_happens(runs):
    client = signed_in()

    assert client.post(PAGE, {"target": 2, "reason": "drill"}).status_code == 422
    assert client.post(PAGE, {"run": [runs[0].pk], "target": 2, "reason": ""}).status_code == 422
    assert versions() == [1, 1]


def test_the_page_is_for_operators_and_asks_as_much_for_many_runs_as_for_one(runs):
    viewer = Client()
    viewer.force_login(made.person("viewer", Role.MAKER))
    assert viewer.get(PAGE).status_code == 403
    client = signed_in()
    client.get(PAGE)
    with CaptureQueriesContext(connection) as for_two:
        client.get(PAGE)
    actions.cancel_run(run_id=runs[1].pk, actor=made.operator(), reason="drill")

    with CaptureQueriesContext(connection) as for_one:
        assert client.get(PAGE).status_code == 200

    assert len(for_one) == len(for_two)


def test_a_process_whose_runs_are_all_in_the_published_version_says_so():
    made.begin(steps("a"))

    answer = signed_in().get(PAGE)

    assert (answer.status_code, answer.context["page"].runs) == (200, [])
