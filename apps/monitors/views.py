"""Pages about monitors. Thresholds are not set here: they come with changes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.changes.selectors.lifecycle import drafts_of, today
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError
from apps.monitors import selectors
from apps.monitors.actions import create_monitor, retire_monitor
from apps.monitors.forms import MonitorFilter, MonitorForm
from apps.people.selectors import lines_visible_to, lines_where, signed_in
from apps.people.states import Right
from apps.tickets.selectors.links import tickets_named


@require_safe
@login_required
def monitors(request: HttpRequest) -> HttpResponse:
    """Monitors of the person's lines as they stand now, the worst first; the filter is in the address."""
    person = signed_in(request)
    position = feed_position()
    wanted = MonitorFilter(request.GET)
    wanted.is_valid()
    chosen = {name: wanted.cleaned_data.get(name) or "" for name in ("show", "line", "after")}
    context = {
        "page": selectors.page_of(person, **chosen),
        "day": today(),
        "chosen": chosen,
        "lines": lines_visible_to(person),
        "may_keep": lines_where(person, Right.ADMINISTER).exists(),
        "feed_after": position,
    }
    return render(request, "monitors/_monitors.html" if _is_part(request) else "monitors/monitors.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_monitor(request: HttpRequest) -> HttpResponse:
    """The form of a monitor that is not there yet."""
    person = signed_in(request)
    lines = lines_where(person, Right.ADMINISTER)
    form, status = MonitorForm(request.POST or None, lines=lines), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            facts = dict(form.cleaned_data)
            try:
                made = create_monitor(line_id=facts.pop("line").pk, actor=person, **facts)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("“{name}” is watched. A change sets its thresholds.").format(name=made.name))
                return redirect("monitor", number=made.pk)
    return render(request, "monitors/new_monitor.html", {"form": form, "may_keep": lines.exists()}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def monitor(request: HttpRequest, number: int) -> HttpResponse:
    """One monitor: how it stands, its thresholds by date, and what was told of it. An administrator of the line retires it."""
    person = signed_in(request)
    position = feed_position()
    found = selectors.monitor_for(person, number)
    refused, status = "", 200
    if request.method == "POST":
        try:
            retire_monitor(monitor_id=number, actor=person, reason=request.POST.get("reason", "")[:500])
            return redirect("monitor", number=number)
        except DomainError as refusal:
            refused, status = str(refusal), refusal.http_status
    (standing,) = selectors.standings([found], today())
    context = {
        "one": standing,
        "day": today(),
        "thresholds": selectors.thresholds_of(found),
        "history": selectors.history_of(found),
        "tickets": tickets_named(person, alert=[found.pk]),
        "may_keep": found.retired_at is None and lines_where(person, Right.ADMINISTER).filter(pk=found.line_id).exists(),
        "drafts": list(drafts_of(person, found.line_id)[:5]) if found.retired_at is None else [],
        "refused": refused,
        "feed_after": position,
    }
    is_part = _is_part(request) and request.method != "POST"
    return render(request, "monitors/_monitor.html" if is_part else "monitors/monitor.html", context, status=status)


def _is_part(request: HttpRequest) -> bool:
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted
