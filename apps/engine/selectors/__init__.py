"""What can be read about runs. Lists are filtered by the lines and processes a person may see."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.approvals.selectors import on_a_path
from apps.engine.core import Marking, first_version, may_be_in_ad_hoc, may_jump
from apps.engine.core import replayed as core_replayed
from apps.engine.models import InterventionRequest, Pause, Pool, Run, Step
from apps.engine.states import (
    CHECK,
    HOLDABLE,
    INTERVENTION,
    LIVE_RUN,
    OPEN_STEP,
    RUN_VERBS,
    STEP_MOVES,
    STEP_VERBS,
    Moment,
    MomentState,
    RequestState,
    StepState,
    Verb,
)
from apps.engine.store.paths import approval_of, with_paths
from apps.journal.models import Entry
from apps.journal.selectors import entries_of
from apps.kernel.errors import NotFound
from apps.people.actions import may
from apps.people.models import User
from apps.people.selectors import Held, lines_visible_to, rights_of
from apps.people.states import STEP_ROLE_RIGHT, Right
from apps.processes.core.codec import plan_from_json
from apps.processes.core.plan import GATEWAYS, Node, NodeKind, Plan
from apps.processes.models import ProcessVersion
from apps.processes.selectors import processes_where
from apps.processes.states import VersionState

LIGHT = ("marking", "variables", "pinned", "version__plan", "version__model_xml")
"""Columns that lists never load."""


@lru_cache(maxsize=256)
def _plan(version_id: int, digest: str) -> Plan:
    return plan_from_json(ProcessVersion.objects.values_list("plan", flat=True).get(pk=version_id))


def plan_of(run: Run) -> Plan:
    """The compiled model that the run executes; kept by digest in this process."""
    return _plan(run.version_id, run.plan_digest)


def plan_of_version(version: ProcessVersion) -> Plan:
    """The compiled model of a version; kept by digest in this process."""
    return _plan(version.pk, version.plan_digest)


def last_migration(run: Run) -> dict[str, Any] | None:
    """What the journal says of the last time that the run went on in another version. One query."""
    last = Entry.objects.filter(stream=f"run.{run.pk}", kind="run.migrated").order_by("-number").first()
    return last.data if last is not None else None


def pinned_plan(version_id: int) -> Plan:
    """The compiled model of a version that a run calls; kept by digest, so that only the digest is asked for. One query."""
    return _plan(version_id, ProcessVersion.objects.values_list("plan_digest", flat=True).get(pk=version_id))


def runs_visible_to(user: User, held: Held | None = None) -> QuerySet[Run]:
    """Newest first, without their heavy columns. One query. `held`: their rights, when they are known."""
    return (
        Run.objects.filter(process__in=processes_where(user, held=held))
        .select_related("process", "line", "version", "begun_by")
        .defer(*LIGHT)
        .order_by("-id")
    )


def runs_of_day(user: User, business_date: date) -> QuerySet[Run]:
    """All runs for a business date that the person may see, newest first. One query."""
    return runs_visible_to(user).filter(business_date=business_date)


def process_of_run(run_id: str) -> int | None:
    """The key of the process that a run is of, from its number as text. One query."""
    if not (run_id.isascii() and run_id.isdigit() and len(run_id) < 19):
        return None
    return Run.objects.filter(pk=int(run_id)).values_list("process", flat=True).first()


def run_for(user: User, run_id: int) -> Run:
    """The run, or NotFound when it is not there or not for this person."""
    run = Run.objects.filter(process__in=processes_where(user)).select_related("process", "line", "version", "begun_by")
    found = run.filter(pk=run_id).first()
    if found is None:
        raise NotFound(what=_("run"))
    return found


def step_for(user: User, step_id: int) -> Step:
    """The step with its run, or NotFound when it is not there or not for this person."""
    seen = Step.objects.filter(run__process__in=processes_where(user)).select_related("run__line")
    found = with_paths(seen).filter(pk=step_id).first()
    if found is None:
        raise NotFound(what=_("step"))
    return found


def steps_of(run: Run) -> QuerySet[Step]:
    """In the order they came. One query."""
    return Step.objects.filter(run=run).select_related("maker", "taken_by", "decided_by").order_by("id")


def tasks_for(user: User) -> QuerySet[Step]:
    """Steps that wait for this person: offered to a role they hold or in their hands, never one that checks their own work.

    What walks a path is not among them but among the approvals. Oldest first. Two queries.
    """
    may_do = Q(pk__in=[])
    for place, rights in _places(user):
        may_do |= Q(place, role__in=[role for role, right in STEP_ROLE_RIGHT.items() if right in rights])
    mine = Q(state=StepState.OFFERED) | Q(state=StepState.CLAIMED, taken_by=user)
    return (
        Step.objects.filter(mine & may_do, Q(is_check=False) | ~on_a_path(CHECK))
        .exclude(is_check=True, maker=user)
        .select_related("run__process", "run__line")
        .defer("run__marking", "run__variables", "run__pinned")
        .order_by("id")
    )


def done_nodes(run: Run) -> set[str]:
    """Elements that the run has behind it: steps that were done, and everything else that was passed. One query."""
    steps = list(Step.objects.filter(run=run).values_list("node_id", "state"))
    done = {node for node, state in steps if state == StepState.DONE}
    return done | (set(run.marking.get("passes", {})) - {node for node, _ in steps})


def can_operate(user: User, run: Run) -> bool:
    return may(user, Right.INTERVENE, run.line, run.process_id)


def _places(user: User) -> Iterator[tuple[Q, set[Right]]]:
    """Where the person holds rights, as conditions on what belongs to a run, with the rights. One query."""
    held = rights_of(user)
    yield from ((Q(run__line_id=line), rights) for line, rights in held.by_line.items())
    yield from ((Q(run__process_id=process), rights) for process, rights in held.by_process.items())


_WEIGHT = {StepState.FAILED: 3, StepState.RUNNING: 2, StepState.CLAIMED: 2}


def node_states(run: Run) -> dict[str, str]:
    """Per node that was reached: the state of its newest step, or of the open one that needs attention most.

    Nodes without steps (gateways, events, scripts) are `done` once passed; an open sub-process is `running`. One query.
    """
    found: dict[str, str] = dict.fromkeys(run.marking.get("passes", {}), StepState.DONE.value)
    weight: dict[str, int] = {}
    for node, state in Step.objects.filter(run=run).order_by("id").values_list("node_id", "state"):
        new = 1 + _WEIGHT.get(StepState(state), 0) if state in OPEN_STEP else 0
        if new >= weight.get(node, 0):
            found[node], weight[node] = state, new
    for parts in run.marking.get("scopes", {}).values():
        found[parts[0]] = StepState.RUNNING.value
    return found


def waits_of(run: Run) -> list[dict[str, Any]]:
    """What the run waits for now, named: for the page and for the promise that nothing is ever just stuck."""
    steps = Step.objects.filter(run=run, state__in=OPEN_STEP).select_related("timer", "subscription", "child_run").order_by("id")
    return [{"step": step.pk, "node": step.node_id, "name": step.name, "state": step.state, **_wait(step)} for step in steps]


def full_pool_of(step: Step) -> Pool | None:
    """The resource pool that a ready step waits for. Asks the database only when the step takes from one."""
    if step.state != StepState.READY or not step.pool:
        return None
    bounds = Pool.objects.filter(Q(line=None) | Q(line=step.run.line_id), name=step.pool, queue__in=["", step.queue])
    return next((pool for pool in bounds.order_by("id") if pool.is_full), None)


def _wait(step: Step) -> dict[str, Any]:
    if step.state == StepState.READY:
        pool = full_pool_of(step)
        return {"queue": step.queue, **({"pool": pool.name, "size": pool.size} if pool else {})}
    if hasattr(step, "timer"):
        return {"until": step.timer.due_at.isoformat()}
    if step.kind == NodeKind.RECEIVE_TASK and hasattr(step, "subscription"):
        return {"message": step.subscription.name, "key": step.subscription.key}
    if step.kind == NodeKind.CALL_ACTIVITY and hasattr(step, "child_run"):
        return {"run": step.child_run.pk}
    return {"role": step.role} if step.role else {}


def replayed(run: Run) -> tuple[Marking, dict[str, Any]]:
    """The marking and the variables of a run, rebuilt from its journal alone. One query per 500 entries."""
    records: list[dict[str, Any]] = []
    number = 0
    while entries := entries_of(f"run.{run.pk}", number):
        number = entries[-1].number
        records += [record for entry in entries if entry.data.get("told") for record in json.loads(entry.data["told"])]
    began = first_version(records) or run.version_id
    return core_replayed(_plan_in(began), records, business_date=run.business_date, run=run.known_as, plans=_plan_in)


def _plan_in(version_id: int) -> Plan:
    return _plan(version_id, ProcessVersion.objects.values_list("plan_digest", flat=True).get(pk=version_id))


def open_pauses(line_id: int) -> list[Pause]:
    """Of a line and its days, oldest first. One query."""
    return list(Pause.objects.filter(line=line_id, lifted_at=None).order_by("id"))


def pauses_for(user: User) -> list[Pause]:
    """Open pauses of the lines that the person may see, oldest first. One query."""
    found = Pause.objects.filter(line__in=lines_visible_to(user), lifted_at=None).select_related("line", "paused_by")
    return list(found.order_by("id"))


def pause_over(pauses: Iterable[Pause], business_date: date) -> Pause | None:
    """The oldest of a line's open pauses that holds for this day."""
    return next((pause for pause in pauses if pause.business_date in (None, business_date)), None)


def jump_targets(step: Step) -> list[Node]:
    """Elements that a run may go on from instead of this step: those that do something, in the order of the model."""
    plan = plan_of(step.run)
    if step.node_id not in plan.nodes:
        return []
    beside = [node for node in plan.inside(plan.nodes[step.node_id].scope) if node.id != step.node_id]
    return [node for node in beside if node.kind not in GATEWAYS and may_jump(plan, step.node_id, node.id)]


def steps_to_come(run: Run) -> list[Node]:
    """Automatic steps that have not begun in this run, in the order of the model. One query."""
    begun = set(Step.objects.filter(run=run).values_list("node_id", flat=True))
    return [node for node in plan_of(run).nodes.values() if node.handler and node.id not in begun]


@dataclass(frozen=True)
class StepTime:
    """A moment that a step of a run has to keep; `is_late` while the step has missed it and is not finished."""

    node_id: str
    moment: Moment
    at: datetime
    state: MomentState
    is_late: bool


def times_of(run: Run, states: Mapping[str, str]) -> list[StepTime]:
    """The moments of a run in their order, with the states of its nodes as `node_states` gives them. No query."""
    found = [
        StepTime(node, Moment(what), datetime.fromisoformat(at), MomentState(state), _is_late(run, what, state, states.get(node)))
        for node, moments in run.times.items()
        for what, (at, state) in moments.items()
    ]
    return sorted(found, key=lambda time: (time.at, time.node_id))


def _is_late(run: Run, what: str, state: str, of_node: str | None) -> bool:
    if state != MomentState.MISSED or run.state not in LIVE_RUN:
        return False
    over = {StepState.DONE, StepState.SKIPPED}
    if what == Moment.LATEST_START:
        over |= {StepState.RUNNING, StepState.CLAIMED, StepState.WAITING}
    return of_node not in over


def nodes_to_hold(run: Run) -> list[Node]:
    """Steps that somebody or something begins and that are not held: what may be held before it comes."""
    kept = [node for node in plan_of(run).nodes.values() if node.handler or node.human or node.kind is NodeKind.TASK]
    return [node for node in kept if node.id not in run.held_nodes]


_STATES_TOGETHER = {
    Verb.RETRY: (StepState.FAILED,),
    Verb.SKIP: (StepState.FAILED,),
    Verb.HOLD: (StepState.READY, StepState.OFFERED, StepState.CLAIMED),
    Verb.RELEASE: (StepState.HELD,),
}
VERBS_TOGETHER = (Verb.PAUSE, Verb.RESUME, Verb.CANCEL, Verb.TERMINATE, *_STATES_TOGETHER)
"""What may be done to many runs at once on a page; the API takes every verb."""


def subjects_of(user: User, verb: Verb, runs: Iterable[int]) -> list[int]:
    """What a verb is about when these runs are chosen: they themselves, or the steps in them that it is meant for. One query."""
    if verb in RUN_VERBS:
        seen = runs_visible_to(user).filter(pk__in=runs)
        return list(seen.order_by("id").values_list("pk", flat=True))
    steps = Step.objects.filter(run__in=runs, run__process__in=processes_where(user), state__in=_STATES_TOGETHER[verb])
    return list(steps.order_by("run_id", "id").values_list("pk", flat=True))


_MOVE_OF = {Verb.RETRY: "retry", Verb.SKIP: "skip", Verb.FORCE: "force", Verb.JUMP: "cancel", Verb.REASSIGN: "reassign"}


def verbs_for_run(run: Run) -> list[Verb]:
    """What an operator may do to the run as it stands. What nobody could carry out now is left out."""
    if run.state not in LIVE_RUN:
        return []
    out = {Verb.PAUSE} if run.is_paused else {Verb.RESUME}
    if run.pause_id is not None:
        out.add(Verb.RESUME)
    if run.version.state == VersionState.PUBLISHED:
        out.add(Verb.MIGRATE)
    if run.came_from_id is None:
        out.add(Verb.MIGRATE_BACK)
    return [verb for verb in RUN_VERBS if verb not in out]


def verbs_for_step(step: Step) -> list[Verb]:
    """The same for a step of a run that is loaded with it."""
    if step.run.state not in LIVE_RUN:
        return []
    walks = approval_of(step) is not None
    found = {verb for verb, move in _MOVE_OF.items() if step.state in STEP_MOVES[move].sources and not walks}
    if step.state in OPEN_STEP and not walks and may_be_in_ad_hoc(plan_of(step.run), step.node_id):
        found.add(Verb.END_AD_HOC)
    if step.node_id in step.run.held_nodes:
        found.add(Verb.RELEASE)
    elif step.state in HOLDABLE:
        found.add(Verb.HOLD)
    if step.state in (StepState.DONE, StepState.SKIPPED):
        found.add(Verb.RERUN)
    return [verb for verb in STEP_VERBS if verb in found]


SIGNING_RIGHTS = (Right.CHECK, Right.INTERVENE, Right.MAKE, Right.RUN)


def requests_to_sign(user: User) -> QuerySet[InterventionRequest]:
    """Interventions that wait for this person's signature, oldest first: never what they asked for or made. Two queries.

    What walks a path is not among them but among the approvals.

    Whoever is barred as a maker is left out by the reader of the rows (`barred`), since it is a list.
    """
    mine = Q(pk__in=[])
    for place, rights in _places(user):
        held = [str(right) for right in SIGNING_RIGHTS if right in rights]
        mine |= Q(place, needs__in=_combinations(held))
    return (
        InterventionRequest.objects.filter(mine, ~on_a_path(INTERVENTION), state=RequestState.OPEN)
        .exclude(asked_by=user)
        .select_related("run__process", "run__line", "step", "asked_by")
        .defer("run__marking", "run__variables", "run__pinned")
        .order_by("id")
    )


def _combinations(rights: list[str]) -> list[str]:
    chosen = [""]
    for right in sorted(rights):
        chosen += [f"{before} {right}".strip() for before in chosen]
    return chosen[1:]


def requests_of(run: Run) -> QuerySet[InterventionRequest]:
    """Open requests about a run, oldest first. One query."""
    return run.requests.filter(state=RequestState.OPEN).select_related("asked_by", "step").order_by("id")
