"""What a version touches beside the one in force: processes, runs, starts, gates and people."""

from dataclasses import replace

import pytest
from rest_framework.test import APIClient

from apps.changes import selectors
from apps.changes.core.gates import is_unavoidable, lost_gates
from apps.changes.states import GateLoss
from apps.people.states import Role
from apps.processes.core.plan import EventKind, NodeKind
from apps.processes.models import ProcessVersion
from tests.changes.test_chains import both, chain_of_three, page_of, thrown
from tests.factories.engine import PlanText, begin, line, person, published
from tests.factories.people import give_role, make_user
from tests.factories.windows import window


def maker_and_checker(key="P"):
    text = PlanText(key).user("make", form={"required": ["amount"]}).user("check", role="checker", checks="make")
    return text.flow("start", "make", "check", "end")


def changed(name, **parts):
    """The plan with one element that is otherwise."""
    plan = maker_and_checker().plan()
    return replace(plan, nodes={**plan.nodes, name: replace(plan.nodes[name], **parts)})


def losses(new, old=None, windows=()):
    return [(lost.element, lost.loss) for lost in lost_gates(old or maker_and_checker().plan(), new, windows)]


# -- gates, pure -------------------------------------------------------------------------------------------------------


def test_the_same_model_loses_no_gate():
    assert losses(maker_and_checker().plan(), windows=["make", "check"]) == []


def test_a_step_that_is_gone_asks_nobody_and_its_window_holds_for_nothing():
    new = PlanText("P").user("make", form={"required": ["amount"]}).flow("start", "make", "end").plan()

    assert losses(new) == [("check", GateLoss.GONE)]
    assert losses(new, windows=["check"]) == [("check", GateLoss.GONE), ("check", GateLoss.NO_WINDOW)]


@pytest.mark.parametrize(
    ("parts", "loss"),
    [
        ({"human": None, "kind": NodeKind.SERVICE_TASK, "handler": "test.note"}, GateLoss.AUTOMATIC),
        ({"human": replace(maker_and_checker().plan().nodes["check"].human, checks=None)}, GateLoss.UNCHECKED),
        ({"human": replace(maker_and_checker().plan().nodes["check"].human, role="operator")}, GateLoss.OTHER_ROLE),
    ],
)
def test_a_gate_that_weakens_says_in_which_way(parts, loss):
    assert losses(changed("check", **parts)) == [("check", loss)]


def test_a_form_that_asks_for_less_and_a_deadline_that_is_gone_are_told():
    old = maker_and_checker().plan()
    late = replace(old, nodes={**old.nodes, "make": replace(old.nodes["make"], deadline="T-1")})
    human = replace(old.nodes["make"].human, form={})

    assert losses(changed("make", human=human), late) == [("make", GateLoss.FEWER_ANSWERS), ("make", GateLoss.NO_DEADLINE)]


def way_around():
    text = PlanText("P").user("make", form={"required": ["amount"]}).user("check", role="checker", checks="make").choice("x")
    return text.flow("start", "make", "x", "check", "end").flow("x", "end-short", when="amount < 10")


def test_a_way_around_a_gate_is_told():
    assert losses(way_around().plan()) == [("check", GateLoss.AVOIDABLE)]
    assert losses(maker_and_checker().plan(), way_around().plan()) == []


def test_a_gate_in_a_sub_process_is_unavoidable_only_when_the_sub_process_is():
    text = PlanText("P").sub("s").choice("x").user("check", scope="s").flow("start-in", "check", "end-in")
    through = text.flow("start", "x", "s", "end").plan()
    assert is_unavoidable(through, "check")

    around = text.flow("x", "end-short", when="true").plan()

    assert not is_unavoidable(around, "check")


def test_a_boundary_event_is_a_way_around_what_follows_its_activity():
    from apps.processes.core.plan import Event

    text = maker_and_checker()
    text.on("wrong", "make", Event(EventKind.ERROR, code="E")).flow("wrong", "end-wrong")

    assert not is_unavoidable(text.plan(), "check")
    assert is_unavoidable(text.plan(), "make")


# -- of a version ------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def drafted(text):
    """Another version of a process, which is not in force."""
    from apps.processes.core.codec import plan_digest, plan_to_json

    before = ProcessVersion.objects.filter(process__key=text.key).select_related("process__line").latest("number")
    plan = text.plan()
    return ProcessVersion.objects.create(
        process=before.process,
        number=before.number + 1,
        plan=plan_to_json(plan),
        plan_digest=plan_digest(plan),
        author=before.author,
        created_at=before.created_at,
    )


@pytest.fixture
def middle(db):
    """A version of MIDDLE that does not send any more, beside the one in force, which TOP calls and BOTTOM hears."""
    top, text, bottom = chain_of_three()
    for each in (bottom, text):
        published(each)
    published(top, on=line("elsewhere"))
    return drafted(PlanText("MIDDLE").user("ask").flow("start", "ask", "end"))


def test_callers_and_hearers_are_touched_with_what_is_alive_in_them(middle):
    begin("BOTTOM", actor=person("op", Role.OPERATOR, Role.MAKER))

    impact = selectors.impact_of_version(both(), middle)

    assert [one.key for one in impact.changed] == ["MIDDLE"]
    assert [(one.key, one.live, one.steps_away) for one in impact.dependents] == [("BOTTOM", 1, 1), ("TOP", 0, 1)]
    assert [(link.target, link.name) for link in impact.silenced] == [("BOTTOM", "paid")]
    assert impact.live == 1


def test_what_lies_in_lines_of_others_is_only_counted(middle):
    clerk = person("clerk", Role.MAKER)

    impact = selectors.impact_of_version(clerk, middle)
    page = page_of(clerk).get(f"/processes/MIDDLE/versions/{middle.number}/impact/").text

    assert ([one.key for one in impact.dependents], impact.hidden) == (["BOTTOM"], 1)
    assert "that you may not see: 1" in page
    assert "TOP" not in page


def test_people_are_named_by_role_keepers_and_approvers_without_the_author(middle):
    clerk, boss = make_user("clerk"), make_user("boss")
    give_role(clerk, line(), Role.MAKER)
    give_role(boss, line(), Role.PROCESS_APPROVER)
    give_role(middle.author, line(), Role.PROCESS_APPROVER)
    middle.process.owner = clerk
    middle.process.save()

    impact = selectors.impact_of_version(clerk, middle)

    assert [(one.role, one.people) for one in impact.asked] == [(str(Role.MAKER.label), 1)]
    assert impact.keepers == (clerk,)
    assert boss in impact.approvers
    assert middle.author not in impact.approvers


def test_a_window_of_a_step_that_is_gone_is_told_on_the_page_in_both_languages(db):
    window(maker_and_checker(), "check", latest_end="15:00")
    version = drafted(PlanText("P").user("make").flow("start", "make", "end"))
    reader = person("reader", Role.AUDITOR)
    address = f"/processes/P/versions/{version.number}/impact/"

    english, chinese = page_of(reader).get(address).text, page_of(reader, "zh-hans").get(address).text

    assert "Its window holds for a step that is not there any more." in english
    assert "It was: Checker." in english
    assert "消失或减弱的关口" in chinese


def test_a_version_that_is_in_force_or_the_first_one_loses_no_gate(db):
    version = published(maker_and_checker())

    assert selectors.impact_of_version(person("reader", Role.AUDITOR), version).gates == ()


def test_programs_read_the_impact_of_a_version(middle):
    client = APIClient()
    client.force_authenticate(both())

    answer = client.get(f"/api/impact/MIDDLE/{middle.number}/").json()

    assert answer["dependents"][0]["via"] == {"source": "MIDDLE", "target": "BOTTOM", "kind": "message", "name": "paid"}
    assert answer["silenced"][0]["target"] == "BOTTOM"


def test_the_impact_costs_the_same_statements_however_many_are_touched(middle, django_assert_max_num_queries):
    reader = both()
    selectors.impact_of_version(reader, middle)
    for number in range(20):
        published(thrown(PlanText(f"P{number}"), "x").call("c", "MIDDLE").flow("start", "c", "throw-x", "end"))

    with django_assert_max_num_queries(15):
        impact = selectors.impact_of_version(reader, middle)

    assert len(impact.dependents) == 22
