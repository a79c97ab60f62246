"""Monitors of a figure that tests set by hand, with thresholds that came by a real change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from apps.changes import actions as changes
from apps.changes.models import Change
from apps.journal.models import Entry
from apps.monitors import conf
from apps.monitors.actions import create_monitor
from apps.monitors.conf import Metric
from apps.monitors.models import Monitor
from tests.factories import changes as made
from tests.factories.changes import TUESDAY, World

FIGURE = "test.figure"
LEVEL_FACTS = ("monitor.breached", "monitor.eased", "monitor.cleared")


@contextmanager
def figure() -> Iterator[dict[int, int]]:
    """A figure whose value for each line is what the test writes into the dictionary."""
    values: dict[int, int] = {}

    def measure(_day: date) -> Mapping[int, int]:
        return values

    conf.register_metric(Metric(FIGURE, "Figure", "pieces", "What a test says.", measure))
    try:
        yield values
    finally:
        del conf._metrics[FIGURE]


def monitor(world: World, code: str = "late", metric: str = FIGURE) -> Monitor:
    return create_monitor(
        line_id=world.line.pk, code=code, metric=metric, name_zh=f"监控 {code}", name_en=f"Monitor {code}", actor=world.keeper
    )


def threshold_item(code: str = "late", **values: Any) -> tuple[str, dict[str, Any]]:
    return "monitor.threshold", {"monitor": code, **(values or {"warn": 3, "alarm": 5})}


def thresholds_set(world: World, *items: tuple[str, dict[str, Any]], day: date | None = TUESDAY) -> Change:
    """A change that has taken effect; the clock has to stand on its date."""
    with made.on(made.TODAY):
        change = made.approved(world, *(items or (threshold_item(),)), day=day)
    changes.activate_change(change_id=change.pk)
    return Change.objects.get(pk=change.pk)


def told(one: Monitor) -> list[tuple[str, str, int]]:
    """What the journal says of its levels: kind, level, value."""
    entries = Entry.objects.filter(stream=f"monitor.{one.pk}", kind__in=LEVEL_FACTS).order_by("number")
    return [(entry.kind.removeprefix("monitor."), entry.data["level"], entry.data["value"]) for entry in entries]
