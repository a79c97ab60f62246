"""Facts about approvals, in the stream `approval.<id>`, seen by the members of the line."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class ApprovalMoved:
    """One verb on one approval. `state` and `stage` are as they are afterwards; `other` is the second person of the verb.

    `in_place_of` is for whom a stand-in acted, 0 for who acted for themselves.
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
