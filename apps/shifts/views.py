"""Pages of the roster and of hand-overs."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.changes.selectors.lifecycle import today
from apps.journal.selectors import feed_position
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotFound
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to, lines_where, signed_in
from apps.people.states import Right
from apps.shifts import actions, selectors
from apps.shifts.actions.handing import seen_of
from apps.shifts.core.hours import FIRST_DAY, LAST_DAY, monday_of
from apps.shifts.forms import CoverageForm, DutyForm, HandoverFilter, WeekFilter
from apps.shifts.models import Coverage, Duty, Shift


@require_safe
@login_required
def roster(request: HttpRequest) -> HttpResponse:
    """Who is on which shift, by week, and what is missing; week and line are in the address."""
    person, position = signed_in(request), feed_position()
    wanted = WeekFilter(request.GET)
    wanted.is_valid()
    chosen = {name: wanted.cleaned_data.get(name) or "" for name in ("line", "after")}
    week = selectors.week_for(person, monday_of(wanted.cleaned_data.get("week") or clock.market_date()), **chosen)
    kept = {line.pk for line in lines_where(person, Right.ADMINISTER)}
    context = {
        "week": week,
        "today": clock.market_date(),
        "before": week.monday - timedelta(days=7),
        "following": week.monday + timedelta(days=7),
        "chosen": chosen,
        "lines": list(lines_visible_to(person)),
        "kept": kept,
        "feed_after": position,
    }
    return render(request, "shifts/_roster.html" if _is_part(request) else "shifts/roster.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def coverage(request: HttpRequest, line: str) -> HttpResponse:
    """Which shifts serve a line. Its administrators say so."""
    person = signed_in(request)
    found = _line(person, line)
    form, refused, status = CoverageForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        try:
            if request.POST.get("work") == "drop":
                actions.drop_coverage(line_id=found.pk, shift_id=_shift(request.POST.get("shift", "")).pk, actor=person)
                return redirect("roster-coverage", line=line)
            if form.is_valid():
                chosen = form.cleaned_data
                actions.set_coverage(line_id=found.pk, shift_id=chosen["shift"].pk, on_site=chosen["on_site"], actor=person)
                return redirect("roster-coverage", line=line)
        except DomainError as refusal:
            refused, status = str(refusal), refusal.http_status
    context = {
        "line": found,
        "form": form if refused or request.method == "POST" else CoverageForm(),
        "served": list(selectors.coverages_for(person).filter(line=found)),
        "any_shift": Shift.objects.filter(active=True).exists(),
        "may_keep": _keeps(person, found),
        "refused": refused,
    }
    return render(request, "shifts/coverage.html", context, status=status)


@login_required
@require_POST
def copy(request: HttpRequest, line: str) -> HttpResponse:
    """Plans a week of a line as the one before."""
    person = signed_in(request)
    found = _line(person, line)
    monday = monday_of(_day(request.POST.get("week", "")))
    copied = actions.copy_week(line_id=found.pk, monday=monday, actor=person)
    told = ngettext("{count} duty planned as last week.", "{count} duties planned as last week.", copied.planned)
    messages.success(request, told.format(count=copied.planned))
    for sentence in copied.left_out[:5]:
        messages.warning(request, sentence)
    if len(copied.left_out) > 5:
        messages.warning(request, _("And {count} more were left out.").format(count=len(copied.left_out) - 5))
    return redirect(f"{reverse('roster')}?{urlencode({'week': monday.isoformat(), 'line': line})}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, line: str, shift: str, day: str) -> HttpResponse:
    """One shift of a line on a day: who is planned, and a form for one more."""
    person, on = signed_in(request), _day(day)
    found = selectors.coverage_for(person, line, shift)
    form, status = DutyForm(request.POST or None, coverage=found), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.plan_duty(line_id=found.line_id, shift_id=found.shift_id, day=on, actor=person, **form.facts())
                return redirect("roster-place", line=line, shift=shift, day=day)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
    return _place_page(request, person, found, on, form, status)


@login_required
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Takes somebody off a shift."""
    person = signed_in(request)
    duty = Duty.objects.filter(line__in=lines_visible_to(person), pk=number).select_related("line", "shift").first()
    if duty is None:
        raise NotFound(what=Duty._meta.verbose_name)
    actions.remove_duty(duty_id=number, actor=person)
    return redirect("roster-place", line=duty.line.code, shift=duty.shift.code, day=duty.business_date.isoformat())


@require_safe
@login_required
def handovers(request: HttpRequest) -> HttpResponse:
    """Hand-overs of the person's lines, newest first, and above them what waits for this person's signature."""
    person, position = signed_in(request), feed_position()
    wanted = HandoverFilter(request.GET)
    wanted.is_valid()
    chosen = {name: wanted.cleaned_data.get(name) or "" for name in ("line", "show")}
    context = {
        "page": selectors.page_of(person, **chosen, before=wanted.cleaned_data.get("before")),
        "due": selectors.to_hand_over(person),
        "to_take": selectors.to_take(person),
        "chosen": chosen,
        "lines": list(lines_visible_to(person)),
        "feed_after": position,
    }
    return render(request, "shifts/_handovers.html" if _is_part(request) else "shifts/handovers.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, line: str, shift: str, day: str) -> HttpResponse:
    """What is true of a line now, as the next shift will read it; signed, it is frozen."""
    person, on, position = signed_in(request), _day(day), feed_position()
    found = selectors.coverage_for(person, line, shift)
    refused, status = "", 200
    if request.method == "POST":
        facts = {"seen": request.POST.get("seen", "")[:64], "notes": request.POST.get("notes", "")[:4000]}
        try:
            given = actions.give_handover(line_id=found.line_id, shift_id=found.shift_id, day=on, actor=person, **facts)
        except DomainError as refusal:
            refused, status = str(refusal), refusal.http_status
        else:
            messages.success(request, _("Signed. The next shift signs it as well."))
            return redirect("handover", number=given.pk)
    following = selectors.next_shift(found.line, found.shift, on)
    contents = selectors.report_of(found.line, today(), following, person)
    context = {
        "coverage": found,
        "day": on,
        "following": following,
        "parts": selectors.parts_of(contents),
        "at": clock.now(),
        "seen": seen_of(contents),
        "given": selectors.handovers_for(person).filter(line=found.line, shift=found.shift, business_date=on).first(),
        "may_give": selectors.may_give(person, found.line, found.shift, on),
        "notes": request.POST.get("notes", ""),
        "refused": refused,
        "feed_after": position,
    }
    is_part = _is_part(request) and request.method != "POST"
    return render(request, "shifts/_report.html" if is_part else "shifts/give.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, number: int) -> HttpResponse:
    """One hand-over as it was frozen; whoever takes it acknowledges what is red and signs. The part is its signatures."""
    person, position = signed_in(request), feed_position()
    found = selectors.handover_for(person, number)
    refused, status = "", 200
    if request.method == "POST":
        ticked, remarks = request.POST.getlist("acknowledged")[:2000], request.POST.get("remarks", "")[:4000]
        try:
            actions.take_handover(handover_id=number, acknowledged=ticked, remarks=remarks, actor=person)
        except DomainError as refusal:
            refused, status = str(refusal), refusal.http_status
        else:
            messages.success(request, _("Both sides have signed."))
            return redirect("handover", number=number)
    context = {
        "handover": found,
        "parts": selectors.parts_of(found.contents),
        "may_take": selectors.may_take(person, found),
        "ticked": set(request.POST.getlist("acknowledged")) if refused else set(),
        "remarks": request.POST.get("remarks", "") if refused else "",
        "refused": refused,
        "feed_after": position,
    }
    is_part = _is_part(request) and request.method != "POST"
    return render(request, "shifts/_signatures.html" if is_part else "shifts/handover.html", context, status=status)


def _place_page(request: HttpRequest, person: User, found: Coverage, on: date, form: DutyForm, status: int) -> HttpResponse:
    context: dict[str, Any] = {
        "cell": selectors.cell_of(found, on),
        "monday": monday_of(on),
        "form": form,
        "may_keep": _keeps(person, found.line),
    }
    return render(request, "shifts/place.html", context, status=status)


def _keeps(person: User, line: BusinessLine) -> bool:
    return lines_where(person, Right.ADMINISTER).filter(pk=line.pk).exists()


def _line(person: User, code: str) -> BusinessLine:
    found = lines_visible_to(person).filter(code=code).first()
    if found is None:
        raise NotFound(what=BusinessLine._meta.verbose_name)
    return found


def _shift(code: str) -> Shift:
    found = Shift.objects.filter(code=code[:40]).first()
    if found is None:
        raise NotFound(what=Shift._meta.verbose_name)
    return found


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise NotFound(what=_("day"))
    return day


def _is_part(request: HttpRequest) -> bool:
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted
