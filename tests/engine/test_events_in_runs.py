"""Events in the database: what is withdrawn, who hears a signal, and how errors reach a caller."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.engine import actions
from apps.engine.actions.working import _claimed, settle, work
from apps.engine.core.marking import Marking
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Message, Subscription, Timer
from apps.journal.models import Entry
from apps.kernel import clock
from apps.processes.core.plan import Event, EventKind, NodeKind
from apps.processes.core.plan import Timer as When
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
BELL = Event(EventKind.SIGNAL, name="bell")


def later(seconds):
    return clock.fixed_at(NOON + timedelta(seconds=seconds))


def hour() -> Event:
    return Event(EventKind.TIMER, timer=When(duration='duration("PT1H")'))


def error(code: str | None = None) -> Event:
    return Event(EventKind.ERROR, code=code)


@handles("test.erring", title="Ends with a BPMN error")
def erring(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    return Failed(problem="no money", error_code="BROKE")


def guarded(event: Event, handler: str = "test.note", key: str = "P") -> PlanText:
    text = PlanText(key).service("work", handler).on("edge", "work", event).service("rescue")
    return text.flow("start", "work", "end").flow("edge", "rescue", "end2")


def test_a_due_boundary_timer_takes_the_work_away_from_its_worker():
    with later(0):
        run = made.begin(guarded(hour()))
        held = _claimed(run.steps.get(node_id="work").pk)
        assert held is not None
    with later(3600):
        assert actions.sweep().fired == 1
        refused = settle(held, work(held))
        made.run_until_quiet()

    run.refresh_from_db()
    assert refused is None
    assert run.state == "done"
    assert made.states(run) == {"work": "cancelled", "edge": "done", "rescue": "done"}
    assert Entry.objects.filter(kind="attempt.refused").count() == 1


def test_finished_work_withdraws_the_waits_beside_it():
    with later(0):
        run = made.begin(guarded(hour()))
        made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    assert made.states(run) == {"work": "done", "edge": "cancelled"}
    assert not Timer.objects.filter(fired=False).exists()


def test_an_error_of_a_handler_is_caught_beside_its_step():
    run = made.begin(guarded(error("BROKE"), "test.erring"))

    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    assert made.states(run) == {"work": "cancelled", "rescue": "done"}
    assert run.steps.get(node_id="work").problem == "no money"


def test_an_error_that_nobody_catches_is_an_incident():
    run = made.begin(guarded(error("OTHER"), "test.erring"))

    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "incident"
    assert made.states(run) == {"work": "failed"}


def calling(*events: Event) -> PlanText:
    text = PlanText("OUTER").call("call", "INNER").service("rescue").flow("start", "call", "end")
    for number, event in enumerate(events):
        text.on(f"edge{number}", "call", event).flow(f"edge{number}", "rescue")
    return text.flow("rescue", "end2")


@pytest.mark.parametrize("thrown_by", ["handler", "end event"])
def test_an_error_of_a_called_run_is_caught_beside_the_call(thrown_by):
    if thrown_by == "handler":
        inner = PlanText("INNER").service("work", "test.erring").flow("start", "work", "end")
    else:
        inner = PlanText("INNER").service("work").event("bad", NodeKind.END, error("BROKE")).flow("start", "work", "bad")
    made.published(inner)
    run = made.begin(calling(error("BROKE")))

    made.run_until_quiet()

    run.refresh_from_db()
    child = run.steps.get(node_id="call").child_run
    assert run.state == "done"
    assert made.states(run) == {"call": "cancelled", "rescue": "done"}
    assert child.state == "cancelled"
    assert not child.steps.exclude(state__in=["done", "cancelled"]).exists()


def test_an_error_of_a_called_run_that_no_caller_catches_is_an_incident_where_it_was_thrown():
    made.published(PlanText("INNER").service("work", "test.erring").flow("start", "work", "end"))
    run = made.begin(calling(error("OTHER")))

    made.run_until_quiet()

    child = run.steps.get(node_id="call").child_run
    assert child.state == "incident"
    assert made.states(run) == {"call": "waiting"}


def test_an_escalation_of_a_called_run_reaches_the_call_once():
    up = Event(EventKind.ESCALATION, code="UP")
    made.published(PlanText("INNER").event("say", NodeKind.THROW, up).user("ask").flow("start", "say", "ask", "end"))
    text = calling(up)
    text.nodes["edge0"]["interrupting"] = False
    run = made.begin(text)

    made.run_until_quiet()
    made.run_until_quiet()

    assert made.states(run) == {"call": "waiting", "rescue": "done"}
    assert run.steps.filter(node_id="rescue").count() == 1


def test_a_signal_reaches_everybody_who_waits_and_nobody_who_comes_later():
    hears = PlanText("HEARS").event("hear", NodeKind.CATCH, BELL).flow("start", "hear", "end")
    first = made.begin(hears)
    thrower = made.begin(PlanText("THROWS").event("say", NodeKind.THROW, BELL).flow("start", "say", "end"))
    made.run_until_quiet()
    second = made.begin("HEARS", day=made.DAY + timedelta(days=1))
    made.run_until_quiet()

    for run in (first, second, thrower):
        run.refresh_from_db()
    assert (first.state, thrower.state, second.state) == ("done", "done", "running")
    assert Subscription.objects.count() == 1


def test_a_thrown_message_is_kept_for_whoever_waits_for_its_key():
    mail = Event(EventKind.MESSAGE, name="mail", correlation='"k" + "1"')
    run = made.begin(PlanText().event("say", NodeKind.THROW, mail, inputs=mapping(n="1 + 1")).flow("start", "say", "end"))

    run.refresh_from_db()
    message = Message.objects.get()
    assert run.state == "done"
    assert (message.name, message.key, message.payload) == ("mail", "k1", {"n": 2})


def test_a_condition_that_comes_true_ends_its_wait():
    text = PlanText().fork("split").service("count", outputs=mapping(n="5"))
    text.event("wait", NodeKind.CATCH, Event(EventKind.CONDITIONAL, condition="n > 3"))
    run = made.begin(text.flow("start", "split", "count", "end1").flow("split", "wait", "end2"), variables={"n": 0})

    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    assert made.states(run) == {"count": "done", "wait": "done"}


def test_a_condition_that_holds_already_leaves_no_wait_behind():
    text = PlanText().event("wait", NodeKind.CATCH, Event(EventKind.CONDITIONAL, condition="n > 3"))
    run = made.begin(text.flow("start", "wait", "end"), variables={"n": 4})

    run.refresh_from_db()
    assert run.state == "done"
    assert not run.steps.exists()


def test_a_task_of_no_kind_is_a_step_that_is_done_at_once():
    run = made.begin(PlanText().node("look", NodeKind.TASK).flow("start", "look", "end"))

    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    assert made.states(run) == {"look": "done"}


def test_terminating_a_run_withdraws_steps_and_called_runs():
    made.published(PlanText("INNER").user("ask").flow("start", "ask", "end"))
    text = PlanText("OUTER").fork("split").call("call", "INNER").service("work").user("other")
    text.event("stop", NodeKind.END, Event(EventKind.TERMINATE)).flow("start", "split", "work", "stop")
    run = made.begin(text.flow("split", "call", "end1").flow("split", "other", "end2"))
    child = run.steps.get(node_id="call").child_run

    made.run_until_quiet()

    run.refresh_from_db()
    child.refresh_from_db()
    assert (run.state, child.state) == ("done", "cancelled")
    assert made.states(run) == {"work": "done", "call": "cancelled", "other": "cancelled"}
    assert not Marking.from_json(run.marking).tokens


def test_a_signal_reaches_who_began_to_wait_in_the_same_moment():
    text = PlanText("SHOUT").fork("split").fork("join")
    signal = Event(EventKind.SIGNAL, name="now")
    text.event("hears", NodeKind.CATCH, signal).event("says", NodeKind.THROW, signal)
    text.flow("start", "split", "hears", "join", "end").flow("split", "says", "join")

    run = made.begin(text)
    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
