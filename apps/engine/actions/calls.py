"""A called run has ended, or says something to its caller: the caller goes on."""

from django.db import transaction

from apps.engine import core, events, store
from apps.engine.actions.advancing import advance
from apps.engine.actions.reaching import ESCALATION, error_for, reach
from apps.engine.conf import conf
from apps.engine.models import Message, Run, Step
from apps.engine.states import LIVE_RUN, RunState, StepState
from apps.kernel import clock


@transaction.atomic
def tell_parent(*, run_id: int) -> None:
    """Gives the variables of an ended run to the step that called it; told twice, the second time changes nothing."""
    child = Run.objects.select_related("parent_step").get(pk=run_id)
    if child.parent_step is None or child.state in LIVE_RUN:
        return
    run = store.lock_run(child.parent_step.run_id)
    step = store.step_of(run, child.parent_step.pk)
    if step.state != StepState.WAITING:
        return
    change = store.Change(run, None)
    if child.state == RunState.DONE:
        happening = core.Finished(step.token, child.variables)
        advance(change, [happening], moving=step, move="wake", outputs=child.variables, ended_at=clock.now())
    elif (erred := error_for(step)) is not None:
        advance(change, [erred], moving=step, move="cancel", problem=erred.problem, ended_at=clock.now())
    else:
        change.move(step, "fail", problem=f"the called run {child.pk} was cancelled")
        change.raise_incident(step)
    change.save()


@transaction.atomic
def tell_escalations(*, step_id: int) -> None:
    """Gives the escalations of a called run to the step that called it, each once; a step that waits no more hears none."""
    seen = Step.objects.get(pk=step_id)
    run = store.lock_run(seen.run_id)
    for message in Message.objects.filter(name=ESCALATION, key=str(step_id), consumed=False).order_by("pk"):
        step = store.step_of(run, step_id)
        if not Message.objects.filter(pk=message.pk, consumed=False).update(consumed=True) or step.state != StepState.WAITING:
            continue
        change = store.Change(run, None)
        change.say(
            events.MessageReceived, step=step.pk, node=step.node_id, message=message.pk, name=message.name, key=message.key
        )
        advance(change, [core.Escalated(step.token, message.payload["code"])])
        _withdraw_when_gone(change, step)
        change.save()


def _withdraw_when_gone(change: store.Change, step: Step) -> None:
    """The core does not withdraw what a happening is about: an interrupting event has ended the calling step itself."""
    if step.token not in change.marking.tokens:
        reach(change, [core.Withdraw(step.token, step.node_id)])


def escalations_to_tell() -> list[int]:
    """Steps with escalations that nobody has told them. One query."""
    untold = Message.objects.filter(name=ESCALATION, consumed=False).order_by("pk").values_list("key", flat=True)
    return [int(key) for key in untold[: conf.SWEEP_BATCH]]
