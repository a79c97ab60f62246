"""Several threads at the same rows: one of them wins, and nothing is lost or doubled. On both databases."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from apps.engine import actions, store
from apps.engine.actions.working import _claimed
from apps.engine.dispatch import Dispatcher, Sweeper, register_chore
from apps.engine.dispatch.loops import SAFETY_POLL_SECONDS, _chores
from apps.engine.models import Message, Outbox, Run, Step, Timer
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel.errors import DomainError
from apps.processes.core.plan import Event, EventKind, NodeKind
from apps.processes.core.plan import Timer as When
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 60


def together(*works: Callable[[], object], patience: float = PATIENCE_SECONDS) -> Counter[str]:
    """Lets all of them begin at one moment; counts what became of them."""
    barrier, outcomes = threading.Barrier(len(works)), Counter[str]()

    def run(work: Callable[[], object]) -> None:
        try:
            barrier.wait(PATIENCE_SECONDS)
            work()
            outcomes["done"] += 1
        except DomainError as refusal:
            outcomes[refusal.code] += 1
        except Exception as bug:
            outcomes[f"{type(bug).__name__}: {bug}"] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    return outcomes


def is_dense(run: Run) -> bool:
    numbers = list(Entry.objects.filter(stream=f"run.{run.pk}").order_by("number").values_list("number", flat=True))
    return numbers == list(range(1, len(numbers) + 1))


def test_of_many_that_begin_the_same_date_one_begins():
    made.published(made.chain(1))
    person = made.operator()

    outcomes = together(*[lambda: actions.begin_run(process_key="CHAIN", business_date=made.DAY, actor=person)] * 4)

    assert outcomes == {"done": 1, "already_begun": 3}
    assert Run.objects.count() == 1


def test_workers_that_hear_the_same_bells_do_each_step_once_and_the_join_once():
    made.NOTES.clear()
    text = PlanText().fork("split").fork("join").service("after")
    text.flow("start", "split")
    for number in range(12):
        text.service(f"b{number}", outputs=mapping(**{f"v{number}": "1"})).flow("split", f"b{number}", "join")
    run = made.begin(text.flow("join", "after", "end"))
    steps = list(Step.objects.values_list("pk", flat=True))

    def work() -> None:
        for step in steps:
            actions.execute_step(step_id=step)

    outcomes = together(work, work, work, actions.sweep)

    run.refresh_from_db()
    assert outcomes == {"done": 4}
    assert run.state == "done"
    assert len(run.variables) == 12
    assert Counter(node for node, _, _ in made.NOTES) == Counter([f"b{number}" for number in range(12)] + ["after"])
    assert is_dense(run)


def test_sweepers_at_once_fire_a_timer_once():
    run = made.begin(PlanText().timer("wait", duration='duration("PT0S")').flow("start", "wait", "end"))

    outcomes = together(*[actions.sweep] * 4)

    run.refresh_from_db()
    assert outcomes == {"done": 4}
    assert run.state == "done"
    assert Timer.objects.get().fired
    assert Entry.objects.filter(kind="step.moved", data__after="done").count() == 1


def test_one_message_answers_one_of_two_waits_however_often_it_is_offered():
    from datetime import timedelta

    text = PlanText().receive("mail").flow("start", "mail", "end")
    made.begin(text)
    made.begin("P", day=made.DAY + timedelta(days=1))

    def deliver() -> None:
        actions.deliver_message(name="files.arrived", key="k", payload={}, once="a")

    outcomes = together(deliver, deliver, actions.sweep, actions.sweep)

    actions.sweep()
    assert outcomes == {"done": 4}
    assert Message.objects.count() == 1
    assert sorted(Run.objects.values_list("state", flat=True)) == ["done", "running"]


def test_an_end_by_force_and_a_finishing_worker_leave_one_clear_end():
    made.alone(Verb.TERMINATE)
    run = made.begin(made.chain(3))
    step, person = run.steps.get(), made.operator()

    outcomes = together(
        lambda: actions.execute_step(step_id=step.pk),
        lambda: actions.terminate_run(run_id=run.pk, actor=person, reason="drill"),
    )

    run.refresh_from_db()
    assert sum(outcomes.values()) == 2
    assert set(outcomes) <= {"done", "stale_state"}
    assert run.state in ("done", "cancelled")
    assert not run.steps.exclude(state__in=["done", "cancelled"]).exists()
    assert Entry.objects.filter(kind="run.ended").count() == 1
    assert is_dense(run)


def test_the_loops_carry_a_run_to_its_end_by_themselves(settings):
    settings.CLEARWAY_SWEEP_SECONDS = 0.05
    heard: list[int | None] = []
    called = threading.Event()
    register_chore("test", 0.01, called.set)
    loops = [Dispatcher(publish=lambda bells: heard.extend(step for step, _ in bells)), Sweeper()]
    for loop in loops:
        loop.start()

    try:
        run = made.begin(PlanText().timer("wait", duration='duration("PT0S")').service("a").flow("start", "wait", "a", "end"))
        for _ in range(400):
            if heard and not Outbox.objects.exists():
                break
            threading.Event().wait(0.02)
        assert called.wait(5)
    finally:
        for loop in loops:
            loop.stop()
        _chores.pop("test")
    made.hear(heard[0])

    run.refresh_from_db()
    assert run.state == "done"
    assert len(set(heard)) == 1


def begins_by(*events: Event, key: str = "P") -> PlanText:
    return PlanText(key).node("begin", NodeKind.START, events=events).user("ask").flow("begin", "ask", "end")


def test_sweepers_at_once_begin_the_run_of_a_due_start_once():
    made.published(begins_by(Event(EventKind.TIMER, timer=When(duration='"PT0S"'))))

    outcomes = together(*[actions.sweep] * 4)

    assert outcomes == {"done": 4}
    assert Run.objects.count() == 1


def test_one_message_delivered_by_many_at_once_begins_one_run():
    made.published(begins_by(Event(EventKind.MESSAGE, name="mail")))

    outcomes = together(
        *[lambda: actions.deliver_message(name="mail", key="k", payload={}, once="same") for _ in range(3)], actions.sweep
    )
    actions.sweep()

    assert outcomes == {"done": 4}
    assert Run.objects.count() == 1
    assert Message.objects.get().consumed


def test_of_two_messages_of_one_key_at_the_same_moment_one_begins_a_run_and_the_other_waits():
    made.published(begins_by(Event(EventKind.MESSAGE, name="mail")))

    outcomes = together(
        *[lambda once=once: actions.deliver_message(name="mail", key="k", payload={}, once=once) for once in ("1", "2")],
        actions.sweep,
        actions.sweep,
    )
    actions.sweep()

    assert outcomes == {"done": 4}
    assert Run.objects.count() == 1
    assert Message.objects.filter(consumed=False).count() == 1


def test_a_signal_swept_by_many_begins_one_run_of_each_process():
    bell = Event(EventKind.SIGNAL, name="bell")
    for key in ("ONE", "TWO"):
        made.published(begins_by(bell, key=key))

    def ring() -> None:
        actions.deliver_message(name="signal bell", key="", payload={}, once="1", retained=True)

    outcomes = together(ring, ring, actions.sweep, actions.sweep)
    actions.sweep()

    assert outcomes == {"done": 4}
    assert sorted(Run.objects.values_list("process__key", flat=True)) == ["ONE", "TWO"]
    assert not Entry.objects.filter(kind="start.refused").exists()


def test_a_due_start_and_a_new_version_at_the_same_moment_begin_one_run():
    version = made.published(begins_by(Event(EventKind.TIMER, timer=When(duration='"PT0S"'))))

    outcomes = together(
        actions.sweep, lambda: actions.arm_starts(process_id=version.process_id), actions.sweep,
        lambda: actions.arm_starts(process_id=version.process_id),
    )  # fmt: skip
    actions.sweep()

    assert outcomes == {"done": 4}
    assert Run.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL sends notices")
def test_a_bell_that_rings_while_the_dispatcher_is_at_the_database_is_heard_at_once():
    dispatcher = Dispatcher(publish=lambda bells: None)
    dispatcher.turn()
    together(store.ring_for_pure_steps)
    Outbox.objects.count()  # the notice comes with the answer, and the socket is silent afterwards
    began = time.monotonic()

    dispatcher._wait()

    assert time.monotonic() - began < SAFETY_POLL_SECONDS / 2
    connection.close()  # which listens


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_claim_that_rings_for_a_step_which_another_has_just_claimed_does_not_wait_for_it():
    """Each would have waited for the other: the first for the run's stream, the second for the first's step."""
    text = PlanText().fork("split").fork("join")
    for name in ("a", "b", "c"):
        text.service(name).flow("split", name, "join")
    made.begin(text.flow("start", "split").flow("join", "end"))

    with transaction.atomic():
        first = store.claim("first", queue="steps")
        meanwhile = dict(together(lambda: _claimed(queue="steps", share=True), patience=5))

    assert meanwhile == {"done": 1}
    assert first is not None
    assert sorted(Step.objects.values_list("state", flat=True)) == ["ready", "running", "running"]
