"""Facts of this app; all stand in the stream of their run."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class SidesCompared:
    """Two sources were compared; the digests freeze what was compared."""

    kind: ClassVar[str] = "recon.compared"
    run: int
    step: int
    line_code: str
    reconciliation: int
    name: str
    left_digest: str
    right_digest: str
    matched: int
    breaks: int

    @property
    def stream(self) -> str:
        return f"run.{self.run}"

    @property
    def line(self) -> str:
        return self.line_code


@dataclass(frozen=True, kw_only=True)
class BreakExplained:
    kind: ClassVar[str] = "recon.break_explained"
    run: int
    line_code: str
    break_id: int
    key: str
    cause: str
    reason: str

    @property
    def stream(self) -> str:
        return f"run.{self.run}"

    @property
    def line(self) -> str:
        return self.line_code
