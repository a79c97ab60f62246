"""Who has to agree: the path of a line, and the people of its stages today."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from apps.approvals.conf import kind_named
from apps.approvals.models import Approval, ApprovalFlow, Seat
from apps.approvals.states import ENDED, Decision
from apps.kernel import clock
from apps.people.models import BusinessLine, Membership, User
from apps.people.selectors import (
    granted_now,
    in_role,
    in_team,
    on_duty,
    people_with,
)
from apps.people.states import Right, Role

ASKED_ON_THE_DAY = ("duty", "line_owner", "subject_owner")
KEPT_AS_WRITTEN = ("chosen_by", "otherwise", "applies_when", "due_after", "due_unit", "remind_before")


def path_for(kind: str, line: BusinessLine) -> dict[str, Any]:
    """The path of the line's flow for this kind, or, without one, of a single stage: any one person who holds its right."""
    flow = ApprovalFlow.objects.filter(kind=kind, line=line).first()
    if flow is None:
        right = kind_named(kind).right
        stage = {"name_zh": "审批", "name_en": "Approval", "rule": "any", "number": 1, "right": right.value}
        return {"least": 1, "skip_same": False, "flow": 0, "stages": [stage]}
    return {"least": flow.least, "skip_same": flow.skip_same, "flow": flow.pk, "stages": stages_to_keep(flow)}


def has_flow(kind: str, line: BusinessLine) -> bool:
    """Whether the line says who has to agree to things of this kind. One query."""
    return ApprovalFlow.objects.filter(kind=kind, line=line).exists()


def last_voice(kind: str, subject: int, decision: Decision) -> Seat | None:
    """Of those who have said this of a thing in the present round, the last one. One query."""
    seats = Seat.objects.filter(approval__kind=kind, approval__subject=subject, is_past=False, decision=decision)
    return seats.order_by("-approval", "-decided_at", "-number").first()


def who_approved(kind: str, subject: int) -> list[User]:
    """Who has agreed to a thing in the present round, the last one first. One query."""
    seats = Seat.objects.filter(approval__kind=kind, approval__subject=subject, is_past=False, decision=Decision.APPROVED)
    newest = seats.select_related("decided_by").order_by("-approval", "-decided_at", "-number")
    return [seat.decided_by for seat in newest if seat.decided_by is not None]


def on_a_path(kind: str, subject: str = "pk") -> Exists:
    """For rows of an owner's table: that an approval of this kind decides on them now."""
    return Exists(Approval.objects.filter(kind=kind, subject=OuterRef(subject)).exclude(state__in=ENDED))


def approval_on(kind: str, subject: str = "pk") -> Subquery:
    """For rows of an owner's table: the key of the approval that decides on them now, None without one."""
    found = Approval.objects.filter(kind=kind, subject=OuterRef(subject)).exclude(state__in=ENDED)
    return Subquery(found.order_by().values("pk")[:1])


def flow_for(kind: str, line: BusinessLine) -> Exists:
    """The same as `has_flow`, as a part of another query."""
    return Exists(ApprovalFlow.objects.filter(kind=kind, line=line))


def stages_to_keep(flow: ApprovalFlow) -> list[dict[str, Any]]:
    """The stages of a flow as an approval keeps them."""
    return [
        {
            "name_zh": stage.name_zh,
            "name_en": stage.name_en,
            "rule": stage.rule,
            "number": stage.number,
            "people": [person.pk for person in stage.people.order_by("pk")],
            "role": stage.role,
            "team": stage.team_id or 0,
            **{name: getattr(stage, name) for name in ASKED_ON_THE_DAY + KEPT_AS_WRITTEN},
        }
        for stage in flow.stages.order_by("position").prefetch_related("people")
    ]


def people_of_stage(stage: dict[str, Any], approval: Approval, makers: Collection[int] = ()) -> list[int]:
    """Who may decide in a kept stage today: active people who may see it, in the order of their keys.

    Where nobody is on duty, owns it or is chosen who is no maker, the people of `otherwise` are asked.
    """
    line, process = approval.line, approval.process
    if right := stage.get("right"):
        return list(people_with(Right(right), line, process).values_list("pk", flat=True))
    among = Q(pk__in=[*stage["people"], *stage.get("chosen", []), *_owners_and_duty(stage, approval, makers)])
    if stage["role"]:
        among |= in_role(line, stage["role"])
    if stage["team"]:
        among |= in_team(stage["team"])
    found = _who_see(approval, among)
    if any(stage.get(name) for name in (*ASKED_ON_THE_DAY, "chosen_by")) and not set(found) - set(makers):
        role = stage["otherwise"]
        by_right = people_with(kind_named(approval.kind).right, line, process).values_list("pk", flat=True)
        found += _who_see(approval, in_role(line, role)) if role else [person for person in by_right if person not in found]
    return found


def _owners_and_duty(stage: dict[str, Any], approval: Approval, makers: Collection[int]) -> list[int]:
    """The owners that the stage asks, and the first of those on duty today who may decide."""
    found: list[int] = []
    if stage.get("line_owner") and approval.line.owner_id:
        found.append(approval.line.owner_id)
    if stage.get("subject_owner"):
        found += kind_named(approval.kind).owners(approval.subject)
    if stage.get("duty"):
        found += [person for person in on_duty(approval.line, clock.market_date()) if person not in makers][:1]
    return found


def _who_see(approval: Approval, among: Q) -> list[int]:
    seen = people_with(Right.VIEW, approval.line, approval.process)
    return list(seen.filter(among).order_by("pk").values_list("pk", flat=True))


def facts_for_rules(approval: Approval, makers: Collection[int]) -> dict[str, Any]:
    """What the rules of stages see. Three queries and those of the kind."""
    line, roles = approval.line, dict[str, list[str]]()
    members = (
        Membership.objects.filter(granted_now(), team__line=line, user__is_active=True).order_by("user__username").distinct()
    )
    for role, username in members.values_list("role", "user__username"):
        roles.setdefault(role, []).append(username)
    submitter = approval.submitter.username
    return {
        "subject": kind_named(approval.kind).facts(approval.subject),
        "submitter": {"username": submitter, "roles": sorted(role for role, people in roles.items() if submitter in people)},
        "makers": sorted(User.objects.filter(pk__in=makers).values_list("username", flat=True)),
        "line": line.code,
        "roles": {role: roles.get(role, []) for role in Role.values},
    }
