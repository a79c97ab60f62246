"""What the journal says of corrections: in the stream of the line's files, and in that of every run that it overtook."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class _AboutCorrection:
    line: str
    business_date: str
    correction: int
    file: int
    name: str

    @property
    def stream(self) -> str:
        return f"files.{self.line}"


@dataclass(frozen=True, kw_only=True)
class CorrectionAsked(_AboutCorrection):
    """Somebody asks that what was posted be reversed. Rows by how they differ; `change`: of all cash, CNY."""

    kind: ClassVar[str] = "correction.asked"
    added: int
    changed: int
    gone: int
    change: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CorrectionPosted(_AboutCorrection):
    """Two people agreed: so many postings were written. `before` and `after`: all cash of the file's rows, CNY."""

    kind: ClassVar[str] = "correction.posted"
    reversals: int
    reposts: int
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class CorrectionDropped(_AboutCorrection):
    """The second person refused, or things had moved on; nothing was posted."""

    kind: ClassVar[str] = "correction.dropped"
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RunOvertaken:
    """A run is past the point at which it used rows that were corrected; `findings` says how many places are named."""

    kind: ClassVar[str] = "correction.overtook"
    run: int
    line: str
    correction: int
    name: str
    findings: int

    @property
    def stream(self) -> str:
        return f"run.{self.run}"
