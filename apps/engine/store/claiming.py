"""Who has the next turn: ready steps are claimed one at a time, the least rank first, as far as their pools have room.

A pool's room is counted, under its lock, from the steps that run in it: nothing is kept that could be wrong after a crash.
A claim locks a step by skipping what others hold, then the pools, then the journal's stream; nobody who holds a stream
wants a pool, and nobody who holds a pool waits for a step.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from apps.engine.conf import conf
from apps.engine.models import Pool, Run, Step
from apps.engine.states import LIVE_RUN, Priority, StepState
from apps.kernel import clock, rows

RUN_OF_RANK = 0xFFFF_FFFF


def rank_of(run: Run, ready_at: datetime) -> int:
    """Of ready steps the least is first: the second in which it became ready, less what its priority is worth; then the run."""
    return _seconds(run.priority, ready_at) << 32 | run.pk & RUN_OF_RANK


def _seconds(priority: int, ready_at: datetime) -> int:
    return int(ready_at.timestamp()) - priority * Priority.SECONDS_PER_DEGREE


def rank_again(run: Run, before: int) -> None:
    """Gives the ready steps of a locked run, whose priority was `before`, the turns that its priority gives them now."""
    by = (before - run.priority) * Priority.SECONDS_PER_DEGREE << 32
    ready = Step.objects.select_for_update(of=("self",)).filter(run=run, state=StepState.READY).order_by("id")
    steps = list(ready.only("pk", "rank"))
    for step in steps:
        step.rank += by
    rows.update_rows(steps, ["rank"])


def now_in_sql() -> Any:
    """The database's instant inside a statement, without a question of its own."""
    return clock.now() if connection.vendor == "sqlite" or clock.stopped_at() is not None else Now()


def claim(worker: str, *, queue: str = "", step_id: int | None = None) -> Step | None:
    """Takes the queue's first ready step for this worker, or the given one, with a new fence and a lease.

    None: nothing is ready, others are at it, or the pools of all that is ready are full. In the caller's transaction.
    """
    which, given = (_IN_QUEUE, queue) if step_id is None else (_BY_ID, step_id)
    step = _taken(f"{which} AND {_UNBOUNDED}", given, worker)
    if step is None:
        step = _taken_from_pool({"queue": queue, "is_pure": False} if step_id is None else {"pk": step_id}, worker)
    if step is not None:
        step.run = rows.read_rows(Run, "WHERE engine_run.id = %s", [step.run_id], related=("line", "process"))[0]
    return step


_UNBOUNDED = "NOT EXISTS (SELECT 1 FROM engine_pool WHERE engine_pool.name = engine_step.pool)"
_FIRST = (
    "id = (SELECT id FROM engine_step WHERE {which} AND state = 'ready' AND (not_before IS NULL OR not_before <= {now})"
    " ORDER BY rank, id LIMIT 1 {lock})"
)
_IN_QUEUE = _FIRST.replace("{which}", "queue = %s AND NOT is_pure")
_BY_ID = _FIRST.replace("{which}", "id = %s")
_TAKEN = "state = 'running', attempt = attempt + 1, lease_until = {lease}, worker = %s, started_at = {now}"


def _taken(where: str, given: str | int, worker: str) -> Step | None:
    lease = timedelta(seconds=conf.LEASE_SECONDS)
    if connection.vendor == "sqlite" or clock.stopped_at() is not None:
        now = connection.ops.adapt_datetimefield_value(clock.now())
        until = connection.ops.adapt_datetimefield_value(clock.now() + lease)
        spelled = {"now": "%s", "lease": "%s"}
        parameters: list[Any] = [until, worker, now, given, now]
    else:
        spelled = {"now": "statement_timestamp()", "lease": "statement_timestamp() + %s"}
        parameters = [lease, worker, given]
    spelled["lock"] = "FOR NO KEY UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    found: list[Step] = rows.change_rows(Step, f"SET {_TAKEN} WHERE {where}".format(**spelled), parameters)
    return found[0] if found else None


def _taken_from_pool(among: dict[str, Any], worker: str) -> Step | None:
    """The first of these steps whose pools have room. Their pools are locked, so that nobody counts beside us."""
    ready = _due().filter(**among).select_for_update(skip_locked=_skips(), of=("self",), no_key=True).select_related("run")
    ready = ready.only("pk", "pool", "queue", "run__line_id")
    full: set[int] = set()
    while (first := ready.order_by("rank", "id").first()) is not None:
        bound = _full_pool_of(first, first.run.line_id)
        if bound is None:
            return _taken(_BY_ID, first.pk, worker)
        if bound.pk in full:
            return None
        full.add(bound.pk)
        ready = ready.exclude(pool=bound.name, **({"run__line": bound.line_id} if bound.line_id else {}))
    return None


def _skips() -> bool:
    return connection.features.has_select_for_update_skip_locked


def _due() -> QuerySet[Step]:
    return Step.objects.filter(Q(not_before=None) | Q(not_before__lte=now_in_sql()), state=StepState.READY)


def _full_pool_of(step: Step, line_id: int) -> Pool | None:
    """The pool that leaves no room for this step, None when it may run. All of its pools are locked."""
    bounds = Pool.objects.select_for_update(of=("self",)).filter(Q(line=None) | Q(line=line_id), name=step.pool)
    return next((pool for pool in list(bounds.filter(queue__in=["", step.queue]).order_by("id")) if pool.is_full), None)


def extend_leases(worker: str, steps: Sequence[int]) -> int:
    """One UPDATE for all that a worker process has in hand."""
    until = now_in_sql() + timedelta(seconds=conf.LEASE_SECONDS)
    return Step.objects.filter(pk__in=steps, worker=worker, state=StepState.RUNNING).update(lease_until=until)


def instant() -> dict[str, str]:
    """What a statement has to bring along so that nobody has to ask for the database's instant."""
    asks = connection.vendor == "postgresql" and clock.stopped_at() is None
    return {"read_at": "statement_timestamp()"} if asks else {}


_RUNS_WITH_PURE_STEPS = f"""
WITH RECURSIVE waiting (turn) AS (
    SELECT min(rank) FROM engine_step WHERE is_pure AND state = 'ready'
    UNION ALL
    SELECT (SELECT min(rank) FROM engine_step WHERE is_pure AND state = 'ready' AND rank > turn)
    FROM waiting WHERE turn IS NOT NULL
)
SELECT turn & {RUN_OF_RANK} FROM waiting WHERE turn IS NOT NULL LIMIT %s
"""  # noqa: S608


def lock_pure_steps(most_runs: int) -> list[Step]:
    """Ready pure steps of some live runs that nobody else has locked, the first in turn first; runs and steps are locked.

    One step of the index is read per run and turn, however many steps are ready.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RUNS_WITH_PURE_STEPS, [most_runs + conf.GROUP_RUNS])
        waiting = list(dict.fromkeys(run for (run,) in cursor.fetchall()))
    runs: dict[int, Run] = {}
    while waiting and len(runs) < most_runs:
        tried, waiting = waiting[: most_runs - len(runs)], waiting[most_runs - len(runs) :]
        live = f"WHERE engine_run.id IN ({_places(tried)}) AND engine_run.state IN ({_places(LIVE_RUN)}) ORDER BY engine_run.id"
        found = rows.read_rows(
            Run, live, [*tried, *LIVE_RUN], locked=True, skip_locked=True, related=("line", "process"), also=instant()
        )
        runs |= {run.pk: run for run in found}
    ready = f"WHERE run_id IN ({_places(runs)}) AND is_pure AND state = 'ready' ORDER BY rank, id LIMIT %s"
    steps: list[Step] = rows.read_rows(Step, ready, [*runs, conf.GROUP_STEPS], locked=True) if runs else []
    turns = {run: turn for turn, run in reversed(list(enumerate(step.run_id for step in steps)))}
    for step in steps:
        step.run = runs[step.run_id]
    return sorted(steps, key=lambda step: (turns[step.run_id], step.pk))


def _places(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))
