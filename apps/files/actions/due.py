"""Which folders are looked at now: of lines and days that a live run may wait for, or for which a rule expects a file."""

import logging
from datetime import date, timedelta

from django.db.models import Q

from apps.engine.models import Run, Subscription
from apps.engine.states import LIVE_RUN, RunState
from apps.files.actions.arrival import scan_source
from apps.files.errors import SourceUnreachable
from apps.files.models import Source
from apps.files.selectors import expected_days
from apps.files.states import MESSAGE
from apps.kernel import clock

RUNS_LOOKED_AT = 500
WATCHED_FOR = timedelta(days=1)

logger = logging.getLogger(__name__)


def scan_due_sources() -> int:
    """Looks at every source whose turn it is and gives how many; any number of callers at once look once. Idle: four queries."""
    days = _days_in_use()
    if not days:
        return 0
    looked = 0
    for source in Source.objects.filter(active=True, line__code__in=days).select_related("line"):
        if not _is_mine(source):
            continue
        looked += 1
        for business_date in sorted(days[source.line.code]):
            try:
                scan_source(source_id=source.pk, business_date=business_date)
            except SourceUnreachable as refusal:
                logger.warning("%s", refusal)
    return looked


def _is_mine(source: Source) -> bool:
    """One guarded update: who moves the time of the last look takes the turn."""
    now = clock.now()
    due = Q(scanned_at=None) | Q(scanned_at__lte=now - timedelta(seconds=source.poll_seconds))
    return bool(Source.objects.filter(due, pk=source.pk).update(scanned_at=now))


def _ended_lately() -> set[tuple[str, date]]:
    """Lines and dates of runs that ended within a day: what comes for them now is late, and is seen. The newest ones only."""
    newest = Run.objects.filter(state=RunState.DONE).order_by("-pk").values_list("line__code", "business_date", "ended_at")
    since = clock.now() - WATCHED_FOR
    return {(code, day) for code, day, ended_at in newest[:RUNS_LOOKED_AT] if ended_at and ended_at > since}


def _days_in_use() -> dict[str, set[date]]:
    """Business dates by line code, of runs that live, of arrival rules, and of steps that wait for files of any line."""
    days: dict[str, set[date]] = {}
    for code, day in Run.objects.filter(state__in=LIVE_RUN).values_list("line__code", "business_date").distinct():
        days.setdefault(code, set()).add(day)
    for code, day in _ended_lately():
        days.setdefault(code, set()).add(day)
    for code, day in expected_days(clock.now()):
        days.setdefault(code, set()).add(day)
    for key in Subscription.objects.filter(name=MESSAGE).values_list("key", flat=True).distinct():
        code, _, rest = key.partition("/")
        try:
            day = date.fromisoformat(rest.partition("/")[0])
        except ValueError:
            continue  # a model asks for a key that no file will ever have
        days.setdefault(code, set()).add(day)
    return days
