"""Loads the facts that ship with the product, and journals every change that people make to them."""

import json
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models, transaction

from apps.calendars.conf import followers
from apps.calendars.events import CalendarFactsLoaded, CalendarRecordChanged
from apps.calendars.models import Calendar, CalendarDay, TimeNode
from apps.calendars.states import NodeBreach, NodeKind
from apps.journal.actions import append
from apps.kernel.errors import NotPermitted
from apps.kernel.rows import as_texts
from apps.people.models import User
from apps.people.selectors import is_superuser
from apps.people.states import Right

DATA = Path(__file__).parent / "data"
NAMES = {Calendar: "calendar", CalendarDay: "day", TimeNode: "time_node"}


@transaction.atomic
def load_calendar_facts() -> tuple[int, int]:
    """Adds what is missing of the facts in `data/`, never touches what is there; how many days and time nodes were added.

    A row that somebody corrected in the admin site therefore stays corrected.
    """
    calendars = {facts["code"]: _calendar(facts) for facts in _facts("calendars")}
    days = sum(_load_days(calendars, period) for period in _facts("days"))
    if days:
        _tell(list(calendars.values()), None)
    nodes = sum(_load_node(calendars, facts) for facts in _facts("time_nodes"))
    if days or nodes:
        append(CalendarFactsLoaded(days=days, time_nodes=nodes), actor=None)
    return days, nodes


@transaction.atomic
def save_record(*, record: Calendar | CalendarDay | TimeNode, actor: User) -> Calendar | CalendarDay | TimeNode:
    """Saves a calendar record that somebody wrote, and journals it before and after."""
    require_calendar_keeper(actor, record)
    return put_record(record=record, actor=actor)


def put_record(*, record: Calendar | CalendarDay | TimeNode, actor: User | None) -> Calendar | CalendarDay | TimeNode:
    """Saves and journals what was decided elsewhere, in the caller's transaction. No permission is asked: the callers did."""
    kept = type(record)._default_manager.filter(pk=record.pk).first() if record.pk else None
    before = as_texts(kept) if kept else {}
    record.save()
    record.refresh_from_db()
    after = as_texts(record)
    if before != after:
        append(_changed(record, before, after), actor=actor)
        if isinstance(record, CalendarDay):
            _tell([record.calendar], actor)
    return record


@transaction.atomic
def remove_record(*, record: CalendarDay | TimeNode, actor: User) -> None:
    """Removes a day or a time node, and journals what it was."""
    require_calendar_keeper(actor, record)
    take_record(record=record, actor=actor)


def take_record(*, record: CalendarDay | TimeNode, actor: User | None) -> None:
    """Removes and journals what was decided elsewhere to go, in the same way."""
    before = as_texts(record)
    fact = _changed(record, before, {})
    record.delete()
    append(fact, actor=actor)
    if isinstance(record, CalendarDay):
        _tell([record.calendar], actor)


def _tell(calendars: list[Calendar], actor: User | None) -> None:
    """Whoever has computed moments by these days computes them anew, in the same transaction."""
    for calendar in calendars:
        for follower in followers():
            follower(calendar.pk, actor)


def _changed(record: Any, before: dict[str, str], after: dict[str, str]) -> CalendarRecordChanged:
    name = f"{record.calendar.code} {record.day}" if isinstance(record, CalendarDay) else getattr(record, "key", None)
    return CalendarRecordChanged(what=NAMES[type(record)], name=name or record.code, before=before, after=after)


def require_calendar_keeper(actor: User, record: models.Model) -> None:
    """Calendars are nobody's business line, so only superusers write them."""
    if not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target=record)


@cache
def _facts(name: str) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return facts


def _calendar(facts: dict[str, Any]) -> Calendar:
    return Calendar.objects.get_or_create(
        code=facts["code"],
        defaults={
            "name_zh": facts["zh"],
            "name_en": facts["en"],
            "official_from": date.fromisoformat(facts["from"]),
            "official_until": date.fromisoformat(facts["until"]),
        },
    )[0]


def _load_days(calendars: dict[str, Calendar], period: dict[str, Any]) -> int:
    wanted = [
        CalendarDay(
            calendar=calendars[code],
            day=date.fromisoformat(day),
            is_open=period["open"],
            name_zh=period["zh"],
            name_en=period["en"],
            source=period["source"],
        )
        for code in period["calendars"]
        for day in period["days"]
    ]
    present = set(CalendarDay.objects.filter(day__in={row.day for row in wanted}).values_list("calendar__code", "day"))
    missing = [row for row in wanted if (row.calendar.code, row.day) not in present]
    CalendarDay.objects.bulk_create(missing)
    return len(missing)


def _load_node(calendars: dict[str, Calendar], facts: dict[str, Any]) -> int:
    kind = NodeKind(facts["kind"])
    _node, new = TimeNode.objects.get_or_create(
        key=facts["key"],
        valid_from=date.fromisoformat(facts.get("from", "2024-01-01")),
        defaults={
            "calendar": calendars[facts.get("calendar", "CN-EX")],
            "time": time.fromisoformat(facts["time"]),
            "day_offset": facts.get("offset", 0),
            "after_midnight": facts.get("after_midnight", False),
            "kind": kind,
            "on_breach": NodeBreach.CRITICAL if kind == NodeKind.WINDOW else NodeBreach.WARNING,
            "meaning_zh": facts["zh"],
            "meaning_en": facts["en"],
            "source": facts["source"],
        },
    )
    return int(new)
