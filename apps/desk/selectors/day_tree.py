"""A business date as a tree: line, process, run, step, and below a step that calls another process that run with its steps.

Each level is read when somebody opens the row above it, in pages by key; what the person may not see is not there and not
counted. Rows are called `line.rtgs-sh`, `process.7`, `run.17`, `step.99`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from apps.desk.selectors.models import node_names
from apps.desk.selectors.runs import StepView
from apps.engine.models import Run, Step
from apps.engine.states import RunState
from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine, User
from apps.processes.models import Process
from apps.processes.selectors import processes_where

FIRST_PAGE, PAGE = 100, 400
"""So many rows are read when a row is opened, and so many whenever somebody goes on to where nothing has been read yet."""
MOST_ASKED = 100
"""Rows that may be read again at once."""
WORST_FIRST = (RunState.INCIDENT, RunState.RUNNING, RunState.CANCELLED, RunState.DONE)
DEEPEST_INDENT = 9
LINE_LEVEL, PROCESS_LEVEL, RUN_LEVEL = 1, 2, 3
SHOWN_OF_A_STEP = (
    "run", "node_id", "name", "kind", "state", "problem", "attempt", "role", "is_late", "deadline_at", "created_at",
    "started_at", "ended_at", "taken_by", "decided_by",
)  # fmt: skip


@dataclass(frozen=True)
class TreeRow:
    """One row. `below`: how many rows it opens to; `cursor`: where the page after it begins; `states`: of what is below it."""

    key: str
    level: int
    name: str
    state: str
    below: int = 0
    cursor: str = ""
    states: tuple[tuple[str, int], ...] = ()
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    line: str = ""
    process: str = ""
    run: Run | None = None
    step: StepView | None = None

    @property
    def kind(self) -> str:
        return self.key.partition(".")[0]

    @property
    def indent(self) -> int:
        """The level as far as the eye can follow it."""
        return min(self.level, DEEPEST_INDENT)

    @property
    def done(self) -> int:
        return dict(self.states).get("done", 0)

    @property
    def all(self) -> int:
        return sum(number for _state, number in self.states)

    @property
    def seconds(self) -> float | None:
        """How long it took; None as long as it goes on."""
        return (self.ended_at - self.begun_at).total_seconds() if self.ended_at and self.begun_at else None


@dataclass(frozen=True)
class Branch:
    """A page of what stands under a row, "" for the lines of the day. `size` counts what is on other pages as well."""

    under: str
    rows: tuple[TreeRow, ...] = ()
    size: int = 0
    is_last: bool = True


@dataclass
class _Group:
    """The runs of a line or process of the day, by state."""

    states: Counter[str] = field(default_factory=Counter)
    processes: set[int] = field(default_factory=set)
    begun_at: datetime | None = None
    ended_at: datetime | None = None

    def take(self, process: int, state: str, number: int, begun_at: datetime, ended_at: datetime | None) -> None:
        self.processes.add(process)
        self.states[state] += number
        self.begun_at = min(self.begun_at or begun_at, begun_at)
        self.ended_at = max(self.ended_at or ended_at, ended_at) if ended_at else self.ended_at

    @property
    def state(self) -> str:
        return next(state for state in WORST_FIRST if self.states[state]).value

    def row(self) -> dict[str, Any]:
        """What a row says of it. While something goes on, it has not ended."""
        goes_on = self.states[RunState.RUNNING] + self.states[RunState.INCIDENT]
        counted = tuple((str(state.value), self.states[state]) for state in WORST_FIRST if self.states[state])
        return {
            "state": self.state,
            "states": counted,
            "begun_at": self.begun_at,
            "ended_at": None if goes_on else self.ended_at,
        }


def branch_of(person: User, day: date, under: str = "", after: str = "") -> Branch:
    """A page of what stands under a row. At most seven queries, as many for many rows as for one."""
    kind, _, name = under.partition(".")
    if kind == "":
        return _lines(person, day)
    if kind == "line":
        return _processes(person, day, name, after)
    if kind in ("process", "run", "step") and (number := _number(name)):
        return {"process": _runs_of, "run": _steps_of, "step": _called_by}[kind](person, day, number, _number(after))
    raise NotFound(what="row")


def rows_again(person: User, day: date, keys: Sequence[str]) -> list[TreeRow]:
    """These rows as they are now, in any order; those that the person may not see are left out. At most nine queries."""
    asked: dict[str, list[str]] = defaultdict(list)
    for key in keys[:MOST_ASKED]:
        kind, _, name = key.partition(".")
        asked[kind].append(name)
    numbers = {kind: [number for name in names if (number := _number(name))] for kind, names in asked.items()}
    return [
        *(_line_rows(person, day, asked["line"]) if asked["line"] else ()),
        *(_process_rows(_groups(person, day, process__in=numbers["process"])[1]) if numbers.get("process") else ()),
        *(_run_rows(_runs(person).filter(pk__in=numbers["run"])) if numbers.get("run") else ()),
        *(_step_rows(person, _steps(person).filter(pk__in=numbers["step"])) if numbers.get("step") else ()),
    ]


def way_to(person: User, key: str) -> list[str]:
    """The keys of the rows above a row and its own, from the line down. One query for a run, two more for each that called it."""
    kind, _, name = key.partition(".")
    number = _number(name)
    if kind == "line":
        return [key]
    if kind == "process" and number:
        found = processes_where(person).filter(pk=number).values_list("line__code", flat=True).first()
        return [f"line.{found}", key] if found else []
    if kind == "step" and number:
        run = _steps(person).filter(pk=number).values_list("run", flat=True).first()
        return [*way_to(person, f"run.{run}"), key] if run else []
    run_found = _runs(person).filter(pk=number).first() if kind == "run" and number else None
    if run_found is None:
        return []
    above = f"step.{run_found.parent_step_id}" if run_found.parent_step_id else f"process.{run_found.process_id}"
    return [*way_to(person, above), key]


def opened(person: User, day: date, at: str, after: str = "") -> Iterator[Branch]:
    """The branches that a page shows when it stands at a row: the lines, and what each row on the way to it opens to."""
    yield branch_of(person, day)
    for key in way_to(person, at):
        yield branch_of(person, day, key, after if key == at else "")


# -- the levels -------------------------------------------------------------------------------------------------------


def _lines(person: User, day: date) -> Branch:
    """The lines of which the person sees runs of the day. Two queries."""
    rows = tuple(_line_rows(person, day))
    return Branch("", rows, len(rows))


def _line_rows(person: User, day: date, codes: Sequence[str] | None = None) -> Iterator[TreeRow]:
    narrowed = {} if codes is None else {"process__line__code__in": codes}
    groups, _by_process = _groups(person, day, **narrowed)
    for line in BusinessLine.objects.filter(pk__in=groups).order_by("position", "code"):
        group = groups[line.pk]
        yield TreeRow(f"line.{line.code}", LINE_LEVEL, line.name, below=len(group.processes), line=line.code, **group.row())


def _processes(person: User, day: date, code: str, after: str) -> Branch:
    """The processes of a line that have runs on the day, by key. Two queries."""
    _by_line, groups = _groups(person, day, process__line__code=code)
    rows = list(_process_rows(groups, after))
    size = FIRST_PAGE if not after else PAGE
    return Branch(f"line.{code}", tuple(rows[:size]), len(groups), len(rows) <= size)


def _process_rows(groups: dict[int, _Group], after: str = "") -> Iterator[TreeRow]:
    found = Process.objects.filter(pk__in=groups, key__gt=after).select_related("line").order_by("key")
    for process in found:
        group = groups[process.pk]
        below = sum(group.states.values())
        yield TreeRow(
            f"process.{process.pk}", PROCESS_LEVEL, process.name, below=below, cursor=process.key, line=process.line.code,
            process=process.key, **group.row(),
        )  # fmt: skip


def _runs_of(person: User, day: date, process: int, after: int) -> Branch:
    """The runs of a process on the day that no other run called, oldest first. Three queries."""
    found = _runs(person).filter(process=process, business_date=day, parent_step=None)
    size = FIRST_PAGE if not after else PAGE
    rows = _run_rows(found.filter(pk__gt=after)[: size + 1])
    return Branch(f"process.{process}", tuple(rows[:size]), found.count(), len(rows) <= size)


def _steps_of(person: User, _day: date, run: int, after: int) -> Branch:
    """The steps of a run in the order in which they came. Three queries."""
    found = _steps(person).filter(run=run)
    size = FIRST_PAGE if not after else PAGE
    rows = _step_rows(person, found.filter(pk__gt=after)[: size + 1])
    return Branch(f"run.{run}", tuple(rows[:size]), found.count() if after or len(rows) > size else len(rows), len(rows) <= size)


def _called_by(person: User, _day: date, step: int, _after: int) -> Branch:
    """The run that a step called, if the person may see it. Two queries."""
    rows = _run_rows(_runs(person).filter(parent_step=step))
    return Branch(f"step.{step}", tuple(rows), len(rows))


def _runs(person: User) -> QuerySet[Run]:
    seen = Run.objects.filter(process__in=processes_where(person)).select_related("process", "line")
    return seen.defer("marking", "variables", "pinned", "overrides", "times", "places", "held_nodes").order_by("id")


def _run_rows(found: Iterable[Run]) -> list[TreeRow]:
    runs = list(found)
    states: dict[int, Counter[str]] = defaultdict(Counter)
    counted = Step.objects.filter(run__in=[run.pk for run in runs]).order_by().values_list("run", "state").annotate(Count("pk"))
    for run, state, number in counted:
        states[run][state] += number
    return [
        TreeRow(
            f"run.{run.pk}", RUN_LEVEL + 2 * run.depth, run.process.name, run.state, sum(states[run.pk].values()), str(run.pk),
            tuple(sorted(states[run.pk].items())), run.begun_at, run.ended_at, run.line.code, run.process.key, run,
        )
        for run in runs
    ]  # fmt: skip


def _steps(person: User) -> QuerySet[Step]:
    """With what a row shows of them: what steps were given and what they answered may be large."""
    seen = Step.objects.filter(run__process__in=processes_where(person)).select_related("run", "taken_by", "decided_by")
    return seen.only(*SHOWN_OF_A_STEP, "run__version_id", "run__plan_digest", "run__depth").order_by("id")


def _step_rows(person: User, found: Iterable[Step]) -> list[TreeRow]:
    steps = list(found)
    calling = _runs(person).filter(parent_step__in=[step.pk for step in steps]).order_by()
    calls = set(calling.values_list("parent_step", flat=True))
    rows = []
    for step in steps:
        view = StepView(step, node_names(step.run).get(step.node_id) or step.name or step.node_id)
        rows.append(
            TreeRow(
                f"step.{step.pk}", RUN_LEVEL + 1 + 2 * step.run.depth, view.name, step.state, int(step.pk in calls), str(step.pk),
                begun_at=step.started_at or step.created_at, ended_at=step.ended_at, step=view,
            )
        )  # fmt: skip
    return rows


def _groups(person: User, day: date, **narrowed: Any) -> tuple[dict[int, _Group], dict[int, _Group]]:
    """The runs of the day that no other run called, by line and by process. One query."""
    lines: dict[int, _Group] = defaultdict(_Group)
    processes: dict[int, _Group] = defaultdict(_Group)
    found = Run.objects.filter(process__in=processes_where(person), business_date=day, parent_step=None)
    counted = found.filter(**narrowed).order_by().values_list("process__line", "process", "state")
    for line, process, *counts in counted.annotate(Count("pk"), Min("begun_at"), Max("ended_at")):
        lines[line].take(process, *counts)
        processes[process].take(process, *counts)
    return dict(lines), dict(processes)


def _number(text: str) -> int:
    """0 for what is no key of a row."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
