"""What a change stores of thresholds, read strictly."""

from datetime import time
from typing import Annotated

from pydantic import Field

from apps.changes.core.contents import Content
from apps.monitors.core.levels import Thresholds
from apps.monitors.states import Direction

Value = Annotated[int, Field(ge=0, le=10**9)]


class ThresholdContent(Content):
    """The thresholds of a monitor from the change's date on; `removed`: none any more."""

    monitor: Annotated[str, Field(min_length=1, max_length=60)]
    direction: Direction = Direction.ABOVE
    warn: Value | None = None
    alarm: Value | None = None
    from_time: time | None = None
    removed: bool = False

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.direction, self.warn, self.alarm, self.from_time)
