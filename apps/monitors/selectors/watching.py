"""How monitors stand, for the sweeper and for people."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from apps.changes.selectors.lifecycle import today
from apps.comments.conf import Topic
from apps.journal.models import Entry
from apps.journal.selectors import newest_of
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.monitors.conf import metric_named
from apps.monitors.core.levels import Thresholds, level_of
from apps.monitors.models import Monitor, MonitorThreshold
from apps.monitors.states import BREACHES, Deed, Level
from apps.people.models import User
from apps.people.selectors import lines_visible_to

logger = logging.getLogger(__name__)

PAGE = 50
FACTS = 30
SHOWN_THRESHOLDS = 50


@dataclass(frozen=True)
class Standing:
    """A monitor as it stands now. `value` is None where the figure cannot be measured; then nothing is judged."""

    monitor: Monitor
    value: int | None
    held: Thresholds | None
    level: Level

    @property
    def since(self) -> datetime | None:
        """Since when it has been so; None as long as no sweeper has looked."""
        return self.monitor.level_since if self.monitor.level == self.level else None


@dataclass(frozen=True)
class Page:
    """A stretch of the list, and the place to go on from."""

    rows: list[Standing]
    following: str


def measured(keys: Iterable[str], day: date) -> dict[str, Mapping[int, int]]:
    """These figures of every line. A few queries for each figure, however many lines; one that fails is left out."""
    found: dict[str, Mapping[int, int]] = {}
    for key in sorted(set(keys)):
        metric = metric_named(key)
        if metric is None:
            continue
        try:
            found[key] = metric.measure(day)
        except Exception:
            logger.exception("the figure %s could not be measured", key)
    return found


def thresholds_on(monitors: Sequence[Monitor], day: date) -> dict[int, MonitorThreshold]:
    """By monitor, what was set last among what has begun by the date. One query."""
    newest = MonitorThreshold.objects.filter(monitor=OuterRef("monitor"), valid_from__lte=day).order_by("-id").values("pk")[:1]
    rows = MonitorThreshold.objects.filter(monitor__in=[one.pk for one in monitors], pk=Subquery(newest))
    return {row.monitor_id: row for row in rows}


def standings(monitors: Sequence[Monitor], day: date) -> list[Standing]:
    """How they stand on the business date that it is now. One query, and a few for each figure among them."""
    rows, figures, now = thresholds_on(monitors, day), measured({one.metric for one in monitors}, day), clock.now()
    found = []
    for one in monitors:
        row, figure = rows.get(one.pk), figures.get(one.metric)
        held, value = row.held if row else None, None if figure is None else figure.get(one.line_id, 0)
        level = Level.UNJUDGED if value is None else level_of(value, held, has_begun=_has_begun(held, day, now))
        found.append(Standing(one, value, held, level))
    return found


def _has_begun(held: Thresholds | None, day: date, now: datetime) -> bool:
    """Before its time on the date itself nothing is judged: on a closed day the next date is not either."""
    if held is None or held.from_time is None:
        return True
    here = now.astimezone(clock.SHANGHAI)
    return (here.date(), here.time()) >= (day, held.from_time)


def active_monitors() -> QuerySet[Monitor]:
    return Monitor.objects.filter(retired_at=None).select_related("line")


def monitors_for(person: User) -> QuerySet[Monitor]:
    """Monitors of the lines that the person sees whole, retired ones too; the worst first. One query."""
    found = Monitor.objects.filter(line__in=lines_visible_to(person))
    return found.select_related("line", "created_by").order_by("-level", "id")


def monitors_of_lines(person: User, lines: Collection[int]) -> list[tuple[str, str]]:
    """Names and addresses of what watches these lines, as far as the person sees them. One query."""
    found = monitors_for(person).filter(line__in=lines, retired_at=None)
    return [(one.name, reverse("monitor", args=[one.pk])) for one in found]


def monitor_for(person: User, number: int) -> Monitor:
    """The monitor, or NotFound when it is not there or not for this person."""
    found = monitors_for(person).filter(pk=number).first()
    if found is None:
        raise NotFound(what=Monitor._meta.verbose_name)
    return found


def topic_of_alert(person: User, number: int) -> Topic:
    """What a monitor tells as something to talk about; raises NotFound. One query."""
    found = monitor_for(person, number)
    return Topic(found.line, found.name_zh, found.name_en, reverse("monitor", args=[found.pk]))


def page_of(person: User, *, line: str = "", show: str = "", after: str = "") -> Page:
    """Monitors as they stand, the worst first by what was told of them last. Two queries, and a few for each figure shown."""
    rows = monitors_for(person).filter(retired_at__isnull=show != "retired")
    rows = rows.filter(level__in=BREACHES) if show == "breaches" else rows
    rows = rows.filter(line__code=line) if line else rows
    if place := _place(after):
        rows = rows.filter(Q(level__lt=place[0]) | Q(level=place[0], pk__gt=place[1]))
    page = cut(rows, PAGE)
    following = f"{page.last.level}.{page.last.pk}" if page.last else ""
    return Page(standings(page.rows, today()) if page.rows else [], following)


def _place(text: str) -> tuple[int, int] | None:
    parts = text.split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
        return None
    return int(parts[0]), int(parts[1])


def thresholds_of(monitor: Monitor) -> list[MonitorThreshold]:
    """What was ever set, newest first, with the change that did. One query."""
    return list(monitor.thresholds.select_related("change").order_by("-id")[:SHOWN_THRESHOLDS])


@dataclass(frozen=True)
class Told:
    """One line of the history of a monitor, `key` that of its entry; `person` is None for what the house did by itself."""

    key: int
    at: datetime
    person: User | None
    deed: Deed
    level: Level | None
    value: int | None
    text: str


def history_of(monitor: Monitor) -> list[Told]:
    """What happened to it, newest first. One query."""
    entries = [entry for entry in newest_of(f"monitor.{monitor.pk}", None, FACTS) if entry.kind in Deed.values]
    return [_told(entry) for entry in entries]


def _told(entry: Entry) -> Told:
    data = entry.data
    level = data.get("level")
    text = str(data.get("reason") or (f"#{data['change']} · {data['valid_from']}" if "change" in data else ""))
    named = Level[level.upper()] if level else None
    return Told(entry.pk, entry.at, entry.actor, Deed(entry.kind), named, data.get("value"), text)
