"""Another day in a calendar: what it would touch, and the change that proposes it. Only who keeps calendars proposes."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.calendars.actions import require_calendar_keeper
from apps.calendars.models import Calendar
from apps.calendars.selectors import calendar_named
from apps.changes import actions
from apps.changes.forms import ProposedDayForm
from apps.changes.selectors.days import effect_of_day, proposed_already
from apps.changes.selectors.lifecycle import next_effective_date, today
from apps.kernel.errors import DomainError, NotPermitted
from apps.people.models import BusinessLine, User
from apps.people.selectors import signed_in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_day(request: HttpRequest) -> HttpResponse:
    """The proposal of a day by itself, as the calendar page shows it below the month; POST submits it."""
    person = signed_in(request)
    calendar = calendar_named(request.POST.get("calendar") or request.GET.get("calendar", ""))
    require_calendar_keeper(person, calendar)
    day = _day(request.POST.get("day") or request.GET.get("day", ""))
    form, status = _form(calendar, day, request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change = actions.propose_day(actor=person, **form.words())
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Submitted: it holds as soon as somebody else has agreed and its date has come."))
                return redirect("change", change_id=change.pk)
    section = _context(calendar, day, person, form)
    return render(request, "changes/propose_day.html", {"section": section, "calendar": calendar, "day": day}, status=status)


def proposal_section(calendar: Calendar, day: date, reader: User) -> dict[str, Any] | None:
    """What the calendar page shows of a day to come to who keeps calendars: what the other state would touch, and the form."""
    try:
        require_calendar_keeper(reader, calendar)
    except NotPermitted:
        return None
    if day <= today():
        return None
    return _context(calendar, day, reader, _form(calendar, day))


def _form(calendar: Calendar, day: date, given: Any = None) -> ProposedDayForm:
    lines = BusinessLine.objects.order_by("position", "code")
    return ProposedDayForm(given, lines=lines, initial={"calendar": calendar.code, "day": day.isoformat()})


def _context(calendar: Calendar, day: date, person: User, form: ProposedDayForm) -> dict[str, Any]:
    written = str(form.data.get("is_open", "")) if form.is_bound else ""
    effect = effect_of_day(person, calendar.code, day, written == "yes") if written else None
    if effect is None or effect.is_nothing:
        is_open = effect_of_day(person, calendar.code, day, True).was_open
        effect = effect_of_day(person, calendar.code, day, not is_open)
    effective = next_effective_date()
    form.fields["is_open"].initial = "yes" if effect.is_open else "no"
    return {
        "form": form,
        "effect": effect,
        "effective": effective if effective is not None and effective < day else None,
        "other": proposed_already(f"{calendar.code} {day.isoformat()}"),
        "has_begun": day <= today(),
    }


def _day(text: str) -> date:
    try:
        found = DateField().clean(text)
    except ValidationError as wrong:
        raise Http404 from wrong
    return found if isinstance(found, date) else today()
