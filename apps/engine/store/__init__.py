"""The only writer of runs and steps. Every move is one guarded UPDATE: who comes second is refused.

Lock order: run, step, timer; the journal's stream comes last. No input or output happens while a lock is held.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, cached_property, partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.engine import events
from apps.engine.conf import conf
from apps.engine.core import Marking
from apps.engine.models import Attempt, Outbox, Run, Step, Subscription, Timer
from apps.engine.states import LIVE_RUN, OPEN_STEP, STEP_MOVES, Moment, MomentState, RunState, StepState
from apps.engine.store.claiming import claim, extend_leases, instant, lock_pure_steps, now_in_sql, rank_again, rank_of
from apps.engine.store.paths import with_paths
from apps.journal.actions import append_all
from apps.kernel import clock, rows
from apps.kernel.crashpoint import crashpoint
from apps.kernel.errors import NotFound, StaleState
from apps.people.models import User
from apps.processes.core.plan import Plan

__all__ = [
    "Change",
    "cancel_steps",
    "claim",
    "close_waits",
    "database_now",
    "do_alone",
    "extend_leases",
    "fire",
    "give_keys",
    "holds",
    "insert_runs",
    "insert_steps",
    "is_still_held",
    "lock_pure_steps",
    "lock_run",
    "lock_run_again",
    "opens_at",
    "rank_again",
    "rank_of",
    "record_attempt",
    "ring",
    "ring_first",
    "ring_for_pure_steps",
    "save_all",
    "step_of",
    "write_group",
]

WAKE_CHANNEL = "clearway_outbox"
GROUP_COLUMNS = ("state", "is_pure", "attempt", "outputs", "worker", "started_at", "ended_at")
RUN_COLUMNS = ("state", "marking", "variables", "ended_at")


def database_now() -> datetime:
    """The instant by the database's clock, which alone decides about leases and timers."""
    if connection.vendor == "sqlite" or clock.stopped_at() is not None:
        return clock.now()  # SQLite's clock is this machine's
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def lock_run(run_id: int) -> Run:
    """The run with its line, locked until the transaction ends."""
    crashpoint("advance.begin")
    by_id = "WHERE engine_run.id = %s"
    found: list[Run] = rows.read_rows(Run, by_id, [run_id], locked=True, related=("line", "process"), also=instant())
    if not found:
        raise NotFound(what=_("run"))
    crashpoint("advance.lock")
    return found[0]


def lock_run_again(seen: Run) -> Run:
    """A run that this worker has read before, as it is now; its line and process are those it was read with."""
    crashpoint("advance.begin")
    run: Run = rows.read_rows(Run, "WHERE id = %s", [seen.pk], locked=True, also=instant())[0]
    run.line, run.process = seen.line, seen.process
    crashpoint("advance.lock")
    return run


def is_still_held(step: Step) -> bool:
    """Whether the step still runs under the fence that it was claimed with; its row is locked then."""
    with connection.cursor() as cursor:
        lock = " FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
        fenced = f"SELECT 1 FROM engine_step WHERE id = %s AND state = 'running' AND attempt = %s{lock}"  # noqa: S608
        cursor.execute(fenced, [step.pk, step.attempt])
        return cursor.fetchone() is not None


def holds(run: Run, node_id: str) -> bool:
    """Whether a step of this node may not begin now: the run is paused, the node is held, or its window has not opened."""
    return run.is_held or node_id in run.held_nodes or opens_at(run, node_id) is not None


def opens_at(run: Run, node_id: str) -> datetime | None:
    """When the window of this node opens, None when it is open. The sweeper opens it, by the database's clock."""
    moment = run.times.get(node_id, {}).get(Moment.EARLIEST_START)
    return datetime.fromisoformat(moment[0]) if moment and moment[1] == MomentState.AHEAD else None


def step_of(run: Run, step_id: int) -> Step:
    """A step of a locked run, as it is now. Its row is locked as well: a claim does not ask for the run."""
    step = Step.objects.select_for_update(of=("self",)).filter(pk=step_id, run=run).first()
    if step is None:
        raise NotFound(what=_("step"))
    step.run = run
    return step


@dataclass
class Change:
    """What one transaction does to one locked run: moves are written at once, run and facts by `save`."""

    run: Run
    actor: User | None
    facts: list[Any] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    was_live: bool = field(init=False)
    inserted_as: tuple[Any, ...] | None = None

    def __post_init__(self) -> None:
        self.was_live = self.run.state in LIVE_RUN

    @cached_property
    def marking(self) -> Marking:
        """Where the tokens stand; whoever moves them puts the new marking here, and `save` writes it."""
        return Marking.from_json(self.run.marking)

    @cached_property
    def database_now(self) -> datetime:
        """An instant of this transaction by the database's clock."""
        read_at: datetime | None = getattr(self.run, "read_at", None)
        return read_at or database_now()

    @cached_property
    def ring_at(self) -> datetime:
        """When the bell of a step that becomes ready now is rung again, should nobody have heard it."""
        return self.database_now + timedelta(seconds=conf.RING_AGAIN_SECONDS)

    def say(self, fact: type[events.RunFact], **facts: Any) -> None:
        self.facts.append(fact(run=self.run.pk, line=self.run.line.code, **facts))

    def move(self, step: Step, name: str, *, reason: str = "", **columns: Any) -> None:
        """Refuses with StaleState unless the step is as it was seen and the table allows the move."""
        legal, before = STEP_MOVES[name], step.state
        target = StepState.HELD if legal.target == StepState.READY and holds(self.run, step.node_id) else legal.target
        if target == StepState.READY:
            columns["rank"] = rank_of(self.run, columns.get("not_before") or clock.now())
        values = {"id": step.pk, "state": target} | {_attribute(name): _plain(value) for name, value in columns.items()}
        as_seen = f"state = '{StepState(before).value}' AND attempt = {int(step.attempt)}"
        if before not in legal.sources or not rows.update_values(Step, [values], [*values][1:], seen=as_seen):
            raise StaleState(what=step.name, state=step.get_state_display())
        step.state = target
        for column, value in columns.items():
            setattr(step, column, value)
        if before == StepState.RUNNING and step.pool:
            transaction.on_commit(partial(ring_first, pool=step.pool), robust=True)
        self.say_moved(step, before, reason)

    def say_moved(self, step: Step, before: str, reason: str = "") -> None:
        self.say(
            events.StepMoved,
            step=step.pk,
            node=step.node_id,
            name=step.name,
            node_kind=step.kind,
            before=str(before),
            after=str(step.state),
            attempt=step.attempt,
            reason=reason,
        )

    def set_run(self, **columns: Any) -> None:
        """What an operator sets on a locked run, beside where it stands."""
        Run.objects.filter(pk=self.run.pk).update(**columns)
        for column, value in columns.items():
            setattr(self.run, column, value)

    def raise_incident(self, step: Step) -> None:
        self.say(events.IncidentRaised, step=step.pk, node=step.node_id, problem=step.problem)
        self._move_run(RunState.INCIDENT)

    def clear_incident(self) -> None:
        """The run goes on as running when no failed step is left."""
        if self.run.state == RunState.INCIDENT and not Step.objects.filter(run=self.run, state=StepState.FAILED).exists():
            self._move_run(RunState.RUNNING)

    def _move_run(self, state: RunState) -> None:
        if self.run.state != state:
            self.say(events.RunMoved, before=str(self.run.state), after=str(state))
            self.run.state = state

    def end_run(self, state: RunState, reason: str = "") -> None:
        self.run.state, self.run.ended_at = state, clock.now()
        self.say(events.RunEnded, state=str(state), reason=reason)

    def save(self) -> None:
        """One UPDATE of the run, guarded by its being live, and the facts in order."""
        self.prepare()
        rows.update_rows([self.run], RUN_COLUMNS)
        crashpoint("advance.effects")
        self.say_only()
        crashpoint("advance.journal")

    def prepare(self) -> None:
        """The run's columns as they are to be written; refused when the run had ended before."""
        if not self.was_live:
            raise StaleState(what=str(self.run), state=self.run.get_state_display())
        if self.told:
            self.facts[0] = replace(self.facts[0], told=json.dumps(self.told, ensure_ascii=False))
        if "marking" in self.__dict__:
            self.run.marking = self.marking.to_json()

    def columns(self) -> tuple[Any, ...]:
        """What is written of the run, as it stands in memory."""
        return (self.run.state, self.run.ended_at, self.marking, self.run.variables)

    def say_only(self) -> None:
        """The facts without the run: for what does not change where it stands."""
        if self.facts:
            append_all(self.facts, actor=self.actor)


@cache
def _attribute(name: str) -> str:
    """Where a step keeps the column that has this name: `taken_by_id` for `taken_by`."""
    return Step._meta.get_field(name).attname  # type: ignore[union-attr]


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def insert_runs(changes: Sequence[Change]) -> None:
    """New runs, which have their keys, as they stand now; `save_all` writes only what has become of them since."""
    for change in changes:
        change.prepare()
        change.inserted_as = change.columns()
    rows.insert_rows([change.run for change in changes])


def save_all(changes: Sequence[Change]) -> None:
    """The same as `Change.save` for several runs: one UPDATE, one piece of journal. All of them have one actor."""
    for change in changes:
        change.prepare()
    rows.update_rows([change.run for change in changes if change.columns() != change.inserted_as], RUN_COLUMNS)
    crashpoint("advance.effects")
    append_all([fact for change in changes for fact in change.facts], actor=changes[0].actor if changes else None)
    crashpoint("advance.journal")


def give_keys(new: Sequence[Run] | Sequence[Step]) -> None:
    """Keys for rows that are not written yet, where they have none. Within a run those of its steps ascend as they come."""
    without = [row for row in new if row.pk is None]
    for row, key in zip(without, rows.reserve_keys(type(without[0]), len(without)) if without else [], strict=True):
        row.pk = key


def insert_steps(steps: Sequence[Step]) -> None:
    """New steps, which get their keys here unless they have them."""
    give_keys(steps)
    rows.insert_rows(steps)


def record_attempt(step: Step, outcome: str, problem: str = "") -> None:
    rows.insert_values(Attempt, [_attempt_of(step, outcome, problem)])


def _attempt_of(step: Step, outcome: str, problem: str = "") -> dict[str, Any]:
    return {
        "step_id": step.pk,
        "number": step.attempt,
        "worker": step.worker,
        "started_at": step.started_at or step.created_at,
        "ended_at": clock.now(),
        "outcome": outcome,
        "problem": problem,
    }


def write_group(new: Sequence[Step], seen: Sequence[Step]) -> None:
    """Steps of locked runs that a group has made, and those that it found ready: whatever became of them."""
    rows.insert_rows(new)
    if rows.update_rows(seen, GROUP_COLUMNS, seen="state = 'ready'") != len(seen):
        raise StaleState(what=_("step"), state="")
    rows.insert_values(Attempt, [_attempt_of(step, "finished") for step in (*seen, *new) if step.state == StepState.DONE])


def ring(steps: Sequence[Step]) -> None:
    """Writes the bells of this transaction, one for all pure steps, or two when they are of more runs than a group takes.

    On PostgreSQL the commit wakes the dispatchers.
    """
    bells = [Outbox(step_id=step.pk, queue=step.queue) for step in steps if not step.is_pure]
    if pure := {step.run_id for step in steps if step.is_pure}:
        bells += [Outbox() for _ in range(2 if len(pure) > conf.GROUP_RUNS else 1)]
    if not bells:
        return
    rows.insert_rows(bells)
    crashpoint("advance.outbox")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [WAKE_CHANNEL])


def ring_first(**among: str) -> None:
    """Rings for the ready step of a queue or a pool that is first in turn, if there is one."""
    first = Step.objects.filter(state=StepState.READY, is_pure=False, **among).order_by("rank", "id")
    with transaction.atomic():
        ring(list(first.only("pk", "queue", "is_pure")[:1]))


def ring_for_pure_steps() -> None:
    """One bell for whatever is ready."""
    with transaction.atomic(savepoint=False):
        ring([Step(is_pure=True)])


def do_alone(steps: Sequence[int]) -> None:
    """Ready pure steps are done like any others from now on."""
    with transaction.atomic():
        found = (
            Step.objects.select_for_update(of=("self",)).filter(pk__in=steps, state=StepState.READY, is_pure=True).order_by("id")
        )
        left = list(found.only("pk", "is_pure", "queue"))
        for step in left:
            step.is_pure = False
        rows.update_rows(left, ["is_pure"])
        ring(left)


def fire(timer: Timer) -> bool:
    """True for the one caller that fires it."""
    return bool(Timer.objects.filter(pk=timer.pk, fired=False, due_at__lte=now_in_sql()).update(fired=True))


def close_waits(steps: Sequence[Step]) -> None:
    """Steps that wait no longer: their subscriptions and timers are of no use any more."""
    ids = [step.pk for step in steps]
    Subscription.objects.filter(step__in=ids).delete()
    Timer.objects.filter(step__in=ids, fired=False).update(fired=True)


def lock_open_steps(run: Run) -> list[Step]:
    """All open steps of a locked run, in order, locked as well: nobody claims one of them until the transaction ends."""
    steps = list(Step.objects.select_for_update(of=("self",)).filter(run=run, state__in=OPEN_STEP).order_by("id"))
    for step in steps:
        step.run = run
    return steps


def take_along(steps: Sequence[Step], names: Mapping[str, str], plan: Plan, gone: Collection[int]) -> None:
    """Open steps follow their tokens to another version: they stand at the counterparts of their nodes and ask what those ask.

    `gone` are tokens that do not follow.
    """
    for step in steps:
        if step.token in gone or step.node_id not in names:
            continue
        node = plan.nodes[names[step.node_id]]
        form = node.human.form if node.human is not None else step.form
        if (node.id, node.name or node.id, form) != (step.node_id, step.name, step.form):
            step.node_id, step.name, step.form = node.id, node.name or node.id, form
            Step.objects.filter(pk=step.pk).update(node_id=step.node_id, name=step.name, form=form)


def cancel_steps(change: Change, reason: str) -> list[Step]:
    """Moves every open step of the run, read `with_paths`; a worker that still runs one will be refused."""
    steps = list(
        with_paths(Step.objects.select_for_update(of=("self",)).filter(run=change.run, state__in=OPEN_STEP)).order_by("id")
    )
    now = clock.now()
    for step in steps:
        change.move(step, "cancel", reason=reason, ended_at=now)
    close_waits(steps)
    return steps
