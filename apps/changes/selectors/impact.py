"""What new versions would touch: processes, runs, starts, gates, people. Told to a person, of whom only their lines are shown."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from apps.changes.conf import impact_parts
from apps.changes.core.gates import LostGate, lost_gates
from apps.changes.core.links import Ends, Link, Reached, dependents, ends_of, links_between, silenced
from apps.changes.models import Change
from apps.changes.selectors.chains import ends_in_force, live_runs
from apps.changes.selectors.recordings import versions_in
from apps.changes.states import LinkKind
from apps.engine.models import Start, StepWindow
from apps.engine.selectors import plan_of_version
from apps.people.models import Membership, User
from apps.people.selectors import granted_now, people_with
from apps.people.states import Right, Role
from apps.processes.models import Process, ProcessVersion
from apps.processes.selectors import processes_where, published_version

STEP_ROLES = {"operator": Role.OPERATOR, "maker": Role.MAKER, "checker": Role.CHECKER}


@dataclass(frozen=True)
class Touched:
    """A process with what of it is alive. `via`: the link over which it is touched, None for one that changes itself."""

    key: str
    name: str
    line: str
    line_name: str
    live: int
    starts: int
    via: Link | None = None
    steps_away: int = 0


@dataclass(frozen=True)
class GateRow:
    """A gate that disappears or weakens, and in which process."""

    process: str
    lost: LostGate


@dataclass(frozen=True)
class Asked:
    """How many people hold the role that steps of a changed process ask for."""

    line: str
    role: str
    people: int


@dataclass(frozen=True)
class Beside:
    """What another app has on the touched lines: names with addresses."""

    title: str
    things: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Impact:
    """`hidden` counts touched processes of lines that the person may not see."""

    changed: tuple[Touched, ...] = ()
    dependents: tuple[Touched, ...] = ()
    hidden: int = 0
    lines: tuple[str, ...] = ()
    gates: tuple[GateRow, ...] = ()
    silenced: tuple[Link, ...] = ()
    new_files: tuple[str, ...] = ()
    gone_files: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    keepers: tuple[User, ...] = ()
    approvers: tuple[User, ...] = ()
    beside: tuple[Beside, ...] = ()

    @property
    def live(self) -> int:
        return sum(one.live for one in (*self.changed, *self.dependents))


def impact_of_version(person: User, version: ProcessVersion) -> Impact:
    """What one version would touch beside the one in force."""
    return impact_of(person, [version])


def impact_of(person: User, versions: Sequence[ProcessVersion]) -> Impact:
    """What these versions would touch together. Ten queries, three for each version, and those of the parts of other apps."""
    if not versions:
        return Impact()
    ends = ends_in_force()
    after, gates, lost, new, gone = dict(ends), list[GateRow](), list[Link](), set[str](), set[str]()
    for version in versions:
        key, plan = version.process.key, plan_of_version(version)
        after[key] = ends_of(plan)
        new |= after[key].files - (ends[key].files if key in ends else frozenset())
        gone |= (ends[key].files if key in ends else frozenset()) - after[key].files
        gates += _gates(version)
    for key in (version.process.key for version in versions):
        lost += silenced(after | {key: ends.get(key, Ends())}, key, after[key])
    keys = [version.process.key for version in versions]
    reached = dependents({*links_between(ends), *links_between(after)}, keys)
    rows = _processes(person, [*keys, *(one.key for one in reached)])
    told = _told(keys, reached, rows, versions, gates, [link for link in lost if link.target in rows], (new, gone))
    return replace(told, beside=_beside(person, {row.line_id for row in rows.values()}))


def _beside(person: User, lines: Collection[int]) -> tuple[Beside, ...]:
    found = [Beside(str(part.title), tuple(part.things(person, lines))) for part in impact_parts()]
    return tuple(one for one in found if one.things)


def _told(
    keys: list[str],
    reached: list[Reached],
    rows: dict[str, Process],
    versions: Sequence[ProcessVersion],
    gates: list[GateRow],
    lost: list[Link],
    files: tuple[set[str], set[str]],
) -> Impact:
    live, starts = live_runs(rows), _starts(rows)
    place = {key: (row.name, row.line.code, row.line.name, live.get(key, 0), starts.get(key, 0)) for key, row in rows.items()}
    behind = tuple(
        Touched(one.key, *place[one.key], via=_shown(one.path[-1], rows), steps_away=len(one.path))
        for one in reached
        if one.key in rows
    )
    return Impact(
        changed=tuple(Touched(key, *place[key]) for key in keys if key in rows),
        dependents=behind,
        hidden=sum(one.key not in rows for one in reached),
        lines=tuple(sorted({row.line.name for row in rows.values()})),
        gates=tuple(gates),
        silenced=tuple(lost),
        new_files=tuple(sorted(files[0])),
        gone_files=tuple(sorted(files[1])),
        asked=_asked(versions),
        keepers=_keepers(rows.values()),
        approvers=_approvers(versions),
    )


def _shown(link: Link, rows: dict[str, Process]) -> Link | None:
    """A link is named only between processes that the person may see."""
    return link if link.source in rows and link.target in rows else None


def _gates(version: ProcessVersion) -> list[GateRow]:
    before = published_version(version.process.key)
    if before is None or before.pk == version.pk:
        return []
    windows = frozenset(
        StepWindow.objects.filter(process=version.process_id, line=version.process.line_id).values_list("node_id", flat=True)
    )
    found = lost_gates(plan_of_version(before), plan_of_version(version), windows)
    return [GateRow(version.process.key, lost) for lost in found]


def _processes(person: User, keys: list[str]) -> dict[str, Process]:
    found = processes_where(person).filter(key__in=keys).select_related("line", "owner", "backup")
    return {row.key: row for row in found}


def _starts(keys: Iterable[str]) -> dict[str, int]:
    found = Start.objects.filter(process__key__in=list(keys)).order_by().values_list("process__key").annotate(Count("pk"))
    return dict(found)


def _asked(versions: Sequence[ProcessVersion]) -> tuple[Asked, ...]:
    wanted: dict[int, set[Role]] = defaultdict(set)
    for version in versions:
        roles = {node.human.role for node in plan_of_version(version).nodes.values() if node.human}
        wanted[version.process.line_id] |= {STEP_ROLES[role] for role in roles if role in STEP_ROLES}
    held: Counter[tuple[int, str]] = Counter()
    people = Membership.objects.filter(granted_now(), team__line__in=list(wanted), user__is_active=True)
    for line, role, _ in people.values_list("team__line", "role", "user").distinct():
        held[line, role] += 1
    names = {version.process.line_id: version.process.line.name for version in versions}
    return tuple(
        Asked(names[line], str(role.label), held[line, role]) for line, roles in wanted.items() for role in sorted(roles)
    )


def _keepers(processes: Iterable[Process]) -> tuple[User, ...]:
    found = {one for row in processes for one in (row.owner, row.backup) if one is not None and one.is_active}
    return tuple(sorted(found, key=str))


def _approvers(versions: Sequence[ProcessVersion]) -> tuple[User, ...]:
    """Who may approve what changes, but those who wrote it."""
    processes = {version.process_id: version.process for version in versions}
    found = {person for one in processes.values() for person in people_with(Right.APPROVE, one.line, one.pk)}
    return tuple(sorted(found - {version.author for version in versions}, key=str))


def impact_section(change: Change, reader: User) -> dict[str, Any] | None:
    """What the page of a change shows of its impact; None when it brings no version."""
    versions = versions_in(change)
    return {"impact": impact_of(reader, versions)} if versions else None


def link_words(link: Link) -> str:
    """A link as a sentence."""
    said = f"{link.source} {LinkKind(link.kind).label} {link.target}"
    return f"{said} ({link.name})" if link.name and link.kind != LinkKind.FILE else said
