"""Runs in the database: begin, work, waits, calls, cancel; every move journaled."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.engine import actions, selectors
from apps.engine.actions.working import _claimed, settle, work
from apps.engine.errors import (
    AlreadyBegun,
    AnswerRefused,
    NotPublished,
    NotStartable,
    ReasonMissing,
    StillAtWork,
    VariablesRefused,
)
from apps.engine.handlers import Finished, Repeat, handles
from apps.engine.models import Attempt, Outbox, Run, Step, Subscription
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from apps.processes.models import Process
from tests.factories import engine as made
from tests.factories.engine import DAY, PlanText, mapping

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def kinds(run):
    return list(Entry.objects.filter(stream=f"run.{run.pk}").order_by("number").values_list("kind", flat=True))


def later(seconds):
    return clock.fixed_at(NOON + timedelta(seconds=seconds))


def test_a_chain_runs_to_its_end_and_every_move_is_in_the_journal():
    run = made.begin(made.chain(2))

    made.run_until_quiet()

    run.refresh_from_db()
    moves = Entry.objects.filter(stream=f"run.{run.pk}", kind="step.moved").order_by("number")
    assert run.state == "done"
    assert run.ended_at is not None
    assert [(e.data["node"], e.data["before"], e.data["after"]) for e in moves] == [
        ("s0", "", "ready"),
        ("s0", "ready", "running"),
        ("s0", "running", "done"),
        ("s1", "", "running"),
        ("s1", "running", "done"),
    ]
    assert kinds(run)[0] == "run.begun"
    assert kinds(run)[-1] == "run.ended"
    assert set(Entry.objects.values_list("line", flat=True)) == {"rtgs-sh"}
    assert Attempt.objects.filter(step__run=run, outcome="finished").count() == 2
    assert not Outbox.objects.exists()


def test_a_second_live_run_of_the_same_process_and_date_is_refused_and_leaves_no_trace():
    made.begin(made.chain(1))
    entries = Entry.objects.count()

    with pytest.raises(AlreadyBegun):
        made.begin("CHAIN")

    assert Run.objects.count() == 1
    assert Entry.objects.count() == entries


def test_after_the_first_has_ended_a_second_run_of_the_date_may_begin():
    made.begin(made.chain(1))
    made.run_until_quiet()

    second = made.begin("CHAIN")

    assert second.sequence == 2


def test_another_date_may_run_at_the_same_time():
    made.begin(made.chain(1))

    other = made.begin("CHAIN", day=DAY + timedelta(days=1))

    assert other.sequence == 1


def test_a_run_needs_the_right_a_published_version_and_a_startable_process():
    made.published(made.chain(1))
    called = made.published(made.chain(1, key="CALLED"), startable=False)
    draftless = Process.objects.create(key="EMPTY", name_zh="e", name_en="e", line=made.line())
    viewer, stranger = made.person("viewer", Role.MANAGER), made.person("stranger")

    with pytest.raises(NotPermitted):
        made.begin("CHAIN", actor=viewer)
    with pytest.raises(NotFound):
        made.begin("CHAIN", actor=stranger)
    with pytest.raises(NotStartable):
        made.begin(called.process.key)
    with pytest.raises(NotPublished):
        made.begin(draftless.key)
    with pytest.raises(NotFound):
        made.begin("NOWHERE")
    with pytest.raises(VariablesRefused):
        made.begin("CHAIN", variables={"x": "y" * 1_000_001})
    assert not Run.objects.exists()
    assert not Entry.objects.exists()


def test_a_run_keeps_the_version_it_began_with_and_so_do_the_ones_it_calls():
    inner = made.chain(1, key="INNER")
    made.published(inner, startable=False)
    outer = PlanText("OUTER").service("first").call("call", "INNER").flow("start", "first", "call", "end")
    run = made.begin(outer)

    made.published(made.chain(3, key="INNER"), startable=False)
    made.published(made.chain(3, key="OUTER"))
    made.run_until_quiet()

    child = Run.objects.get(parent_step__run=run)
    assert child.version.number == 1
    assert child.steps.count() == 1
    assert run.steps.count() == 2


def test_a_called_run_gets_its_inputs_and_gives_its_variables_back():
    inner = PlanText("INNER").service("work", parameters=mapping(outputs="{n: given + 1}"), outputs=mapping(found="n"))
    made.published(inner.flow("start", "work", "end"), startable=False)
    outer = PlanText("OUTER").call("call", "INNER", inputs=mapping(given="41"), outputs=mapping(answer="found"))
    run = made.begin(outer.flow("start", "call", "end"))

    made.run_until_quiet()

    run.refresh_from_db()
    child = Run.objects.get(parent_step__run=run)
    assert run.state == "done"
    assert run.variables == {"answer": 42}
    assert (child.line, child.business_date, child.depth) == (run.line, run.business_date, 1)
    assert kinds(child)[0] == "run.begun"


def test_calls_that_never_stop_calling_become_an_incident(settings):
    settings.CLEARWAY_CALL_DEPTH = 3
    made.published(PlanText("SELF").call("again", "SELF").flow("start", "again", "end"))

    made.begin("SELF")

    assert Run.objects.count() == 4
    deepest = Run.objects.order_by("-depth")[0]
    assert deepest.state == "incident"
    assert "deeper than 3" in deepest.steps.get().problem


def test_a_failed_step_is_an_incident_with_the_problem_and_can_be_retried_with_a_reason():
    text = PlanText().service("a", parameters=mapping(fail='if broken then "no file" else ""'))
    run = made.begin(text.flow("start", "a", "end"), variables={"broken": True})
    made.run_until_quiet()
    run.refresh_from_db()
    step = run.steps.get()
    assert (run.state, step.state, step.problem) == ("incident", "failed", "no file")

    with pytest.raises(ReasonMissing):
        actions.retry_step(step_id=step.pk, actor=made.operator(), reason=" ")
    actions.retry_step(step_id=step.pk, actor=made.operator(), reason="the file is here now")

    step.refresh_from_db()
    run.refresh_from_db()
    assert (run.state, step.state, step.attempt) == ("running", "ready", 1)
    assert "run.moved" in kinds(run)


def test_a_failure_may_ask_for_another_attempt_later():
    text = PlanText().service("a", parameters=mapping(fail='"not yet"', again_in="30"))
    with later(0):
        run = made.begin(text.flow("start", "a", "end"))
        made.run_until_quiet()
        step = run.steps.get()
        assert (step.state, step.attempt) == ("ready", 1)
    with later(29):
        made.run_until_quiet()
        assert run.steps.get().attempt == 1
    with later(31):
        made.run_until_quiet()
        assert run.steps.get().attempt == 2
    assert [a.outcome for a in step.attempts.all()] == ["failed", "failed"]


def test_every_attempt_of_a_step_carries_the_same_key():
    made.NOTES.clear()
    text = PlanText().service("a", parameters=mapping(fail='"no"', again_in="0")).flow("start", "a", "end")
    made.begin(text)
    for _ in range(3):
        step = Step.objects.get()
        actions.execute_step(step_id=step.pk)

    assert len({key for _, key, _ in made.NOTES}) == 1
    assert [attempt for _, _, attempt in made.NOTES] == [1, 2, 3]


def test_an_unknown_handler_wrong_parameters_and_a_raising_handler_are_failures_not_crashes():
    text = PlanText().fork("split").service("a", "nobody.has_it").service("b", parameters=mapping(again_in='"x"'))
    text.service("c", "test.raises")
    run = made.begin(text.flow("start", "split", "a", "end1").flow("split", "b", "end2").flow("split", "c", "end3"))

    made.run_until_quiet()

    problems = dict(run.steps.values_list("node_id", "problem"))
    assert "no handler is called nobody.has_it" in problems["a"]
    assert "again_in" in problems["b"]
    assert problems["c"] == "RuntimeError: broken"


@handles("test.raises", title="Raises")
def raises(context, parameters):
    raise RuntimeError("broken")


@handles("test.once", title="Once", repeat=Repeat.MANUAL_CONFIRM)
def once(context, parameters):
    return Finished()


def test_a_stale_attempt_is_refused_and_the_refusal_is_in_the_journal():
    run = made.begin(made.chain(2))
    step = run.steps.get()
    with later(0):
        slow = _claimed(step.pk)
    assert slow is not None
    with later(31):
        actions.sweep()
        made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "done"
    steps = run.steps.count()

    assert settle(slow, work(slow)) is None

    assert run.steps.count() == steps
    assert kinds(run)[-1] == "attempt.refused"
    assert kinds(run).count("attempt.lost") == 1


def test_two_workers_cannot_claim_the_same_attempt():
    run = made.begin(made.chain(1))
    step = run.steps.get()

    assert _claimed(step.pk) is not None
    assert _claimed(step.pk) is None


def test_a_step_that_loses_its_worker_three_times_becomes_an_incident():
    with later(0):
        run = made.begin(made.chain(1))
    step = run.steps.get()
    for number in range(3):
        with later(100 * number):
            assert _claimed(step.pk) is not None
        with later(100 * number + 31):
            actions.sweep()

    step.refresh_from_db()
    run.refresh_from_db()
    assert (step.state, step.crashes, run.state) == ("failed", 3, "incident")
    assert "3 times" in step.problem


def test_a_step_that_must_not_repeat_by_itself_becomes_an_incident_at_once():
    with later(0):
        run = made.begin(PlanText().service("a", "test.once").flow("start", "a", "end"))
        assert _claimed(run.steps.get().pk) is not None
    with later(31):
        actions.sweep()

    assert run.steps.get().state == "failed"
    assert not Outbox.objects.filter(step__state="failed", step__attempt__gt=1).exists()


def test_terminating_ends_the_run_its_steps_and_what_it_called_and_refuses_work_in_hand():
    made.alone(Verb.TERMINATE)
    made.published(made.chain(1, key="INNER"), startable=False)
    text = PlanText().fork("split").call("call", "INNER").receive("mail").user("ask")
    text.flow("start", "split", "call", "end1").flow("split", "mail", "end2").flow("split", "ask", "end3")
    run = made.begin(text)
    child = Run.objects.get(parent_step__run=run)
    held = _claimed(child.steps.get().pk)
    assert held is not None

    with pytest.raises(StillAtWork):
        actions.cancel_run(run_id=run.pk, actor=made.operator(), reason="wrong date")
    actions.terminate_run(run_id=run.pk, actor=made.operator(), reason="wrong date")

    run.refresh_from_db()
    child.refresh_from_db()
    assert (run.state, child.state) == ("cancelled", "cancelled")
    assert set(Step.objects.values_list("state", flat=True)) == {"cancelled"}
    assert not Subscription.objects.exists()
    assert settle(held, work(held)) is None
    assert kinds(child)[-1] == "attempt.refused"
    with pytest.raises(StaleState):
        actions.cancel_run(run_id=run.pk, actor=made.operator(), reason="again")


def test_a_called_run_that_is_cancelled_stops_its_caller_until_the_call_is_retried():
    made.published(made.chain(1, key="INNER"), startable=False)
    run = made.begin(PlanText().call("call", "INNER").flow("start", "call", "end"))
    child = Run.objects.get(parent_step__run=run)
    actions.cancel_run(run_id=child.pk, actor=made.operator(), reason="drill")
    made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "incident"

    again = actions.retry_step(step_id=run.steps.get().pk, actor=made.operator(), reason="once more")
    made.run_until_quiet()

    run.refresh_from_db()
    assert again.state == "waiting"
    assert run.state == "done"
    assert Run.objects.filter(parent_step__run=run).count() == 2


def test_outputs_that_the_model_cannot_use_are_kept_and_only_the_mapping_is_retried():
    made.NOTES.clear()
    run = made.begin(PlanText().service("a", outputs=mapping(x="1 +")).flow("start", "a", "end"))
    made.run_until_quiet()

    step = run.steps.get()
    assert step.state == "failed"
    assert step.outputs == {}
    with pytest.raises(AnswerRefused):
        actions.retry_step(step_id=step.pk, actor=made.operator(), reason="try")
    made.alone(Verb.SKIP)
    actions.skip_step(step_id=step.pk, actor=made.operator(), reason="not needed")
    run.refresh_from_db()
    assert run.state == "done"
    assert len(made.NOTES) == 1


def test_a_skip_of_a_call_cancels_what_it_called():
    made.published(made.chain(1, key="INNER"), startable=False)
    run = made.begin(PlanText().call("call", "INNER").flow("start", "call", "end"))

    made.alone(Verb.SKIP)

    actions.skip_step(step_id=run.steps.get().pk, actor=made.operator(), reason="done by hand")

    run.refresh_from_db()
    assert run.state == "done"
    assert Run.objects.get(parent_step__run=run).state == "cancelled"


def test_interventions_need_the_right_to_operate():
    run = made.begin(PlanText().timer("wait", duration='duration("PT60S")').flow("start", "wait", "end"))
    viewer, stranger = made.person("viewer", Role.MANAGER), made.person("stranger")
    step = run.steps.get()

    for person, refusal in ((viewer, NotPermitted), (stranger, NotFound)):
        with pytest.raises(refusal):
            actions.cancel_run(run_id=run.pk, actor=person, reason="x")
        with pytest.raises(refusal):
            actions.skip_step(step_id=step.pk, actor=person, reason="x")
        with pytest.raises(refusal):
            actions.retry_step(step_id=step.pk, actor=person, reason="x")

    step.refresh_from_db()
    assert step.state == "waiting"


def test_node_states_colour_the_diagram():
    text = PlanText().fork("split").service("a").user("ask").script("sum", "1", "x").service("bad", "nobody.has_it")
    text.flow("start", "split", "a", "sum", "end").flow("split", "ask", "end2").flow("split", "bad", "end3")
    run = made.begin(text)
    made.run_until_quiet()
    run.refresh_from_db()

    found = selectors.node_states(run)

    assert found["a"] == found["sum"] == found["start"] == found["split"] == "done"
    assert found["ask"] == "offered"
    assert found["bad"] == "failed"
    assert "end2" not in found


def test_lists_show_only_the_lines_of_the_person_and_ask_little(django_assert_max_num_queries):
    mine = made.begin(made.chain(1))
    elsewhere = made.line("other")
    foreign = made.published(made.chain(1, key="FOREIGN"), on=elsewhere)
    theirs = made.begin(foreign.process.key, actor=made.person("them", Role.OPERATOR, on=elsewhere))
    me = made.person("me", Role.OPERATOR)

    with django_assert_max_num_queries(8):
        assert [run.pk for run in selectors.runs_of_day(me, DAY)] == [mine.pk]
    with pytest.raises(NotFound):
        selectors.run_for(me, theirs.pk)
    assert selectors.run_for(me, mine.pk) == mine
