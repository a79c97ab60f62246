"""Pauses: of a run, of a line, of a day; and holds: of a step before it begins.

While a run is paused its ready steps are held, so that no worker can claim them; what is in hand may end. Timers stay due,
messages are kept, people are told why they cannot answer. All of it goes on when the last pause is lifted.
"""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.engine import events, store
from apps.engine.actions.permission import Intervention, about_run, about_step, require_reason
from apps.engine.errors import AlreadyPaused, NotForThisStep, PausedAbove
from apps.engine.models import Pause, Run, Step
from apps.engine.selectors import open_pauses, pause_over
from apps.engine.states import HOLDABLE, LIVE_RUN, StepState, Verb
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import require
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to
from apps.people.states import Right
from apps.processes.core.plan import NodeKind


@transaction.atomic
def pause_run(*, run_id: int, actor: User, reason: str, signed: int | None = None) -> Run:
    """Nothing begins in the run and in what it called until it is resumed."""
    asked = about_run(Verb.PAUSE, run_id, actor, reason)
    if asked.run.is_paused:
        raise StaleState(what=str(asked.run), state=_("Paused"))
    asked.permit(signed)
    asked.say()
    _set_family(asked.change, is_paused=True)
    asked.change.save()
    return asked.run


@transaction.atomic
def resume_run(*, run_id: int, actor: User, reason: str, signed: int | None = None) -> Run:
    """Lets the run go on: held steps begin, timers that came due meanwhile fire with the next sweep."""
    asked = about_run(Verb.RESUME, run_id, actor, reason)
    if asked.run.pause_id is not None:
        raise PausedAbove()
    if not asked.run.is_paused:
        raise StaleState(what=str(asked.run), state=asked.run.get_state_display())
    asked.permit(signed)
    asked.say()
    _set_family(asked.change, is_paused=False)
    asked.change.save()
    return asked.run


@transaction.atomic
def hold_step(*, step_id: int, actor: User, reason: str, signed: int | None = None) -> Step:
    """Keeps a step from being begun or answered, and every later step of its node in this run."""
    asked = about_step(Verb.HOLD, step_id, actor, reason)
    step = asked.step
    if step.node_id in asked.run.held_nodes or step.state not in HOLDABLE:
        raise StaleState(what=step.name, state=step.get_state_display())
    asked.permit(signed)
    asked.say()
    _hold_node(asked, step.node_id)
    asked.change.save()
    return Step.objects.get(pk=step.pk)


@transaction.atomic
def release_step(*, step_id: int, actor: User, reason: str, signed: int | None = None) -> Step:
    """Lets a held step begin; in a paused run it begins when the run is resumed."""
    asked = about_step(Verb.RELEASE, step_id, actor, reason)
    node = asked.step.node_id
    if node not in asked.run.held_nodes:
        raise StaleState(what=asked.step.name, state=asked.step.get_state_display())
    asked.permit(signed)
    asked.say()
    asked.change.set_run(held_nodes=[held for held in asked.run.held_nodes if held != node])
    let_go(asked.change)
    asked.change.save()
    return Step.objects.get(pk=asked.step.pk)


@transaction.atomic
def hold_node(*, run_id: int, node_id: str, actor: User, reason: str) -> Run:
    """The same before there is a step: what the run has not reached yet will not begin."""
    asked = about_run(Verb.HOLD, run_id, actor, reason, {"node": node_id})
    node = asked.plan.nodes.get(node_id)
    if node is None or (node.handler is None and node.human is None and node.kind is not NodeKind.TASK):
        raise NotForThisStep(verb=Verb.HOLD.label, why=_("there is no such step, or nobody works on it"))
    if node_id in asked.run.held_nodes:
        raise StaleState(what=node.name, state=StepState.HELD.label)
    asked.permit(None)
    asked.say()
    _hold_node(asked, node_id)
    asked.change.save()
    return asked.run


@transaction.atomic
def release_node(*, run_id: int, node_id: str, actor: User, reason: str) -> Run:
    """Takes the hold from a step, whether the run has come to it or not."""
    asked = about_run(Verb.RELEASE, run_id, actor, reason, {"node": node_id})
    if node_id not in asked.run.held_nodes:
        raise StaleState(what=node_id, state=_("Not on hold"))
    asked.permit(None)
    asked.say()
    asked.change.set_run(held_nodes=[held for held in asked.run.held_nodes if held != node_id])
    let_go(asked.change)
    asked.change.save()
    return asked.run


def _hold_node(asked: Intervention, node_id: str) -> None:
    asked.change.set_run(held_nodes=[*asked.run.held_nodes, node_id])
    ready = Step.objects.select_for_update(of=("self",)).filter(run=asked.run, node_id=node_id, state=StepState.READY)
    for step in ready.order_by("id"):
        asked.change.move(step, "hold", reason=asked.reason, ring_at=None)


def _set_family(change: store.Change, **columns: Any) -> None:
    """The run and the live runs that it called, each locked after its caller."""
    change.set_run(**columns)
    if change.run.is_held:
        ready = Step.objects.select_for_update(of=("self",)).filter(run=change.run, state=StepState.READY)
        for step in ready.order_by("id"):
            change.move(step, "hold", ring_at=None)
    else:
        let_go(change)
    called = Run.objects.filter(parent_step__run=change.run, state__in=LIVE_RUN).order_by("id")
    for child_id in called.values_list("pk", flat=True):
        child = store.lock_run(child_id)
        if child.state in LIVE_RUN:
            below = store.Change(child, change.actor)
            _set_family(below, **columns)
            below.save()


def hold_closed(change: store.Change) -> None:
    """Ready steps whose window has been moved to a later time do not begin."""
    closed = [node for node in change.run.times if store.opens_at(change.run, node) is not None]
    ready = Step.objects.select_for_update(of=("self",)).filter(run=change.run, state=StepState.READY, node_id__in=closed)
    for step in ready.order_by("id"):
        change.move(step, "hold", ring_at=None)


def let_go(change: store.Change) -> None:
    """Held steps that nothing holds any more become ready and are rung; held calls begin what they call."""
    from apps.engine.actions.advancing import begin_called

    held = Step.objects.select_for_update(of=("self",)).filter(run=change.run, state=StepState.HELD).order_by("id")
    free = [step for step in held if not store.holds(change.run, step.node_id)]
    calls = [step for step in free if step.kind == NodeKind.CALL_ACTIVITY]
    work = [step for step in free if step not in calls]
    for step in work:
        change.move(step, "release", ring_at=change.ring_at)
    store.ring(work)
    for step in calls:
        change.move(step, "call")
        begin_called(change, step)


# -- lines and days ---------------------------------------------------------------------------------------------------


def pause_line(*, line_code: str, actor: User, reason: str, business_date: date | None = None) -> Pause:
    """Pauses all runs of the line, or those of one day, and those still to begin. Each run is one transaction of its own."""
    with transaction.atomic():
        line = _line(line_code, Verb.PAUSE, actor, reason)
        try:
            with transaction.atomic():
                pause = Pause.objects.create(
                    line=line, business_date=business_date, reason=reason, paused_by=actor, paused_at=clock.now()
                )
        except IntegrityError as twice:
            raise AlreadyPaused(what=business_date.isoformat() if business_date else line) from twice
        append(_told(events.LinePaused, pause, reason), actor=actor)
    for run_id in list(_runs_under(pause).values_list("pk", flat=True)):
        keep_paused(run_id)
    return pause


def resume_line(*, line_code: str, actor: User, reason: str, business_date: date | None = None) -> Pause:
    """Lifts the pause of the line or of its day; runs that are paused for another reason stay so."""
    with transaction.atomic():
        line = _line(line_code, Verb.RESUME, actor, reason)
        pause = Pause.objects.select_for_update().filter(line=line, business_date=business_date, lifted_at=None).first()
        if pause is None:
            raise StaleState(what=line, state=_("Running"))
        pause.lifted_by, pause.lifted_at = actor, clock.now()
        pause.save(update_fields=["lifted_by", "lifted_at"])
        append(_told(events.LineResumed, pause, reason), actor=actor)
    for run_id in list(Run.objects.filter(pause=pause, state__in=LIVE_RUN, parent_step=None).values_list("pk", flat=True)):
        keep_paused(run_id)
    return pause


def _told(kind: Any, pause: Pause, reason: str) -> Any:
    day = pause.business_date.isoformat() if pause.business_date else ""
    return kind(line=pause.line.code, pause=pause.pk, business_date=day, reason=reason)


def _line(code: str, verb: Verb, actor: User, reason: str) -> BusinessLine:
    line: BusinessLine | None = lines_visible_to(actor).filter(code=code).first()
    if line is None:
        raise NotFound(what=_("business line"))
    require(actor, Right.INTERVENE, line)
    require_reason(verb, line, reason)
    return line


def _runs_under(pause: Pause) -> QuerySet[Run]:
    runs = Run.objects.filter(line=pause.line_id, state__in=LIVE_RUN, parent_step=None, pause=None)
    return (runs.filter(business_date=pause.business_date) if pause.business_date else runs).order_by("id")


def escaped_runs() -> list[int]:
    """Live runs that their line's or day's pause has not reached, and those that its end has not: a process died meanwhile."""
    found = list(
        Run.objects.filter(state__in=LIVE_RUN, parent_step=None, pause__lifted_at__isnull=False).values_list("pk", flat=True)
    )
    for pause in Pause.objects.filter(lifted_at=None).order_by("id"):
        found += _runs_under(pause).values_list("pk", flat=True)
    return found


@transaction.atomic
def keep_paused(run_id: int) -> None:
    """Brings a run to where the pauses of its line and day want it."""
    run = store.lock_run(run_id)
    over = pause_over(open_pauses(run.line_id), run.business_date)
    if run.state not in LIVE_RUN or run.pause_id == (over.pk if over else None):
        return
    change = store.Change(run, over.paused_by if over else run.pause.lifted_by if run.pause else None)
    asked = Intervention(Verb.PAUSE if over else Verb.RESUME, change, None, over.reason if over else "", {})
    asked.say()
    _set_family(change, pause=over)
    change.save()
