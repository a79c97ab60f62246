"""Runs that are not in the published version of their process, and the elements for which somebody has to name a counterpart."""

from dataclasses import dataclass

from django.db.models import Count

from apps.desk.selectors.runs import RunView, runs_in_version
from apps.engine import selectors as engine
from apps.engine.core import Counterparts
from apps.engine.models import Run
from apps.engine.states import LIVE_RUN
from apps.people.models import User
from apps.processes import selectors as processes
from apps.processes.core.plan import Plan
from apps.processes.models import Process, ProcessVersion


@dataclass(frozen=True)
class Unmatched:
    """An element of the runs' version without a counterpart of the same id and kind; `choices` are those it may have."""

    node: str
    name: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class MigrationPage:
    """`versions`: numbers of versions with live runs and how many; the rest is about the one that was chosen."""

    process: Process
    target: ProcessVersion | None
    versions: list[tuple[int, int]]
    source: int | None
    runs: list[RunView]
    elements: list[Unmatched]


def migration_page(user: User, process: Process, source: int | None, most: int) -> MigrationPage:
    """The newest live runs of one version first. Six queries, however many runs."""
    target = processes.published_version(process.key)
    live = Run.objects.filter(process=process, state__in=LIVE_RUN)
    if target is None:
        return MigrationPage(process, None, [], None, [], [])
    others = live.exclude(version=target).order_by().values_list("version__number")
    versions = sorted(others.annotate(runs=Count("pk")), reverse=True)
    chosen = source if source in dict(versions) else (versions[0][0] if versions else None)
    version = process.versions.filter(number=chosen).first() if chosen is not None else None
    if version is None:
        return MigrationPage(process, target, versions, None, [], [])
    runs = runs_in_version(user, version.pk, LIVE_RUN, most)
    return MigrationPage(process, target, versions, chosen, runs, _unmatched(version, target))


def _unmatched(version: ProcessVersion, target: ProcessVersion) -> list[Unmatched]:
    old, new = engine.plan_of_version(version), engine.plan_of_version(target)
    pairs = Counterparts(old, new, {})
    names, names_there = _names(old, version), _names(new, target)
    free = [node for node in new.nodes.values() if node.id not in pairs.back]
    found = []
    for node in old.nodes.values():
        choices = [(other.id, f"{names_there[other.id]} ({other.id})") for other in free if other.kind is node.kind]
        if pairs.of(node.id) is None and choices:
            found.append(Unmatched(node.id, names[node.id], choices))
    return found


def _names(plan: Plan, version: ProcessVersion) -> dict[str, str]:
    english = processes.names_for_reader(version.pk, version.plan_digest)
    return {node.id: english.get(node.id) or node.name or node.id for node in plan.nodes.values()}
