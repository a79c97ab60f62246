"""Facts of this app. They stand in the stream of their run; without one, in that of their definition."""

from dataclasses import dataclass
from typing import ClassVar


def stream_of(run: int | None, definition: str) -> str:
    return f"run.{run}" if run else f"reconciliation.{definition}"


@dataclass(frozen=True, kw_only=True)
class SidesCompared:
    """Two sources were compared; the digests freeze what was compared."""

    kind: ClassVar[str] = "recon.compared"
    run: int | None
    step: int | None
    line_code: str
    reconciliation: int
    definition: str = ""
    name: str
    left_digest: str
    right_digest: str
    matched: int
    breaks: int

    @property
    def stream(self) -> str:
        return stream_of(self.run, self.definition)

    @property
    def line(self) -> str:
        return self.line_code


@dataclass(frozen=True, kw_only=True)
class BreakExplained:
    kind: ClassVar[str] = "recon.break_explained"
    run: int | None
    definition: str = ""
    line_code: str
    break_id: int
    key: str
    cause: str
    reason: str

    @property
    def stream(self) -> str:
        return stream_of(self.run, self.definition)

    @property
    def line(self) -> str:
        return self.line_code


@dataclass(frozen=True, kw_only=True)
class DefinitionChanged:
    """An administrator wrote what is compared with what; `before` is empty for a new one."""

    kind: ClassVar[str] = "recon.definition_changed"
    line: str
    name: str
    before: dict[str, str]
    after: dict[str, str]

    @property
    def stream(self) -> str:
        return stream_of(None, self.name)


@dataclass(frozen=True, kw_only=True)
class SheetUploaded:
    """Somebody brought a sheet for a day; the digest is that of our copy."""

    kind: ClassVar[str] = "recon.sheet_uploaded"
    line: str
    name: str
    sheet: str
    business_date: str
    sha256: str
    rows: int

    @property
    def stream(self) -> str:
        return f"sheet.{self.sheet}"


@dataclass(frozen=True, kw_only=True)
class BreakMoved:
    """A break was corrected, accepted by a second person, or refused to be."""

    kind: ClassVar[str] = "recon.break_moved"
    run: int | None
    definition: str
    line_code: str
    break_id: int
    key: str
    before: str
    state: str
    reason: str

    @property
    def stream(self) -> str:
        return stream_of(self.run, self.definition)

    @property
    def line(self) -> str:
        return self.line_code


@dataclass(frozen=True, kw_only=True)
class BreakAssigned:
    """`owner` is a username, empty for nobody."""

    kind: ClassVar[str] = "recon.break_assigned"
    run: int | None
    definition: str
    line_code: str
    break_id: int
    key: str
    owner: str

    @property
    def stream(self) -> str:
        return stream_of(self.run, self.definition)

    @property
    def line(self) -> str:
        return self.line_code


@dataclass(frozen=True, kw_only=True)
class StatementMoved:
    """`what`: a SELECT on a named database was tried, proposed, approved, rejected or withdrawn. The digest is of its text."""

    kind: ClassVar[str] = "recon.statement_moved"
    line: str
    name: str
    number: int
    source: str
    what: str
    sha256: str

    @property
    def stream(self) -> str:
        return f"sql.{self.name}"
