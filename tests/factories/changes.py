"""A line with everybody whom a change needs, and changes put together by the actions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from apps.approvals.actions import decide, open_approval_of
from apps.approvals.models import Approval
from apps.calendars.models import Calendar
from apps.changes import actions
from apps.changes.models import Change
from apps.changes.states import CHANGE
from apps.kernel import clock
from apps.people.models import BusinessLine, User
from apps.people.states import Role
from apps.processes import actions as processes
from apps.processes.models import Process, ProcessVersion
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import draft, make_process

TODAY = date(2026, 3, 2)
"""A Monday."""
TUESDAY, WEDNESDAY = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
FACTS = {"title": "Cut-off later", "reason": "the market closes later", "kind": "normal"}


@dataclass
class World:
    line: BusinessLine
    author: User
    approver: User
    keeper: User
    operator: User
    process: Process


def world() -> World:
    """A line with a process whose version 1 is in force, a calendar, and one person for each part."""
    line = make_line("rtgs-sh")
    people = {name: make_user(name) for name in ("author", "approver", "keeper", "operator")}
    for name, role in [
        ("author", Role.PROCESS_AUTHOR),
        ("approver", Role.PROCESS_APPROVER),
        ("keeper", Role.ADMIN),
        ("operator", Role.OPERATOR),
    ]:
        give_role(people[name], line, role)
    Calendar.objects.get_or_create(
        code="CN-EX",
        defaults={
            "name_zh": "沪深",
            "name_en": "Exchanges",
            "official_from": date(2026, 1, 1),
            "official_until": date(2026, 12, 31),
        },
    )
    made = World(line=line, process=make_process(line, people["author"]), **people)
    published(made)
    return made


def published(made: World, step: str = "a") -> ProcessVersion:
    version = processes.submit_version(version_id=draft(made.process, made.author, step).pk, actor=made.author)
    processes.approve_version(version_id=version.pk, actor=made.approver)
    return processes.publish_version(version_id=version.pk, actor=made.approver)


def on(day: date, hour: int = 9) -> Any:
    """The clock stands at an hour of Shanghai."""
    return clock.fixed_at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8))


def change(made: World, *items: tuple[str, dict[str, Any]], day: date | None = TUESDAY, **facts: Any) -> Change:
    """A draft of the author with these items (kind, content)."""
    kind = {} if day else {"kind": "emergency"}
    given = {**FACTS, **kind, **facts}
    drafted = actions.create_change(line_id=made.line.pk, actor=made.author, effective_date=day, **given)
    for name, content in items:
        actor = made.keeper if name in ("role", "placement", "intervention.policy") else made.author
        actions.add_item(change_id=drafted.pk, kind=name, content=content, actor=actor)
    return Change.objects.get(pk=drafted.pk)


def version_item(made: World, step: str = "b") -> tuple[str, dict[str, Any]]:
    """The author's new draft of the process."""
    return "process.version", {"process": made.process.key, "number": draft(made.process, made.author, step).number}


def window_item(**times: Any) -> tuple[str, dict[str, Any]]:
    return "step.window", {"process": "P", "step": "a", "latest_end": "16:30", **times}


def submitted(drafted: Change) -> Change:
    return actions.submit_change(change_id=drafted.pk, actor=drafted.author)


def approval_of(sent: Change) -> Approval:
    """The approval that decides on it now."""
    found = open_approval_of(CHANGE, sent.pk)
    assert found is not None
    return found


def decided(sent: Change, by: User, verb: str = "approve", reason: str = "") -> Change:
    decide(approval_id=approval_of(sent).pk, verb=verb, actor=by, reason=reason)
    return Change.objects.get(pk=sent.pk)


def approved(made: World, *items: tuple[str, dict[str, Any]], day: date | None = TUESDAY, **facts: Any) -> Change:
    return decided(submitted(change(made, *items, day=day, **facts)), made.approver)
