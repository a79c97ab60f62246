"""How much of a release is left, day by day, and where the points of its picture lie."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT, MARGIN = 720, 220, 32
"""Of the picture, in units of its own."""
MOST_DAYS = 366


@dataclass(frozen=True)
class Day:
    day: date
    left: int


def left_by_day(first: date, last: date, raised: Mapping[int, date], moved: Iterable[tuple[int, date, bool]]) -> list[Day]:
    """At the end of each day: of the tickets by the day on which they were raised, how many were left to do.

    `moved` are ticket, day and whether it was left to do from then on, in their order.
    """
    first = max(first, last - timedelta(days=MOST_DAYS))
    changes: dict[int, list[tuple[date, bool]]] = {ticket: [(day, True)] for ticket, day in raised.items()}
    for ticket, day, is_left in moved:
        changes.setdefault(ticket, []).append((day, is_left))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Day(day, sum(_is_left(each, day) for each in changes.values())) for day in days]


def _is_left(changes: Sequence[tuple[date, bool]], day: date) -> bool:
    known = [is_left for at, is_left in changes if at <= day]
    return known[-1] if known else False


def points(days: Sequence[Day], first: date, target: date, most: int) -> str:
    """The line of what was left, for a picture from the first day to the target or the last day, whichever is later."""
    span = max((max(target, days[-1].day if days else target) - first).days, 1)
    return " ".join(f"{_across((day.day - first).days, span)},{_down(day.left, most)}" for day in days)


def ideal(first: date, target: date, last: date, most: int) -> str:
    """The straight line from everything on the first day to nothing on the target day."""
    span = max((max(target, last) - first).days, 1)
    return f"{_across(0, span)},{_down(most, most)} {_across((target - first).days, span)},{_down(0, most)}"


def _across(days: int, span: int) -> int:
    return MARGIN + (WIDTH - 2 * MARGIN) * days // span


def _down(left: int, most: int) -> int:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * left // max(most, 1)
