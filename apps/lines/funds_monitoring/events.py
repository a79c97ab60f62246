"""Facts of monitoring. They stand in the stream of their run, so that whoever looks at it sees the screen change."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class FundsMoved:
    """The screen was computed anew and something on it is another number than before. `short` in CNY."""

    kind: ClassVar[str] = "funds.moved"
    run: int
    line: str
    accounts: int
    moved: int
    short_accounts: int
    short: str

    @property
    def stream(self) -> str:
        return f"run.{self.run}"
