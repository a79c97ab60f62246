"""What the checker says of models that are sound, of models that are not, and of models as large as people draw them."""

from collections.abc import Iterator
from random import Random

import pytest

from apps.processes.core.plan import Event, EventKind, NodeKind, Plan
from apps.processes.core.problems import Problem, Severity
from apps.processes.core.soundness import check_soundness
from tests.factories.engine import PlanText
from tests.simulation.models import FULL, WIDE, Builder, random_body
from tests.simulation.mutations import mutated
from tests.simulation.token_game import TooLarge, faults_of

TERMINATE = (Event(EventKind.TERMINATE),)
TIMER = (Event(EventKind.TIMER),)
FAULTS = {
    "soundness.lack_of_synchronisation": "doubled",
    "soundness.deadlock": "stuck",
    "soundness.improper_termination": "stuck",
    "soundness.no_completion": "endless",
}


def random_model(seed: int, depth: int = 2, kinds: tuple[str, ...] = WIDE) -> Plan:
    return Builder(key=f"R{seed}").whole(random_body(Random(seed), depth, kinds))


def told(problems: list[Problem]) -> set[str]:
    return {FAULTS.get(problem.rule, f"dead {problem.element}") for problem in problems}


def rules(text: PlanText) -> set[tuple[str, str]]:
    return {(problem.element, problem.rule) for problem in check_soundness(text.plan())}


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_every_block_structured_model_is_accepted(first):
    for seed in range(first, first + 50):
        assert check_soundness(random_model(seed, kinds=FULL)) == [], f"seed {seed}"


def test_the_verdict_on_changed_models_is_that_of_brute_force():
    compared = {"sound": 0, "unsound": 0}
    for seed, plan in changed_models(2500):
        try:
            judged = faults_of(plan, limit=3000)
        except TooLarge:
            continue
        problems = [problem for problem in check_soundness(plan) if not plan.nodes[problem.element].scope]
        compared["unsound" if judged else "sound"] += 1
        assert without_dead(told(problems)) == without_dead(judged), f"seed {seed}"
        assert bool(told(problems)) == bool(judged), f"seed {seed}"

    assert compared["sound"] > 100
    assert compared["unsound"] > 200


def changed_models(number: int) -> Iterator[tuple[int, Plan]]:
    for seed in range(number):
        plan = mutated(random_model(seed), Random(seed))
        if plan is not None and len(plan.inside("")) <= 26:
            yield seed, plan


def without_dead(faults: set[str]) -> set[str]:
    return {fault for fault in faults if not fault.startswith("dead")}


def test_a_model_of_five_hundred_elements_is_decided():
    random = Random(7)
    wide = ("both", [random_body(random, 1, WIDE) for _ in range(60)])
    narrow = [block for _ in range(20) for block in random_body(random, 3, WIDE)]

    plan = Builder(key="LARGE").whole([wide, *narrow])

    assert len(plan.nodes) > 500
    assert check_soundness(plan) == []


def test_one_fault_among_wide_parallel_branches_is_named_with_its_path():
    text = PlanText().fork("split").fork("join").choice("which").flow("start", "split").flow("join", "end")
    for number in range(150):
        text.service(f"task{number}").flow("split", f"task{number}", "join")
    text.service("left").flow("split", "which", "left", "join").flow("which", "end2")

    (problem,) = [problem for problem in check_soundness(text.plan()) if problem.rule != "soundness.dead"]

    assert (problem.element, problem.rule) == ("join", "soundness.improper_termination")
    assert "start → split" in problem.message
    assert "which → end2" in problem.message


def test_beyond_the_bound_nothing_is_claimed():
    text = PlanText().fork("split").fork("join").flow("start", "split").flow("join", "end")
    for number in range(12):
        text.choice(f"which{number}").choice(f"merge{number}").fork(f"again{number}")
        text.flow("split", f"which{number}", f"again{number}", "join").flow(f"which{number}", f"merge{number}", f"again{number}")

    (problem,) = check_soundness(text.plan(), limit=50)

    assert (problem.rule, problem.severity) == ("soundness.not_decided", Severity.WARNING)


def test_an_inclusive_join_waits_for_what_can_still_come_and_for_nothing_else():
    text = PlanText().node("some", NodeKind.INCLUSIVE).node("all", NodeKind.INCLUSIVE)
    text.service("a").service("b").service("c")
    text.flow("start", "some", "a", "all", "end").flow("some", "b", "all").flow("some", "c", "all")

    assert rules(text) == set()


def test_an_exclusive_merge_behind_an_inclusive_split_is_refused():
    text = PlanText().node("some", NodeKind.INCLUSIVE).choice("merge").service("a").service("b").service("after")
    text.flow("start", "some", "a", "merge", "after", "end").flow("some", "b", "merge")

    assert ("merge", "soundness.lack_of_synchronisation") in rules(text)


def test_several_flows_out_of_a_task_are_a_parallel_split():
    text = PlanText().service("split").service("a").service("b").choice("merge").service("after")
    text.flow("start", "split", "a", "merge", "after", "end").flow("split", "b", "merge")

    assert ("merge", "soundness.lack_of_synchronisation") in rules(text)


def test_a_conditional_flow_out_of_a_task_may_stay_empty():
    text = PlanText().service("split").service("a").service("b").fork("join")
    text.flow("start", "split", "a", "join", "end").flow("split", "b", when="x > 1").flow("b", "join")

    assert ("join", "soundness.deadlock") in rules(text)


def test_an_interrupting_event_on_a_branch_leaves_the_join_waiting():
    text = PlanText().fork("split").fork("join").service("a").service("b")
    text.flow("start", "split", "a", "join", "end").flow("split", "b", "join")
    text.node("event", NodeKind.BOUNDARY, attached_to="a", events=TIMER).flow("event", "end2")

    assert ("join", "soundness.improper_termination") in rules(text)


def test_an_interrupting_event_that_ends_all_of_the_process_leaves_nothing_waiting():
    text = PlanText().fork("split").fork("join").service("a").service("b").node("stop", NodeKind.END, events=TERMINATE)
    text.flow("start", "split", "a", "join", "end").flow("split", "b", "join")
    text.node("event", NodeKind.BOUNDARY, attached_to="a", events=TIMER).flow("event", "stop")

    assert rules(text) == set()


def test_a_reminder_in_a_loop_may_come_any_number_of_times():
    text = PlanText().choice("head").service("work").choice("again").service("remind")
    text.flow("start", "head", "work", "again", "end").flow("again", "head")
    text.node("event", NodeKind.BOUNDARY, attached_to="work", interrupting=False, events=TIMER).flow("event", "remind", "end2")

    assert rules(text) == set()


def test_a_reminder_that_runs_into_the_main_path_is_refused():
    text = PlanText().service("work").choice("merge").service("after").flow("start", "work", "merge", "after", "end")
    text.node("event", NodeKind.BOUNDARY, attached_to="work", interrupting=False, events=TIMER).flow("event", "merge")

    assert ("merge", "soundness.lack_of_synchronisation") in rules(text)


def test_a_loop_that_only_termination_leaves_is_accepted_and_one_that_nothing_leaves_is_not():
    text = PlanText().choice("head").service("work").choice("again").node("stop", NodeKind.END, events=TERMINATE)
    text.flow("start", "head", "work", "again", "head").flow("again", "stop")
    for_ever = PlanText().choice("head").service("work").choice("again").fork("never").service("side")
    for_ever.flow("start", "never", "head", "work", "again", "head").flow("never", "side", "end")

    assert rules(text) == set()
    assert {rule for _, rule in rules(for_ever)} == {"soundness.no_completion"}


def test_an_event_based_gateway_chooses_one_of_its_events():
    text = PlanText().node("first", NodeKind.EVENT_BASED).timer("late", duration='duration("PT1H")').receive("mail")
    text.fork("join").flow("start", "first", "late", "join", "end").flow("first", "mail", "join")

    assert ("join", "soundness.deadlock") in rules(text)


def test_links_lead_on_where_they_are_caught():
    there = (Event(EventKind.LINK, name="there"),)
    text = PlanText().service("a").node("throw", NodeKind.THROW, events=there).node("catch", NodeKind.CATCH, events=there)
    text.flow("start", "a", "throw").service("b").flow("catch", "b", "end")

    assert rules(text) == set()


def test_without_a_start_event_all_that_nothing_leads_to_begins_at_once():
    text = (
        PlanText().service("a").service("b").fork("join").flow("a", "join").flow("b", "join").service("last").flow("join", "last")
    )
    merged = PlanText().service("a").service("b").service("last").flow("a", "last").flow("b", "last").service("after")
    merged.flow("last", "after")

    assert rules(text) == set()
    assert ("last", "soundness.lack_of_synchronisation") in rules(merged)


def test_each_sub_process_is_looked_at_by_itself():
    text = PlanText().sub("box").flow("start", "box", "end")
    text.node("start2", NodeKind.START, "box").node("end2", NodeKind.END, "box").choice("x", "box").fork("j", "box")
    text.service("a", scope="box").service("b", scope="box")
    text.flow("start2", "x", "a", "j", "end2").flow("x", "b", "j")

    assert ("j", "soundness.deadlock") in rules(text)


def test_an_element_that_no_play_reaches_is_dead():
    text = PlanText().service("a").choice("x").service("b").flow("start", "a", "end").flow("x", "b", "x")

    assert {("x", "soundness.dead"), ("b", "soundness.dead")} <= rules(text)


def test_what_undoes_an_activity_is_no_part_of_the_flow():
    text = PlanText().service("book", compensated_by="cancel").service("cancel", is_compensation=True)
    text.node("undo", NodeKind.BOUNDARY, attached_to="book", events=(Event(EventKind.COMPENSATION),))
    text.flow("start", "book", "end")

    assert rules(text) == set()


def counting(gateway: NodeKind, activation: str) -> PlanText:
    text = PlanText().node("split", gateway).node("count", NodeKind.COMPLEX, activation=activation)
    for name in ("a", "b", "c"):
        text.service(name).flow("split", name, "count", when="x")
    return text.flow("start", "split").flow("count", "end")


@pytest.mark.parametrize(
    "activation", ["activationCount >= 1", "activationCount >= 2", "activationCount = 3", "activationCount > x"]
)
def test_a_complex_gateway_to_which_every_branch_comes_is_sound_whatever_it_waits_for(activation):
    assert rules(counting(NodeKind.PARALLEL, activation)) == set()


def test_a_complex_gateway_that_any_branch_activates_is_sound_behind_a_choice():
    assert rules(counting(NodeKind.EXCLUSIVE, "activationCount >= 1")) == set()


def test_a_complex_gateway_that_waits_for_all_branches_is_a_deadlock_behind_a_choice():
    assert ("count", "soundness.deadlock") in rules(counting(NodeKind.EXCLUSIVE, "activationCount >= 3"))


@pytest.mark.parametrize("activation", ["activationCount >= 2", "x > 1"])
def test_what_a_complex_gateway_waits_for_behind_a_choice_is_not_decided(activation):
    assert rules(counting(NodeKind.INCLUSIVE, activation)) == {("count", "soundness.not_decided")}


def test_a_complex_gateway_that_comes_round_is_not_decided():
    text = (
        PlanText().fork("split").node("count", NodeKind.COMPLEX, activation="activationCount >= 1").choice("merge").choice("more")
    )
    for name in ("a", "b"):
        text.service(name).flow("split", name, "count")
    text.flow("start", "merge", "split").flow("count", "more", "end", default=True).flow("more", "merge", when="x")

    assert ("count", "soundness.not_decided") in rules(text)
