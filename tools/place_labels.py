"""Finds places for the names of gateways, events and flows, so that none lies on a shape, a line or another name.

Each name has a list of places, the best first; it takes the first that is free, or the one that hides the least. Names of
gateways and events are placed before those of flows, in the order of the drawing, so the same drawing gives the same places.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

LINE, ROW_OF_TEXT = 16, 30
GAP = 6
STEPS = (0.0, 0.5, 1.0)
Point = tuple[int, int]


@dataclass(frozen=True)
class Box:
    left: int
    top: int
    width: int
    height: int

    def hides(self, other: "Box") -> int:
        """Square pixels that both cover."""
        across = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        down = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return across * down if across > 0 and down > 0 else 0


def size_of(zh: str, en: str) -> tuple[int, int]:
    """Pixels that a name needs in either language; a long English one may break once between its words."""
    words = en.split()
    breaks = len(en) > 14 and len(words) > 1
    longest = _longest_line(words) if breaks else len(en)
    width = max(14 * len(zh), 7 * longest + 6)
    return width, ROW_OF_TEXT if breaks and 7 * len(en) + 6 > width else LINE


def _longest_line(words: Sequence[str]) -> int:
    """Characters of the longer of two lines, broken where that is least."""
    return min(max(len(" ".join(words[:at])), len(" ".join(words[at:]))) for at in range(1, len(words)))


def around(shape: Box, size: tuple[int, int], first: str) -> Iterator[Box]:
    """Places of a name beside its shape: the wanted one, then every other one, then further away."""
    width, height = size
    middle, bottom, right = shape.left + (shape.width - width) // 2, shape.top + shape.height, shape.left + shape.width
    centre = shape.left + shape.width // 2
    above, below = shape.top - height - GAP, bottom + GAP
    places = {
        "below": (middle, below),
        "above": (middle, above),
        "above-left": (centre - width - 12, shape.top - height + 8),
        "below-right": (centre + 14, bottom - GAP),
        "above-right": (centre + 12, shape.top - height + 8),
        "below-left": (centre - width - 14, bottom - GAP),
    }
    for name in [first, *(name for name in places if name != first)]:
        yield Box(*places[name], width, height)
    for shift in (GAP, 2 * GAP, 3 * GAP, 5 * GAP):
        for top in (above - shift, below + shift):
            for left in (middle, centre + GAP, centre - width - GAP):
                yield Box(left, top, width, height)
    for shift in (0, height, -height):
        yield Box(right + GAP, shape.top + (shape.height - height) // 2 + shift, width, height)
        yield Box(shape.left - width - GAP, shape.top + (shape.height - height) // 2 + shift, width, height)


def along(points: Sequence[Point], size: tuple[int, int]) -> Iterator[Box]:
    """Places of a name beside its flow: near where it leaves, then on along the line."""
    width, height = size
    for (x, y), (to_x, to_y) in pairwise(points):
        for step in STEPS:
            if y == to_y:
                room = abs(to_x - x) - width - 2 * GAP
                start = min(x, to_x) + GAP
                left = start + round(max(room, 0) * (step if to_x > x else 1 - step))
                yield Box(left, y - height - 4, width, height)
                yield Box(left, y + 5, width, height)
            else:
                room = abs(to_y - y) - height - 2 * GAP
                start = min(y, to_y) + GAP
                top = start + round(max(room, 0) * (step if to_y > y else 1 - step))
                yield Box(x + GAP, top, width, height)
                yield Box(x - width - GAP, top, width, height)


def lines_of(points: Sequence[Point]) -> Iterator[Box]:
    """The segments of a flow as thin boxes."""
    for (x, y), (to_x, to_y) in pairwise(points):
        yield Box(min(x, to_x) - 1, min(y, to_y) - 1, abs(to_x - x) + 2, abs(to_y - y) + 2)


def best(places: Iterable[Box], taken: Sequence[Box]) -> Box:
    """The first place that hides nothing and is on the drawing, or the one that hides the least."""
    found: tuple[int, Box] | None = None
    for place in places:
        hidden = sum(place.hides(other) for other in taken) + (10**6 if place.left < 0 or place.top < 0 else 0)
        if not hidden:
            return place
        if found is None or hidden < found[0]:
            found = hidden, place
    assert found is not None, "a name has places"
    return found[1]
