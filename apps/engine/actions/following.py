"""A day of a calendar has been written: starts and live runs take over the moments that were computed by it."""

from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from apps.calendars.models import Calendar
from apps.calendars.selectors import days_around, moment_after, time_nodes_of
from apps.engine import store
from apps.engine.actions.arming import armed_fact, event_of
from apps.engine.actions.times import change_times
from apps.engine.models import Run, Start, StepWindow
from apps.engine.states import LIVE_RUN
from apps.journal.actions import append_all
from apps.kernel import clock
from apps.people.models import User


def follow_calendar(calendar_id: int, actor: User | None) -> None:
    """In the caller's transaction: starts at time nodes of the calendar get their next moment anew; what is due already stays.

    Live runs whose steps have times on later business days follow after the commit, each in its own transaction.
    """
    calendar = Calendar.objects.get(pk=calendar_id)
    nodes = time_nodes_of(calendar)
    now = store.database_now()
    today, moved = clock.market_date(), []
    days = days_around(calendar, today, today)
    for start in starts_at_time_nodes().select_for_update(of=("self",)).filter(due_at__gt=now):
        node = nodes.get(time_node_of(start))
        moment = moment_after(node, now, days) if node else (start.business_date, start.due_at)
        if moment != (start.business_date, start.due_at):
            start.business_date, start.due_at = moment
            start.save(update_fields=["business_date", "due_at"])
            moved.append(armed_fact(start))
    append_all(moved, actor=actor)
    transaction.on_commit(partial(_tell_runs, calendar_id, actor), robust=True)


def starts_at_time_nodes() -> QuerySet[Start]:
    """Only a start at a time node keeps the business date that its next moment belongs to. One query."""
    rows = Start.objects.exclude(business_date=None).exclude(due_at=None).select_related("process__line", "version")
    return rows.defer("version__model_xml", "version__plan").order_by("process__key", "id")


def time_node_of(start: Start) -> str:
    """The time node at which a start begins runs; empty for another trigger."""
    event = event_of(start)
    return event.timer.time_node or "" if event is not None and event.timer is not None else ""


def _tell_runs(calendar_id: int, actor: User | None) -> None:
    windows = StepWindow.objects.filter(calendar=calendar_id, day_offset__gt=0).order_by()
    for line, process in sorted(set(windows.values_list("line", "process"))):
        live = Run.objects.filter(line=line, process=process, state__in=LIVE_RUN).order_by("id")
        for run_id in list(live.values_list("pk", flat=True)):
            change_times(run_id=run_id, actor=actor)
