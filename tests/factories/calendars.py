"""Calendars for tests that care about days."""

from datetime import date, time
from typing import Any

from apps.calendars.models import Calendar, CalendarDay, TimeNode


def make_calendar(code: str = "TEST", **facts: Any) -> Calendar:
    return Calendar.objects.create(
        **{
            "code": code,
            "name_zh": code,
            "name_en": code,
            "official_from": date(2026, 1, 1),
            "official_until": date(2026, 12, 31),
            **facts,
        }
    )


def close_day(calendar: Calendar, day: date, *, is_open: bool = False) -> CalendarDay:
    return CalendarDay.objects.create(calendar=calendar, day=day, is_open=is_open, source="test")


def make_time_node(key: str, at: time, *, calendar: Calendar, **facts: Any) -> TimeNode:
    return TimeNode.objects.create(
        **{
            "key": key,
            "time": at,
            "calendar": calendar,
            "kind": "S",
            "meaning_zh": key,
            "meaning_en": key,
            "source": "test",
            "valid_from": date(2024, 1, 1),
            **facts,
        }
    )
