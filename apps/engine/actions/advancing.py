"""The heart of the shell: lets the core decide, then writes what it decided, inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from apps.approvals.selectors import flow_for
from apps.calendars.selectors import instant_of
from apps.engine import core, events, store
from apps.engine.actions.paths import send_on_its_path, walks_a_path
from apps.engine.actions.placing import NOWHERE, place_of, places_for
from apps.engine.actions.reaching import SIGNAL, ends_by_error, last_signal, reach
from apps.engine.actions.times import give_times
from apps.engine.conf import conf
from apps.engine.core.expressions import ExpressionFailed, require_bounded
from apps.engine.errors import AnswerRefused
from apps.engine.handlers import NOTHING, is_pure
from apps.engine.models import Run, Step, Subscription, Timer
from apps.engine.selectors import plan_of
from apps.engine.states import CHECK, Moment, RunState, StepState
from apps.kernel import clock, rows
from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.processes.core.plan import Node, NodeKind
from apps.processes.models import ProcessVersion


def advance(
    change: store.Change,
    happenings: Sequence[core.Happening],
    *,
    moving: Step | None = None,
    move: str = "",
    claim_for: str = "",
    **columns: Any,
) -> Step | None:
    """Applies happenings to a locked run and writes steps, waits, calls and bells; the caller saves the change.

    `moving` is the step that this is about: it makes `move` with `columns`, or fails when its outputs cannot be used.
    With `claim_for` the first new automatic step of the same queue is claimed for that worker at once, and returned.
    """
    outcome = decide(change, happenings)
    about = moving.token if moving is not None else 0
    refused = next((c for c in outcome.commands if isinstance(c, core.Block) and not c.new and c.token == about), None)
    if moving is not None:
        _move(change, moving, refused, move, columns)
    if refused is not None and ends_by_error(change, [refused]):
        _tell_later(change.run)
        return None
    claimant = (claim_for, moving.queue) if claim_for and moving is not None else None
    made = carry_out(change, outcome, [command for command in outcome.commands if command is not refused], claimant)
    return next((step for step in made if step.state == StepState.RUNNING), None)


def decide(change: store.Change, happenings: Sequence[core.Happening]) -> core.Outcome:
    """Asks the core, and lets the run stand where it says."""
    run, now = change.run, clock.now()
    if happenings:
        change.told.append(core.told(happenings, variables=run.variables, now=now))
    outcome = core.advance(
        plan_of(run),
        change.marking,
        happenings,
        variables=run.variables,
        business_date=run.business_date,
        run=run.known_as,
        now=now,
    )
    change.marking, run.variables = outcome.marking, outcome.variables
    return outcome


Claimant = tuple[str, str]
"""A worker and the queue at which it is."""


def carry_out(
    change: store.Change, outcome: core.Outcome, commands: Sequence[core.Command], claimant: Claimant | None = None
) -> list[Step]:
    """Writes what these commands ask for, and the end of the run; the new steps."""
    if commands and ends_by_error(change, commands):
        _tell_later(change.run)
        return []
    waiting = [command for command in commands if isinstance(command, core.Waiting) and _is_new(command)]
    made: list[Step] = []
    if len(waiting) < len(commands):
        if listening := _listening(commands):
            made += _create_steps([(change, command) for command in listening])
            waiting = [command for command in waiting if command not in listening]
        reach(change, [command for command in commands if not (isinstance(command, core.Waiting) and _is_new(command))])
    made += _create_steps([(change, command) for command in waiting], claimant) if waiting else []
    if outcome.ended:
        change.end_run(RunState.DONE)
        _tell_later(change.run)
    return made


def _listening(commands: Sequence[core.Command]) -> list[core.AwaitSignal]:
    """Waits for a signal that is thrown only after they began, in the same moment: they must be there when it comes."""
    thrown: set[str] = set()
    found: list[core.AwaitSignal] = []
    for command in reversed(commands):
        if isinstance(command, core.ThrowSignal):
            thrown.add(command.name)
        elif isinstance(command, core.AwaitSignal) and command.name in thrown:
            found.append(command)
    return found[::-1]


def _is_new(command: core.Waiting) -> bool:
    return command.new if isinstance(command, core.Block) else True


def _tell_later(run: Run) -> None:
    if run.parent_step_id is not None:
        transaction.on_commit(partial(_tell_parent, run.pk), robust=True)


def _move(change: store.Change, step: Step, refused: core.Block | None, move: str, columns: dict[str, Any]) -> None:
    if refused is None:
        change.move(step, move, **columns)
        return
    if step.role:
        raise AnswerRefused(problems=refused.problem)
    if step.state == StepState.FAILED:
        raise AnswerRefused(problems=refused.problem)
    change.move(step, "fail", **{**columns, "problem": refused.problem, "ended_at": None})
    change.raise_incident(step)


def _tell_parent(run_id: int) -> None:
    from apps.engine.actions.calls import tell_parent

    tell_parent(run_id=run_id)


def _create_steps(wanted: Sequence[tuple[store.Change, core.Waiting]], claimant: Claimant | None = None) -> list[Step]:
    """Commands of one run or of several, in few statements. What takes from a pool is left to whoever may claim it."""
    now = clock.now()
    made = [(change, new_step(change, command, now), command) for change, command in wanted]
    for change, step, _ in made:
        if claimant and step.state == StepState.READY and not step.is_pure and (step.queue, step.pool) == (claimant[1], ""):
            step.state, step.attempt, step.worker, step.started_at = StepState.RUNNING, 1, claimant[0], now
            step.ring_at, step.lease_until = None, change.database_now + timedelta(seconds=conf.LEASE_SECONDS)
            break
    steps = [step for _, step, _ in made]
    store.insert_steps(steps)
    for change, step, command in made:
        change.say_moved(step, "")
        if step.state == StepState.FAILED:
            change.raise_incident(step)
        else:
            _open_wait(change, step, command, now)
        if step.has_flow and walks_a_path(step):
            send_on_its_path(step, change.run)
    store.ring([step for step in steps if step.state == StepState.READY])
    return steps


def new_step(change: store.Change, command: core.Waiting, now: datetime) -> Step:
    """The step of a command, not yet written."""
    run = change.run
    node = plan_of(run).nodes[command.node]
    values = {
        "run_id": run.pk,
        "token": command.token,
        "node_id": node.id,
        "name": node.name or node.id,
        "kind": node.kind.value,
        "state": StepState.WAITING,
        "handler": node.handler or (NOTHING if node.kind is NodeKind.TASK else ""),
        "created_at": now,
    }
    step = rows.new_row(Step, values)
    step.run = run
    if node.human is not None:
        step.role, step.form, step.is_check = node.human.role, node.human.form, bool(node.human.checks)
    try:
        if node.deadline and Moment.LATEST_END not in run.times.get(node.id, {}):  # what a line has set counts
            step.deadline_at = instant_of(node.deadline, run.business_date)
        _fill(step, change, node, command)
    except (DomainError, ExpressionFailed) as refusal:
        step.state, step.problem = StepState.FAILED, str(refusal)
    return step


def _fill(step: Step, change: store.Change, node: Node, command: core.Waiting) -> None:
    run = change.run
    if isinstance(command, core.Block):
        raise ExpressionFailed(command.problem)
    if isinstance(command, core.Do):
        step.parameters = command.parameters | run.overrides.get(node.id, {})
        step.state, step.inputs = StepState.HELD if store.holds(run, node.id) else StepState.READY, command.inputs
        step.ring_at, step.rank = change.ring_at, store.rank_of(run, step.created_at)
        step.queue, step.pool = place_of(run, node.id, step.handler)
        step.is_pure = is_pure(step.handler) and (step.queue, step.pool) == NOWHERE
    elif isinstance(command, core.AskPerson):
        step.state, step.inputs = StepState.OFFERED, command.inputs
        if node.human is not None and node.human.checks:
            step.maker, step.has_flow = _maker(run, node.human.checks)
    elif isinstance(command, core.CallProcess):
        step.inputs = command.variables
        if run.depth >= conf.CALL_DEPTH:
            raise ExpressionFailed(f"calls are nested deeper than {conf.CALL_DEPTH}")
        if command.process not in run.pinned:
            raise ExpressionFailed(f"{command.process} was not published when the run began")
        require_bounded(command.variables)
        if node.id in run.held_nodes or store.opens_at(run, node.id) is not None:
            step.state = StepState.HELD  # a paused run calls, and what it calls is paused


def _maker(run: Run, node_id: str) -> tuple[User, bool]:
    """Who did the step that is to be checked, the last time it was done, and whether the line has a flow for such checks."""
    done = Step.objects.filter(run=run, node_id=node_id, state=StepState.DONE, decided_by__isnull=False)
    last = done.select_related("decided_by").annotate(flow=flow_for(CHECK, run.line)).order_by("-token").first()
    if last is None or last.decided_by is None:
        raise ExpressionFailed(f"nobody has done {node_id} yet, so there is nothing to check")
    return last.decided_by, last.flow


def _open_wait(change: store.Change, step: Step, command: core.Waiting, now: datetime) -> None:
    if isinstance(command, core.AwaitMessage):
        answered = Step.objects.filter(run=change.run, node_id=step.node_id, message__name=command.name, message__key=command.key)
        last = answered.order_by("-message").first()
        after = (last.message_id if last else 0) or 0
        wait = Subscription.objects.create(step=step, name=command.name, key=command.key, after=after)
        transaction.on_commit(partial(_answer, wait.pk), robust=True)
    elif isinstance(command, core.AwaitSignal):
        Subscription.objects.create(step=step, name=SIGNAL + command.name, key="", after=last_signal(command.name))
    elif isinstance(command, core.AwaitInstant):
        _open_timer(change, step, command, now)
    elif isinstance(command, core.CallProcess) and step.state == StepState.WAITING:
        begin_called(change, step)


def _answer(subscription_id: int) -> None:
    from apps.engine.actions.messages import answer_wait

    answer_wait(subscription_id=subscription_id)


def _open_timer(change: store.Change, step: Step, command: core.AwaitInstant, now: datetime) -> None:
    try:
        if command.time_node is not None:
            due = instant_of(command.time_node, change.run.business_date)
        elif command.seconds is not None:
            due = now + timedelta(seconds=command.seconds)
        else:
            due = datetime.fromisoformat(command.instant or "")
    except (DomainError, OverflowError, ValueError) as refusal:
        change.move(step, "fail", problem=str(refusal))
        change.raise_incident(step)
        return
    Timer.objects.create(step=step, due_at=due)


def begin_called(change: store.Change, step: Step) -> None:
    """The called process is a run of its own, for the caller's line and date, pinned by the first of them."""
    caller = change.run
    called = plan_of(caller).nodes[step.node_id].called_process or ""
    version = ProcessVersion.objects.select_related("process").defer("model_xml", "plan").get(pk=caller.pinned[called])
    child = Run(
        process=version.process,
        version=version,
        plan_digest=version.plan_digest,
        line=caller.line,
        business_date=caller.business_date,
        variables=step.inputs,
        pinned=caller.pinned,
        parent_step=step,
        depth=caller.depth + 1,
        priority=caller.priority,
        places=places_for(version.process),
        is_paused=caller.is_paused,
        pause_id=caller.pause_id,
        begun_by=caller.begun_by,
        begun_at=clock.now(),
    )
    start_runs([child], version_number=version.number, parent=caller.pk, actor=change.actor)


def start_runs(
    runs: Sequence[Run],
    *,
    version_number: int,
    parent: int | None,
    actor: User | None,
    by: core.Started | None = None,
    message: int = 0,
) -> None:
    """Inserts new runs of one version and lets their first tokens go; as many statements for many as for one.

    `by` names the start event that has occurred, `message` what brought it about.
    """
    store.give_keys(runs)
    changes, instant = [store.Change(run, actor) for run in runs], store.database_now()
    outcomes: list[core.Outcome] = []
    give_times(runs, instant)
    for change in changes:
        change.database_now = instant
        change.say(
            events.RunBegun,
            process=change.run.process.key,
            version=version_number,
            business_date=change.run.business_date.isoformat(),
            parent=parent,
            trigger=(by.node if by is not None else None) or "",
            message=message,
        )
        outcomes.append(decide(change, [by or core.Started()]))
    store.insert_runs(changes)
    parts = [(change, outcome, _plain_waits(outcome)) for change, outcome in zip(changes, outcomes, strict=True)]
    _create_steps([(change, command) for change, _, waits in parts for command in waits])
    for change, outcome, waits in parts:
        carry_out(change, outcome, [] if waits else outcome.commands)
    store.save_all(changes)


def _plain_waits(outcome: core.Outcome) -> list[core.Waiting]:
    """All commands when each of them opens a step, which can be done for many runs at once; otherwise none."""
    waits = [command for command in outcome.commands if isinstance(command, core.Waiting)]
    thrown = any(isinstance(command, core.Block) and command.error is not None for command in waits)
    return waits if len(waits) == len(outcome.commands) and not thrown else []
