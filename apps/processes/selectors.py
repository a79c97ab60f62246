"""What is asked of processes: lists that show only what the person may see, the version in force, changes between two."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import get_language
from lxml import etree

from apps.calendars.selectors import time_nodes_by_key
from apps.kernel.errors import NotFound
from apps.kernel.front_door import open_document
from apps.people.actions import require
from apps.people.models import User
from apps.people.selectors import lines_visible_to, lines_where
from apps.people.states import STEP_ROLE_RIGHT, Right, Role
from apps.processes.conf import handler_lookup, handler_titles
from apps.processes.core.bpmn import check_model
from apps.processes.core.codec import plan_from_json
from apps.processes.core.plan import Plan
from apps.processes.core.problems import Problem
from apps.processes.core.vocabulary import BPMN, CLEARWAY, CLEARWAY_ATTRIBUTES, CLEARWAY_EVERYWHERE
from apps.processes.models import Process, ProcessVersion, WorkingCopyRevision
from apps.processes.states import VersionState

PAGE = 50
ENGLISH_NAME = f"{{{CLEARWAY}}}nameEn"
KEPT_MODELS = 128


def processes_for(user: User) -> QuerySet[Process]:
    """Processes of the lines the person may see, by key. One query."""
    return Process.objects.filter(line__in=lines_visible_to(user)).select_related("line").order_by("key")


def process_for(user: User, key: str) -> Process:
    """The process, or NotFound when it is not there or not for this person."""
    process = processes_for(user).filter(key=key).first()
    if process is None:
        raise NotFound(what="process")
    return process


def versions_of(process: Process, before: int | None = None) -> QuerySet[ProcessVersion]:
    """Newest first, without the models; `before` is the last number of the page before. One query."""
    found = process.versions.select_related("author", "approver").defer("model_xml", "plan").order_by("-number")
    return found.filter(number__lt=before) if before else found


def version_for(user: User, key: str, number: int) -> ProcessVersion:
    found = ProcessVersion.objects.filter(process__line__in=lines_visible_to(user), process__key=key, number=number)
    version = found.select_related("process__line", "author", "approver").first()
    if version is None:
        raise NotFound(what="process version")
    return version


def in_force() -> "Prefetch[str]":
    """Prefetches each process's version in force, light, as `versions_in_force`."""
    light = ProcessVersion.objects.filter(state=VersionState.PUBLISHED).defer("model_xml", "plan")
    return Prefetch("versions", queryset=light, to_attr="versions_in_force")


def published_version(key: str) -> ProcessVersion | None:
    """The version in force, with its process and line."""
    found = ProcessVersion.objects.filter(process__key=key, state=VersionState.PUBLISHED)
    return found.select_related("process__line").first()


def versions_awaiting(reviewer: User) -> QuerySet[ProcessVersion]:
    """What this reviewer may decide now, oldest first; never their own work. One query."""
    return (
        ProcessVersion.objects.filter(state=VersionState.IN_REVIEW, process__line__in=lines_where(reviewer, Right.APPROVE))
        .exclude(author=reviewer)
        .select_related("process__line", "author")
        .defer("model_xml", "plan")
        .order_by("id")
    )


def plan_of(version: ProcessVersion) -> Plan:
    """The compiled plan, kept by digest in this process."""
    return _plan(version.plan_digest, version.pk)


@lru_cache(maxsize=256)
def _plan(digest: str, version_id: int) -> Plan:
    return plan_from_json(ProcessVersion.objects.only("plan").get(pk=version_id).plan)


def problems_of(version: ProcessVersion) -> list[Problem]:
    """What the checker says of the model today; handlers may have changed since it was approved."""
    return check_model(version.model_xml.encode(), handlers=handler_lookup())


@dataclass(frozen=True)
class Difference:
    """Element ids by what happened to them between two plans."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def difference(before: Plan, after: Plan) -> Difference:
    """Compared by id; a moved picture is no difference, because a plan has none."""
    old = {**before.nodes, **before.flows}
    new = {**after.nodes, **after.flows}
    return Difference(
        added=tuple(key for key in new if key not in old),
        removed=tuple(key for key in old if key not in new),
        changed=tuple(key for key in new if key in old and new[key] != old[key]),
    )


def named_difference(before: Plan, after: Plan) -> dict[str, list[str]]:
    """The same in words: each element's name and id, under added, removed and changed; what is empty is left out."""
    found = difference(before, after)

    def named(plan: Plan, keys: tuple[str, ...]) -> list[str]:
        return [f"{plan.nodes[key].name} ({key})" if key in plan.nodes and plan.nodes[key].name else key for key in keys]

    words = {"added": named(after, found.added), "removed": named(before, found.removed), "changed": named(after, found.changed)}
    return {key: value for key, value in words.items() if value}


@dataclass(frozen=True)
class Move:
    """A move that the person may make now. `needs_reason`: without one it is refused."""

    name: str
    needs_reason: bool


def moves_for(user: User, version: ProcessVersion, rights: set[Right]) -> list[Move]:
    """The buttons of a version page; the actions check everything again."""
    mine = version.author_id == user.pk
    state, author, approver = version.state, Right.AUTHOR in rights, Right.APPROVE in rights
    offered = [
        (Move("submit", False), state == VersionState.DRAFT and author and mine),
        (Move("approve", False), state == VersionState.IN_REVIEW and approver and not mine),
        (Move("send-back", True), state == VersionState.IN_REVIEW and approver and not mine),
        (Move("publish", False), state == VersionState.APPROVED and approver),
        (Move("retire", True), state == VersionState.PUBLISHED and approver),
    ]
    return [move for move, holds in offered if holds]


def names_for_reader(version_id: int, digest: str) -> dict[str, str]:
    """Element id to its English name, for readers of English; others read the names as they are. Cached by version."""
    return _english_names(version_id, digest) if _is_english() else {}


def model_for_reader(version_id: int, digest: str) -> bytes:
    """The model's XML with names in the reader's language. Cached by version."""
    return _model(version_id, digest, _is_english())


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


@lru_cache(maxsize=KEPT_MODELS)
def _english_names(version_id: int, digest: str) -> dict[str, str]:
    xml = _xml_of(version_id)
    named = [element for element in open_document(xml).iter(f"{{{BPMN}}}*") if element.get(ENGLISH_NAME)] if xml else []
    return {element.get("id", ""): element.get(ENGLISH_NAME, "") for element in named}


@lru_cache(maxsize=KEPT_MODELS)
def _model(version_id: int, digest: str, in_english: bool) -> bytes:
    xml = _xml_of(version_id)
    if not in_english or not xml:
        return xml
    root = open_document(xml)
    for element in root.iter(f"{{{BPMN}}}*"):
        if english := element.get(ENGLISH_NAME):
            element.set("name", english)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _xml_of(version_id: int) -> bytes:
    return ProcessVersion.objects.values_list("model_xml", flat=True).get(pk=version_id).encode()


def process_to_draw(author: User, key: str) -> Process:
    """The process, when the person may write versions of it. Raises NotFound, or NotPermitted for who may only see it."""
    process = process_for(author, key)
    require(author, Right.AUTHOR, process.line)
    return process


def working_copy_of(process: Process) -> WorkingCopyRevision | None:
    """The newest revision of the working copy, None when nobody draws. One query."""
    found = WorkingCopyRevision.objects.filter(working_copy__process=process, number=F("working_copy__revision"))
    return found.select_related("saved_by", "working_copy__base").first()


def drawing_choices(author: User, process: Process) -> dict[str, Any]:
    """What the editor offers for each field: handlers with the schemas of their parameters, roles, moments, processes.

    Three queries.
    """
    lookup = handler_lookup()
    return {
        "handlers": [
            {"name": name, "title": title, "schema": lookup(name) if lookup else None} for name, title in handler_titles().items()
        ],
        "roles": [{"value": role, "label": str(Role(role).label)} for role in STEP_ROLE_RIGHT],
        "moments": [{"value": node.key, "label": f"{node.key} · {node.meaning}"} for node in time_nodes_by_key()],
        "processes": [{"value": one.key, "label": f"{one.key} · {one.name}"} for one in processes_for(author) if one != process],
        "attributes": {tag: sorted({*names, *CLEARWAY_EVERYWHERE}) for tag, names in CLEARWAY_ATTRIBUTES.items()},
        "everywhere": sorted(CLEARWAY_EVERYWHERE),
        "namespace": CLEARWAY,
    }
