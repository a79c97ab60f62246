"""Days of calendars as items. Calendars are of every line: who approves has to be able to do so everywhere."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.calendars.actions import put_record, require_calendar_keeper, take_record
from apps.calendars.models import Calendar, CalendarDay
from apps.calendars.selectors import calendar_named
from apps.changes.actions.kinds.base import PlainItems, moved
from apps.changes.conf import Effect, Words
from apps.changes.core.contents import DayContent
from apps.changes.errors import NothingToRemove
from apps.changes.models import Change, ChangeItem
from apps.people.models import User

FIELDS = ("is_open", "name_zh", "name_en", "source")


class DayItems(PlainItems):
    name = "calendar.day"
    label = gettext_lazy("calendar day")
    content = DayContent
    of_every_line = True

    def subject(self, content: DayContent) -> str:
        return f"{content.calendar} {content.day.isoformat()}"

    def require(self, content: DayContent, change: Change, actor: User) -> None:
        require_calendar_keeper(actor, calendar_named(content.calendar))

    def check(self, content: DayContent, change: Change) -> list[str]:
        if content.removed and not _rows(content).exists():
            return [_("There is no such exception in the calendar.")]
        return []

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        days: set[date] = {item.parsed.day for item in items}
        rows = CalendarDay.objects.filter(day__in=days).select_related("calendar")
        now = {f"{row.calendar.code} {row.day.isoformat()}": _values(row) for row in rows}
        names = {calendar.code: str(calendar) for calendar in Calendar.objects.all()}
        return [self._words(item, names, now.get(item.subject)) for item in items]

    def _words(self, item: ChangeItem, names: dict[str, str], now: dict[str, Any] | None) -> Words:
        content = item.parsed
        was = item.before["values"] if item.before is not None else now
        facts = {"calendar": names.get(content.calendar, content.calendar), "day": content.day.isoformat()}
        address = f"{reverse('calendar')}?month={content.day:%Y-%m}"
        if content.removed:
            return Words(_("{calendar}: {day} is as the weekday says").format(**facts), [], address)
        sentence = _("{calendar}: {day} is open") if content.is_open else _("{calendar}: {day} is closed")
        before = "" if was is None else _("open") if was["is_open"] else _("closed")
        after = _("open") if content.is_open else _("closed")
        return Words(sentence.format(**facts), [moved(_("written in the calendar"), before, after)], address)

    def lock(self, content: DayContent) -> None:
        Calendar.objects.select_for_update(no_key=True).get(code=content.calendar)

    def apply(self, content: DayContent, effect: Effect) -> Any:
        row = _rows(content).select_related("calendar").first()
        before = _values(row) if row is not None else None
        if content.removed:
            if row is None:
                raise NothingToRemove(what=self.subject(content))
            take_record(record=row, actor=effect.actor)
        else:
            row = row or CalendarDay(calendar=calendar_named(content.calendar), day=content.day)
            for name in FIELDS:
                setattr(row, name, getattr(content, name))
            put_record(record=row, actor=effect.actor)
        return {"values": before}

    def undo(self, content: DayContent, before: Any) -> dict[str, Any]:
        kept: dict[str, Any] = content.model_dump(mode="json")
        return kept | (before["values"] or {}) | {"removed": before["values"] is None}


def _rows(content: DayContent) -> Any:
    return CalendarDay.objects.filter(calendar__code=content.calendar, day=content.day)


def _values(row: CalendarDay) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}
