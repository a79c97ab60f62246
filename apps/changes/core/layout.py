"""Where the boxes of a chain of processes stand: in columns, from what begins to what follows. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WIDE, HIGH = 190, 44
ACROSS, DOWN = 110, 18
MARGIN = 16


@dataclass(frozen=True)
class Box:
    key: str
    x: int
    y: int


@dataclass(frozen=True)
class Curve:
    """A link as an SVG path, by the place of the link in the list that was given."""

    number: int
    path: str


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


def picture(keys: Iterable[str], links: Iterable[tuple[str, str]]) -> Picture:
    """Boxes for the keys and curves for the links between them; a circle of links is cut where it is entered first."""
    names, pairs = sorted(set(keys)), list(links)
    columns = _columns(names, pairs)
    boxes: dict[str, Box] = {}
    for number, column in enumerate(columns):
        for place, key in enumerate(_ordered(column, pairs, boxes)):
            boxes[key] = Box(key, MARGIN + number * (WIDE + ACROSS), MARGIN + place * (HIGH + DOWN))
    width = 2 * MARGIN + max(len(columns), 1) * (WIDE + ACROSS) - ACROSS
    height = 2 * MARGIN + max((len(column) for column in columns), default=1) * (HIGH + DOWN) - DOWN
    curves = tuple(Curve(number, _curve(boxes[source], boxes[target])) for number, (source, target) in enumerate(pairs))
    return Picture(width, height, tuple(boxes.values()), curves)


def _columns(names: list[str], pairs: list[tuple[str, str]]) -> list[list[str]]:
    """Each key stands one column behind the last of those that lead to it."""
    before: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        if source != target:
            before[target].append(source)
    levels = _levels(names, before)
    columns: dict[int, list[str]] = defaultdict(list)
    for name in names:
        columns[levels[name]].append(name)
    return [columns[level] for level in sorted(columns)]


def _levels(names: list[str], before: Mapping[str, list[str]]) -> dict[str, int]:
    levels: dict[str, int] = {}
    for name in names:
        waiting, open_ = [name], set[str]()
        while waiting:
            here = waiting[-1]
            if here in levels:
                waiting.pop()
                continue
            open_.add(here)
            undone = [other for other in before[here] if other not in levels and other not in open_]
            if undone:
                waiting.extend(undone)
                continue
            levels[here] = 1 + max((levels[other] for other in before[here] if other in levels), default=-1)
            waiting.pop()
    return levels


def _ordered(column: list[str], pairs: list[tuple[str, str]], placed: Mapping[str, Box]) -> list[str]:
    """By the middle of what leads there, so that few curves cross."""
    places: dict[str, list[int]] = defaultdict(list)
    for source, target in pairs:
        if source in placed:
            places[target].append(placed[source].y)
    return sorted(column, key=lambda key: (sum(places[key]) // len(places[key]) if places[key] else 0, key))


def _curve(source: Box, target: Box) -> str:
    left, right = source.x + WIDE, target.x
    begin, end = source.y + HIGH // 2, target.y + HIGH // 2
    if right > left:
        bend = (right - left) // 2
        return f"M{left} {begin} C{left + bend} {begin} {right - bend} {end} {right} {end}"
    top = min(source.y, target.y) - DOWN // 2
    return f"M{left} {begin} C{left + ACROSS // 2} {top} {right - ACROSS // 2} {top} {right} {end}"
