"""Events in the pure core: what waits beside an activity, what is thrown and who catches it."""

import json
from typing import Any

import pytest

from apps.engine import core
from apps.engine.core import Block, Erred, Finished, Marking, Outcome, Withdraw
from apps.engine.core.advance import EPOCH
from apps.engine.core.expressions import instant_of
from apps.engine.core.rehearsal import Rehearsal, rehearse
from apps.processes.core.plan import Event, EventKind, Loop, NodeKind, Plan, Timer
from tests.engine.test_core import go, nodes, on
from tests.factories.engine import PlanText, mapping

HOUR = Event(EventKind.TIMER, timer=Timer(duration='duration("PT1H")'))
MAIL = Event(EventKind.MESSAGE, name="mail")
BELL = Event(EventKind.SIGNAL, name="bell")
ANY_ERROR = Event(EventKind.ERROR)


def error(code: str) -> Event:
    return Event(EventKind.ERROR, code=code)


def played(text: PlanText, script: dict[str, Any] | None = None, **variables: Any) -> Rehearsal:
    return rehearse(text.plan(), variables=variables, script=script)


def round_trip(outcome: Outcome) -> Outcome:
    """The marking survives JSON as it is."""
    marking = Marking.from_json(json.loads(json.dumps(outcome.marking.to_json())))
    assert marking == outcome.marking
    assert marking.live == outcome.marking.live
    assert {owner: sorted(beside) for owner, beside in marking.owned.items()} == outcome.marking.owned
    return outcome


def guarded(event: Event, **parts: Any) -> PlanText:
    text = PlanText().service("work").on("edge", "work", event, **parts).service("rescue")
    return text.flow("start", "work", "end").flow("edge", "rescue", "end2")


def test_a_boundary_wait_is_open_beside_its_activity_and_withdrawn_with_it():
    plan = guarded(HOUR).plan()

    first = round_trip(go(plan))
    done = on(first, plan, "work")

    assert nodes(first) == ["work", "edge"]
    assert done.ended
    assert [type(command) for command in done.commands] == [Withdraw]
    assert done.trace == ["work", "end"]


def test_an_interrupting_boundary_event_withdraws_its_activity():
    plan = guarded(HOUR).plan()

    late = round_trip(on(go(plan), plan, "edge"))

    assert [(type(command).__name__, command.node) for command in late.commands] == [("Withdraw", "work"), ("Do", "rescue")]
    assert late.trace == ["edge"]
    assert on(late, plan, "rescue").ended


def test_a_not_interrupting_boundary_event_adds_a_token_and_waits_again():
    plan = guarded(MAIL, interrupting=False).plan()

    once = round_trip(on(go(plan), plan, "edge"))
    twice = round_trip(on(once, plan, "edge"))
    worked = round_trip(on(twice, plan, "work"))

    assert nodes(once) == ["edge", "rescue"]
    assert [command.node for command in worked.commands] == ["edge"]
    assert not worked.ended
    assert on(on(worked, plan, "rescue"), plan, "rescue").ended


@pytest.mark.parametrize(
    ("delay", "trace"), [(3599, ["work", "end"]), (3600, ["work", "end"]), (3601, ["edge", "rescue", "end2"])]
)
def test_a_timer_beside_an_activity_occurs_when_the_work_takes_longer(delay, trace):
    assert played(guarded(HOUR), {"work": {"delay_seconds": delay}}).trace == ["start", *trace]


def test_a_cycle_repeats_as_often_as_it_says():
    text = guarded(Event(EventKind.TIMER, timer=Timer(cycle='"R3/PT10M"')), interrupting=False)

    result = played(text, {"work": {"delay_seconds": 7200}})

    assert result.ended
    assert result.trace.count("rescue") == 3


def test_an_error_goes_to_the_event_for_its_code_else_to_the_one_for_all():
    text = guarded(error("NO_FILE")).on("other", "work", ANY_ERROR, outputs=mapping(why="code")).flow("other", "end3")

    exact, other = played(text, {"work": {"error": "NO_FILE"}}), played(text, {"work": {"error": "ODD"}})

    assert exact.trace == ["start", "edge", "rescue", "end2"]
    assert other.trace == ["start", "other", "end3"]
    assert other.variables == {"why": "ODD"}


def test_an_error_that_nobody_catches_stops_its_token_and_is_named():
    plan = guarded(error("NO_FILE")).plan()
    first = go(plan)
    token = next(number for number, place in first.marking.tokens.items() if place[0] == "work")

    stopped = go(plan, first.marking, Erred(token, "ODD", "odd things"))

    block = stopped.commands[0]
    assert isinstance(block, Block)
    assert (block.new, block.error, block.problem) == (False, "ODD", "odd things")
    assert stopped.marking == first.marking


def boxed(end: Event | None = None) -> PlanText:
    text = PlanText().sub("box").service("inner", scope="box").service("side", scope="box").fork("split", scope="box")
    text.event("end_box", NodeKind.END, end, "box").flow("start", "box", "end").flow("start_box", "split", "inner", "end_box")
    return text.flow("split", "side", "end_side")


def test_an_error_end_event_is_caught_around_its_sub_process_and_all_inside_is_withdrawn():
    text = boxed(error("BAD")).on("edge", "box", error("BAD")).flow("edge", "end2")
    plan = text.plan()

    thrown = round_trip(on(go(plan), plan, "inner"))

    assert thrown.ended
    assert {command.node for command in thrown.commands} == {"side", "box"}
    assert thrown.trace == ["inner", "end_box", "edge", "end2"]


def test_terminate_ends_its_scope_only():
    text = boxed(Event(EventKind.TERMINATE)).plan()

    done = round_trip(on(go(text), text, "inner"))

    assert done.ended
    assert done.trace == ["inner", "end_box", "box", "end"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_goes_on_unless_it_interrupts(interrupting):
    text = boxed(Event(EventKind.ESCALATION, code="UP"))
    text.on("edge", "box", Event(EventKind.ESCALATION, code="UP"), interrupting=interrupting).service("tell")
    text.flow("edge", "tell", "end2")

    trace = played(text).trace

    assert ("box" in trace) is not interrupting
    assert "end2" in trace


def test_an_escalation_that_nobody_catches_is_said_to_the_caller():
    text = boxed(Event(EventKind.ESCALATION, code="UP")).plan()

    done = on(go(text), text, "inner")

    assert isinstance(done.commands[0], core.Escalate)
    assert not any(isinstance(command, Block) for command in done.commands)


def watched(event: Event, interrupting: bool = True) -> PlanText:
    text = PlanText().service("work").flow("start", "work", "end").sub("watch")
    text.nodes["watch"]["kind"] = NodeKind.EVENT_SUB_PROCESS
    text.event("begin", NodeKind.START, event, "watch", interrupting=interrupting).service("react", scope="watch")
    return text.flow("begin", "react", "end_watch")


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_reacts_and_the_run_ends_after_it(interrupting):
    text = watched(MAIL, interrupting)
    plan = text.plan()

    occurred = round_trip(on(go(plan), plan, "begin"))
    reacted = on(occurred, plan, "react")

    assert ("work" in [place[0] for place in occurred.marking.tokens.values()]) is not interrupting
    assert reacted.ended is interrupting
    assert on(reacted, plan, "work").ended if not interrupting else reacted.trace == ["react", "end_watch", "watch"]


def test_an_event_sub_process_catches_an_error_of_its_scope():
    result = played(watched(ANY_ERROR), {"work": {"error": "X"}})

    assert result.ended
    assert result.trace == ["start", "begin", "react", "end_watch", "watch"]


def test_a_condition_is_looked_at_after_each_happening():
    text = PlanText().fork("split").service("count", outputs=mapping(n="n")).service("after")
    text.event("wait", NodeKind.CATCH, Event(EventKind.CONDITIONAL, condition="n > 3"))
    plan = text.flow("start", "split", "count", "end1").flow("split", "wait", "after", "end2").plan()

    first = round_trip(go(plan, variables={"n": 0}))
    true = on(first, plan, "count", {"n": 4})

    assert nodes(first) == ["count", "wait"]
    assert [type(command).__name__ for command in true.commands] == ["Woke", "Do"]


def test_a_signal_of_the_run_itself_reaches_its_waits():
    text = PlanText().fork("split").event("throw", NodeKind.THROW, BELL).event("hear", NodeKind.CATCH, BELL).service("slow")
    text.flow("start", "split", "slow", "throw", "end1").flow("split", "hear", "end2")

    result = played(text, {"slow": {"delay_seconds": 60}})

    assert result.ended
    assert result.trace.index("throw") < result.trace.index("hear")


def test_a_link_jumps_to_its_catch_event():
    link = Event(EventKind.LINK, name="there")
    text = PlanText().service("work").event("jump", NodeKind.THROW, link).event("land", NodeKind.CATCH, link)

    assert played(text.flow("start", "jump").flow("land", "work", "end")).trace == ["start", "jump", "land", "work", "end"]


@pytest.mark.parametrize(
    ("script", "chosen"), [({"mail": {"message": {"n": 1}}}, "mail"), ({}, "pause"), ({"pause": {}}, "pause")]
)
def test_of_an_event_based_gateway_one_event_counts(script, chosen):
    text = PlanText().node("which", NodeKind.EVENT_BASED).receive("mail").timer("pause", duration='duration("PT5M")')
    text.flow("start", "which", "mail", "end1").flow("which", "pause", "end2")
    plan = text.plan()

    result = rehearse(plan, script=script)
    waiting = round_trip(go(plan))
    got = on(waiting, plan, "mail")

    assert result.trace[:3] == ["start", "which", chosen]
    assert result.ended
    assert [command.node for command in got.commands] == ["pause"]
    assert got.ended


def test_a_parallel_multiple_event_needs_every_part():
    text = PlanText().node("both", NodeKind.CATCH, events=(MAIL, BELL), all_events=True).flow("start", "both", "end")
    plan = text.plan()
    first = round_trip(go(plan))
    mail, bell = first.commands

    one = go(plan, first.marking, Finished(bell.token))
    two = go(plan, one.marking, Finished(mail.token))

    assert not one.ended
    assert two.ended


def test_a_multiple_event_needs_one_part():
    plan = PlanText().node("any", NodeKind.CATCH, events=(MAIL, BELL)).flow("start", "any", "end").plan()
    first = go(plan)

    done = go(plan, first.marking, Finished(first.commands[1].token))

    assert done.ended
    assert done.trace == ["any", "end"]


def transaction() -> tuple[PlanText, Plan]:
    text = PlanText().sub("deal").choice("ok", "deal")
    text.nodes["deal"]["kind"] = NodeKind.TRANSACTION
    text.service("book", scope="deal", compensated_by="unbook").service("unbook", scope="deal", is_compensation=True)
    text.service("pay", scope="deal", compensated_by="unpay").service("unpay", scope="deal", is_compensation=True)
    text.event("give_up", NodeKind.END, Event(EventKind.CANCEL), "deal").on("edge", "deal", Event(EventKind.CANCEL))
    text.flow("start", "deal", "end").flow("start_deal", "book", "pay", "ok").flow("ok", "end_deal", default=True)
    text.flow("ok", "give_up", when="bad").flow("edge", "end2")
    return text, text.plan()


def test_a_cancelled_transaction_is_undone_in_reverse_order():
    text, _ = transaction()

    cancelled, kept = played(text, bad=True), played(text, bad=False)

    assert cancelled.trace == ["start", "start_deal", "book", "pay", "ok", "give_up", "unpay", "unbook", "edge", "end2"]
    assert kept.trace[-2:] == ["deal", "end"]


def test_compensation_sees_the_data_of_a_finished_sub_process_as_they_were():
    text = PlanText().sub("box", inputs=mapping(amount="1 + 1")).service("after")
    text.service("book", scope="box", compensated_by="unbook").service("unbook", scope="box", is_compensation=True)
    text.nodes["unbook"]["parameters"] = mapping(back="amount")
    text.event("undo", NodeKind.THROW, Event(EventKind.COMPENSATION)).flow("start_box", "book", "end_box")
    plan = text.flow("start", "box", "undo", "after", "end").plan()

    undoing = round_trip(on(go(plan), plan, "book"))
    command = undoing.commands[0]
    undone = on(undoing, plan, "unbook")

    assert isinstance(command, core.Do)
    assert command.parameters == {"back": 2}
    assert nodes(undone) == ["after"]
    assert undone.trace == ["unbook", "undo"]


def test_each_instance_is_compensated_with_its_own_data():
    loop = Loop(sequential=True, collection="items", element="one")
    text = PlanText().service("book", loop=loop, compensated_by="unbook").service("unbook", is_compensation=True)
    text.nodes["unbook"]["outputs"] = mapping(log="append(log, one)")
    text.event("undo", NodeKind.END, Event(EventKind.COMPENSATION))

    result = played(text.flow("start", "book", "undo"), items=[1, 2, 3], log=[])

    assert result.ended
    assert result.variables["log"] == [3, 2, 1]


def test_an_escalation_is_thrown_before_it_is_caught():
    text = PlanText().node("p", NodeKind.SUB_PROCESS).node("ps", NodeKind.START, "p").node("pe", NodeKind.END, "p")
    text.node("raise", NodeKind.THROW, "p", events=(Event(EventKind.ESCALATION, code="X"),))
    text.node("watch", NodeKind.BOUNDARY, attached_to="p", interrupting=False, events=(Event(EventKind.ESCALATION, code="X"),))
    text.node("after", NodeKind.END).flow("ps", "raise", "pe").flow("start", "p", "end").flow("watch", "after")

    trace = rehearse(text.plan()).trace

    assert trace.index("raise") < trace.index("watch")
    assert trace.count("raise") == 1


@pytest.mark.parametrize(
    ("said", "instant"), [("2030-01-01T10:00:00", "2030-01-01T10:00:00+08:00"), ("2030-01-01", "2030-01-01T00:00:00+08:00")]
)
def test_a_date_without_a_zone_is_market_time(said, instant):
    assert instant_of(Timer(date=f'"{said}"'), {}, EPOCH) == {"instant": instant}
