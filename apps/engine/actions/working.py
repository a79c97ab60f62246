"""What a worker does: claim, work in no transaction, settle, and straight on with the next step of the same run."""

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from pydantic import ValidationError

from apps.engine import core, events, store
from apps.engine.actions.advancing import advance
from apps.engine.conf import conf
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.handlers import Failed, Finished, Handler, StepContext, handler_named
from apps.engine.models import Step
from apps.engine.states import StepState
from apps.kernel import clock
from apps.kernel.crashpoint import crashpoint
from apps.kernel.errors import DomainError
from apps.kernel.ids import stable_key

logger = logging.getLogger(__name__)

SETTLE_PAUSES_SECONDS = (0.1, 0.5, 2.0)

in_hand: set[int] = set()
"""Steps that this process works on now: the heartbeat keeps their leases, and no others."""

_identity = ("", 0)
_draining: Callable[[], bool] = bool  # never, until a worker says how to know


def drain_when(told: Callable[[], bool]) -> None:
    """From the moment on that `told` answers True, no further step is claimed together with a settled one."""
    global _draining
    _draining = told


def is_draining() -> bool:
    return _draining()


def keep_leases() -> None:
    """The heartbeat: one UPDATE for everything in hand."""
    if steps := list(in_hand):
        store.extend_leases(worker_name(), steps)


def worker_name() -> str:
    """Names this process for leases; a forked child has a name of its own."""
    global _identity
    if _identity[1] != os.getpid():
        _identity = (f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}", os.getpid())
    return _identity[0]


@dataclass(frozen=True)
class Held:
    """A claimed step. `handler` is None when this installation does not have it."""

    context: StepContext
    handler: Handler | None
    step: Step


def do_steps(*, queue: str) -> None:
    """Does what is ready in a queue, the first in turn first, until nothing is left that may run; after a while, another turn.

    Whoever finds more than one step rings once for another worker.
    """
    until, shared = time.monotonic() + conf.TURN_SECONDS, False
    while not is_draining() and (mine := _claimed(queue=queue, share=not shared)) is not None:
        shared = True
        _carry_on(mine, until)
        if time.monotonic() > until:
            store.ring_first(queue=queue)
            return


def execute_step(*, step_id: int) -> None:
    """Does one step, whoever would be first, and the automatic steps that follow. A step that somebody else has is left alone."""
    mine = _claimed(step_id)
    if mine is not None:
        _carry_on(mine, time.monotonic() + conf.TURN_SECONDS)


def _carry_on(mine: Held, until: float) -> None:
    """Does a step and then its successors in the run, until the turn is over and others may be first."""
    following: Held | None = mine
    while following is not None:
        mine = following
        in_hand.add(mine.context.step_id)
        try:
            following = _settled(mine, work(mine), until)
        finally:
            in_hand.discard(mine.context.step_id)


def _settled(mine: Held, outcome: Finished | Failed, until: float) -> Held | None:
    """What was done outside is not done again because the database was busy for a moment."""
    for pause in SETTLE_PAUSES_SECONDS:
        try:
            return settle(mine, outcome, stay=time.monotonic() < until)
        except OperationalError:
            logger.warning("step %s could not be settled, trying again in %s s", mine.context.step_id, pause)
            connection.close_if_unusable_or_obsolete()
            time.sleep(pause)
    return settle(mine, outcome, stay=False)


@transaction.atomic
def _claimed(step_id: int | None = None, *, queue: str = "", share: bool = False) -> Held | None:
    """With `share`, a bell is rung when another step of the queue is ready as well."""
    step = store.claim(worker_name(), queue=queue, step_id=step_id)
    if step is None:
        return None
    change = store.Change(step.run, None)
    change.say_moved(step, StepState.READY)
    change.say_only()
    if share:
        store.ring_first(queue=queue)
    crashpoint("worker.claim")
    return held(step)


def held(step: Step) -> Held:
    """What a worker needs to know of a step, of which it knows the run."""
    run = step.run
    context = StepContext(
        run_id=run.pk,
        step_id=step.pk,
        attempt=step.attempt,
        business_date=run.business_date,
        line=run.line.code,
        node_id=step.node_id,
        key=stable_key("step", run.pk, step.node_id, step.token),
        inputs=step.inputs,
    )
    return Held(context, handler_named(step.handler), step)


def work(mine: Held) -> Finished | Failed:
    """Calls the handler in no transaction. Whatever it raises is a failure of the step, never of the worker."""
    if mine.handler is None:
        return Failed(problem=f"no handler is called {mine.step.handler}")
    crashpoint("worker.handler")
    try:
        parameters = mine.handler.parameters.model_validate(mine.step.parameters)
        outcome = mine.handler.work(mine.context, parameters)
    except ValidationError as refusal:
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in refusal.errors())
        return Failed(problem=f"the parameters of {mine.step.handler} are not usable: {where}")
    except DomainError as refusal:
        return Failed(problem=str(refusal))
    except Exception as bug:
        logger.exception("handler %s failed in step %s", mine.step.handler, mine.context.step_id)
        return Failed(problem=f"{type(bug).__name__}: {bug}")
    if isinstance(outcome, Failed):
        return outcome
    try:
        outputs = as_json(outcome.outputs)
        require_bounded(outputs)
    except ExpressionFailed as refusal:
        return Failed(problem=f"the outputs of {mine.step.handler} are not usable: {refusal}")
    return Finished(outputs)


def settle(mine: Held, outcome: Finished | Failed, *, stay: bool = True) -> Held | None:
    """Keeps the outcome if this attempt is still the newest.

    With `stay` the next automatic step of the run on the same queue comes claimed with it.
    """
    crashpoint("worker.settle")
    with transaction.atomic():
        step = copy(mine.step)  # should the commit fail, the next try begins with what was claimed
        step.run = run = store.lock_run_again(step.run)
        change = store.Change(run, None)
        if not store.is_still_held(step):
            change.say(events.StaleAttemptRefused, step=step.pk, node=step.node_id, attempt=mine.context.attempt)
            change.say_only()
            return None
        following: Step | None = None
        if isinstance(outcome, Finished):
            following = _finished(change, step, outcome, stay and not is_draining())
        else:
            _failed(change, step, outcome)
        change.save()
        crashpoint("advance.commit")
    crashpoint("worker.settled")
    if following is None:
        return None
    following.run = run
    return held(following)


def _finished(change: store.Change, step: Step, outcome: Finished, stay: bool) -> Step | None:
    store.record_attempt(step, "finished")
    return advance(
        change,
        [core.Finished(step.token, outcome.outputs)],
        moving=step,
        move="finish",
        claim_for=worker_name() if stay else "",
        outputs=outcome.outputs,
        problem="",
        lease_until=None,
        ended_at=clock.now(),
    )


def _failed(change: store.Change, step: Step, outcome: Failed) -> None:
    store.record_attempt(step, "failed", outcome.problem)
    if outcome.retry_in_seconds is not None and step.attempt < conf.ATTEMPTS_BEFORE_INCIDENT:
        again = store.database_now() + timedelta(seconds=outcome.retry_in_seconds)
        change.move(
            step,
            "offer_again",
            reason=outcome.problem,
            problem=outcome.problem,
            not_before=again,
            ring_at=again,
            lease_until=None,
        )
        return
    if outcome.error_code is not None:
        erred = core.Erred(step.token, outcome.error_code, outcome.problem)
        advance(
            change,
            [erred],
            moving=step,
            move="cancel",
            reason=outcome.problem,
            problem=outcome.problem,
            lease_until=None,
            ended_at=clock.now(),
        )
        return
    change.move(step, "fail", problem=outcome.problem, lease_until=None)
    change.raise_incident(step)
