"""Releases: the list, and one with what is left, its burn-down and its notes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError
from apps.kernel.pages import cut
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right
from apps.tickets.actions import end_release, plan_release
from apps.tickets.forms import ReleaseEndForm, ReleaseForm
from apps.tickets.selectors import PAGE
from apps.tickets.selectors import releases as selectors


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: HttpRequest) -> HttpResponse:
    """The newest releases of the lines that the person may see, and the form of another one."""
    person, position = signed_in(request), feed_position()
    lines = lines_where(person, Right.EDIT)
    form, status = ReleaseForm(request.POST or None, lines=lines), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = plan_release(line_id=said["line"].pk, name=said["name"], target_date=said["target_date"], actor=person)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                return redirect("release", release_id=made.pk)
    before = request.GET.get("before", "")
    found = selectors.releases_for(person)
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    page = cut(found, PAGE)
    context = {
        "feed_after": position,
        "form": form,
        "may_plan": lines.exists(),
        "releases": page.rows,
        "following": page.last.pk if page.last else None,
    }
    return render(request, "tickets/releases.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, release_id: int) -> HttpResponse:
    """One release; who publishes on its line says that it is released, or will not be."""
    person, position = signed_in(request), feed_position()
    found = selectors.release_for(person, release_id)
    refusal, status = "", 200
    if request.method == "POST":
        form, status = ReleaseEndForm(request.POST), 422
        if form.is_valid():
            try:
                end_release(release_id=found.pk, actor=person, **form.cleaned_data)
            except DomainError as raised:
                refusal, status = str(raised), raised.http_status
            else:
                return redirect("release", release_id=found.pk)
    tickets = selectors.tickets_of(found)
    context = {
        "feed_after": position,
        "release": found,
        "tickets": tickets,
        "burn_down": selectors.burn_down(found, tickets),
        "notes": selectors.notes_of(tickets),
        "may_end": selectors.may_end(person, found),
        "refusal_said": refusal,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "tickets/release.html", context, status=status)
