"""Administrators of a line say what is watched. Thresholds are no part of it: they come with changes."""

from typing import Any

from django.db import IntegrityError, transaction

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.monitors import events
from apps.monitors.conf import metric_named
from apps.monitors.errors import AlreadyRetired, MonitorExists, ReasonNeeded, UnknownMetric
from apps.monitors.models import Monitor
from apps.monitors.states import Level
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.states import Right


@transaction.atomic
def create_monitor(*, line_id: int, code: str, metric: str, name_zh: str, name_en: str, actor: User) -> Monitor:
    """A figure is watched from now on; it is judged once a change has set thresholds. Raises UnknownMetric, MonitorExists."""
    line = BusinessLine.objects.filter(pk=line_id).first()
    if line is None or not may(actor, Right.VIEW, line):
        raise NotFound(what=BusinessLine._meta.verbose_name)
    require(actor, Right.ADMINISTER, line)
    if metric_named(metric) is None:
        raise UnknownMetric(metric=metric)
    now = clock.now()
    monitor = Monitor(line=line, code=code, metric=metric, name_zh=name_zh, name_en=name_en, created_by=actor)
    monitor.created_at = monitor.level_since = now
    try:
        with transaction.atomic():
            monitor.save()
    except IntegrityError as twice:
        raise MonitorExists(code=code) from twice
    append(events.MonitorCreated(**about(monitor), name_zh=name_zh, name_en=name_en), actor=actor)
    return monitor


@transaction.atomic
def retire_monitor(*, monitor_id: int, actor: User, reason: str) -> Monitor:
    """Nobody watches it any more; what was told of it stays. Raises AlreadyRetired, ReasonNeeded."""
    monitor = locked_monitor(pk=monitor_id)
    if not may(actor, Right.VIEW, monitor.line):
        raise NotFound(what=Monitor._meta.verbose_name)
    require(actor, Right.ADMINISTER, monitor.line)
    if not reason.strip():
        raise ReasonNeeded()
    if monitor.retired_at is not None:
        raise AlreadyRetired(name=monitor.name)
    monitor.retired_at = monitor.level_since = clock.now()
    monitor.level = Level.UNJUDGED
    monitor.save(update_fields=["retired_at", "level", "level_since"])
    append(events.MonitorRetired(**about(monitor), reason=reason), actor=actor)
    return monitor


def locked_monitor(**which: int | str) -> Monitor:
    """The monitor as it is now, locked until the transaction ends."""
    found = Monitor.objects.select_for_update(of=("self",)).select_related("line").filter(**which).first()
    if found is None:
        raise NotFound(what=Monitor._meta.verbose_name)
    return found


def about(monitor: Monitor) -> dict[str, Any]:
    """What every fact of a monitor says."""
    return {"monitor": monitor.pk, "line": monitor.line.code, "code": monitor.code, "metric": monitor.metric}
