"""What an operator does to one step. Each needs a reason, stands in the journal with it, and may need a second person."""

import logging
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.engine import core, store
from apps.engine.actions.advancing import advance
from apps.engine.actions.gates import gates_at, gates_of, is_sending, person_for
from apps.engine.actions.permission import Intervention, about_step
from apps.engine.actions.runs import cancel_children
from apps.engine.actions.working import held
from apps.engine.core.answers import problems_of
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.errors import AnswerRefused, NotForThisStep, VariablesRefused
from apps.engine.handlers import handler_named
from apps.engine.models import Step
from apps.engine.selectors import done_nodes, plan_of, step_for
from apps.engine.states import StepState, Verb
from apps.kernel import clock
from apps.kernel.errors import StaleState
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right

logger = logging.getLogger(__name__)


@transaction.atomic
def retry_step(*, step_id: int, actor: User, reason: str, signed: int | None = None, verified: bool = False) -> Step:
    """Lets a failed step try again: its work, or only what the model did with finished work, or its entry into the node.

    In the last case the step is closed and a new one takes its place; the step that goes on is returned. `verified`: the
    step's own probe has found that what kept it from its work is gone.
    """
    asked = about_step(Verb.RETRY, step_id, actor, reason, {"verified": verified})
    step, change = asked.step, asked.change
    asked.require_move("retry")
    asked.permit(signed)
    asked.say()
    if step.outputs is not None:
        happening = core.Finished(step.token, step.outputs)
        advance(change, [happening], moving=step, move="accept", reason=reason, problem="", ended_at=clock.now())
    elif step.attempt:
        change.move(step, "retry", reason=reason, problem="", crashes=0, not_before=None, ring_at=change.ring_at)
        store.ring([step])
    else:
        advance(change, [core.Retried(step.token)], moving=step, move="cancel", reason=reason, ended_at=clock.now())
    change.clear_incident()
    change.save()
    return _newest(step) if step.state == StepState.CANCELLED else step


@transaction.atomic
def skip_step(*, step_id: int, actor: User, reason: str, signed: int | None = None) -> Step:
    """Lets the run go on without this step's work. What people are to decide takes a second person's signature."""
    asked = about_step(Verb.SKIP, step_id, actor, reason)
    step = asked.step
    asked.gates = gates_of(asked.run, step)
    asked.require_move("skip")
    asked.permit(signed)
    asked.say()
    happening = core.Skipped(step.token)
    advance(asked.change, [happening], moving=step, move="skip", reason=reason, ended_at=clock.now(), **_signature(asked))
    _close(asked, [step])
    return step


@transaction.atomic
def force_step(*, step_id: int, actor: User, reason: str, outputs: dict[str, Any], signed: int | None = None) -> Step:
    """Ends a step with results that the operator gives; the run goes on as after its own work.

    What a worker still does for it is not accepted any more. For a step of people the results are the answer to its form.
    """
    outputs = _usable(outputs)
    asked = about_step(Verb.FORCE, step_id, actor, reason, {"outputs": outputs})
    step = asked.step
    asked.gates = gates_of(asked.run, step)
    asked.require_move("force")
    if step.role and (problems := problems_of(outputs, step.form)):
        raise AnswerRefused.because(problems)
    asked.permit(signed)
    asked.say()
    if step.state == StepState.RUNNING:
        store.record_attempt(step, "overtaken", reason)
    decided_by = asked.request.decided_by if asked.request and step.role else None
    advance(
        asked.change,
        [core.Finished(step.token, outputs)],
        moving=step,
        move="force",
        reason=reason,
        outputs=outputs,
        problem="",
        lease_until=None,
        ended_at=clock.now(),
        decided_by=decided_by,
        **_signature(asked),
    )
    if step.state != StepState.DONE:
        raise AnswerRefused(problems=step.problem)
    _close(asked, [step])
    return step


@transaction.atomic
def jump(*, step_id: int, actor: User, reason: str, target: str, signed: int | None = None) -> Step:
    """Lets the run go on from another element instead of this step: of the same scope and the same parallel branches.

    Every decision of people that is passed over thereby takes the signature of somebody who might have made it. The step
    at which the run stands then is returned.
    """
    asked = about_step(Verb.JUMP, step_id, actor, reason, {"target": target})
    step = asked.step
    asked.require_move("cancel")
    if not core.may_jump(asked.plan, step.node_id, target):
        raise NotForThisStep(verb=Verb.JUMP.label, why=_("the target lies in another branch or scope, or cannot be entered"))
    passed = core.passed_over(asked.plan, step.node_id, target, done_nodes(asked.run))
    asked.gates = [gate for node in passed for gate in gates_at(asked.run, node)]
    asked.permit(signed)
    asked.say()
    happening = core.Jumped(step.token, target)
    advance(asked.change, [happening], moving=step, move="cancel", reason=reason, ended_at=clock.now())
    _close(asked, [step])
    return _newest(step)


@transaction.atomic
def rerun_from(*, step_id: int, actor: User, reason: str, signed: int | None = None) -> Step:
    """Does a finished step again and all that came after it; the open steps after it are cancelled.

    A second person signs when something would be sent again. The new step is returned.
    """
    asked = about_step(Verb.RERUN, step_id, actor, reason)
    step, change = asked.step, asked.change
    if step.state not in (StepState.DONE, StepState.SKIPPED):
        raise StaleState(what=step.name, state=step.get_state_display())
    standing = _standing_after(asked)
    asked.permit(signed, dangerous=is_sending(steps_after(step)))
    asked.say()
    advance(change, [core.Rewound(standing, step.node_id)])
    change.clear_incident()
    change.save()
    return _newest(step)


def probe_step(*, step_id: int, actor: User) -> bool:
    """Whether the step's handler has looked and found that nothing keeps the step from its work any more.

    Without a probe of the handler nobody has looked. It runs in no transaction of its own.
    """
    step = step_for(actor, step_id)
    handler = handler_named(step.handler) if step.handler else None
    if handler is None or handler.probe is None or step.state != StepState.FAILED:
        return False
    require(actor, Right.INTERVENE, step.run.line, step.run.process_id)
    try:
        return handler.probe(held(step).context, handler.parameters.model_validate(step.parameters))
    except Exception:  # a probe may fail in any way: then nothing is verified
        logger.exception("the probe of %s failed for step %s", handler.name, step_id)
        return False


def _standing_after(asked: Intervention) -> int:
    """The first token that stands after the step, where everything after it can be taken back."""
    marking = asked.change.marking
    for token in sorted(marking.tokens):
        if core.rewind(asked.plan, marking, asked.step.node_id, token) is not None:
            return token
    raise NotForThisStep(verb=Verb.RERUN.label, why=_("the run does not stand after this step, or tokens would be lost"))


def steps_after(step: Step) -> list[Step]:
    """What running again from a step would do once more: the finished steps from it on, in order."""
    after = core.reached_from(plan_of(step.run), step.node_id) | {step.node_id}
    done = Step.objects.filter(run=step.run, state__in=[StepState.DONE, StepState.SKIPPED], node_id__in=after, id__gte=step.pk)
    return list(done.order_by("id"))


@transaction.atomic
def reassign_step(*, step_id: int, actor: User, reason: str, to: str = "", signed: int | None = None) -> Step:
    """Takes a step out of somebody's hands: offered to everybody of its role again, or given to the person of this user name."""
    asked = about_step(Verb.REASSIGN, step_id, actor, reason, {"to": to})
    step = asked.step
    asked.require_move("reassign")
    person = person_for(step, to) if to else None
    asked.permit(signed)
    asked.say()
    asked.change.move(step, "reassign", reason=reason, taken_by=None)
    if person is not None:
        asked.change.move(step, "take", reason=reason, taken_by=person, started_at=clock.now())
    asked.change.save()
    return step


def _signature(asked: Intervention) -> dict[str, Any]:
    return {"intervention": asked.request} if asked.gates else {}


def _usable(outputs: dict[str, Any]) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = as_json(outputs)
        require_bounded(kept)
    except ExpressionFailed as refusal:
        raise VariablesRefused(problem=str(refusal)) from refusal
    return kept


def _close(asked: Intervention, steps: list[Step]) -> None:
    """What the steps waited for is of no use any more; an incident that they were is over."""
    store.close_waits(steps)
    asked.change.clear_incident()
    asked.change.save()
    cancel_children(steps, actor=asked.change.actor, reason=asked.reason)


def _newest(step: Step) -> Step:
    """The step that goes on instead of this one; the same when the run goes on without any."""
    return Step.objects.filter(run=step.run).order_by("-id")[0]
