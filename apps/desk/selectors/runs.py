"""Runs and steps as the desk shows them. Lists are keyset-paged by id, newest first, and name their query count."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet

from apps.desk.selectors.models import node_names
from apps.engine import selectors as engine
from apps.engine.models import DEFAULT_QUEUE, Pool, Run, Step
from apps.engine.states import Moment, MomentState, RunState, StepState
from apps.kernel import clock
from apps.kernel.pages import cut
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to
from apps.people.states import Right
from apps.processes.models import Process
from apps.processes.selectors import processes_where
from apps.processes.states import VersionState

LIVE_RUN = (RunState.RUNNING, RunState.INCIDENT)
OPEN_STEP = (
    StepState.READY, StepState.RUNNING, StepState.WAITING, StepState.OFFERED, StepState.CLAIMED, StepState.FAILED,
)  # fmt: skip
URGENT = {"failed": 0, "offered": 1, "claimed": 1, "running": 2, "ready": 3, "waiting": 4}
RUNS_ON_HOME = 40
STRIP_STEPS = 30
PAGE = 50


@dataclass
class StepView:
    """A step with its name in the reader's language."""

    step: Step
    name: str

    @property
    def seconds(self) -> float | None:
        """How long it took or has been going on."""
        begun = self.step.started_at or self.step.created_at
        return ((self.step.ended_at or clock.now()) - begun).total_seconds() if begun else None

    @property
    def times(self) -> list[engine.StepTime]:
        """What the windows of its run ask of it. Needs `step.run` loaded."""
        mine = {self.step.node_id: self.step.state}
        return [time for time in engine.times_of(self.step.run, mine) if time.node_id == self.step.node_id]

    @property
    def opens_at(self) -> datetime | None:
        """When its window opens, None when it is open."""
        earliest = [time for time in self.times if time.moment is Moment.EARLIEST_START and time.state is MomentState.AHEAD]
        return earliest[0].at if earliest else None

    @property
    def pool(self) -> Pool | None:
        """The resource pool that leaves it no room. Asks the database only when it is ready and takes from one."""
        return engine.full_pool_of(self.step)

    @property
    def queue(self) -> str:
        """The queue whose workers it waits for, "" when anybody's may do it."""
        return self.step.queue if self.step.state == StepState.READY and self.step.queue != DEFAULT_QUEUE else ""

    @property
    def runbook(self) -> str:
        """Where it says what to do when this step goes wrong; that of the process when the step has none of its own."""
        node = engine.plan_of(self.step.run).nodes.get(self.step.node_id)
        return (node.runbook if node else None) or self.step.run.process.runbook_url

    @property
    def due(self) -> engine.StepTime | None:
        """The moment that counts next, or the one that was missed."""
        to_keep = [time for time in self.times if time.moment is not Moment.EARLIEST_START]
        open_ones = [time for time in to_keep if time.is_late or time.state is MomentState.AHEAD]
        return next(iter(open_ones or to_keep[-1:]), None)


@dataclass(frozen=True)
class TimeView:
    """A moment that a step of the run has to keep, with the step's name in the reader's language and its state."""

    time: engine.StepTime
    name: str
    state: str


@dataclass
class RunView:
    """A run with what a list says of it: where it stands, and one letter per step. `late`: steps that missed their time."""

    run: Run
    late: list[TimeView] = field(default_factory=list)
    current: list[StepView] = field(default_factory=list)
    strip: list[StepView] = field(default_factory=list)
    hidden_steps: int = 0


@dataclass(frozen=True)
class RunFilter:
    """What a list is narrowed to; every field may be empty."""

    line: str = ""
    process: str = ""
    state: str = ""
    business_date: date | None = None


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next_before: int | None


def runs_on_home(user: User) -> dict[BusinessLine, list[RunView]]:
    """Live runs and those begun today, by line, newest first; called runs stand inside their callers. Three queries."""
    today = datetime.combine(clock.market_date(), time.min, tzinfo=clock.SHANGHAI)
    found = _runs(user).filter(Q(state__in=LIVE_RUN) | Q(begun_at__gte=today), parent_step=None)[:RUNS_ON_HOME]
    by_line: dict[BusinessLine, list[RunView]] = defaultdict(list)
    for view in _with_steps(list(found)):
        by_line[view.run.line].append(view)
    return dict(sorted(by_line.items(), key=lambda pair: (pair[0].position, pair[0].code)))


def runs_page(user: User, wanted: RunFilter, before: int | None, size: int = PAGE) -> Page:
    """One page of runs, newest first. Three queries."""
    found = _runs(user)
    if wanted.line:
        found = found.filter(line__code=wanted.line)
    if wanted.process:
        found = found.filter(process__key=wanted.process)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.business_date:
        found = found.filter(business_date=wanted.business_date)
    if before:
        found = found.filter(pk__lt=before)
    page = cut(found, size)
    return Page(_with_steps(page.rows), page.last.pk if page.last else None)


def runs_in_version(user: User, version_id: int, states: Sequence[str], size: int) -> list[RunView]:
    """Runs of one version in these states that the person may see, newest first. Two queries."""
    return _with_steps(list(_runs(user).filter(version=version_id, state__in=states)[:size]))


def steps_page(run: Run, before: int | None, size: int = 200) -> Page:
    """The newest steps of a run, in their order. One query."""
    found = run.steps.select_related("taken_by", "decided_by", "maker", "child_run").order_by("-id")
    if before:
        found = found.filter(pk__lt=before)
    page = cut(found, size)
    names = node_names(run)
    views = [StepView(step, names.get(step.node_id) or step.name or step.node_id) for step in reversed(page.rows)]
    return Page(views, page.last.pk if page.last else None)


def startable_processes(user: User) -> list[Process]:
    """What this person may start: published, meant to be started, theirs to run. Two queries."""
    published = processes_where(user, Right.RUN).filter(startable=True, versions__state=VersionState.PUBLISHED)
    return list(published.select_related("line").order_by("line__position", "key").distinct())


def tasks_page(user: User, limit: int = 100) -> list[StepView]:
    """Human steps this person could do now: theirs first, then by deadline, then oldest first. Few queries."""
    found = engine.tasks_for(user).select_related("run__process", "run__line", "taken_by", "maker")
    tasks = list(found[:limit])
    tasks.sort(
        key=lambda step: (step.taken_by_id != user.pk, step.deadline_at or datetime.max.replace(tzinfo=clock.SHANGHAI), step.pk)
    )
    return [named(step) for step in tasks]


def named(step: Step) -> StepView:
    """Needs `step.run` loaded."""
    return StepView(step, node_names(step.run).get(step.node_id) or step.name or step.node_id)


def most_urgent(views: Iterable[StepView]) -> StepView | None:
    """The step a person wants to see first: a failure, then what waits for people, then what runs."""
    open_ones = [view for view in views if view.step.state in URGENT]
    return min(open_ones, key=lambda view: (URGENT[view.step.state], -view.step.pk), default=None)


def times_in(run: Run, states: Mapping[str, str]) -> list[TimeView]:
    """What the windows ask of the run, in the order of the moments. `states` of its nodes as `node_states` gives them."""
    return [TimeView(time, name_in(run, time.node_id), states.get(time.node_id, "")) for time in engine.times_of(run, states)]


def name_in(run: Run, node_id: str) -> str:
    """What an element is called, whether the run has come to it or not."""
    found = engine.plan_of(run).nodes.get(node_id)
    return node_names(run).get(node_id) or (found.name if found else "") or node_id


def late_in(run: Run, states: Mapping[str, str]) -> list[TimeView]:
    return [view for view in times_in(run, states) if view.time.is_late] if run.times else []


def visible_lines(user: User) -> list[BusinessLine]:
    return list(lines_visible_to(user).order_by("position", "code"))


def _runs(user: User) -> QuerySet[Run]:
    return (
        Run.objects.filter(process__in=processes_where(user))
        .select_related("process", "line", "begun_by")
        .defer("marking", "variables", "pinned")
        .order_by("-id")
    )


def _with_steps(runs: Sequence[Run]) -> list[RunView]:
    """Adds where each run stands. One query for all; only columns that a strip needs."""
    views = {run.pk: RunView(run) for run in runs}
    steps = Step.objects.filter(run__in=views).only("run_id", "node_id", "name", "state", "taken_by", "created_at").order_by("id")
    for step in steps:
        view = views[step.run_id]
        names = node_names(view.run)
        shown = StepView(step, names.get(step.node_id) or step.name or step.node_id)
        view.strip.append(shown)
        if step.state in OPEN_STEP:
            view.current.append(shown)
    for view in views.values():
        view.late = late_in(view.run, {step.step.node_id: step.step.state for step in view.strip})
        view.hidden_steps = max(0, len(view.strip) - STRIP_STEPS)
        view.strip = view.strip[-STRIP_STEPS:]
    return list(views.values())
