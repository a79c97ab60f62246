"""Flows, and things to be approved that exist only in tests."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from apps.approvals.actions import name_stand_in, open_approval
from apps.approvals.conf import Kind, register_kind
from apps.approvals.models import Approval, ApprovalFlow, ApprovalStage, StandIn
from apps.approvals.selectors import waiting_for
from apps.kernel import clock
from apps.people.models import BusinessLine, User
from apps.people.states import Right

THING = "test.thing"
told: list[tuple[int, str, str, str]] = []
"""What the owner of the things was told: subject, state, person, reason."""


def _moved(subject: int, state: str, actor: User, reason: str) -> None:
    told.append((subject, state, actor.username, reason))


def register_things() -> None:
    told.clear()
    register_kind(Kind(THING, "thing", Right.APPROVE, lambda subject: None, _moved, lambda subject: f"/things/{subject}/"))


def make_flow(line: BusinessLine, *stages: dict[str, Any], kind: str = THING, **facts: Any) -> ApprovalFlow:
    """A flow of stages, each with what differs from any one of the people named in `people`."""
    flow = ApprovalFlow.objects.create(kind=kind, line=line, name_zh="流程", name_en="flow", **facts)
    for position, stage in enumerate(stages, 1):
        people = stage.pop("people", [])
        made = ApprovalStage.objects.create(
            flow=flow, position=position, name_zh=f"第{position}步", name_en=f"s{position}", **stage
        )
        made.people.set(people)
    return flow


def begin_approval(
    line: BusinessLine, author: User, subject: int = 1, digest: str = "one", others: Sequence[User] = ()
) -> Approval:
    return open_approval(
        kind=THING,
        subject=subject,
        title_zh=f"事项 {subject}",
        title_en=f"Thing {subject}",
        line=line,
        digest=digest,
        makers=[author, *others],
        actor=author,
    )


def stand_in_for(owner: User, stand_in: User, line: BusinessLine, *, begins: date | None = None, days: int = 1) -> StandIn:
    """Named by the owner, from today on or from another day, for so many days."""
    first = begins or clock.market_date()
    words: dict[str, Any] = {"valid_from_date": first, "valid_until_date": first + timedelta(days=days - 1), "reason": "on leave"}
    return name_stand_in(owner=owner, stand_in=stand_in, lines=[line], actor=owner, **words)[0]


def has_turn(person: User, approval: Approval) -> bool:
    """Whether it waits for this person now, for themselves or as a stand-in."""
    return waiting_for(person).filter(pk=approval.pk).exists()
