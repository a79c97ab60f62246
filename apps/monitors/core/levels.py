"""What a value means under thresholds, and what is to be told when that has moved. Pure."""

from dataclasses import dataclass
from datetime import time

from apps.monitors.states import BREACHES, Deed, Direction, Level


@dataclass(frozen=True)
class Thresholds:
    """From which value on it is a warning, from which an alarm; `from_time`: not judged before that time of the date."""

    direction: Direction
    warn: int | None
    alarm: int | None
    from_time: time | None = None

    @property
    def is_in_order(self) -> bool:
        """An alarm is not reached before its warning."""
        if self.warn is None or self.alarm is None:
            return self.warn is not None or self.alarm is not None
        return self.warn <= self.alarm if self.direction is Direction.ABOVE else self.warn >= self.alarm


def level_of(value: int, held: Thresholds | None, *, has_begun: bool = True) -> Level:
    """`has_begun`: whether the time from which it is judged has come."""
    if held is None or not has_begun:
        return Level.UNJUDGED
    if _reaches(value, held.alarm, held.direction):
        return Level.ALARM
    return Level.WARNING if _reaches(value, held.warn, held.direction) else Level.NORMAL


def _reaches(value: int, threshold: int | None, direction: Direction) -> bool:
    if threshold is None:
        return False
    return value >= threshold if direction is Direction.ABOVE else value <= threshold


def told_of(before: Level, after: Level) -> Deed | None:
    """A breach is told of when it begins, becomes worse or better, and ends; never while it holds."""
    if before == after:
        return None
    if after in BREACHES:
        return Deed.BREACHED if after > before else Deed.EASED
    return Deed.CLEARED if before in BREACHES else None
