"""Versions from draft to retired. The author writes, somebody else approves, and from review on nothing changes any more."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed

from apps.approvals.actions import decide, open_approval, open_approval_of, require_other_person
from apps.approvals.conf import Kind
from apps.approvals.models import Approval
from apps.approvals.states import ApprovalState
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.processes import events
from apps.processes.conf import handler_lookup, require_publishable, tell_in_force
from apps.processes.core.bpmn import read_model
from apps.processes.core.codec import plan_digest, plan_from_json, plan_to_json
from apps.processes.core.plan import Plan
from apps.processes.core.problems import Severity, is_refused
from apps.processes.core.soundness import check_calls
from apps.processes.errors import (
    DecidedWithChange,
    ModelRefused,
    ProcessExists,
    StandardsNotKept,
    TestsFail,
    WrongProcessId,
)
from apps.processes.models import Process, ProcessVersion
from apps.processes.selectors import broken_standards, test_results
from apps.processes.states import VERSION, VersionState
from apps.processes.store import set_in_force
from apps.tickets.actions import name_tickets
from apps.tickets.states import VERSION as NAMED_BY


@transaction.atomic
def create_process(*, key: str, name_zh: str, name_en: str, line_id: int, actor: User, startable: bool = True) -> Process:
    """A process without a version yet. `key` is the id of its BPMN process for ever."""
    line = BusinessLine.objects.select_for_update().filter(pk=line_id).first()
    if line is None:
        raise NotFound(what="business line")
    require(actor, Right.EDIT, line)
    try:
        with transaction.atomic():
            process = Process.objects.create(key=key, name_zh=name_zh, name_en=name_en, line=line, startable=startable)
    except IntegrityError as twice:
        raise ProcessExists(key=key) from twice
    append(events.ProcessCreated(process=key, line=line.code), actor=actor)
    return process


@transaction.atomic
def save_draft(*, process_key: str, model_xml: str, note: str, actor: User) -> ProcessVersion:
    """The author's draft of this process: the open one of the same author is replaced, else a new version is begun."""
    process = locked_process(process_key)
    require(actor, Right.EDIT, process.line, process.pk)
    plan = _plan_of(model_xml, process)
    draft = process.versions.select_for_update().filter(state=VersionState.DRAFT, author=actor).order_by("-number").first()
    if draft is None:
        number = (process.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        draft = ProcessVersion(process=process, number=number, author=actor, created_at=clock.now())
    draft.model_xml, draft.note = model_xml, note
    draft.plan, draft.plan_digest = plan_to_json(plan), plan_digest(plan)
    draft.save()
    record(events.VersionDrafted, draft, note, actor)
    name_tickets(kind=NAMED_BY, subject=draft.pk, text=note, actor=actor)
    return draft


def submit_version(*, version_id: int, actor: User, reason: str = "", seen: str | None = None) -> ProcessVersion:
    """Sends the author's draft on the approval path of its line. Raises TestsFail when it does not pass every test."""
    _play_tests_beforehand(version_id, actor)
    return _move(version_id, actor, reason, Right.SUBMIT, "submit", events.VersionSubmitted, seen, before=_checked_and_sent)


def send_back_version(*, version_id: int, actor: User, reason: str, seen: str | None = None) -> ProcessVersion:
    """Back to the author, who may then change it again; by somebody who could decide now."""
    return _decide(version_id, "send-back", actor, reason, seen)


def approve_version(*, version_id: int, actor: User, reason: str = "", seen: str | None = None) -> ProcessVersion:
    """One person's yes; the version is approved when its path has come to the end. The author is never one of them.

    `seen` is the digest of the plan that they looked at: what was sent back, changed and submitted again since then is not
    what they approve.
    """
    return _decide(version_id, "approve", actor, reason, seen)


def withdraw_version(*, version_id: int, actor: User, reason: str = "", seen: str | None = None) -> ProcessVersion:
    """Taken back by its author while nobody has approved it to the end; a draft again."""
    return _decide(version_id, "withdraw", actor, reason, seen)


def publish_version(*, version_id: int, actor: User, reason: str = "", seen: str | None = None) -> ProcessVersion:
    """Puts an approved version in force for new runs; the one before is retired in the same transaction."""
    return _move(version_id, actor, reason, Right.PUBLISH, "publish", events.VersionPublished, seen, before=_retire_predecessor)


def retire_version(*, version_id: int, actor: User, reason: str, seen: str | None = None) -> ProcessVersion:
    """Takes a version out of force; runs that began with it go on."""
    return _move(version_id, actor, reason, Right.PUBLISH, "retire", events.VersionRetired, seen)


MOVES: dict[str, Callable[..., ProcessVersion]] = {
    "submit": submit_version,
    "approve": approve_version,
    "send-back": send_back_version,
    "withdraw": withdraw_version,
    "publish": publish_version,
    "retire": retire_version,
}
"""Every move of a version by the name that pages and the API give it."""


@transaction.atomic
def _move(
    version_id: int,
    actor: User,
    reason: str,
    right: Right,
    name: str,
    fact: type[events.VersionFact],
    seen: str | None,
    before: Callable[[ProcessVersion, User], None] | None = None,
) -> ProcessVersion:
    version = locked_version(version_id)
    require(actor, right, version.process.line, version.process_id)
    if name == "submit" and version.author_id != actor.pk:
        raise NotFound(what="draft of yours")
    _require_seen(version, seen)
    if name != "retire":
        require_of_its_own(version)
    transit(version, name)
    if before is not None:
        before(version, actor)
    version.save(update_fields=["state", "approver", "published_at"])
    record(fact, version, reason, actor)
    if name in ("publish", "retire"):
        set_in_force(version.process, version if name == "publish" else None, from_date=None, actor=actor)
        tell_in_force(version.process_id)
    return version


@transaction.atomic
def _decide(version_id: int, verb: str, actor: User, reason: str, seen: str | None) -> ProcessVersion:
    """A move on the approval of a version; what becomes of the version is told by `_approval_moved`."""
    version = locked_version(version_id)
    if version.state != VersionState.IN_REVIEW:
        require(actor, Right.APPROVE, version.process.line, version.process_id)
        raise StaleState(what=str(version), state=version.get_state_display())
    require_of_its_own(version)
    approval = open_approval_of(VERSION, version.pk) or _send_on_its_path(version, version.author)  # submitted before 2026-11
    if version.author_id == actor.pk and verb != "withdraw":
        require_other_person(maker=version.author, checker=actor)
    _require_seen(version, seen)
    decide(approval_id=approval.pk, verb=verb, actor=actor, reason=reason)
    version.refresh_from_db(fields=["state", "approver"])
    return version


def _approval_moved(version_id: int, state: str, actor: User, reason: str) -> None:
    """What the end of an approval, or its return to the author, makes of the version. Its process is locked already."""
    version = locked_version(version_id)
    if state == ApprovalState.WITHDRAWN and version.state == VersionState.DRAFT:
        return  # it was with its author already
    if state == ApprovalState.APPROVED:
        transit(version, "approve", actor)
        fact: type[events.VersionFact] = events.VersionApproved
    else:
        transit(version, "send_back")
        fact = events.VersionWithdrawn if state == ApprovalState.WITHDRAWN else events.VersionSentBack
    version.save(update_fields=["state", "approver"])
    record(fact, version, reason, actor)


def transit(version: ProcessVersion, name: str, *arguments: User) -> None:
    try:
        getattr(version, name)(*arguments)
    except TransitionNotAllowed as refusal:
        raise StaleState(what=str(version), state=version.get_state_display()) from refusal


def require_of_its_own(version: ProcessVersion) -> None:
    """Refuses what a change carries: it is decided there, and put in force by it alone."""
    if version.decided_with is not None:
        raise DecidedWithChange(version=version, change=version.decided_with)


def _require_seen(version: ProcessVersion, seen: str | None) -> None:
    if seen is not None and seen != version.plan_digest:
        raise StaleState(what=str(version), state=version.get_state_display())


def _checked_and_sent(version: ProcessVersion, actor: User) -> None:
    _require_calls_to_end(version, actor)
    require_standards(version)
    require_tests_to_pass(version)
    _send_on_its_path(version, actor)


def _play_tests_beforehand(version_id: int, actor: User) -> None:
    """The results are kept, so that nobody waits for the lock while tests are played."""
    version = (
        ProcessVersion.objects.select_related("process").filter(pk=version_id, author=actor, state=VersionState.DRAFT).first()
    )
    if version is not None:
        test_results(version)


def require_tests_to_pass(version: ProcessVersion) -> None:
    failed = [result for result in test_results(version) if not result.passed]
    if failed:
        raise TestsFail.because_of(failed)


def require_standards(version: ProcessVersion) -> None:
    broken = broken_standards(version.model_xml.encode(), version.process)
    if is_refused(broken):
        raise StandardsNotKept.because_of([problem for problem in broken if problem.severity == Severity.ERROR])


def _send_on_its_path(version: ProcessVersion, actor: User) -> Approval:
    return open_approval(
        kind=VERSION,
        subject=version.pk,
        title_zh=f"{version.process.name_zh} v{version.number}",
        title_en=f"{version.process.name_en} v{version.number}",
        line=version.process.line,
        process=version.process_id,
        digest=version.plan_digest,
        makers=[version.author, *version.co_authors.all()],
        actor=actor,
    )


def _require_calls_to_end(version: ProcessVersion, actor: User) -> None:
    """Asked again when it is published: meanwhile others may have been published that call this one."""
    problems = list(check_calls(plan_from_json(version.plan), plan_in_force))
    if problems:
        raise ModelRefused.because_of(problems)


def plan_in_force(key: str) -> Plan | None:
    plan = ProcessVersion.objects.filter(process__key=key, state=VersionState.PUBLISHED).values_list("plan", flat=True).first()
    return plan_from_json(plan) if plan is not None else None


def _retire_predecessor(version: ProcessVersion, actor: User) -> None:
    require_publishable(version.process.line_id)
    _require_calls_to_end(version, actor)
    version.published_at = clock.now()
    retire_published(version.process, f"replaced by version {version.number}", actor)


def retire_published(process: Process, reason: str, actor: User | None) -> None:
    """Retires what is published, if anything is. The process is locked."""
    published = process.versions.select_for_update().filter(state=VersionState.PUBLISHED).first()
    if published is not None:
        published.retire()
        published.save(update_fields=["state"])
        record(events.VersionRetired, published, reason, actor)


def locked_process(key: str) -> Process:
    process = Process.objects.select_for_update(of=("self",)).select_related("line").filter(key=key).first()
    if process is None:
        raise NotFound(what="process")
    return process


def locked_version(version_id: int) -> ProcessVersion:
    """The version as it is now; its process is locked first, so that two publications cannot cross."""
    process_id = ProcessVersion.objects.filter(pk=version_id).values_list("process_id", flat=True).first()
    if process_id is None:
        raise NotFound(what="process version")
    Process.objects.select_for_update().get(pk=process_id)
    return ProcessVersion.objects.select_for_update(of=("self",)).select_related("process__line", "author").get(pk=version_id)


def _plan_of(model_xml: str, process: Process) -> Plan:
    reading = read_model(model_xml.encode(), handlers=handler_lookup())
    if reading.plan is None:
        raise ModelRefused.because_of(reading.problems)
    if reading.plan.process_id != process.key:
        raise WrongProcessId(found=reading.plan.process_id, key=process.key)
    return reading.plan


def record(fact: type[events.VersionFact], version: ProcessVersion, reason: str, actor: User | None) -> None:
    append(
        fact(
            process=version.process.key,
            line=version.process.line.code,
            number=version.number,
            plan_digest=version.plan_digest,
            reason=reason,
        ),
        actor=actor,
    )


def _address(version_id: int) -> str:
    key, number = ProcessVersion.objects.values_list("process__key", "number").get(pk=version_id)
    return reverse("process-version", args=[key, number])


def _lock(version_id: int) -> None:
    locked_version(version_id)


def _facts(version_id: int) -> dict[str, Any]:
    """What rules of approval flows see of a version."""
    version = ProcessVersion.objects.select_related("process", "author").defer("model_xml", "plan").get(pk=version_id)
    return {
        "process": version.process.key,
        "number": version.number,
        "author": version.author.username,
        "first": not version.process.versions.exclude(published_at=None).exists(),
        "note": version.note,
    }


def _owners(version_id: int) -> list[int]:
    """Who keeps the process: its owner, or the backup of one who has left."""
    process = Process.objects.select_related("owner").get(versions=version_id)
    keeper = process.owner_id if process.owner is not None and process.owner.is_active else process.backup_id
    return [keeper] if keeper else []


VERSION_SAMPLE = {"process": "L01", "number": 2, "author": "chen.jing", "first": False, "note": ""}
VERSION_KIND = Kind(
    VERSION,
    _("process version"),
    Right.APPROVE,
    _lock,
    _approval_moved,
    _address,
    facts=_facts,
    sample=VERSION_SAMPLE,
    topic="version",
    owners=_owners,
)
"""How versions take part in approvals; registered when the app starts."""
