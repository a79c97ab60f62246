"""How tickets may stand to each other. Pure."""

from collections.abc import Callable, Iterable


def leads_back(after: Callable[[set[int]], Iterable[int]], source: int, target: int) -> bool:
    """Whether a new edge from `source` to `target` would close a circle. `after` tells where edges from these lead."""
    waiting, seen = {target}, {target}
    while waiting:
        if source in waiting:
            return True
        waiting = set(after(waiting)) - seen
        seen |= waiting
    return False
