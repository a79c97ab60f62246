"""The calendar page: which days are open, how far that is published, and when the moments of a day are."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.calendars import selectors
from apps.calendars.conf import sections_of
from apps.calendars.errors import UnknownCalendar
from apps.calendars.models import Calendar
from apps.kernel import clock
from apps.people.selectors import signed_in

FIRST_YEAR, LAST_YEAR = 2000, 2099
DEFAULT_CODE = "CN-EX"


@login_required
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A month of one calendar and the time nodes of one day. Open to everybody who is signed in."""
    calendars = list(selectors.all_calendars())
    day = _day(request.GET.get("day", ""))
    shown = _month(request.GET.get("month", "")) or day.replace(day=1)
    chosen = _chosen(calendars, request.GET.get("calendar", ""))
    context: dict[str, Any] = {
        "calendars": calendars,
        "calendar": chosen,
        "month": shown,
        "day": day,
        "today": clock.market_date(),
    }
    if chosen:
        context |= {
            "weeks": selectors.month_of(chosen, shown),
            "previous": (shown - timedelta(days=1)).replace(day=1),
            "following": (shown + timedelta(days=31)).replace(day=1),
            "nodes": [(node, moment.astimezone(ZoneInfo(node.calendar.zone))) for node, moment in selectors.time_nodes_on(day)],
            "is_open": selectors.is_business_day(chosen.code, day),
            "status": selectors.status_of(chosen.code, day),
            "next_day": selectors.next_business_day(chosen.code, day),
            "sections": sections_of(chosen, day, signed_in(request)),
        }
    return render(request, "calendars/calendar.html", context)


def _chosen(calendars: list[Calendar], code: str) -> Calendar | None:
    by_code = {calendar.code: calendar for calendar in calendars}
    if code and code not in by_code:
        raise Http404(str(UnknownCalendar(code=code)))
    return by_code.get(code or DEFAULT_CODE) or next(iter(calendars), None)


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return clock.market_date()
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else clock.market_date()
