"""What the clearing room looks at: every line with what is wrong on it, the worst first; the figures are the monitors' own."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.changes.selectors.lifecycle import today
from apps.desk.selectors.models import node_names
from apps.engine.models import Run, Step
from apps.engine.states import LIVE_RUN, OPEN_STEP, RunState, StepState
from apps.kernel import clock
from apps.monitors.selectors import Standing, active_monitors, measuring, standings
from apps.monitors.states import BREACHES, Level
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to
from apps.recon.models import Break
from apps.recon.states import UNSETTLED

DATES = 5
"""So many business dates with live runs are looked at, the newest first."""
DUE_SHOWN = 2
DUE_READ = 500

Counted = Mapping[int, int]


@dataclass(frozen=True)
class Kind:
    """A figure of every line. `level` is what it means when it is not nought; `address` is where it is broken down."""

    key: str
    name: Any
    level: Level
    address: str
    count: Callable[[Sequence[date]], Counted]


@dataclass(frozen=True)
class Figure:
    kind: Kind
    number: int
    address: str

    @property
    def level(self) -> Level:
        return self.kind.level if self.number else Level.UNJUDGED


@dataclass(frozen=True)
class Due:
    """A step that has to be finished next, with its name in the reader's language."""

    step: Step
    name: str


@dataclass(frozen=True)
class WallLine:
    """A line of business as it stands now. `live` and `done`: its runs that go on, and those of the day that have ended well."""

    line: BusinessLine
    level: Level
    live: int
    done: int
    figures: tuple[Figure, ...]
    breached: tuple[Standing, ...]
    due: tuple[Due, ...]


@dataclass(frozen=True)
class Wall:
    """`day` is the business date that it is now."""

    day: date
    read_at: datetime
    lines: tuple[WallLine, ...]

    @property
    def levels(self) -> list[tuple[Level, int]]:
        """How many lines stand at each level, the worst first."""
        return sorted(Counter(one.level for one in self.lines).items(), reverse=True)


def wall_of(person: User) -> Wall:
    """All lines that the person sees whole; as many queries for many lines as for one."""
    day, lines = today(), list(lines_visible_to(person))
    live, done, dates = _runs(lines, day)
    counted = [(kind, kind.count([day, *dates])) for kind in KINDS]
    breached, due = _breached(lines, day), _due(lines)
    rows = []
    for line in lines:
        figures = tuple(Figure(kind, found.get(line.pk, 0), _address(kind, line)) for kind, found in counted)
        levels = [figure.level for figure in figures] + [one.level for one in breached[line.pk]]
        quiet = Level.NORMAL if live[line.pk] or done[line.pk] else Level.UNJUDGED
        level = max([quiet, *levels])
        rows.append(WallLine(line, level, live[line.pk], done[line.pk], figures, tuple(breached[line.pk]), tuple(due[line.pk])))
    rows.sort(key=lambda one: (-one.level, -one.live, one.line.code))
    return Wall(day, clock.now(), tuple(rows))


def _address(kind: Kind, line: BusinessLine) -> str:
    return f"{kind.address}{'&' if '?' in kind.address else '?'}line={line.code}"


def _runs(lines: Sequence[BusinessLine], day: date) -> tuple[Counter[int], Counter[int], list[date]]:
    """Live runs and those of the day that are done, by line; and the other dates of live ones. Two queries."""
    roots = Run.objects.filter(line__in=lines, parent_step=None).order_by()
    going = list(roots.filter(state__in=LIVE_RUN).values_list("line", "business_date").annotate(Count("pk")))
    ended = roots.filter(business_date=day, state=RunState.DONE).values_list("line").annotate(Count("pk"))
    live: Counter[int] = Counter()
    for line, _date, number in going:
        live[line] += number
    others = sorted({each for _line, each, _number in going} - {day}, reverse=True)
    return live, Counter(dict(ended)), others[:DATES]


def _breached(lines: Sequence[BusinessLine], day: date) -> dict[int, list[Standing]]:
    found: dict[int, list[Standing]] = defaultdict(list)
    for one in standings(list(active_monitors().filter(line__in=lines)), day):
        if one.level in BREACHES:
            found[one.monitor.line_id].append(one)
    return found


def _due(lines: Sequence[BusinessLine]) -> dict[int, list[Due]]:
    """The open steps that have to be finished next. One query."""
    coming = _open_steps().filter(run__line__in=lines, deadline_at__gte=clock.now()).order_by("deadline_at", "id")
    found: dict[int, list[Due]] = defaultdict(list)
    for step in coming.select_related("run__version", "run__process", "run__line")[:DUE_READ]:
        mine = found[step.run.line_id]
        if len(mine) < DUE_SHOWN:
            mine.append(Due(step, node_names(step.run).get(step.node_id, step.name)))
    return found


def _open_steps() -> QuerySet[Step]:
    return Step.objects.filter(run__state__in=LIVE_RUN, state__in=OPEN_STEP)


# -- the figures, each for all lines at once --------------------------------------------------------------------------


def _late(dates: Sequence[date]) -> Counted:
    found: Counter[int] = Counter()
    for each in dates:
        found.update(measuring.late_steps(each))
    return found


def _with_people(dates: Sequence[date]) -> Counted:
    waiting = _open_steps().filter(state__in=(StepState.OFFERED, StepState.CLAIMED))
    return dict(waiting.order_by().values_list("run__line").annotate(Count("pk")))


def _open_breaks(dates: Sequence[date]) -> Counted:
    return dict(Break.objects.filter(state__in=UNSETTLED).order_by().values_list("line").annotate(Count("pk")))


KINDS = (
    Kind("failed", _("Failed steps"), Level.ALARM, "/runs/?state=incident", lambda dates: measuring.failed_steps(max(dates))),
    Kind("late", _("Late steps"), Level.WARNING, "/runs/", _late),
    Kind("breaks", _("Unexplained breaks"), Level.WARNING, "/breaks/?state=open", _open_breaks),
    Kind("approvals", _("Overdue approvals"), Level.WARNING, "/approvals/", lambda dates: measuring.overdue_approvals(dates[0])),
    Kind("people", _("With people"), Level.NORMAL, "/tasks/", _with_people),
    Kind("files", _("Files not here"), Level.UNJUDGED, "/files/arrivals/", lambda dates: measuring.missing_files(dates[0])),
)
"""Files are missing every morning, and people have work all day: whether that is too much is for monitors to judge."""
