"""The chain of processes as models in force and runs draw it. Nobody draws it by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from apps.changes.core.links import Ends, Link, ends_of, links_between
from apps.changes.states import LinkKind
from apps.engine.models import Run
from apps.engine.states import LIVE_RUN
from apps.kernel import clock
from apps.people.models import User
from apps.processes.core.codec import plan_from_json
from apps.processes.models import Process, ProcessVersion
from apps.processes.selectors import processes_where
from apps.processes.states import VersionState

SEEN_DAYS = 30
"""So far back runs are asked which process called which."""
KEPT_ENDS = 2_000

_kept: dict[str, Ends] = {}
"""By the digest of the plan: what a version reaches for never changes."""


@dataclass(frozen=True)
class ChainProcess:
    """A process of the chain. `version`: the number of the one in force, None without one."""

    key: str
    name: str
    line: str
    line_name: str
    version: int | None
    live: int


@dataclass(frozen=True)
class ChainLink:
    """A link with how often runs went it lately; `is_modelled` is False for one that only older versions had."""

    link: Link
    seen: int
    is_modelled: bool = True


@dataclass(frozen=True)
class Chain:
    processes: tuple[ChainProcess, ...]
    links: tuple[ChainLink, ...]


def ends_in_force() -> dict[str, Ends]:
    """What every version in force reaches for, by the key of its process. Two queries, one when all of them are kept."""
    rows = list(
        ProcessVersion.objects.filter(state=VersionState.PUBLISHED)
        .order_by("process__key")
        .values_list("process__key", "pk", "plan_digest")
    )
    missing = [pk for _, pk, digest in rows if digest not in _kept]
    if missing:
        read = {
            digest: ends_of(plan_from_json(plan))
            for digest, plan in ProcessVersion.objects.filter(pk__in=missing).values_list("plan_digest", "plan")
        }
        if len(_kept) + len(read) > KEPT_ENDS:
            _kept.clear()
        _kept.update(read)
        return {key: _kept.get(digest) or _read_again(pk) for key, pk, digest in rows}
    return {key: _kept[digest] for key, _, digest in rows}


def _read_again(version_id: int) -> Ends:
    return ends_of(plan_from_json(ProcessVersion.objects.values_list("plan", flat=True).get(pk=version_id)))


def chain_for(person: User, line: str = "") -> Chain:
    """All processes that the person may see, or those of one line with their neighbours, and what links them.

    Five queries, however many processes there are; one more when versions are new to this web process.
    """
    visible = {row.key: row for row in processes_where(person).select_related("line")}
    links = _with_runs(links_between(ends_in_force()), list(visible))
    links = [one for one in links if one.link.target in visible and one.link.source in _sources(one.link, visible)]
    if line:
        links = [one for one in links if any(_is_of(visible, key, line) for key in (one.link.source, one.link.target))]
        beside = {key for one in links for key in (one.link.source, one.link.target)}
        visible = {key: row for key, row in visible.items() if row.line.code == line or key in beside}
    numbers = dict(
        ProcessVersion.objects.filter(state=VersionState.PUBLISHED, process__key__in=visible).values_list(
            "process__key", "number"
        )
    )
    live = live_runs(visible)
    processes = tuple(
        ChainProcess(key, row.name, row.line.code, row.line.name, numbers.get(key), live.get(key, 0))
        for key, row in sorted(visible.items())
    )
    return Chain(processes, tuple(links))


def live_runs(keys: Iterable[str]) -> dict[str, int]:
    """How many runs of these processes are on their way. One query."""
    found = Run.objects.filter(process__key__in=list(keys), state__in=LIVE_RUN).order_by().values_list("process__key")
    return dict(found.annotate(Count("pk")))


def _sources(link: Link, visible: dict[str, Process]) -> Iterable[str]:
    return (link.source,) if link.kind == LinkKind.FILE else visible


def _is_of(processes: dict[str, Process], key: str, line: str) -> bool:
    return key in processes and processes[key].line.code == line


def _with_runs(links: list[Link], keys: list[str]) -> list[ChainLink]:
    """Calls that runs have made lately are counted; those that no version in force makes any more are added."""
    since = clock.market_date() - timedelta(days=SEEN_DAYS)
    calls = (
        Run.objects.filter(parent_step__isnull=False, business_date__gte=since, process__key__in=keys)
        .order_by()
        .values_list("parent_step__run__process__key", "process__key")
        .annotate(Count("pk"))
    )
    seen = {Link(caller, called, LinkKind.CALL): count for caller, called, count in calls}
    found = [ChainLink(link, seen.pop(link, 0)) for link in links]
    return found + [ChainLink(link, count, is_modelled=False) for link, count in sorted(seen.items())]
