"""What the bench finds: a figure with its comparator of the same run, its goal, and whether it was reached."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

WORST_SHARE = 0.6
"""A ratio is reached when its median is, and its least value is at least this share of the goal."""


@dataclass(frozen=True)
class Figure:
    """One row of the table. Without a goal it is only told; without a value the note says why."""

    part: str
    name: str
    unit: str
    ours: float | None = None
    comparator: str = ""
    theirs: float | None = None
    ratio: float | None = None
    least: float | None = None  # the worst ratio of a turn
    goal: str = ""
    reached: bool | None = None
    note: str = ""


def ahead(
    part: str,
    name: str,
    comparator: str,
    rates: Sequence[tuple[float, float]],
    at_least: float,
    *,
    strictly: bool = False,
    note: str = "",
) -> Figure:
    """Steps per second, ours and theirs in each turn. The ratio is the median of the turns' ratios: both met the same machine."""
    ratios = [own / other for own, other in rates]
    ratio, least = statistics.median(ratios), min(ratios)
    return Figure(
        part=part,
        name=name,
        unit="steps/s",
        ours=statistics.median(own for own, _ in rates),
        comparator=comparator,
        theirs=statistics.median(other for _, other in rates),
        ratio=ratio,
        least=least,
        goal=f"{'>' if strictly else '≥'} {at_least:g} ×",
        reached=(ratio > at_least if strictly else ratio >= at_least) and least >= WORST_SHARE * at_least,
        note=note,
    )


def slower(
    part: str, name: str, comparator: str, seconds: Sequence[tuple[float, float]], at_most: float, note: str = ""
) -> Figure:
    """Seconds of the same work under a heavier load and without it, in each turn: how many times as long it may take."""
    ratio = statistics.median(loaded / plain for loaded, plain in seconds)
    return Figure(
        part=part,
        name=name,
        unit="s",
        ours=statistics.median(loaded for loaded, _ in seconds),
        comparator=comparator,
        theirs=statistics.median(plain for _, plain in seconds),
        ratio=ratio,
        least=max(loaded / plain for loaded, plain in seconds),
        goal=f"≤ {at_most:g} ×",
        reached=ratio <= at_most,
        note=note,
    )


def bounded(
    part: str,
    name: str,
    unit: str,
    ours: float,
    at_most: float,
    *,
    comparator: str = "",
    theirs: float | None = None,
    note: str = "",
) -> Figure:
    """A figure that has to stay below a bound in its own unit."""
    ratio = ours / theirs if theirs else None
    goal, reached = f"≤ {at_most:g} {unit}", ours <= at_most
    return Figure(part, name, unit, ours, comparator, theirs, ratio, None, goal, reached, note)


def missing(part: str, name: str, why: str, comparator: str = "") -> Figure:
    """A figure that could not be taken stays in the table, with the reason."""
    return Figure(part=part, name=name, unit="", comparator=comparator, note=f"not there: {why}")


HEADINGS = ("figure", "ours", "comparator", "theirs", "ratio (worst)", "goal", "reached", "note")


def table(figures: Iterable[Figure]) -> str:
    """The figures in columns of text; also valid Markdown."""
    rows = [HEADINGS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def as_json(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """The same for programs, with numbers as they were measured."""
    return [asdict(figure) for figure in figures]


def _cells(figure: Figure) -> tuple[str, ...]:
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return (
        f"{figure.part}: {figure.name}",
        _number(figure.ours, figure.unit),
        figure.comparator,
        _number(figure.theirs, figure.unit),
        ratio if figure.least is None else f"{ratio} ({figure.least:.2f})",
        figure.goal,
        {True: "yes", False: "NO", None: ""}[figure.reached],
        figure.note,
    )


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} {unit}" if abs(value) >= 100 else f"{value:,.3g} {unit}"


def line(figure: Figure) -> str:
    """The figure as soon as it is known."""
    return "  ".join(cell for cell in _cells(figure) if cell)
