"""What has to be agreed, by whom, and what has been decided: plain data without a database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.approvals.states import AGREED, ApprovalState, Decision, Rule

Who = Callable[[int], Sequence[int]]
"""The people of a stage, by its place on the path, as they are today."""


class Verdict(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Stage:
    """`number` counts people for COUNT and is a percentage, 1 to 100, for PERCENT. One that does not apply is passed over."""

    rule: Rule
    number: int = 1
    applies: bool = True


@dataclass(frozen=True)
class Path:
    """Stages in order. Nothing is approved by fewer than `least` different people.

    With `skip_same` who has approved an earlier stage is not asked again, unless others are needed for `least`.
    """

    stages: tuple[Stage, ...]
    least: int = 1
    skip_same: bool = False


@dataclass(frozen=True)
class Seat:
    """One voice in one stage. `owner` is whose it is, `holder` who decides now; both stay visible.

    `added_by` is 0 for seats of the path. A seat has its turn when those it `waits_for` have decided.
    """

    number: int
    stage: int
    owner: int
    holder: int
    decision: Decision = Decision.NONE
    decided_by: int = 0
    added_by: int = 0
    waits_for: tuple[int, ...] = ()


@dataclass(frozen=True)
class Case:
    """One thing on its path. `digest` names the content that is decided on.

    `makers` wrote, changed or submitted it and never decide. `come_back` are stages to which it returns directly, the next
    one last. `last_seat` is the highest number that a seat has had.
    """

    path: Path
    makers: frozenset[int]
    submitter: int
    digest: str
    state: ApprovalState = ApprovalState.OPEN
    stage: int = 0
    seats: tuple[Seat, ...] = ()
    come_back: tuple[int, ...] = ()
    last_seat: int = 0

    def at(self, stage: int) -> list[Seat]:
        return [seat for seat in self.seats if seat.stage == stage]

    @property
    def here(self) -> list[Seat]:
        """The seats of the stage where it stands."""
        return self.at(self.stage)

    @property
    def deciders(self) -> set[int]:
        """Everybody who has approved the content as it is now."""
        return {seat.decided_by for seat in self.seats if seat.decision is Decision.APPROVED}

    def open_seats(self) -> list[Seat]:
        """The seats whose turn it is."""
        if self.state is not ApprovalState.OPEN:
            return []
        decided = {seat.number for seat in self.here if seat.decision is not Decision.NONE}
        agreed = base_agreed(self)
        return [
            seat
            for seat in self.here
            if seat.decision is Decision.NONE and decided.issuperset(seat.waits_for) and not (agreed and not seat.added_by)
        ]


def needed(stage: Stage, seats: int) -> int:
    """How many of this many voices have to agree."""
    match stage.rule:
        case Rule.ALL | Rule.IN_ORDER:
            return max(seats, 1)
        case Rule.ANY:
            return 1
        case Rule.COUNT:
            return stage.number
        case Rule.PERCENT:
            return max(-(-seats * stage.number // 100), 1)


def _count(seats: Iterable[Seat], *decisions: Decision) -> int:
    return sum(seat.decision in decisions for seat in seats)


def base_agreed(case: Case) -> bool:
    """Whether the people of the path have agreed in this stage; added signers may still be asked."""
    base = [seat for seat in case.here if not seat.added_by]
    return _count(base, *AGREED) >= needed(case.path.stages[case.stage], len(base))


def verdict(case: Case) -> Verdict:
    """What the decisions in this stage amount to. An added signer has to agree, whatever the rule of the stage."""
    stage = case.path.stages[case.stage]
    base = [seat for seat in case.here if not seat.added_by]
    added = [seat for seat in case.here if seat.added_by]
    refused = _count(base, Decision.REJECTED)
    too_many = len(base) - refused < needed(stage, len(base)) or stage.rule is Rule.ANY
    if _count(added, Decision.REJECTED) or (refused and too_many):
        return Verdict.REJECTED
    if base_agreed(case) and _count(added, *AGREED) == len(added):
        return Verdict.PASSED
    return Verdict.OPEN
