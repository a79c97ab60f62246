"""Versions that a change carries: decided with it, put in force by it; in the transaction of the change, which asked who may."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.errors import StaleState
from apps.people.models import User
from apps.processes import events
from apps.processes.actions.versions import (
    locked_process,
    locked_version,
    plan_in_force,
    record,
    require_tests_to_pass,
    retire_published,
    transit,
)
from apps.processes.core.codec import plan_from_json
from apps.processes.core.plan import Plan
from apps.processes.core.soundness import check_calls
from apps.processes.models import Process, ProcessVersion
from apps.processes.selectors import test_results
from apps.processes.states import VersionState
from apps.processes.store import set_in_force


def problems_in_change(version: ProcessVersion, beside: Mapping[str, Plan]) -> list[str]:
    """What keeps a version from being put in force together with the plans that its change carries, by the keys of processes."""
    found = check_calls(plan_from_json(version.plan), lambda key: beside.get(key) or plan_in_force(key))
    refused = [f"{problem.element}: {problem.message}" for problem in found if problem.severity == "error"]
    failed = [result.case.name for result in test_results(version) if not result.passed]
    return refused + [_("The test “{name}” of the process fails.").format(name=name) for name in failed]


def bind_to_change(*, version_id: int, change: int, actor: User) -> None:
    """From now on the change decides on the version, if that is still needed, and alone puts it in force."""
    version = locked_version(version_id)
    if version.state == VersionState.DRAFT:
        require_tests_to_pass(version)
        transit(version, "submit")
        record(events.VersionSubmitted, version, f"with change {change}", actor)
    version.decided_with = change
    version.save(update_fields=["state", "decided_with"])


def release_from_change(*, version_id: int, actor: User, reason: str) -> None:
    """What was not approved yet is its author's draft again."""
    version = locked_version(version_id)
    if version.state == VersionState.IN_REVIEW:
        transit(version, "send_back")
        record(events.VersionSentBack, version, reason, actor)
        version.decided_with = None
    version.save(update_fields=["state", "decided_with"])


def approve_with_change(*, version_id: int, actor: User) -> None:
    """Who approves the change to the end approves what it carries."""
    version = locked_version(version_id)
    if version.state == VersionState.IN_REVIEW:
        transit(version, "approve", actor)
        version.save(update_fields=["state", "approver"])
        record(events.VersionApproved, version, f"with change {version.decided_with}", actor)


def put_in_force(
    *, process_key: str, number: int | None, from_date: date | None, change: int, actor: User | None
) -> tuple[Process, int | None]:
    """Puts a version in force from a date on, or none; the process and what was published before.

    What was in force before may come back. Whoever calls tells of it (`tell_in_force`) when all that belongs together is done.
    """
    process = locked_process(process_key)
    before = process.versions.filter(state=VersionState.PUBLISHED).values_list("number", flat=True).first()
    version = process.versions.select_for_update().filter(number=number).defer("model_xml", "plan").first() if number else None
    retire_published(process, f"change {change}", actor)
    if version is not None:
        if version.state not in (VersionState.APPROVED, VersionState.RETIRED):
            raise StaleState(what=str(version), state=version.get_state_display())
        transit(version, "reinstate" if version.state == VersionState.RETIRED else "publish")
        version.published_at, version.decided_with = clock.now(), None
        version.save(update_fields=["state", "published_at", "decided_with"])
        record(events.VersionPublished, version, _in_words(change, from_date), actor)
    set_in_force(process, version, from_date=from_date, actor=actor, change=change)
    return process, before


def _in_words(change: int, from_date: date | None) -> str:
    return f"change {change}, from {from_date.isoformat()}" if from_date else f"change {change}"
