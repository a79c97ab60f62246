"""What is asked of processes: lists that show only what the person may see, the version in force, changes between two."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.approvals.models import Approval
from apps.approvals.selectors import waiting_for
from apps.calendars.selectors import time_nodes_by_key
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound
from apps.kernel.front_door import Refused
from apps.people.actions import require
from apps.people.models import User
from apps.people.selectors import Held, people_with, reaches
from apps.people.states import STEP_ROLE_RIGHT, Right, Role
from apps.processes.conf import handler_lookup, handler_titles, rehearsal, step_windows
from apps.processes.core.bpmn import check_model
from apps.processes.core.codec import plan_from_json
from apps.processes.core.differences import Differences, differences
from apps.processes.core.differences.words import Lexicon, Words
from apps.processes.core.plan import Plan
from apps.processes.core.problems import Problem
from apps.processes.core.standards import Described, standard_problems
from apps.processes.core.testing import TEST_MOVES, Case, Result, recorded, run_tests
from apps.processes.core.vocabulary import CLEARWAY, CLEARWAY_ATTRIBUTES, CLEARWAY_EVERYWHERE
from apps.processes.errors import NotComparable
from apps.processes.models import Process, ProcessTest, ProcessVersion, SiteStandard, WorkingCopy, WorkingCopyRevision
from apps.processes.selectors.languages import in_readers_language as in_readers_language
from apps.processes.selectors.languages import model_for_reader as model_for_reader
from apps.processes.selectors.languages import names_for_reader as names_for_reader
from apps.processes.selectors.tables import table_of as table_of
from apps.processes.states import VERSION, StandardKind, VersionState

PAGE = 50
KEPT_MODELS = 128


def processes_where(user: User, right: Right = Right.VIEW, held: Held | None = None) -> QuerySet[Process]:
    """The processes on which the person holds the right, by their line or by a grant: the one sub-query of all lists.

    `held`: their rights, when they are known.
    """
    reached = reaches(user, right, process="pk") if held is None else held.reach(right, process="pk")
    return Process.objects.filter(reached).order_by()


def processes_for(user: User, held: Held | None = None) -> QuerySet[Process]:
    """Processes that the person may see, by key. One query."""
    return processes_where(user, held=held).select_related("line", "owner", "backup").order_by("key")


def process_with_key(key: str) -> int | None:
    """The primary key of the process that is called so. One query."""
    return Process.objects.filter(key=key).values_list("pk", flat=True).first()


def process_for(user: User, key: str) -> Process:
    """The process, or NotFound when it is not there or not for this person."""
    process = processes_for(user).filter(key=key).first()
    if process is None:
        raise NotFound(what="process")
    return process


def keepers_of(process: Process) -> QuerySet[User]:
    """Who could own the process or stand behind its owner: whoever may see its line. One query."""
    return people_with(Right.VIEW, process.line, process.pk).order_by("display_name", "username")


def keeper_named(process: Process, username: str | None) -> int | None:
    """The key of such a person; None for nobody. One query."""
    if username is None:
        return None
    found = keepers_of(process).filter(username=username).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(what=_("person"))
    return found


def versions_of(process: Process, before: int | None = None) -> QuerySet[ProcessVersion]:
    """Newest first, without the models; `before` is the last number of the page before. One query."""
    found = process.versions.select_related("author", "approver").defer("model_xml", "plan").order_by("-number")
    return found.filter(number__lt=before) if before else found


def version_for(user: User, key: str, number: int) -> ProcessVersion:
    found = ProcessVersion.objects.filter(process__in=processes_where(user), process__key=key, number=number)
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


def versions_awaiting(reviewer: User, held: Held | None = None) -> QuerySet[ProcessVersion]:
    """What waits for this reviewer now, oldest first; never their own work. Two queries, and one for rights not read yet."""
    waiting = waiting_for(reviewer, held).filter(kind=VERSION).values("subject")
    return (
        ProcessVersion.objects.filter(state=VersionState.IN_REVIEW, pk__in=waiting)
        .select_related("process__line", "author")
        .defer("model_xml", "plan")
        .order_by("id")
    )


def approval_of(version: ProcessVersion) -> Approval | None:
    """The newest approval of a version, with the way that it takes."""
    return Approval.objects.filter(kind=VERSION, subject=version.pk).order_by("-id").first()


def plan_of(version: ProcessVersion) -> Plan:
    """The compiled plan, kept by digest in this process."""
    return _plan(version.plan_digest, version.pk)


@lru_cache(maxsize=256)
def _plan(digest: str, version_id: int) -> Plan:
    return plan_from_json(ProcessVersion.objects.only("plan").get(pk=version_id).plan)


def problems_of(version: ProcessVersion) -> list[Problem]:
    """What the checker and the site's standards say of the model today; either may have changed since it was approved."""
    return problems_in(version.model_xml.encode(), version.process)


def problems_in(xml: bytes, process: Process | None) -> list[Problem]:
    """The same of a model that is still being written. Without a process nothing is known of its line's standards."""
    found = check_model(xml, handlers=handler_lookup())
    return found + broken_standards(xml, process) if process is not None else found


def broken_standards(xml: bytes, process: Process) -> list[Problem]:
    """What the site asks of the process and this model does not keep. One query; two more for keepers and windows."""
    rows = SiteStandard.objects.filter(Q(line=None) | Q(line=process.line_id)).order_by("id")
    asked = [row.standard for row in rows]
    return standard_problems(xml, _described(process, {one.kind for one in asked}), asked) if asked else []


def _described(process: Process, asked: set[StandardKind]) -> Described:
    keepers = [process.owner_id, process.backup_id] if asked & {StandardKind.OWNER, StandardKind.BACKUP} else []
    here = set(User.objects.filter(pk__in=[one for one in keepers if one], is_active=True).values_list("pk", flat=True))
    return Described(
        process.key,
        process.name_zh,
        has_owner=process.owner_id in here,
        has_backup=process.backup_id in here,
        has_runbook=bool(process.runbook_url),
        has_description=bool(process.description),
        with_window=frozenset(step_windows(process.line_id, process.pk)) if StandardKind.WINDOW in asked else frozenset(),
    )


def tests_of(process: Process) -> QuerySet[ProcessTest]:
    """By name. One query."""
    return process.tests.select_related("saved_by").order_by("name", "id")


def test_for(user: User, key: str, number: int) -> ProcessTest:
    """The test, or NotFound when it or its process is not there or not for this person."""
    found = tests_of(process_for(user, key)).select_related("process__line").filter(pk=number).first()
    if found is None:
        raise NotFound(what="test")
    return found


def test_results(version: ProcessVersion) -> list[Result]:
    """What the tests of its process say of a version, by name. Kept: one query, more where it calls others, and no rehearsal.

    Processes that it calls are played with their versions in force, itself as it is here; a call of another one is done at once.
    """
    cases = [test.case for test in version.process.tests.all()]
    return results_on(plan_of(version), version.plan_digest, cases) if cases else []


def results_on(plan: Plan, digest: str, cases: Sequence[Case]) -> list[Result]:
    """What tests say of a plan with this digest. Kept as above; a query for each depth of calls."""
    if not cases:
        return []
    called, digests = _called_in_force(plan)
    fingerprint = digest_of([digest, digests, [case.digest for case in cases]])
    return _played(_Question(fingerprint, get_language() or "", plan, tuple(cases), called))


def as_the_newest_does(process: Process, case: Case) -> tuple[int, Case] | None:
    """The number of the newest version, and the test that expects all that it does with what the case gives; None without one."""
    newest = process.versions.order_by("-number").defer("model_xml", "plan").first()
    if newest is None:
        return None
    return newest.number, as_it_does(plan_of(newest), case)


def as_it_does(plan: Plan, case: Case) -> Case:
    """The test that expects all that a plan does with what the case gives."""
    called, _digests = _called_in_force(plan)
    played = rehearsal()(plan, variables=case.variables, script=case.script, called=called, moves_limit=TEST_MOVES)
    return recorded(case.name, case.variables, case.script, played)


@dataclass(frozen=True)
class _Question:
    """Two questions of the same fingerprint and language have the same answer."""

    fingerprint: str
    language: str
    plan: Plan = field(compare=False)
    cases: tuple[Case, ...] = field(compare=False)
    called: dict[str, Plan] = field(compare=False)


@lru_cache(maxsize=KEPT_MODELS)
def _played(asked: _Question) -> list[Result]:
    return run_tests(asked.plan, asked.cases, rehearse=rehearsal(), called=asked.called)


def _called_in_force(plan: Plan) -> tuple[dict[str, Plan], dict[str, str]]:
    """The plans that a plan calls, however deep, with their digests. One query for each depth."""
    found, digests = {plan.process_id: plan}, {}
    asked, names = {plan.process_id}, called_by(plan)
    while names := names - asked:
        asked |= names
        rows = ProcessVersion.objects.filter(process__key__in=names, state=VersionState.PUBLISHED)
        names = set()
        for key, pk, digest in rows.values_list("process__key", "pk", "plan_digest"):
            found[key], digests[key] = _plan(digest, pk), digest
            names |= called_by(found[key])
    return found, digests


def called_by(plan: Plan) -> set[str]:
    """The keys of the processes that a plan calls itself."""
    return {node.called_process for node in plan.nodes.values() if node.called_process}


WORKING_COPY = "draft"


@dataclass(frozen=True)
class Comparison:
    """Two models of a process, each called by its number or WORKING_COPY, and what differs."""

    old: str
    new: str
    found: Differences
    words: Words


def comparison(person: User, process: Process, old: str, new: str) -> Comparison:
    """Compares a version or the working copy with another. Raises NotFound, NotPermitted for the working copy of others.

    Four queries at most. Raises NotComparable for a model that cannot be read.
    """
    models = [_compared_model(person, process, which) for which in (old, new)]
    try:
        found = differences(*models)
    except Refused as refusal:
        raise NotComparable(reason=str(refusal)) from refusal
    return Comparison(old, new, found, Words(found, lexicon()))


def differences_of(old: ProcessVersion, new: ProcessVersion) -> Words:
    """What differs between two versions, ready to be told. One query."""
    return Words(differences(old.model_xml.encode(), new.model_xml.encode()), lexicon())


def _compared_model(person: User, process: Process, which: str) -> bytes:
    if which == WORKING_COPY:
        return drawn_model(person, process).encode()
    found = (
        ProcessVersion.objects.filter(process=process, number=int(which)) if which.isdigit() else ProcessVersion.objects.none()
    )
    model = found.values_list("model_xml", flat=True).first()
    if model is None:
        raise NotFound(what=_("process version"))
    return model.encode()


def drawn_model(author: User, process: Process) -> str:
    """The newest revision of the working copy, for those who may draw. Raises NotPermitted, NotFound."""
    require(author, Right.EDIT, process.line, process.pk)
    newest = working_copy_of(process)
    if newest is None:
        raise NotFound(what=_("working copy"))
    return newest.model_xml


def lexicon() -> Lexicon:
    return Lexicon(handler_titles(), {node.key: str(node.meaning) for node in time_nodes_by_key()})


@dataclass(frozen=True)
class Move:
    """A move that the person may make now. `needs_reason`: without one it is refused."""

    name: str
    needs_reason: bool


def moves_for(user: User, version: ProcessVersion, rights: set[Right]) -> list[Move]:
    """The buttons of a version page; the actions check everything again."""
    mine, alone = version.author_id == user.pk, version.decided_with is None
    state, submitter, publisher = version.state, Right.SUBMIT in rights, Right.PUBLISH in rights
    mine_to_decide = state == VersionState.IN_REVIEW and versions_awaiting(user).filter(pk=version.pk).exists()
    offered = [
        (Move("submit", False), state == VersionState.DRAFT and submitter and mine),
        (Move("approve", False), mine_to_decide),
        (Move("send-back", True), mine_to_decide),
        (Move("withdraw", False), state == VersionState.IN_REVIEW and mine and alone),
        (Move("publish", False), state == VersionState.APPROVED and publisher and alone),
        (Move("retire", True), state == VersionState.PUBLISHED and publisher),
    ]
    return [move for move, holds in offered if holds]


def may_go_with_a_change(version: ProcessVersion, person: User) -> bool:
    """Whether this author may have a change decide on the version, or bring it back."""
    mine = version.state == VersionState.DRAFT and version.author_id == person.pk
    return mine or version.state in (VersionState.APPROVED, VersionState.RETIRED)


def drawn_model_for_reader(author: User, process: Process) -> bytes:
    """The working copy's model with names in the reader's language."""
    return in_readers_language(drawn_model(author, process).encode())


def process_to_draw(author: User, key: str) -> Process:
    """The process, when the person may write versions of it. Raises NotFound, or NotPermitted for who may only see it."""
    process = process_for(author, key)
    require(author, Right.EDIT, process.line, process.pk)
    return process


def is_being_drawn(process: Process) -> bool:
    """Whether there is a working copy. One query."""
    return WorkingCopy.objects.filter(process=process).exists()


def working_copy_of(process: Process) -> WorkingCopyRevision | None:
    """The newest revision of the working copy, None when nobody draws. One query."""
    found = WorkingCopyRevision.objects.filter(working_copy__process=process, number=F("working_copy__revision"))
    return found.select_related("saved_by", "working_copy__base").first()


def drawing_choices(author: User, process: Process | None = None) -> dict[str, Any]:
    """What the editor offers for each field: handlers with the schemas of their parameters, roles, moments, processes.

    Four queries; without a process (for a template) three, and no step has a window.
    """
    lookup = handler_lookup()
    windows = step_windows(process.line_id, process.pk) if process else {}
    return {
        "windows": {node: str(window) for node, window in windows.items()},
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
