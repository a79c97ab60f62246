"""Facts about monitors, in the stream `monitor.<id>`, seen by the members of the line."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class MonitorFact:
    kind: ClassVar[str] = "monitor"
    monitor: int
    line: str
    code: str
    metric: str

    @property
    def stream(self) -> str:
        return f"monitor.{self.monitor}"


@dataclass(frozen=True, kw_only=True)
class MonitorCreated(MonitorFact):
    kind: ClassVar[str] = "monitor.created"
    name_zh: str
    name_en: str


@dataclass(frozen=True, kw_only=True)
class MonitorRetired(MonitorFact):
    kind: ClassVar[str] = "monitor.retired"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ThresholdsSet(MonitorFact):
    """What holds from the date on, by the change; without any value none hold."""

    kind: ClassVar[str] = "monitor.thresholds_set"
    change: int
    valid_from: str
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class LevelFact(MonitorFact):
    """`value` on the business date made `level` out of `before`; `warn` and `alarm` are the thresholds, empty for none."""

    level: str
    before: str
    value: int
    business_date: str
    warn: str
    alarm: str


@dataclass(frozen=True, kw_only=True)
class MonitorBreached(LevelFact):
    """A breach has begun, or has become worse."""

    kind: ClassVar[str] = "monitor.breached"


@dataclass(frozen=True, kw_only=True)
class MonitorEased(LevelFact):
    """An alarm is only a warning any more."""

    kind: ClassVar[str] = "monitor.eased"


@dataclass(frozen=True, kw_only=True)
class MonitorCleared(LevelFact):
    kind: ClassVar[str] = "monitor.cleared"
