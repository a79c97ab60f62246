"""Facts about changes, in the stream `change.<id>`, seen by the members of the line."""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class ChangeFact:
    kind: ClassVar[str] = "change"
    change: int
    line: str

    @property
    def stream(self) -> str:
        return f"change.{self.change}"


@dataclass(frozen=True, kw_only=True)
class ChangeCreated(ChangeFact):
    """`rolls_back` is the change whose former state it brings back, else 0."""

    kind: ClassVar[str] = "change.created"
    title: str
    rolls_back: int = 0


@dataclass(frozen=True, kw_only=True)
class ChangeEdited(ChangeFact):
    """The fields that differ, as they were and as they are."""

    kind: ClassVar[str] = "change.edited"
    fields: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ItemFact(ChangeFact):
    about: str
    subject: str
    content: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ItemAdded(ItemFact):
    kind: ClassVar[str] = "change.item_added"


@dataclass(frozen=True, kw_only=True)
class ItemRemoved(ItemFact):
    kind: ClassVar[str] = "change.item_removed"


@dataclass(frozen=True, kw_only=True)
class ChangeMoved(ChangeFact):
    """A change of state. `effective_date` is empty for a change at once; `reason` is that of the person or why it failed."""

    digest: str
    effective_date: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeSubmitted(ChangeMoved):
    kind: ClassVar[str] = "change.submitted"


@dataclass(frozen=True, kw_only=True)
class ChangeSentBack(ChangeMoved):
    kind: ClassVar[str] = "change.sent_back"


@dataclass(frozen=True, kw_only=True)
class ChangeRejected(ChangeMoved):
    kind: ClassVar[str] = "change.rejected"


@dataclass(frozen=True, kw_only=True)
class ChangeWithdrawn(ChangeMoved):
    kind: ClassVar[str] = "change.withdrawn"


@dataclass(frozen=True, kw_only=True)
class ChangeApproved(ChangeMoved):
    kind: ClassVar[str] = "change.approved"


@dataclass(frozen=True, kw_only=True)
class ChangeActivated(ChangeMoved):
    kind: ClassVar[str] = "change.activated"


@dataclass(frozen=True, kw_only=True)
class ChangeFailed(ChangeMoved):
    """It was to take effect and could not; nothing of it has."""

    kind: ClassVar[str] = "change.failed"


@dataclass(frozen=True, kw_only=True)
class ChangeRolledBack(ChangeMoved):
    """`reason` names the change that brought the former state back."""

    kind: ClassVar[str] = "change.rolled_back"


@dataclass(frozen=True, kw_only=True)
class ChangeDiscarded(ChangeMoved):
    kind: ClassVar[str] = "change.discarded"


@dataclass(frozen=True, kw_only=True)
class ReplayFact:
    """Of a change, or with `change` 0 of a version of `process`. `digest` is of the models that are played."""

    kind: ClassVar[str] = "replay"
    replay: int
    change: int
    process: str
    line: str
    digest: str
    total: int
    done: int
    different: int
    untold: int

    @property
    def stream(self) -> str:
        return f"change.{self.change}" if self.change else f"process.{self.process}"


@dataclass(frozen=True, kw_only=True)
class ReplayBegun(ReplayFact):
    kind: ClassVar[str] = "replay.begun"


@dataclass(frozen=True, kw_only=True)
class ReplayMoved(ReplayFact):
    kind: ClassVar[str] = "replay.moved"


@dataclass(frozen=True, kw_only=True)
class ReplayEnded(ReplayFact):
    kind: ClassVar[str] = "replay.ended"


@dataclass(frozen=True, kw_only=True)
class WaiverFact(ChangeFact):
    waiver: int
    digest: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class WaiverAsked(WaiverFact):
    kind: ClassVar[str] = "replay.waiver_asked"


@dataclass(frozen=True, kw_only=True)
class WaiverSigned(WaiverFact):
    kind: ClassVar[str] = "replay.waiver_signed"


@dataclass(frozen=True, kw_only=True)
class AfterApprovalFact(ChangeFact):
    """`due` is the instant by which somebody has to approve an emergency afterwards."""

    due: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AfterApprovalAsked(AfterApprovalFact):
    kind: ClassVar[str] = "change.after_approval_asked"


@dataclass(frozen=True, kw_only=True)
class AfterApprovalGiven(AfterApprovalFact):
    kind: ClassVar[str] = "change.after_approval_given"


@dataclass(frozen=True, kw_only=True)
class AfterApprovalRefused(AfterApprovalFact):
    kind: ClassVar[str] = "change.after_approval_refused"


@dataclass(frozen=True, kw_only=True)
class RuleChanged:
    """A freeze window or a standard change as it was and as it is; empty for one that was not or is no more."""

    kind: ClassVar[str] = "change_rule.changed"
    stream: ClassVar[str] = "change_rules"
    line: str
    what: str
    before: dict[str, str]
    after: dict[str, str]
