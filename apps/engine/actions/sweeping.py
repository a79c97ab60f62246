"""What time does: leases run out, timers are due, bells were lost. Any number of sweepers may run; each act is guarded."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.engine import core, events, store
from apps.engine.actions import pausing, starting
from apps.engine.actions.advancing import advance
from apps.engine.actions.calls import escalations_to_tell, tell_escalations, tell_parent
from apps.engine.actions.messages import answer_wait, answerable_waits
from apps.engine.actions.times import keep_times
from apps.engine.conf import conf
from apps.engine.handlers import Repeat, handler_named
from apps.engine.models import Outbox, Run, Step, Timer
from apps.engine.states import LIVE_RUN, OPEN_STEP, RunState, StepState
from apps.kernel import clock, rows
from apps.kernel.crashpoint import crashpoint
from apps.kernel.errors import StaleState

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Swept:
    """How much there was to do, by kind."""

    recovered: int = 0
    rung: int = 0
    fired: int = 0
    told: int = 0
    answered: int = 0
    paused: int = 0
    late: int = 0
    moments: int = 0
    begun: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


def sweep() -> Swept:
    """Looks once for everything that is due, in batches; what a batch does not hold comes with the next sweep."""
    now, batch = store.database_now(), conf.SWEEP_BATCH
    expired = Step.objects.filter(state=StepState.RUNNING, lease_until__lt=now).order_by("lease_until")
    due = Timer.objects.filter(fired=False, due_at__lte=now, step__run__is_paused=False, step__run__pause=None).order_by("due_at")
    crashpoint("sweep.read")
    ended = Run.objects.filter(parent_step__state=StepState.WAITING, state__in=[RunState.DONE, RunState.CANCELLED])
    late = Step.objects.filter(is_late=False, deadline_at__lte=now, state__in=OPEN_STEP).order_by("deadline_at")
    moments = Run.objects.filter(next_moment_at__lte=now, state__in=LIVE_RUN).order_by("next_moment_at")
    return Swept(
        recovered=_each(recover_step, expired.values_list("pk", flat=True)[:batch]),
        rung=_ring_again(),
        fired=_each(fire_timer, due.values_list("pk", flat=True)[:batch]),
        told=_each(lambda pk: tell_escalations(step_id=pk), escalations_to_tell())
        + _each(lambda pk: tell_parent(run_id=pk), ended.order_by("id").values_list("pk", flat=True)[:batch]),
        answered=_each(lambda pk: answer_wait(subscription_id=pk), answerable_waits().values_list("pk", flat=True)[:batch]),
        paused=_each(pausing.keep_paused, pausing.escaped_runs()[:batch]),
        begun=_each(starting.begin_when_due, starting.due_starts().values_list("pk", flat=True)[:batch])
        + _each(starting.begin_when_true, starting.turned_conditions()[:batch])
        + _each(starting.begin_by_message, starting.beginnings_to_make().values_list("pk", flat=True)[:batch]),
        late=_each(note_missed_deadline, late.values_list("pk", flat=True)[:batch]),
        moments=_each(keep_times, moments.values_list("pk", flat=True)[:batch]),
    )


def _each(act: Callable[[int], None], ids: Iterable[int]) -> int:
    """One transaction each: what goes wrong with one keeps no other from its turn."""
    done = 0
    for pk in list(ids):
        try:
            act(pk)
            done += 1
        except StaleState:
            continue  # somebody else was faster
        except Exception:
            logger.exception("the sweep could not deal with %s", pk)
    return done


@transaction.atomic
def recover_step(step_id: int) -> None:
    """Offers a step whose lease has run out again; one that may not be repeated, or kills its workers, becomes an incident."""
    seen = Step.objects.get(pk=step_id)
    run = store.lock_run(seen.run_id)
    step = store.step_of(run, step_id)
    if step.state != StepState.RUNNING or step.lease_until is None or step.lease_until >= store.database_now():
        return
    change = store.Change(run, None)
    store.record_attempt(step, "lost")
    change.say(events.AttemptLost, step=step.pk, node=step.node_id, attempt=step.attempt, worker=step.worker)
    handler, crashes = handler_named(step.handler), step.crashes + 1
    if handler is not None and handler.repeat is Repeat.MANUAL_CONFIRM:
        problem = "the worker was lost, and it is not known whether the step had its effect: look, then retry or skip"
    elif crashes >= conf.CRASHES_BEFORE_INCIDENT:
        problem = f"the worker was lost {crashes} times in this step"
    else:
        change.move(step, "offer_again", crashes=crashes, lease_until=None, ring_at=change.ring_at)
        store.ring([step])
        change.save()
        return
    change.move(step, "fail", crashes=crashes, lease_until=None, problem=problem)
    change.raise_incident(step)
    change.save()


@transaction.atomic
def _ring_again() -> int:
    """Ready steps that nobody has claimed: their bell was lost, or their next try is due."""
    rung = Exists(Outbox.objects.filter(step=OuterRef("pk")))
    unclaimed = Step.objects.filter(state=StepState.READY, ring_at__lte=store.database_now()).exclude(rung)
    if not unclaimed.exists():
        return 0
    locked = unclaimed.select_for_update(skip_locked=True, of=("self",)).only("pk", "is_pure", "queue").order_by("ring_at")
    steps = list(locked[: conf.SWEEP_BATCH])
    later = store.database_now() + timedelta(seconds=conf.RING_AGAIN_SECONDS)
    store.ring([step for step in steps if step.is_pure])  # its bell may have been lost, and those of many others with it
    for step in steps:
        step.ring_at, step.is_pure = later, False  # or it kills its workers: so it is done on its own, where that is counted
    rows.update_rows(steps, ["ring_at", "is_pure"])
    store.ring(steps)
    return len(steps)


@transaction.atomic
def fire_timer(timer_id: int) -> None:
    """Lets the step of a due timer go on; exactly one caller does it."""
    timer = Timer.objects.select_related("step").get(pk=timer_id)
    run = store.lock_run(timer.step.run_id)
    if run.is_held:
        return  # it stays due, and fires when the run goes on
    step = store.step_of(run, timer.step_id)
    if not store.fire(timer) or step.state != StepState.WAITING:
        return
    crashpoint("timer.fired")
    change = store.Change(run, None)
    advance(change, [core.Finished(step.token)], moving=step, move="wake", outputs={}, ended_at=clock.now())
    change.save()
    crashpoint("timer.commit")


@transaction.atomic
def note_missed_deadline(step_id: int) -> None:
    """Records once that an open step is late; nothing is stopped by it."""
    seen = Step.objects.get(pk=step_id)
    run = store.lock_run(seen.run_id)
    if not Step.objects.filter(pk=step_id, is_late=False, state__in=OPEN_STEP).update(is_late=True):
        return
    change = store.Change(run, None)
    deadline = seen.deadline_at.isoformat() if seen.deadline_at else ""
    change.say(events.DeadlineMissed, step=step_id, node=seen.node_id, name=seen.name, deadline=deadline)
    change.save()
