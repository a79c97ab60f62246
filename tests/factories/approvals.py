"""Flows, and things to be approved that exist only in tests."""

from typing import Any

from apps.approvals.actions import open_approval
from apps.approvals.conf import Kind, register_kind
from apps.approvals.models import Approval, ApprovalFlow, ApprovalStage
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


def begin_approval(line: BusinessLine, author: User, subject: int = 1, digest: str = "one") -> Approval:
    titles = {"title_zh": f"事项 {subject}", "title_en": f"Thing {subject}"}
    return open_approval(kind=THING, subject=subject, **titles, line=line, digest=digest, makers=[author], actor=author)
