"""Thresholds as items of changes: the only way in which they are set."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.changes.actions.kinds.base import PlainItems, label_of, moved
from apps.changes.conf import Effect, Words
from apps.changes.errors import OtherLine
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import today
from apps.changes.states import ChangeState
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.monitors import events
from apps.monitors.actions.keeping import about, locked_monitor
from apps.monitors.core.contents import ThresholdContent
from apps.monitors.core.levels import level_of
from apps.monitors.errors import AlreadyRetired, NothingToRemove
from apps.monitors.models import Monitor, MonitorThreshold
from apps.monitors.selectors import Standing, standings, thresholds_on
from apps.monitors.states import THRESHOLD, Direction
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right

FIELDS = ("direction", "warn", "alarm", "from_time")
OPEN = (ChangeState.DRAFT, ChangeState.SUBMITTED, ChangeState.APPROVED)


class ThresholdItems(PlainItems):
    name = THRESHOLD
    label = gettext_lazy("threshold of a monitor")
    content = ThresholdContent

    def subject(self, content: ThresholdContent) -> str:
        return content.monitor

    def require(self, content: ThresholdContent, change: Change, actor: User) -> None:
        monitor = _monitor(content)
        if monitor.line_id != change.line_id:
            raise OtherLine(what=monitor)
        if not may(actor, Right.ADMINISTER, change.line):
            require(actor, Right.EDIT, change.line)

    def check(self, content: ThresholdContent, change: Change) -> list[str]:
        monitor = _monitor(content)
        if monitor.retired_at is not None and change.rolls_back is None:
            return [str(AlreadyRetired(name=monitor.name))]
        if content.removed:
            held = thresholds_on([monitor], change.from_date or today()).get(monitor.pk)
            return [] if held is not None and held.held else [str(NothingToRemove(name=monitor.name))]
        if content.warn is None and content.alarm is None:
            return [_("At least one of warning and alarm is needed.")]
        if not content.thresholds.is_in_order:
            return [_("The alarm would be reached before the warning.")]
        return []

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        monitors = {one.code: one for one in Monitor.objects.filter(code__in=[item.subject for item in items])}
        held = thresholds_on(list(monitors.values()), change.from_date or today())
        now = {one.monitor.pk: one for one in standings(list(monitors.values()), today())} if change.state in OPEN else {}
        found = []
        for item in items:
            monitor = monitors[item.subject]
            row = held.get(monitor.pk)
            was = item.before["values"] if item.before is not None else _values(row)
            found.append(_words(item.parsed, monitor, was or {}, now.get(monitor.pk)))
        return found

    def lock(self, content: ThresholdContent) -> None:
        locked_monitor(code=content.monitor)

    def apply(self, content: ThresholdContent, effect: Effect) -> Any:
        monitor = locked_monitor(code=content.monitor)
        valid_from = effect.from_date or effect.day
        before = _values(thresholds_on([monitor], valid_from).get(monitor.pk))
        if content.removed and before is None:
            raise NothingToRemove(name=monitor.name)
        given = {} if content.removed else {name: getattr(content, name) for name in FIELDS}
        row = MonitorThreshold.objects.create(
            monitor=monitor, valid_from=valid_from, change_id=effect.change, set_at=clock.now(), **given
        )
        append(_fact(monitor, row, effect.change, valid_from), actor=effect.actor)
        return {"values": before}

    def undo(self, content: ThresholdContent, before: Any) -> dict[str, Any]:
        kept = {"monitor": content.monitor, **(before["values"] or {})}
        return kept | {"removed": before["values"] is None}


def _monitor(content: ThresholdContent) -> Monitor:
    found = Monitor.objects.select_related("line").filter(code=content.monitor).first()
    if found is None:
        raise NotFound(what=Monitor._meta.verbose_name)
    return found


def _values(row: MonitorThreshold | None) -> dict[str, Any] | None:
    """Thresholds as the fields of a content; None when none hold."""
    if row is None or row.held is None:
        return None
    at = row.from_time.isoformat() if row.from_time else None
    return {"direction": str(row.direction), "warn": row.warn, "alarm": row.alarm, "from_time": at}


def _fact(monitor: Monitor, row: MonitorThreshold, change: int, valid_from: date) -> events.ThresholdsSet:
    values = {name: str(value) for name, value in (_values(row) or {}).items() if value is not None}
    return events.ThresholdsSet(**about(monitor), change=change, valid_from=valid_from.isoformat(), values=values)


def _words(content: ThresholdContent, monitor: Monitor, was: dict[str, Any], now: Standing | None) -> Words:
    address = reverse("monitor", args=[monitor.pk])
    if content.removed:
        return Words(_("“{monitor}”: no thresholds any more").format(monitor=monitor.name), [], address)
    unit = monitor.measured.unit if monitor.measured else ""
    details = []
    for name in FIELDS:
        before, after = _shown(name, was.get(name), unit), _shown(name, getattr(content, name), unit)
        if before != after:
            details.append(moved(label_of(MonitorThreshold, name), before, after))
    if now is not None and now.value is not None:
        level = level_of(now.value, content.thresholds).label
        details.append(_("now {value} {unit}: that would be “{level}”").format(value=now.value, unit=unit, level=level))
    return Words(_("“{monitor}”: other thresholds").format(monitor=monitor.name), details, address)


def _shown(name: str, value: Any, unit: Any) -> str:
    if value is None:
        return ""
    if name == "direction":
        return str(Direction(value).label)
    if name == "from_time":
        return str(value)[:5]
    return f"{value} {unit}".strip()
