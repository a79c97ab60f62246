"""Windows of steps: a step does not begin before its window opens, and a step that is late is told of once.

A run takes the moments of its day from the windows when it begins, and keeps them beside where it stands: creating a step asks
nobody. The sweeper looks at each moment when it has come, under the run's lock, and marks it there in the transaction that
tells of it: however many sweepers there are, and whenever they die, a moment is dealt with once.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from apps.calendars.selectors import moments_on
from apps.engine import core, events, store
from apps.engine.actions.pausing import hold_closed, let_go
from apps.engine.models import Run, Step, StepWindow
from apps.engine.selectors import plan_of
from apps.engine.selectors.windows import in_force_on, windows_of
from apps.engine.states import LIVE_RUN, OPEN_STEP, Moment, MomentState, StepState
from apps.people.models import User

Times = dict[str, dict[str, list[str]]]
"""{node: {moment: [instant, state]}}, as it is kept with the run."""


def give_times(runs: Sequence[Run], now: datetime) -> None:
    """Gives new runs of one process and line the moments of their days. One query, and two per window that lies days later."""
    windows = windows_of(runs[0].line_id, runs[0].process_id)
    for run in runs if windows else []:
        run.times = _times(windows, run.business_date, {}, now)
        run.next_moment_at = _next(run.times)


@transaction.atomic
def keep_times(run_id: int) -> None:
    """Deals with the moments of a run that have come: opens windows, and tells of steps that are late."""
    run = store.lock_run(run_id)
    now = store.database_now()
    if run.state not in LIVE_RUN or run.next_moment_at is None or run.next_moment_at > now:
        return  # another sweeper has done it
    change = store.Change(run, None)
    due = [
        (node, Moment(what))
        for node, moments in run.times.items()
        for what, (at, state) in moments.items()
        if state == MomentState.AHEAD and datetime.fromisoformat(at) <= now
    ]
    late = _Late(change, {node for node, _ in due})
    times: Times = {node: dict(moments) for node, moments in run.times.items()}
    for node, what in due:
        at = times[node][what][0]
        missed = late.is_late(node, what)
        times[node][what] = [at, MomentState.MISSED if missed else MomentState.PASSED]
        if missed:
            change.say(events.DeadlineMissed, step=late.step_id(node), node=node, name=late.name(node), deadline=at, what=what)
        elif what is Moment.EARLIEST_START and late.step_id(node):
            change.say(events.WindowOpened, node=node, name=late.name(node))
    change.set_run(times=times, next_moment_at=_next(times))
    let_go(change)
    change.save()


@transaction.atomic
def change_times(*, run_id: int, actor: User | None) -> None:
    """Gives a live run the moments of its day anew, after a window has changed. What was missed before is not told of again."""
    run = store.lock_run(run_id)
    times = _times(windows_of(run.line_id, run.process_id), run.business_date, run.times, store.database_now())
    if run.state not in LIVE_RUN or times == run.times:
        return
    change = store.Change(run, actor)
    change.set_run(times=times, next_moment_at=_next(times))
    change.say(events.TimesChanged, times=times)
    hold_closed(change)
    let_go(change)
    change.save()


class _Late:
    """What is late in a locked run, of a few nodes. One query."""

    def __init__(self, change: store.Change, nodes: set[str]) -> None:
        self.plan, self.nodes = plan_of(change.run), nodes
        self.places = {node for node, _ in change.marking.tokens.values()}
        found = Step.objects.filter(run=change.run, node_id__in=nodes).exclude(state=StepState.CANCELLED)
        self.steps = list(found.only("pk", "node_id", "state", "attempt").order_by("id"))

    def is_late(self, node: str, what: Moment) -> bool:
        """A step that the run can no longer come to is not late, nor is one that has been finished or, for a start, begun."""
        if what is Moment.EARLIEST_START:
            return False
        steps = [step for step in self.steps if step.node_id == node]
        if what is Moment.LATEST_START and any(_has_begun(step) for step in steps):
            return False
        if steps:
            return any(step.state in OPEN_STEP for step in steps)
        return node in self.plan.nodes and core.may_come(self.plan, self.places, node)

    def step_id(self, node: str) -> int:
        return next((step.pk for step in self.steps if step.node_id == node and step.state in OPEN_STEP), 0)

    def name(self, node: str) -> str:
        found = self.plan.nodes.get(node)  # a run that has moved to another version may know it no more
        return found.name or node if found else node


def _has_begun(step: Step) -> bool:
    """Somebody works or has worked on it. A step that only waits for an event has begun when it is there."""
    waits = (StepState.READY, StepState.HELD, StepState.OFFERED, StepState.FAILED)
    return step.attempt > 0 or step.state not in waits


def _times(windows: Sequence[StepWindow], day: date, known: dict[str, Any], now: datetime) -> Times:
    """The moments of a day. A window that has opened keeps nobody waiting; what was missed stays missed."""
    found: Times = {}
    for node, window in in_force_on(windows, day).items():
        given = [getattr(window, what) for what in Moment]
        instants = moments_on(window.calendar, day, given, day_offset=window.day_offset)
        found[node] = {
            what.value: [at.isoformat(), _state(what, at, known.get(node, {}).get(what), now)]
            for what, at in zip(Moment, instants, strict=True)
            if at is not None
        }
    return found


def _state(what: Moment, at: datetime, known: list[str] | None, now: datetime) -> str:
    if known and (known[1] == MomentState.MISSED or known == [at.isoformat(), MomentState.PASSED]):
        return known[1]
    return MomentState.PASSED if what is Moment.EARLIEST_START and at <= now else MomentState.AHEAD


def _next(times: Times) -> datetime | None:
    ahead = [at for moments in times.values() for at, state in moments.values() if state == MomentState.AHEAD]
    return min(map(datetime.fromisoformat, ahead), default=None)
