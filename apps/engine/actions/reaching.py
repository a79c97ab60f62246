"""What a run does to others by its own doing: waits that it gives up, signals, messages and errors that leave it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.engine import core, store
from apps.engine.actions.paths import end_paths
from apps.engine.models import Message, Run, Step
from apps.engine.selectors import plan_of
from apps.engine.states import OPEN_STEP, RunState
from apps.engine.store.paths import with_paths
from apps.kernel import clock
from apps.kernel.ids import stable_key

SIGNAL = "signal "
"""A signal is a retained message of this name: whoever began to wait before it came has it."""
ERROR = "error of a called run"
ESCALATION = "escalation of a called run"
"""Messages whose key is the step that called."""


def reach(change: store.Change, commands: Sequence[core.Command]) -> None:
    """Carries out the commands that open no step."""
    steps = _steps_of(change, commands)
    for command in commands:
        if isinstance(command, core.Withdraw | core.Woke | core.Block):
            if (step := steps.get(command.token)) is not None:
                _close(change, step, command)
        elif isinstance(command, core.ThrowSignal):
            _keep(change, command, SIGNAL + command.name, "", command.payload, retained=True)
        elif isinstance(command, core.ThrowMessage):
            _keep(change, command, command.name, command.key, command.payload)
        elif isinstance(command, core.Escalate) and change.run.parent_step_id is not None:
            key, payload = str(change.run.parent_step_id), {"code": command.code}
            Message.objects.create(
                name=ESCALATION, key=key, payload=payload, once=_once(change.run, command), received_at=clock.now()
            )
            transaction.on_commit(partial(_tell_escalations, change.run.parent_step_id), robust=True)
    if steps:
        change.clear_incident()


def last_signal(name: str) -> int:
    """Only signals that come after this one reach a wait that begins now."""
    return Message.objects.filter(name=SIGNAL + name, key="").aggregate(last=Max("pk"))["last"] or 0


def _steps_of(change: store.Change, commands: Sequence[core.Command]) -> dict[int, Step]:
    tokens = [command.token for command in commands if isinstance(command, core.Withdraw | core.Woke | core.Block)]
    if not tokens:
        return {}
    found = Step.objects.select_for_update(of=("self",)).filter(run=change.run, token__in=tokens, state__in=OPEN_STEP)
    return {step.token: step for step in with_paths(found).order_by("id")}


def _close(change: store.Change, step: Step, command: core.Withdraw | core.Woke | core.Block) -> None:
    from apps.engine.actions.runs import cancel_children

    now = clock.now()
    if isinstance(command, core.Block):
        change.move(step, "fail", problem=command.problem)
        change.raise_incident(step)
        return
    if isinstance(command, core.Woke):
        change.move(step, "wake", outputs={}, ended_at=now)
        return
    change.move(step, "cancel", reason="the model went another way", lease_until=None, ended_at=now)
    end_paths([step])
    store.close_waits([step])
    cancel_children([step], actor=None, reason="the caller went another way")


def _once(run: Run, command: core.ThrowSignal | core.ThrowMessage | core.Escalate) -> str:
    return str(stable_key("throw", run.pk, command.node, command.token))


def _keep(
    change: store.Change,
    command: core.ThrowSignal | core.ThrowMessage,
    name: str,
    key: str,
    payload: dict[str, Any],
    retained: bool = False,
) -> None:
    from apps.engine.actions.messages import deliver_message

    deliver_message(name=name, key=key, payload=payload, once=_once(change.run, command), retained=retained)


# -- errors that leave a called run -------------------------------------------------------------------------------


def ends_by_error(change: store.Change, commands: Sequence[core.Command]) -> bool:
    """A BPMN error that nobody in a called run catches, but a caller does, ends the run; the caller is told after the commit."""
    thrown = next((command for command in commands if isinstance(command, core.Block) and command.error is not None), None)
    if thrown is None or thrown.error is None or not _is_caught(change.run, thrown.error):
        return False
    from apps.engine.actions.runs import cancel_children

    reason = f"it ended with the error {thrown.error}"
    Message.objects.create(
        name=ERROR,
        key=str(change.run.parent_step_id),
        payload={"code": thrown.error, "problem": thrown.problem},
        once=str(stable_key("error", change.run.pk)),
        received_at=clock.now(),
    )
    steps = store.cancel_steps(change, reason)
    end_paths(steps)
    change.end_run(RunState.CANCELLED, reason)
    cancel_children(steps, actor=None, reason=reason)
    return True


def _is_caught(run: Run, code: str) -> bool:
    """Somebody in the chain of callers has an error event for it. Where a call stands does not change while it waits."""
    while run.parent_step_id is not None:
        step = Step.objects.select_related("run__version").get(pk=run.parent_step_id)
        run = step.run
        if core.catches(plan_of(run), core.Marking.from_json(run.marking), step.token, code):
            return True
    return False


def error_for(step: Step) -> core.Erred | None:
    """The error with which the run that the step called has ended."""
    message = Message.objects.filter(name=ERROR, key=str(step.pk)).order_by("-pk").first()
    if message is None:
        return None
    code = message.payload["code"]
    return core.Erred(step.token, code, f"the called run ended with the error {code}: {message.payload['problem']}")


def _tell_escalations(step_id: int) -> None:
    from apps.engine.actions.calls import tell_escalations

    tell_escalations(step_id=step_id)
