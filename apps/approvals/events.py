"""Facts about approvals, in the stream `approval.<id>`, seen by the members of the line."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class ApprovalMoved:
    """One verb on one approval. `state` and `stage` are as they are afterwards; `other` is the second person of the verb.

    `before` and `stage_before` are where it stood, empty for the first. `in_place_of` is for whom a stand-in acted, else 0.
    """

    kind: ClassVar[str] = "approval.moved"
    approval: int
    line: str
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

    @property
    def stream(self) -> str:
        return f"approval.{self.approval}"


@dataclass(frozen=True, kw_only=True)
class ApprovalCommented:
    """Something said beside the decisions; `mentions` are people who may see the line."""

    kind: ClassVar[str] = "approval.commented"
    approval: int
    line: str
    text: str
    mentions: list[int]

    @property
    def stream(self) -> str:
        return f"approval.{self.approval}"


@dataclass(frozen=True, kw_only=True)
class ApprovalReminded:
    """Its submitter asked those who have the turn at this stage to decide."""

    kind: ClassVar[str] = "approval.reminded"
    approval: int
    line: str
    stage: int

    @property
    def stream(self) -> str:
        return f"approval.{self.approval}"


@dataclass(frozen=True, kw_only=True)
class ApprovalCopied:
    """These people are to know of it."""

    kind: ClassVar[str] = "approval.copied"
    approval: int
    line: str
    people: list[int]

    @property
    def stream(self) -> str:
        return f"approval.{self.approval}"


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
class StandInNamed:
    """From one day to another, both included, somebody decides on the line instead of the owner. Days are ISO dates."""

    kind: ClassVar[str] = "approval.stand_in_named"
    line: str
    row: int
    owner: int
    stand_in: int
    valid_from_date: str
    valid_until_date: str
    reason: str

    @property
    def stream(self) -> str:
        return f"stand_in.{self.row}"


@dataclass(frozen=True, kw_only=True)
class StandInEnded:
    kind: ClassVar[str] = "approval.stand_in_ended"
    line: str
    row: int
    owner: int
    stand_in: int

    @property
    def stream(self) -> str:
        return f"stand_in.{self.row}"
