"""Facts about approvals, in the stream `approval.<id>`, seen by the members of the line."""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class ApprovalFact:
    kind: ClassVar[str] = "approval"
    approval: int
    line: str

    @property
    def stream(self) -> str:
        return f"approval.{self.approval}"


@dataclass(frozen=True, kw_only=True)
class ApprovalMoved(ApprovalFact):
    """One verb on one approval. `state` and `stage` are as they are afterwards; `other` is the second person of the verb.

    `before` and `stage_before` are where it stood, empty for the first. `in_place_of` is for whom a stand-in acted, else 0.
    `answer` is what who decided has filled in.
    """

    kind: ClassVar[str] = "approval.moved"
    about: str
    subject: int
    title: str
    digest: str
    verb: str
    stage: int
    state: str
    reason: str = ""
    other: int = 0
    in_place_of: int = 0
    before: str = ""
    stage_before: int = 0
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ApprovalCommented(ApprovalFact):
    """Something said beside the decisions. Recorded until everything was commented on in the same way; see `comments`."""

    kind: ClassVar[str] = "approval.commented"
    text: str
    mentions: list[int]


@dataclass(frozen=True, kw_only=True)
class ApprovalReminded(ApprovalFact):
    """Its submitter asked those who have the turn at this stage to decide."""

    kind: ClassVar[str] = "approval.reminded"
    stage: int


@dataclass(frozen=True, kw_only=True)
class ApprovalLate(ApprovalFact):
    """A stage was not decided in time; nothing is stopped by it."""

    kind: ClassVar[str] = "approval.late"
    stage: int
    due: str


@dataclass(frozen=True, kw_only=True)
class NobodyOnDuty(ApprovalFact):
    """A stage asks who is on duty, and the roster has nobody there: others are asked instead."""

    kind: ClassVar[str] = "approval.nobody_on_duty"
    stage: int


@dataclass(frozen=True, kw_only=True)
class ApprovalCopied(ApprovalFact):
    """These people are to know of it."""

    kind: ClassVar[str] = "approval.copied"
    people: list[int]


@dataclass(frozen=True, kw_only=True)
class FlowChanged:
    """An administrator has written who has to agree; empty when the flow was removed."""

    kind: ClassVar[str] = "approval.flow_changed"
    line: str
    about: str
    flow: int
    now: dict[str, str]
    stages: list[dict[str, Any]]

    @property
    def stream(self) -> str:
        return f"approval_flow.{self.flow}"


@dataclass(frozen=True, kw_only=True)
class StandInFact:
    kind: ClassVar[str] = "approval.stand_in"
    line: str
    row: int
    owner: int
    stand_in: int

    @property
    def stream(self) -> str:
        return f"stand_in.{self.row}"


@dataclass(frozen=True, kw_only=True)
class StandInNamed(StandInFact):
    """From one day to another, both included, somebody decides on the line instead of the owner. Days are ISO dates."""

    kind: ClassVar[str] = "approval.stand_in_named"
    valid_from_date: str
    valid_until_date: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class StandInEnded(StandInFact):
    kind: ClassVar[str] = "approval.stand_in_ended"
