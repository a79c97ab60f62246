"""Triage: one submitted ticket after the other, without the mouse."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.selectors import lines_visible_to, people_with, signed_in
from apps.people.states import Right
from apps.tickets import selectors
from apps.tickets.actions import triage_ticket
from apps.tickets.forms import TicketFilter, TriageForm
from apps.tickets.models import Ticket
from apps.tickets.selectors.lists import to_triage
from apps.tickets.states import Priority, Severity


@require_safe
@login_required
def triage(request: HttpRequest) -> HttpResponse:
    """The oldest ticket that nobody has looked at, behind the one that was skipped."""
    person = signed_in(request)
    form = TicketFilter(request.GET)
    wanted = form.wanted()
    waiting = to_triage(person, wanted.line)
    found = waiting.filter(pk__gt=form.after() or 0).first()
    context = {"chosen": wanted, "left": waiting.count(), "lines": lines_visible_to(person), "ticket": found}
    return render(request, "tickets/triage.html", context | (_about(found, person) if found else {}))


@login_required
@require_http_methods(["POST"])
def triage_one(request: HttpRequest, name: str) -> HttpResponse:
    """Facts and a move of one ticket; the next one comes. What is refused shows the same one again with what was said."""
    person = signed_in(request)
    found = selectors.ticket_for(person, name)
    form, status = TriageForm(request.POST), 422
    wanted = TicketFilter(request.GET).wanted()
    if form.is_valid():
        try:
            moved = triage_ticket(ticket_id=found.pk, actor=person, **form.facts())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.http_status
        else:
            said = {"ticket": moved.name, "state": moved.get_state_display()}
            messages.success(request, _("%(ticket)s: %(state)s") % said)
            return redirect(f"{reverse('triage')}?line={wanted.line}&before={found.pk}")
    left = to_triage(person, wanted.line).count()
    context = {"form": form, "chosen": wanted, "left": left, "lines": lines_visible_to(person), "said": request.POST}
    return render(request, "tickets/triage.html", {**context, "ticket": found, **_about(found, person)}, status=status)


def _about(found: Ticket, person: User) -> dict[str, Any]:
    return {
        "people": people_with(Right.VIEW, found.line).order_by("display_name", "username"),
        "alike": [other for other in selectors.like(person, found.title) if other.pk != found.pk],
        "severities": Severity.choices,
        "priorities": Priority.choices,
        "labels": ", ".join(label.label for label in found.labels.all()),
    }
