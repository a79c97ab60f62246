"""The shortest way to another day in a calendar: one change with this day in it, submitted at once."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from apps.calendars.models import Calendar
from apps.calendars.selectors import calendar_named
from apps.changes.actions.deciding import submit_change
from apps.changes.actions.editing import add_item, create_change
from apps.changes.errors import AlreadyProposed, DateUnusable
from apps.changes.models import Change
from apps.changes.selectors.days import DAY_ITEM, proposed_already
from apps.changes.selectors.lifecycle import next_effective_date, today
from apps.changes.states import Urgency
from apps.people.models import User


@transaction.atomic
def propose_day(*, calendar: str, day: date, is_open: bool, line_id: int, reason: str, actor: User, **names: str) -> Change:
    """Writes a day to come as open or closed once others have agreed, on the path of the line's changes.

    It takes effect on the next business day, or, when the day itself is no later, at once, as an emergency. `names` are
    name_zh, name_en and source. Raises UnknownCalendar, NotPermitted, DateUnusable, AlreadyProposed, and what submitting raises.
    """
    written = calendar_named(calendar)
    if day <= today():
        raise DateUnusable(problem=_("business date {day} has begun; choose a later one.").format(day=day.isoformat()))
    effective = next_effective_date()
    is_urgent = effective is None or effective >= day
    change = create_change(
        line_id=line_id,
        actor=actor,
        title=_title(written, day, is_open),
        reason=reason,
        kind=Urgency.EMERGENCY if is_urgent else Urgency.NORMAL,
        effective_date=None if is_urgent else effective,
    )
    content = {"calendar": calendar, "day": day.isoformat(), "is_open": is_open, **names}
    item = add_item(change_id=change.pk, kind=DAY_ITEM, content=content, actor=actor)
    if (other := proposed_already(item.subject, beside=change.pk)) is not None:
        raise AlreadyProposed(what=item.subject, change=other.pk)
    return submit_change(change_id=change.pk, actor=actor)


def _title(calendar: Calendar, day: date, is_open: bool) -> str:
    sentence = _("{calendar}: {day} is open") if is_open else _("{calendar}: {day} is closed")
    return sentence.format(calendar=calendar, day=day.isoformat())
