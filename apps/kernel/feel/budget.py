"""How much an expression may ask for. The numbers are those of control S30 of the security checklist."""

from dataclasses import dataclass
from time import thread_time
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.kernel.feel.errors import FeelLimit

_SENTENCES = {
    "length": _("the text is longer than {allowed} characters."),
    "depth": _("it is nested more than {allowed} levels deep."),
    "steps": _("it takes more than {allowed} steps."),
    "size": _("a value would be larger than {allowed} bytes."),
    "time": _("it takes longer than {allowed} ms."),
}


@dataclass(frozen=True)
class Budget:
    """Limits of one evaluation. Time is the thread's own processor time, so that a busy machine refuses nothing."""

    length: int = 4096
    depth: int = 64
    calls: int = 200
    steps: int = 10_000
    size_bytes: int = 1_000_000
    milliseconds: int = 50


DEFAULT = Budget()


def over(limit: str, allowed: int, *, text: str = "", offset: int = 0) -> FeelLimit:
    """The refusal for one limit."""
    return FeelLimit(str(_SENTENCES[limit]).format(allowed=allowed), text=text, offset=offset, limit=limit, allowed=allowed)


class Meter:
    """Counts what one evaluation has used and refuses what is over."""

    __slots__ = ("budget", "deadline", "level", "next_look", "steps")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.steps = self.level = 0
        self.next_look = 64
        self.deadline = 0.0

    def spend(self, steps: int = 1) -> None:
        """Counts steps; looks at the time every 64 of them."""
        self.steps += steps
        if self.steps < self.next_look:
            return
        if self.steps > self.budget.steps:
            raise over("steps", self.budget.steps)
        self.next_look = self.steps + 64
        if self._seconds() < 0:
            raise over("time", self.budget.milliseconds)

    def _seconds(self) -> float:
        """What is left of the time. It is counted from the first look on, because most expressions end before it."""
        now = thread_time()
        self.deadline = self.deadline or now + self.budget.milliseconds / 1000
        return self.deadline - now

    def seconds_left(self) -> float:
        """What is left of the time, at least one millisecond."""
        return max(self._seconds(), 0.001)

    def hold(self, size: int) -> None:
        """Refuses a value of more than the allowed bytes before or as soon as it is made."""
        if size > self.budget.size_bytes:
            raise over("size", self.budget.size_bytes)

    def weigh(self, value: Any) -> None:
        """Refuses a result that would be too large as JSON; parts that are shared count each time."""
        waiting, total = [value], 0
        while waiting:
            part = waiting.pop()
            total += len(part) if isinstance(part, str) else 8
            if isinstance(part, list):
                total += 2 * len(part)
                self.hold(total)
                waiting.extend(part)
            elif isinstance(part, dict):
                total += sum(map(len, part))
                self.hold(total)
                waiting.extend(part.values())
        self.hold(total)
