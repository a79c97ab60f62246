"""A run goes on in another version of its model: nothing is lost, nothing is made up, and what cannot be is refused by name."""

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine import core
from apps.engine.core.counterparts import Counterparts
from apps.engine.core.migrating import passed_by_migration
from apps.processes.core.plan import Event, EventKind, Flow, Human, Loop, Node, NodeKind, Plan, Timer
from tests.engine.plays import Play, halfway, with_other_ids
from tests.factories.engine import PlanText
from tests.simulation.models import timer

SEEDS = st.integers(0, 3000)
STEPS = st.integers(0, 12)


@settings(max_examples=80)
@given(SEEDS, STEPS)
def test_a_migration_to_the_same_plan_changes_nothing(seed, steps):
    play, _ = halfway(seed, steps)
    if play.ended:
        return

    outcome = play.migrated(play.plan).outcome

    assert outcome is not None
    assert outcome.commands == []
    assert outcome.marking == play.marking


@settings(max_examples=80)
@given(SEEDS, STEPS)
def test_there_and_back_is_where_it_was_and_no_token_is_lost_or_made_on_the_way(seed, steps):
    play, _ = halfway(seed, steps)
    old, before = play.plan, play.marking
    if play.ended:
        return
    new, names = with_other_ids(old)

    play.moves_to(new, names)

    assert {token: (names[node], scope) for token, (node, scope) in before.tokens.items()} == play.marking.tokens
    assert {(scope, names[join]) for scope, join in before.joins} == set(play.marking.joins)

    play.moves_to(old, {there: here for here, there in names.items()})

    assert play.marking == before


@settings(max_examples=80)
@given(SEEDS, STEPS)
def test_a_migrated_run_does_what_the_oracle_says_and_ends(seed, steps):
    play, builder = halfway(seed, steps)
    if play.ended:
        return
    new, names = with_other_ids(play.plan)

    play.moves_to(new, names)
    play.go(3000)

    assert play.ended
    done = Counter({name.removesuffix("x"): 0 for name in play.done})
    for name, times in play.done.items():
        done[name.removesuffix("x")] += times
    assert builder.differences(done) == ""


def with_one_step_more(plan: Plan, random: Random) -> Plan:
    """The same model with one more step on one of its flows."""
    flows = [flow for flow in plan.flows.values() if plan.nodes[flow.source].kind is not NodeKind.EVENT_BASED]
    flow = random.choice(sorted(flows, key=lambda each: each.id))
    target = plan.nodes[flow.target]
    more = Node("more", NodeKind.USER_TASK, "more", target.scope, ("more-in",), (flow.id,), human=Human("maker"))
    source = plan.nodes[flow.source]
    outgoing = tuple("more-in" if each == flow.id else each for each in source.outgoing)
    default = "more-in" if source.default_flow == flow.id else source.default_flow
    changed = {"more": more, source.id: replace(source, outgoing=outgoing, default_flow=default)}
    split = {"more-in": replace(flow, id="more-in", target="more"), flow.id: Flow(flow.id, "more", flow.target)}
    return replace(plan, nodes={**plan.nodes, **changed}, flows={**plan.flows, **split})


@settings(max_examples=120)
@given(SEEDS, STEPS)
def test_a_step_more_anywhere_in_a_sound_model_keeps_no_run_from_its_end(seed, steps):
    play, builder = halfway(seed, steps)
    if play.ended:
        return
    new = with_one_step_more(play.plan, play.random)

    play.moves_to(new)
    play.go(3000)

    assert play.ended
    assert builder.differences(Counter({name: times for name, times in play.done.items() if name != "more"})) == ""


def line(*names: str, key: str = "P", **more: str) -> PlanText:
    text = PlanText(key)
    for name in names:
        text.user(name)
    return text.flow("start", *names, "end")


def test_a_token_on_an_element_that_is_gone_or_of_another_kind_is_refused_by_name():
    play = Play(line("a", "b").plan())

    assert play.refused(line("b").plan()) == {("a", "gone")}
    assert play.refused(PlanText().service("a").user("b").flow("start", "a", "b", "end").plan()) == {("a", "kind")}
    assert play.refused(line("c", "b").plan(), {"nobody": "c"}) == {("nobody", "unknown"), ("a", "gone")}
    assert play.refused(PlanText().service("c").user("b").flow("start", "c", "b", "end").plan(), {"a": "c"}) == {("a", "kind")}


def test_a_mapping_lets_a_token_go_on_from_the_element_that_it_names():
    play = Play(line("a", "b").plan())

    play.moves_to(line("x", "c").plan(), {"a": "x"})
    play.go(9)

    assert (play.ended, play.done) == (True, Counter({"x": 1, "c": 1}))


def test_two_tokens_never_become_one():
    two = PlanText().fork("split").user("a").user("b").fork("join")
    play = Play(two.flow("start", "split", "a", "join", "end").flow("split", "b", "join").plan())

    assert play.refused(line("a").plan(), {"b": "a"}) >= {("a", "merged"), ("b", "merged")}


def branches(*names: str, behind: str = "") -> Plan:
    """A fork into these tasks and a join; `behind` stands between the first of them and the join."""
    text = PlanText().fork("split").fork("join").user("last").flow("start", "split")
    for name in names:
        text.user(name).flow("split", name)
        if behind and name == names[0]:
            text.user(behind).flow(name, behind, "join")
        else:
            text.flow(name, "join")
    return text.flow("join", "last", "end").plan()


def test_a_branch_more_before_a_join_is_refused_once_the_fork_is_behind():
    play = Play(branches("a", "b"))

    assert play.refused(branches("a", "b", "c")) == {("join", "stuck")}


def test_branches_that_come_one_after_the_other_in_the_new_version_are_refused():
    play = Play(branches("a", "b"))

    assert {rule for _, rule in play.refused(line("a", "b", "last").plan())} == {"doubled"}


def test_a_token_that_waits_at_a_join_counts_for_a_branch_in_which_a_step_was_added():
    play = Play(branches("a", "b"))
    play.tell(core.Finished(next(token for token, (node, _) in play.marking.tokens.items() if node == "a")))
    play.open = {token: node for token, node in play.open.items() if node != "a"}

    play.moves_to(branches("a", "b", behind="more"))
    play.go(9)

    assert (play.ended, play.done) == (True, Counter({"b": 1, "last": 1}))


def test_a_token_that_waits_at_a_join_which_is_gone_is_refused():
    play = Play(branches("a", "b"))
    play.tell(core.Finished(next(token for token, (node, _) in play.marking.tokens.items() if node == "a")))

    assert ("join", "gone") in play.refused(line("a", "b", "last").plan())


def asking(**form: object) -> Plan:
    return PlanText().user("a", form=dict(form)).flow("start", "a", "end").plan()


NUMBER, TEXT = {"type": "number"}, {"type": "string"}


def test_a_form_that_an_answer_to_the_old_one_would_not_fit_is_refused():
    play = Play(asking(properties={"n": NUMBER, "why": TEXT}, required=["n"]))

    assert play.refused(asking(properties={"n": TEXT, "why": TEXT}, required=["n"])) == {("a", "form")}
    assert play.refused(asking(properties={"n": NUMBER}, required=["n"])) == {("a", "form")}
    assert play.refused(asking(properties={"n": NUMBER, "why": TEXT}, required=["n", "why"])) == {("a", "form")}
    play.moves_to(asking(properties={"n": {**NUMBER, "title": "How many"}, "why": TEXT, "more": TEXT}))


def test_a_step_of_people_that_asks_another_role_is_refused():
    play = Play(PlanText().user("a").flow("start", "a", "end").plan())

    assert play.refused(PlanText().user("a", role="checker").flow("start", "a", "end").plan()) == {("a", "role")}


def test_what_is_done_several_times_is_refused_when_it_repeats_in_another_way():
    def many(count: str) -> Plan:
        return PlanText().user("a", loop=Loop(cardinality=count)).flow("start", "a", "end").plan()

    play = Play(many("3"))

    assert play.refused(many("4")) == {("a", "loop")}
    play.moves_to(many("3"))
    play.go(9)
    assert play.done == Counter({"a": 3})


def boxed(inner: str) -> Plan:
    text = PlanText().sub("box").sub("other").user("a", scope=inner).user("b", scope="box" if inner == "other" else "other")
    for scope, task in (("box", "a" if inner == "box" else "b"), ("other", "b" if inner == "box" else "a")):
        text.node(f"start-{scope}", NodeKind.START, scope).node(f"end-{scope}", NodeKind.END, scope)
        text.flow(f"start-{scope}", task, f"end-{scope}")
    return text.flow("start", "box", "other", "end").plan()


def test_a_step_in_another_sub_process_is_refused():
    play = Play(boxed("box"))

    assert ("a", "scope") in play.refused(boxed("other"))


def watched(*events: tuple[str, Event], **more: object) -> Plan:
    text = PlanText().user("a").flow("start", "a", "end")
    for name, event in events:
        text.on(name, "a", event, **more).flow(name, f"end-{name}")  # type: ignore[arg-type]
    return text.plan()


def test_an_event_beside_a_step_is_kept_where_it_says_the_same_and_its_time_goes_on():
    play = Play(watched(("late", timer("PT1H"))))

    outcome = play.moves_to(watched(("later", timer("PT1H"))), {"late": "later"})

    assert outcome.commands == []
    assert sorted(node for node, _ in play.marking.tokens.values()) == ["a", "later"]


def test_an_event_beside_a_step_is_armed_where_it_is_new_and_withdrawn_where_it_is_gone():
    play = Play(watched(("late", timer("PT1H"))))
    known = next(token for token, (node, _) in play.marking.tokens.items() if node == "late")

    outcome = play.moves_to(watched(("other", timer("PT2H"))))

    assert outcome.commands == [core.Withdraw(known, "late"), core.AwaitInstant(known + 1, "other", seconds=7200)]
    assert sorted(node for node, _ in play.marking.tokens.values()) == ["a", "other"]


def test_an_event_that_has_happened_is_not_armed_again():
    plan = watched(("late", timer("PT1H")), interrupting=False)
    play = Play(plan)
    play.tell(core.Finished(next(token for token, (node, _) in play.marking.tokens.items() if node == "late")))

    outcome = play.moves_to(replace(plan, name="the next one"))

    assert outcome.commands == []
    assert [node for node, _ in play.marking.tokens.values()] == ["a"]


def test_a_wait_whose_event_has_changed_is_opened_anew():
    play = Play(PlanText().timer("t", duration='duration("PT1H")').flow("start", "t", "end").plan())
    known = next(iter(play.marking.tokens))

    outcome = play.moves_to(PlanText().timer("t", duration='duration("PT5M")').flow("start", "t", "end").plan())

    assert outcome.commands == [core.Withdraw(known, "t"), core.AwaitInstant(known + 1, "t", seconds=300)]
    assert play.marking.passes["t"] == 1


def working(handler: str) -> Plan:
    return PlanText().service("a", handler).flow("start", "a", "end").plan()


def test_work_that_was_tried_is_refused_when_it_is_other_work_now_and_asked_for_anew_when_it_was_not():
    play = Play(working("one"))
    known = next(iter(play.marking.tokens))

    assert play.refused(working("two"), tried=frozenset({known})) == {("a", "tried")}
    outcome = play.moves_to(working("two"))
    assert [type(command) for command in outcome.commands] == [core.Withdraw, core.Do]
    assert list(play.marking.tokens) == [known + 1]


def booked(undo: str, handler: str = "") -> Plan:
    text = PlanText().service("book", compensated_by=undo or None).user("look").flow("start", "book", "look", "end")
    if undo:
        text.service(undo, is_compensation=True)
    return text.plan()


def test_what_can_be_undone_can_still_be_undone_or_it_is_refused():
    play = Play(booked("unbook")).go(1)
    assert play.marking.done

    assert play.refused(booked("")) == {("book", "compensation")}
    play.moves_to(booked("take-back"), {"unbook": "take-back"})
    assert play.marking.done == {0: [["book", {}, []]]}


def test_a_call_that_is_going_on_is_refused_when_it_would_be_of_another_process():
    def calling(process: str) -> Plan:
        return PlanText().call("c", process).flow("start", "c", "end").plan()

    play = Play(calling("ONE"))

    assert play.refused(calling("TWO")) == {("c", "called")}
    play.moves_to(replace(calling("ONE"), name="later"))


def test_a_second_pair_of_eyes_that_would_not_find_whom_it_checks_is_refused():
    def checked(make: str) -> Plan:
        text = PlanText().user(make).user("look").user("check", role="checker", checks=make)
        return text.flow("start", make, "look", "check", "end").plan()

    play = Play(checked("make")).go(1)

    assert play.refused(checked("made"), {"make": "made"}) == {("make", "checks")}


def test_a_step_that_checks_another_keeps_its_id_while_somebody_is_asked_for_it():
    def checked(check):
        text = PlanText().user("make").user(check, role="checker", checks="make")
        return text.flow("start", "make", check, "end").plan()

    play = Play(checked("check")).go(1)

    assert ("check", "check") in play.refused(checked("second"), {"check": "second"})


def passed(play: Play, new: Plan, mapping: dict[str, str] | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = passed_by_migration(Counterparts(play.plan, new, mapping or {}), play.marking)
    return found.lost, found.missed


def test_decisions_of_people_that_the_run_would_do_without_are_found():
    play = Play(line("a", "confirm", "b").plan())
    optional = PlanText().user("a").choice("which").user("confirm").user("b").flow("start", "a", "which", "confirm", "b", "end")

    assert passed(play, line("a", "confirm", "b").plan()) == ((), ())
    assert passed(play, line("a", "b").plan()) == (("confirm",), ())
    assert passed(play, line("x", "a", "confirm", "b").plan()) == ((), ("x",))
    assert passed(play, line("y", "confirm", "x", "b").plan(), {"a": "x"}) == (("confirm",), ("y", "confirm"))
    assert passed(play, optional.flow("which", "b", when="true").plan()) == (("confirm",), ())


def test_a_way_that_went_around_a_decision_already_is_no_reason():
    text = PlanText().choice("which").user("confirm").user("b").flow("start", "which", "b", "end").flow("which", "confirm", "b")
    play = Play(text.plan())
    assert [node for node, _ in play.marking.tokens.values()] == ["b"]

    assert passed(play, replace(text.plan(), name="later")) == ((), ())


def test_an_event_based_gateway_waits_for_what_the_new_version_waits_for():
    def either(*targets: tuple[str, str]) -> Plan:
        text = PlanText().node("first", NodeKind.EVENT_BASED).flow("start", "first")
        for name, duration in targets:
            text.timer(name, duration=f'duration("{duration}")').flow("first", name, f"end-{name}")
        return text.plan()

    play = Play(either(("a", "PT1H"), ("b", "PT2H")))
    kept = next(token for token, (node, _) in play.marking.tokens.items() if node == "a")

    outcome = play.moves_to(either(("a", "PT1H"), ("c", "PT3H")))

    assert [type(command) for command in outcome.commands] == [core.Withdraw, core.AwaitInstant]
    assert play.marking.tokens[kept] == ("a", 0)
    assert sorted(node for node, _ in play.marking.tokens.values()) == ["a", "c", "first"]


def test_the_events_of_a_scope_are_armed_and_withdrawn_with_the_version():
    def with_events(*names: str) -> Plan:
        text = PlanText().user("a").flow("start", "a", "end")
        for name in names:
            event = Event(EventKind.TIMER, timer=Timer(duration='duration("PT1H")'))
            text.node(f"on-{name}", NodeKind.EVENT_SUB_PROCESS).node(name, NodeKind.START, f"on-{name}", events=(event,))
            text.node(f"end-{name}", NodeKind.END, f"on-{name}").flow(name, f"end-{name}")
        return text.plan()

    play = Play(with_events("one", "two"))

    outcome = play.moves_to(with_events("two", "three"))

    assert [(type(each), each.node) for each in outcome.commands] == [(core.Withdraw, "one"), (core.AwaitInstant, "three")]
    assert sorted(node for node, _ in play.marking.tokens.values()) == ["a", "three", "two"]
