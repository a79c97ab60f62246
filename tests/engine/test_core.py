"""The pure core by examples: where do the tokens go?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine import core
from apps.engine.core import AskPerson, AwaitInstant, AwaitMessage, Block, CallProcess, Do, Finished, Marking, Outcome, Retried
from apps.processes.core.plan import Plan
from tests.factories.engine import DAY, PlanText, chain, mapping
from tests.simulation.models import Builder


def go(
    plan: Plan, marking: Marking | None = None, *happenings: Any, variables: dict[str, Any] | None = None, **more: Any
) -> Outcome:
    happened = happenings or (core.Started(),)
    return core.advance(plan, marking or Marking(), happened, variables=variables or {}, business_date=DAY, **more)


def on(outcome: Outcome, plan: Plan, node: str, outputs: dict[str, Any] | None = None, **more: Any) -> Outcome:
    """Finishes the token that stands on the node."""
    token = next(number for number, place in outcome.marking.tokens.items() if place[0] == node)
    return go(plan, outcome.marking, Finished(token, outputs or {}), variables=outcome.variables, **more)


def nodes(outcome: Outcome) -> list[str]:
    return [command.node for command in outcome.commands]


def test_a_chain_gives_one_step_after_the_other_and_ends():
    plan = chain(2).plan()

    first = go(plan)
    second = on(first, plan, "s0")
    last = on(second, plan, "s1")

    assert nodes(first) == ["s0"]
    assert nodes(second) == ["s1"]
    assert last.ended
    assert not last.commands
    assert not last.marking.tokens
    assert last.trace == ["s1", "end"]


def test_what_was_passed_in_is_not_changed():
    plan = PlanText().service("a", outputs=mapping(x="y")).flow("start", "a", "end").plan()
    first = go(plan)
    before = json.dumps(first.marking.to_json())

    on(first, plan, "a", {"y": 1})

    assert json.dumps(first.marking.to_json()) == before
    assert first.variables == {}


def test_a_happening_for_a_token_that_is_gone_changes_nothing():
    plan = chain(2).plan()
    first = go(plan)

    again = go(plan, first.marking, Finished(99), variables={})

    assert again.marking == first.marking
    assert not again.commands


def test_parameters_and_outputs_are_feel_and_decimals_become_text():
    text = PlanText().service("a", parameters=mapping(n="amount + 1"), outputs=mapping(total="got", when="business date"))
    plan = text.flow("start", "a", "end").plan()

    first = go(plan, variables={"amount": 2})
    last = on(first, plan, "a", {"got": "1.50"})

    command = first.commands[0]
    assert isinstance(command, Do)
    assert command.parameters == {"n": 3}
    assert last.variables["total"] == "1.50"
    assert last.variables["when"] == "2026-03-02"


def test_outputs_without_a_mapping_do_not_become_variables():
    plan = chain(1).plan()

    last = on(go(plan), plan, "s0", {"secret": 1})

    assert last.variables == {}


def choice_plan() -> PlanText:
    text = PlanText().service("big").service("small").choice("which")
    text.flow("start", "which").flow("which", "big", when="n > 10").flow("which", "small", default=True)
    return text.flow("big", "end1").flow("small", "end2")


@pytest.mark.parametrize(("n", "node"), [(11, "big"), (10, "small"), (None, "small")])
def test_the_first_true_condition_chooses_else_the_default(n, node):
    outcome = go(choice_plan().plan(), variables={"n": n} if n else {"n": 0})

    assert nodes(outcome) == [node]


def test_no_true_condition_and_no_default_is_an_incident_and_the_token_stays():
    text = PlanText().service("a").choice("which").flow("start", "which").flow("which", "a", when="n > 10").flow("a", "end")
    plan = text.plan()

    stopped = go(plan, variables={"n": 1})
    token = stopped.commands[0].token
    still = go(plan, stopped.marking, Retried(token), variables={"n": 1})
    free = go(plan, stopped.marking, Retried(token), variables={"n": 11})

    assert isinstance(stopped.commands[0], Block)
    assert "no condition holds" in stopped.commands[0].problem
    assert isinstance(still.commands[0], Block)
    assert nodes(free) == ["a"]


def test_an_expression_that_cannot_be_evaluated_is_an_incident_never_an_exception():
    plan = PlanText().service("a", parameters=mapping(x="1 +")).flow("start", "a", "end").plan()

    outcome = go(plan)

    assert isinstance(outcome.commands[0], Block)
    assert not outcome.ended


def test_outputs_that_cannot_be_mapped_keep_the_token_where_it_is():
    plan = PlanText().service("a", outputs=mapping(x="1 +")).flow("start", "a", "end").plan()

    outcome = on(go(plan), plan, "a")

    block = outcome.commands[0]
    assert isinstance(block, Block)
    assert not block.new
    assert list(outcome.marking.tokens.values()) == [("a", 0)]


def test_a_parallel_join_waits_for_every_branch():
    text = PlanText().service("a").service("b").fork("split").fork("join").service("after")
    plan = text.flow("start", "split", "a", "join").flow("split", "b", "join").flow("join", "after", "end").plan()

    both = go(plan)
    one = on(both, plan, "a")
    done = on(one, plan, "b")

    assert nodes(both) == ["a", "b"]
    assert nodes(one) == []
    assert not one.ended
    assert nodes(done) == ["after"]


def test_a_join_in_a_loop_counts_per_flow_and_round():
    text = PlanText().service("a").service("b").fork("split").fork("join").choice("again").choice("merge")
    text.flow("start", "merge", "split", "a", "join", "again").flow("split", "b", "join")
    plan = text.flow("again", "merge", when="more = 1").flow("again", "end", default=True).plan()
    outcome = go(plan, variables={"more": 1})

    for _ in range(3):
        outcome = on(outcome, plan, "b")
        outcome = on(outcome, plan, "a")
        assert nodes(outcome) == ["a", "b"]
    outcome = Outcome(outcome.marking, {"more": 0}, [], [], False)
    outcome = on(on(outcome, plan, "a"), plan, "b")

    assert outcome.ended


def test_a_join_whose_branch_never_comes_is_an_incident():
    text = PlanText().service("a").service("b").choice("which").fork("join")
    text.flow("start", "which").flow("which", "a", default=True).flow("which", "b", when="false")
    plan = text.flow("a", "join", "end").flow("b", "join").plan()

    outcome = on(go(plan), plan, "a")

    block = outcome.commands[0]
    assert isinstance(block, Block)
    assert "never come" in block.problem
    skipped = go(plan, outcome.marking, core.Skipped(block.token))
    assert skipped.ended


def test_a_sub_process_has_its_own_variables_and_sees_the_outer_ones():
    text = PlanText().sub("box", inputs=mapping(inner="outer + 1"), outputs=mapping(result="inner"))
    text.service("work", scope="box", parameters=mapping(a="inner", b="outer"), outputs=mapping(inner="inner + 10", free="1"))
    text.flow("start", "box", "end").flow("start_box", "work", "end_box")
    plan = text.plan()

    first = go(plan, variables={"outer": 1})
    last = on(first, plan, "work")

    command = first.commands[0]
    assert isinstance(command, Do)
    assert command.parameters == {"a": 2, "b": 1}
    assert last.ended
    assert last.variables == {"outer": 1, "free": 1, "result": 12}


def test_a_sub_process_ends_when_its_last_token_is_gone():
    text = PlanText().sub("box").service("a", scope="box").service("b", scope="box").fork("split", scope="box")
    text.flow("start", "box", "end").flow("start_box", "split", "a", "end_a").flow("split", "b", "end_b")
    plan = text.plan()

    first = go(plan)
    one = on(first, plan, "a")
    both = on(one, plan, "b")

    assert not one.ended
    assert both.ended
    assert both.trace == ["b", "end_b", "box", "end"]


def test_each_kind_of_wait_says_what_it_waits_for():
    text = PlanText().fork("split").user("ask").receive("mail", correlation='"x" + "y"')
    text.timer("node", time_node="SH.OPEN").timer("pause", duration='duration("PT5M")')
    text.call("other", "Q", inputs=mapping(v="1")).flow("start", "split", "ask", "end1").flow("split", "mail", "end2")
    text.flow("split", "node", "end3").flow("split", "pause", "end4").flow("split", "other", "end5")
    outcome = go(text.plan())

    ask, mail, node, pause, other = outcome.commands

    assert isinstance(ask, AskPerson)
    assert isinstance(mail, AwaitMessage)
    assert (mail.name, mail.key) == ("files.arrived", "xy")
    assert isinstance(node, AwaitInstant)
    assert node.time_node == "SH.OPEN"
    assert isinstance(pause, AwaitInstant)
    assert pause.seconds
    assert isinstance(other, CallProcess)
    assert other.variables == {"v": 1}


def test_a_script_sets_its_variable_at_once():
    plan = PlanText().script("sum", "a + 1", "b").flow("start", "sum", "end").plan()

    outcome = go(plan, variables={"a": 1})

    assert outcome.ended
    assert outcome.variables == {"a": 1, "b": 2}


def test_an_endless_loop_stops_at_the_limit_as_an_incident():
    text = PlanText().script("count", "1", "x").choice("again").choice("merge")
    plan = text.flow("start", "merge", "count", "again").flow("again", "merge", default=True).plan()

    outcome = go(plan, passes_limit=50)

    assert isinstance(outcome.commands[0], Block)
    assert "more than 50 times" in outcome.commands[0].problem


def test_variables_over_the_limit_are_an_incident():
    plan = PlanText().service("a", outputs=mapping(x="y")).flow("start", "a", "end").plan()

    outcome = on(go(plan), plan, "a", {"y": "x" * 1_000_001})

    assert isinstance(outcome.commands[0], Block)
    assert "1000000" in outcome.commands[0].problem
    assert outcome.variables == {}


def blocks(depth: int = 3) -> st.SearchStrategy[Any]:
    task = st.just(("task",))
    if depth == 0:
        return task
    inner = st.lists(blocks(depth - 1), min_size=1, max_size=3)
    return st.one_of(
        task,
        st.tuples(st.just("both"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("either"), st.lists(inner, min_size=2, max_size=3), st.integers(0, 2)),
        st.tuples(st.just("box"), inner),
        st.tuples(st.just("loop"), inner, st.integers(1, 3)),
    )


@given(body=st.lists(blocks(), min_size=1, max_size=3), seed=st.randoms(use_true_random=False))
def test_every_random_model_does_exactly_the_steps_of_its_tree_in_any_order(body, seed):
    builder = Builder()
    plan = builder.whole(body)
    done: dict[str, int] = {}

    outcome = go(plan)
    moves = 0
    while not outcome.ended:
        assert not any(isinstance(command, Block) for command in outcome.commands)
        marking = Marking.from_json(json.loads(json.dumps(outcome.marking.to_json())))
        assert marking == outcome.marking
        waiting = [number for number, place in marking.tokens.items() if place[0].startswith(("task", "branch"))]
        token = seed.choice(waiting)
        node = marking.tokens[token][0]
        done[node] = done.get(node, 0) + 1
        outcome = go(plan, marking, Finished(token), variables=outcome.variables)
        moves += 1
        assert moves < 5000

    assert done == {name: times for name, times in builder.expected.items() if times}
    assert outcome.marking.tokens == {}
    assert outcome.marking.scopes == {}
    assert outcome.marking.joins == {}
