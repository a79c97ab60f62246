"""Gateways, loops, ad-hoc work and plain BPMN without gateways, by examples."""

from typing import Any

import pytest

from apps.engine.core import Block, Do, Finished
from apps.engine.core.rehearsal import rehearse
from apps.processes.core.plan import AdHoc, Event, EventKind, Loop, NodeKind, Plan
from tests.engine.test_core import go, nodes, on
from tests.engine.test_core_events import played, round_trip
from tests.factories.engine import PlanText, mapping


def inclusive() -> PlanText:
    text = PlanText().service("a").service("b").service("c").service("after")
    text.node("split", NodeKind.INCLUSIVE).node("join", NodeKind.INCLUSIVE)
    text.flow("start", "split").flow("split", "a", when="x").flow("split", "b", when="y").flow("split", "c", default=True)
    return text.flow("a", "join", "after", "end").flow("b", "join").flow("c", "join")


@pytest.mark.parametrize(
    ("x", "y", "work"), [(True, True, ["a", "b"]), (True, False, ["a"]), (False, True, ["b"]), (False, False, ["c"])]
)
def test_an_inclusive_join_waits_for_exactly_what_its_split_chose(x, y, work):
    plan = inclusive().plan()

    outcome = go(plan, variables={"x": x, "y": y})

    assert nodes(outcome) == work
    for name in work:
        assert "after" not in nodes(outcome)
        outcome = round_trip(on(outcome, plan, name))
    assert nodes(outcome) == ["after"]
    assert on(outcome, plan, "after").ended


def test_an_inclusive_join_does_not_wait_for_a_token_that_went_past_it():
    text = PlanText().service("a").service("b").service("after").choice("past")
    text.node("split", NodeKind.INCLUSIVE).node("join", NodeKind.INCLUSIVE).flow("start", "split", "a", "past")
    text.flow("past", "join", default=True).flow("past", "end2", when="leave").flow("split", "b", "join", "after", "end")
    plan = text.plan()

    outcome = go(plan, variables={"x": True, "y": True, "leave": True})
    outcome = on(outcome, plan, "b")
    waiting = nodes(outcome)
    outcome = on(outcome, plan, "a")

    assert waiting == []
    assert nodes(outcome) == ["after"]


def test_an_inclusive_join_that_a_loop_leads_back_to_fires_per_round():
    text = PlanText().node("join", NodeKind.INCLUSIVE).script("count", "n + 1", "n").choice("again")
    text.flow("start", "join", "count", "again").flow("again", "join", when="n < 3").flow("again", "end", default=True)

    assert played(text, n=0).trace.count("count") == 3


def test_a_complex_join_fires_once_and_takes_the_late_tokens():
    text = PlanText().fork("split").service("a").service("b").service("c").service("after")
    text.node("join", NodeKind.COMPLEX, activation="activationCount >= 2").flow("start", "split", "a", "join", "after", "end")
    plan = text.flow("split", "b", "join").flow("split", "c", "join").plan()

    outcome = on(go(plan), plan, "a")
    fired = round_trip(on(outcome, plan, "b"))
    late = round_trip(on(fired, plan, "c"))

    assert nodes(outcome) == []
    assert nodes(fired) == ["after"]
    assert nodes(late) == []
    assert not late.marking.joins
    assert not late.marking.resets
    assert on(late, plan, "after").ended


def test_several_flows_out_of_an_activity_are_taken_together_and_conditions_choose():
    text = PlanText().service("a").service("b").service("c").service("d")
    text.flow("start", "a").flow("a", "b").flow("a", "c", when="x").flow("a", "d", default=True)

    assert nodes(on(go(text.plan(), variables={"x": True}), text.plan(), "a")) == ["b", "c"]
    assert nodes(on(go(text.plan(), variables={"x": False}), text.plan(), "a")) == ["b", "d"]


def test_without_start_and_end_events_everything_that_nothing_leads_to_begins():
    text = PlanText().service("a").service("b").service("c")
    plan = text.flow("a", "c").plan()

    outcome = go(plan)

    assert nodes(outcome) == ["a", "b"]
    assert on(on(on(outcome, plan, "b"), plan, "a"), plan, "c").ended


def looped(loop: Loop, **parts: Any) -> Plan:
    return PlanText().service("work", loop=loop, **parts).service("after").flow("start", "work", "after", "end").plan()


@pytest.mark.parametrize("sequential", [True, False])
def test_instances_see_their_item_and_their_results_are_gathered_in_order(sequential):
    loop = Loop(sequential=sequential, collection="items", element="one", output_collection="all", output_element="got * 2")
    plan = looped(loop, parameters=mapping(item="one", number="loopCounter"))
    outcome, seen = go(plan, variables={"items": [5, 6, 7]}), []

    while nodes(outcome) != ["after"]:
        seen += [command.parameters for command in outcome.commands if isinstance(command, Do)]
        last = max(token for token, place in outcome.marking.tokens.items() if place[1] != 0)
        got = outcome.marking.scopes[last].variables["one"]
        outcome = round_trip(go(plan, outcome.marking, Finished(last, {"got": got}), variables=outcome.variables))

    assert seen == [{"item": item, "number": number} for number, item in enumerate([5, 6, 7], 1)]
    assert outcome.variables["all"] == [10, 12, 14]


def test_a_completion_condition_withdraws_the_instances_that_are_left():
    plan = looped(Loop(cardinality="4", completion="numberOfCompletedInstances >= 2"))

    first = go(plan)
    instances = [command.token for command in first.commands]
    one = go(plan, first.marking, Finished(instances[3]))
    two = round_trip(go(plan, one.marking, Finished(instances[0])))

    assert not one.commands
    assert [(type(command).__name__, command.node) for command in two.commands] == [
        ("Withdraw", "work"),
        ("Withdraw", "work"),
        ("Do", "after"),
    ]


@pytest.mark.parametrize("loop", [Loop(cardinality="0"), Loop(collection="[]"), Loop(collection="[]", sequential=True)])
def test_no_instances_means_that_the_activity_is_done(loop):
    assert nodes(go(looped(loop))) == ["after"]


@pytest.mark.parametrize(
    "loop", [Loop(cardinality='"many"'), Loop(cardinality="-1"), Loop(collection="7"), Loop(cardinality="10001"), Loop()]
)
def test_instances_that_cannot_be_counted_are_an_incident(loop):
    assert isinstance(go(looped(loop)).commands[0], Block)


def test_an_instance_may_be_a_sub_process_with_a_boundary_around_all():
    text = PlanText().sub("box", loop=Loop(cardinality="3")).service("inner", scope="box").flow("start_box", "inner", "end_box")
    text.on("edge", "box", Event(EventKind.ERROR)).flow("edge", "end2")
    plan = text.flow("start", "box", "end").plan()

    whole = rehearse(plan)
    broken = rehearse(plan, script={"inner": [{}, {"error": "X"}, {}]})

    assert whole.ended
    assert whole.trace.count("inner") == whole.trace.count("box") == 3
    assert broken.trace[-2:] == ["edge", "end2"]


@pytest.mark.parametrize(
    ("loop", "times"),
    [
        (Loop(multi=False, condition="n < 3"), 3),
        (Loop(multi=False, condition="n < 3", maximum=2), 2),
        (Loop(multi=False, condition="n < 0"), 1),
        (Loop(multi=False, condition="n < 0", test_before=True), 0),
        (Loop(multi=False, maximum=4), 4),
    ],
)
def test_a_standard_loop_repeats_while_its_condition_holds(loop, times):
    text = PlanText().node("work", NodeKind.SCRIPT_TASK, script="n + 1", script_result="n", loop=loop)

    result = played(text.flow("start", "work", "end"), n=0)

    assert result.ended
    assert result.variables["n"] == times


def test_an_endless_standard_loop_is_an_incident_not_a_recursion():
    text = PlanText().node("work", NodeKind.SCRIPT_TASK, script="1", script_result="n", loop=Loop(multi=False, condition="true"))

    outcome = go(text.flow("start", "work", "end").plan(), passes_limit=2000)

    assert isinstance(outcome.commands[0], Block)


@pytest.mark.parametrize(("sequential", "first"), [(True, ["a"]), (False, ["a", "b", "c"])])
def test_an_ad_hoc_sub_process_does_its_activities_until_its_condition_holds(sequential, first):
    text = PlanText().sub("box", ad_hoc=AdHoc(sequential=sequential, completion="enough"))
    text.nodes["box"]["kind"] = NodeKind.AD_HOC
    for name in "abc":
        text.service(name, scope="box", outputs=mapping(enough="enough"))
    plan = text.flow("start", "box", "end").plan()

    begun = go(plan, variables={"enough": False})
    one = on(begun, plan, "a", {"enough": False})
    two = round_trip(on(one, plan, "b", {"enough": True}))

    assert nodes(begun) == first
    assert two.ended
    assert two.trace == ["b", "box", "end"]
