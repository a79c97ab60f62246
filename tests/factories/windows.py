"""Windows of steps, and a clock that stands at a time of Shanghai."""

from datetime import UTC, date, datetime, timedelta

from apps.calendars.models import Calendar
from apps.engine.models import StepWindow
from apps.journal.models import Entry
from apps.kernel import clock
from tests.factories import engine as made
from tests.factories.engine import DAY

SHANGHAI_HOURS = 8


def at(hour, minute=0, day=DAY):
    """The clock stands at this time of Shanghai."""
    return clock.fixed_at(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=SHANGHAI_HOURS))


def window(text, node, **times):
    """A window of a step of a process that is published by this."""
    version = made.published(text)
    calendar = Calendar.objects.get_or_create(
        code="CN-EX",
        defaults={"name_zh": "x", "name_en": "x", "official_from": date(2026, 1, 1), "official_until": date(2026, 12, 31)},
    )[0]
    given = {"valid_from": date(2026, 1, 1), "calendar": calendar, "line": made.line(), "process": version.process}
    return StepWindow.objects.create(node_id=node, **{**given, **times})


def breaches():
    return [(entry.data["node"], entry.data["what"]) for entry in Entry.objects.filter(kind="deadline.missed").order_by("id")]
