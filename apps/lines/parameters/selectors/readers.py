"""Readers of live parameters that belong to no single business line: fees, calendars, time nodes, layouts, versions, tables."""

import json
from collections.abc import Iterator
from pathlib import Path

from apps.calendars.models import Calendar, CalendarDay
from apps.calendars.selectors import time_nodes_on
from apps.files.core.catalogue import Family
from apps.files.models import Source
from apps.files.store import current_catalogue
from apps.lines.fees.core.exact import plain
from apps.lines.fees.selectors import table_on
from apps.lines.parameters.conf import Scope
from apps.lines.parameters.core.spelled import digest_of_text, entries_of, layout_value
from apps.lines.parameters.core.values import Parameter, spelled
from apps.lines.parameters.models import LONGEST_NAME
from apps.lines.uplifts.models import MarginUplift
from apps.lines.uplifts.selectors import in_force
from apps.people.models import BusinessLine
from apps.processes.models import Process, ProcessVersion
from apps.processes.store import VersionsByDate

EVERY_ROW = 1_000_000
FEE, CALENDAR_DAYS, TIME_NODE, LAYOUT, VERSION, TABLE = "fee", "calendar", "time-node", "layout", "version", "table"
BROKER_UPLIFT = "broker-uplift"
_LINES = Path(__file__).resolve().parents[2]


def fees(scope: Scope) -> Iterator[Parameter]:
    """Rates in force on the date, with the day before the next rate as the last one. One query."""
    for held in table_on(scope.day, limit=EVERY_ROW)[0]:
        row = held.row
        parts = {
            "rate": row.shown or "?",
            "base": row.base,
            "minimum": plain(row.minimum),
            "contains": "yes" if row.contains_market_fees else "no",
        }
        yield Parameter(
            kind=FEE,
            key="/".join(row.key),
            value=spelled(parts),
            holds_from=row.valid_from,
            holds_until=held.last_day,
            detail=row.source,
        )


def uplifts(scope: Scope) -> Iterator[Parameter]:
    """The broker's uplifts that the lines' clients pay on the date. Two queries."""
    lines = BusinessLine.objects.filter(code__in=scope.lines)
    for row in in_force(MarginUplift.objects.filter(line__in=lines).select_related("line"), scope.day):
        least = {} if row.spread_minimum is None else {"least": plain(row.spread_minimum)}
        parts = {"multiple": plain(row.multiple), "a": plain(row.ratio_more), "b": plain(row.floor_more), **least}
        key = f"{row.line.code}/{row.key}"
        yield Parameter(kind=BROKER_UPLIFT, key=key, value=spelled(parts), holds_from=row.valid_from, detail=row.source)


def calendar_days(scope: Scope) -> Iterator[Parameter]:
    """Days to come on which a market does not follow the weekday rule, and until when its days are published. Two queries."""
    for one in Calendar.objects.order_by("code"):
        parts = {"from": one.official_from.isoformat(), "until": one.official_until.isoformat(), "zone": one.zone}
        yield Parameter(kind=CALENDAR_DAYS, key=one.code, value=spelled(parts))
    rows = CalendarDay.objects.filter(day__gte=scope.day).select_related("calendar").order_by("calendar__code", "day")
    for row in rows:
        yield Parameter(
            kind=CALENDAR_DAYS,
            key=f"{row.calendar.code}/{row.day.isoformat()}",
            value=spelled({"open": "yes" if row.is_open else "no", "status": row.status}),
            holds_from=row.day,
            holds_until=row.day,
            detail=row.source,
        )


def time_nodes(scope: Scope) -> Iterator[Parameter]:
    """Time nodes as they are valid on the date. One query and one per calendar and offset."""
    for row, _moment in sorted(time_nodes_on(scope.day), key=lambda pair: pair[0].key):
        parts = {
            "calendar": row.calendar.code,
            "time": f"{row.time:%H:%M}",
            "offset": row.day_offset,
            "night": "yes" if row.after_midnight else "no",
            "node": row.kind,
            "breach": row.on_breach,
            "warn": row.warn_before_minutes,
        }
        yield Parameter(kind=TIME_NODE, key=row.key, value=spelled(parts), holds_from=row.valid_from, detail=row.source)


def layouts(scope: Scope) -> Iterator[Parameter]:
    """Layouts of the files that sources of the lines bring: of the catalogue with what was imported, and of the lines' own. Two
    queries and one more after an import."""
    sources = Source.objects.filter(line__code__in=scope.lines, active=True)
    codes = {code for source in sources for code in source.codes}
    families = current_catalogue().families
    for code in sorted(codes & families.keys()):
        value, detail = layout_value(_spelled_layouts(families[code]))
        yield Parameter(kind=LAYOUT, key=code, value=value, detail=detail)
    for path in sorted(_LINES.glob("*/data/layouts.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))["files"]
        for code in sorted(codes & facts.keys()):
            value, detail = layout_value([facts[code]["columns"]])
            yield Parameter(kind=LAYOUT, key=f"{code}/{path.parents[1].name}", value=value, detail=detail)


def _spelled_layouts(family: Family) -> list[list[str]]:
    return [
        [f"{one.name} {one.type}{one.width}" + (f".{one.decimals}" if one.decimals else "") for one in layout.columns]
        for layout in family.layouts
    ]


def versions(scope: Scope) -> Iterator[Parameter]:
    """Which version of each process of the lines is in force on the date. Two queries and one a process."""
    for key, version in _in_force(scope):
        parts = {"version": version.number, "digest": version.plan_digest[:16]}
        yield Parameter(kind=VERSION, key=key, value=spelled(parts))


def tables(scope: Scope) -> Iterator[Parameter]:
    """Rows of the decision models of these versions that hold on the date. Two queries and one a process."""
    found = dict(_in_force(scope))
    texts = dict(ProcessVersion.objects.filter(pk__in=[one.pk for one in found.values()]).values_list("pk", "model_xml"))
    for process, version in found.items():
        for entry in entries_of(texts[version.pk], scope.day):
            yield Parameter(
                kind=TABLE,
                key=_short(f"{process}/{entry.key}"),
                value=spelled(entry.parts),
                holds_from=entry.holds_from,
                holds_until=entry.holds_until,
            )


def _in_force(scope: Scope) -> list[tuple[str, ProcessVersion]]:
    keys = Process.objects.filter(line__code__in=scope.lines).order_by("key").values_list("key", flat=True)
    by_date = VersionsByDate([scope.day])
    found = ((key, by_date.on(key, scope.day)) for key in keys)
    return [(key, version) for key, version in found if version is not None]


def _short(key: str) -> str:
    """The key, or its beginning and a digest when it is longer than a key may be."""
    return key if len(key) <= LONGEST_NAME else f"{key[: LONGEST_NAME - 20]}#{digest_of_text(key)}"
