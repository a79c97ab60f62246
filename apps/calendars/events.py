"""Changes to the calendars, which decide when runs wait and when deadlines fall."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class _OfCalendars:
    stream: ClassVar[str] = "calendars"
    line: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True)
class CalendarFactsLoaded(_OfCalendars):
    kind: ClassVar[str] = "calendars.facts_loaded"
    days: int
    time_nodes: int


@dataclass(frozen=True, kw_only=True)
class CalendarRecordChanged(_OfCalendars):
    """`what` is calendar, day or time_node; `before` is empty for a new record, `after` for a removed one."""

    kind: ClassVar[str] = "calendars.record_changed"
    what: str
    name: str
    before: dict[str, str]
    after: dict[str, str]
