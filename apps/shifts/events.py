"""Facts about shifts, the roster and hand-overs. Those with a line are seen by its members."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class RecordChanged:
    """A site or a shift, as it was and as it is."""

    kind: ClassVar[str] = "roster.record_changed"
    stream: ClassVar[str] = "roster"
    line: ClassVar[str] = ""
    what: str
    name: str
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class CoverageSet:
    """A line is served by a shift, with so many people on site; None: not any more."""

    kind: ClassVar[str] = "roster.coverage_set"
    line: str
    shift: str
    on_site: int | None

    @property
    def stream(self) -> str:
        return f"roster.{self.line}"


@dataclass(frozen=True, kw_only=True)
class DutyFact:
    """Who is meant, on which shift of which date; `process` and `step` are empty for the line as a whole."""

    line: str
    shift: str
    business_date: str
    username: str
    duty: str
    on_site: bool
    process: str
    step: str

    @property
    def stream(self) -> str:
        return f"roster.{self.line}"


@dataclass(frozen=True, kw_only=True)
class DutyPlanned(DutyFact):
    kind: ClassVar[str] = "roster.duty_planned"


@dataclass(frozen=True, kw_only=True)
class DutyRemoved(DutyFact):
    kind: ClassVar[str] = "roster.duty_removed"


@dataclass(frozen=True, kw_only=True)
class HandoverFact:
    """`digest` names the frozen report, its notes and who gave it."""

    handover: int
    line: str
    shift: str
    business_date: str
    digest: str

    @property
    def stream(self) -> str:
        return f"handover.{self.handover}"


@dataclass(frozen=True, kw_only=True)
class HandoverGiven(HandoverFact):
    kind: ClassVar[str] = "handover.given"
    red: int


@dataclass(frozen=True, kw_only=True)
class HandoverTaken(HandoverFact):
    kind: ClassVar[str] = "handover.taken"
    acknowledged: list[str]
    remarks: str
