"""Whether a moment lies in a window in which nothing normal may take effect. Pure."""

from dataclasses import dataclass
from datetime import date, time

from apps.changes.states import Risk

_RISKS = list(Risk)


@dataclass(frozen=True)
class Freeze:
    """From one day to another, both included; with times only between them on each of these days, on open days alone if asked."""

    name: str
    first_date: date
    last_date: date
    from_time: time | None = None
    until_time: time | None = None

    def covers(self, day: date, at: time | None, *, is_open: bool = True) -> bool:
        """`at` None: from the beginning of the day on. `is_open`: whether its market is open on the day."""
        if not self.first_date <= day <= self.last_date or not is_open:
            return False
        if at is None:
            return self.from_time is None or self.from_time == time.min
        return (self.from_time or time.min) <= at and (self.until_time is None or at < self.until_time)


def is_no_riskier(risk: Risk, most: Risk) -> bool:
    return _RISKS.index(risk) <= _RISKS.index(most)
