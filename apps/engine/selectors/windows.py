"""What lines decide about steps beside their models: windows and placements."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import F

from apps.engine.models import Placement, StepWindow
from apps.kernel import clock
from apps.processes.conf import Parameters, Window

TIMES = ("earliest_start", "latest_start", "latest_end")


def windows_of(line_id: int, process_id: int) -> list[StepWindow]:
    """All windows of the steps of a process on a line, by step and day of validity. One query."""
    found = StepWindow.objects.filter(line=line_id, process=process_id).select_related("calendar", "process")
    return list(found.order_by("node_id", "valid_from"))


def windows_today(line_id: int, process_id: int) -> dict[str, Window]:
    """The windows that hold today, in words, by step. One query."""
    return {node: _in_words(window) for node, window in in_force_on(windows_of(line_id, process_id), clock.market_date()).items()}


def parameters_today(process_ids: Iterable[int]) -> dict[int, Parameters]:
    """What the lines of processes decide about their steps beside the models, as packages carry it. Two queries."""
    found: dict[int, Parameters] = {}
    kept: dict[int, list[StepWindow]] = {}
    of_its_line = {"process__in": list(process_ids), "line": F("process__line")}
    for window in StepWindow.objects.filter(**of_its_line).select_related("calendar").order_by("node_id", "valid_from"):
        kept.setdefault(window.process_id, []).append(window)
    for process, windows in kept.items():
        in_force = in_force_on(windows, clock.market_date())
        found[process] = {"windows": {node: times_in_json(window) for node, window in in_force.items()}}
    for row in Placement.objects.filter(**of_its_line):
        placed = found.setdefault(row.process_id or 0, {}).setdefault("placements", {})
        placed[row.node_id] = {"queue": row.queue, "pool": row.pool}
    return found


def times_in_json(window: StepWindow) -> dict[str, Any]:
    """The values of a window, as changes and packages carry them."""
    times = {name: at.isoformat() if (at := getattr(window, name)) is not None else None for name in TIMES}
    return {**times, "day_offset": window.day_offset, "calendar": window.calendar.code}


def in_force_on(windows: Sequence[StepWindow], day: date) -> dict[str, StepWindow]:
    """By node, the window that began to be valid last; one that has ended leaves the step without."""
    newest = {window.node_id: window for window in windows if window.valid_from <= day}
    return {node: window for node, window in newest.items() if window.valid_until is None or day <= window.valid_until}


def _in_words(window: StepWindow) -> Window:
    later = f"+{window.day_offset}" if window.day_offset else ""
    moments = (window.earliest_start, window.latest_start, window.latest_end)
    return Window(*(f"{moment:%H:%M}{later}" if moment else "" for moment in moments))
