"""What the path of an approval says today: which of its stages apply, whom their rules choose, and by when to decide."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from apps.approvals.conf import business_days_later
from apps.approvals.core import rules
from apps.approvals.core.case import Case
from apps.approvals.models import Approval
from apps.approvals.selectors import facts_for_rules, people_of_stage
from apps.approvals.states import ApprovalState, DueUnit
from apps.approvals.store import path_of
from apps.kernel import clock
from apps.people.models import User


def path_with_rules(approval: Approval, makers: Collection[int]) -> dict[str, Any]:
    """The path with what its rules say of this content, kept with them; a path without rules as it is."""
    path: dict[str, Any] = approval.path
    stages = path["stages"]
    if not any(stage.get("chosen_by") or stage.get("applies_when") for stage in stages):
        return path
    facts, now = facts_for_rules(approval, makers), clock.now()
    said = [
        {
            **stage,
            "chosen": _keys(rules.chosen(stage["chosen_by"], facts, now)),
            "wanted": rules.applies(stage["applies_when"], facts, now),
        }
        for stage in stages
    ]
    people = [people_of_stage(stage, approval, makers) for stage in said]
    applying = rules.stages_that_apply(path_of(approval), [stage["wanted"] for stage in said], people, makers)
    return {**path, "stages": [{**stage, "applies": kept} for stage, kept in zip(said, applying, strict=True)]}


def _keys(usernames: list[str]) -> list[int]:
    if not usernames:
        return []
    return list(User.objects.filter(username__in=usernames, is_active=True).order_by("pk").values_list("pk", flat=True))


def due_of(approval: Approval, case: Case) -> None:
    """Sets, for the stage that a case enters, by when it is due, when people are reminded, and whose day's roster it asks."""
    stage = approval.path["stages"][case.stage] if case.state is ApprovalState.OPEN else {}
    after, before, now = stage.get("due_after"), stage.get("remind_before"), clock.now()
    by_days = stage.get("due_unit") == DueUnit.BUSINESS_DAYS
    approval.due_at = None
    if after:
        approval.due_at = business_days_later(now, after) if by_days else now + timedelta(hours=after)
    approval.remind_at = max(now, approval.due_at - timedelta(hours=before)) if approval.due_at and before else None
    approval.duty_date = clock.market_date() if stage.get("duty") else None
    approval.late_at = None
