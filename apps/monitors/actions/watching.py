"""Sweepers look at the figures and tell once when a threshold is reached, and once when that is over.

What was told last stands in the row. Who finds that it has moved locks the row, and tells only if nobody else has moved it
since: so any number of sweepers tell once, and one that dies has told and moved, or neither.
"""

from typing import Any

from django.db import transaction

from apps.changes.selectors.lifecycle import today
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.crashpoint import crashpoint
from apps.monitors import events
from apps.monitors.actions.keeping import about, locked_monitor
from apps.monitors.core.levels import told_of
from apps.monitors.selectors import Standing, active_monitors, standings
from apps.monitors.states import Deed, Level

BATCH = 200
"""So many monitors move in one turn of the sweeper at most; the worst first, the rest in the next."""

FACTS: dict[Deed, type[events.LevelFact]] = {
    Deed.BREACHED: events.MonitorBreached,
    Deed.EASED: events.MonitorEased,
    Deed.CLEARED: events.MonitorCleared,
}


def watch_monitors() -> int:
    """Looks at all monitors; how many have moved. When none has: two queries, and a few for each figure that is watched."""
    day = today()
    monitors = list(active_monitors())
    if not monitors:
        return 0
    moved = [one for one in standings(monitors, day) if one.value is not None and one.level != one.monitor.level]
    moved.sort(key=lambda one: (-one.level, one.monitor.pk))
    return sum(_moved(one, day.isoformat()) for one in moved[:BATCH])


@transaction.atomic
def _moved(found: Standing, day: str) -> bool:
    monitor = locked_monitor(pk=found.monitor.pk)
    before = Level(monitor.level)
    if before != found.monitor.level or monitor.retired_at is not None:
        return False  # another sweeper was here, or nobody watches it any more
    monitor.level, monitor.level_since = found.level, clock.now()
    monitor.save(update_fields=["level", "level_since"])
    crashpoint("monitor.moved")
    deed = told_of(before, found.level)
    if deed is not None:
        facts: dict[str, Any] = {"level": found.level.code, "before": before.code, "value": found.value, "business_date": day}
        append(FACTS[deed](**about(monitor), **facts, warn=_text(found, "warn"), alarm=_text(found, "alarm")), actor=None)
    crashpoint("monitor.told")
    return True


def _text(found: Standing, name: str) -> str:
    threshold = getattr(found.held, name, None)
    return "" if threshold is None else str(threshold)
