"""One thread through everything: what belongs to the same matter as a thing, and each entry of the journal by itself."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.desk.forms import TicketNameForm
from apps.desk.selectors import story_of
from apps.desk.selectors.entries import entry_for, subject_of
from apps.desk.selectors.thread import thread_of
from apps.kernel.errors import DomainError, NotFound
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right
from apps.tickets.actions import link_thing
from apps.tickets.selectors import ticket_for
from apps.tickets.selectors.links import tickets_named
from apps.tickets.states import LinkedKind


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """Everything about the same matter, one click away; who writes processes links the thing to a ticket here."""
    person = signed_in(request)
    found = thread_of(person, kind, key)
    form, status = TicketNameForm(request.POST or None), 200
    if request.method == "POST" and kind not in LinkedKind.values:
        raise NotFound(what=_("link"))
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ticket = ticket_for(person, form.cleaned_data["ticket"])
                link_thing(ticket_id=ticket.pk, kind=kind, subject=key, actor=person)
            except DomainError as refusal:
                form.add_error("ticket", str(refusal))
                status = refusal.http_status
            else:
                return redirect("thread", kind=kind, key=key)
    may_link = kind in LinkedKind.values and lines_where(person, Right.EDIT).exists()
    return render(request, "desk/thread.html", {"thread": found, "form": form, "may_link": may_link}, status=status)


@require_safe
@login_required
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One entry of the journal: what it says, what it is about, and the tickets that it was linked to."""
    person = signed_in(request)
    found = entry_for(person, entry_id)
    context = {
        "entry": found,
        "story": story_of(found, {}),
        "subject": subject_of(person, found),
        "facts": sorted(found.data.items()),
        "tickets": tickets_named(person, entry=[found.pk]),
    }
    return render(request, "desk/journal_entry.html", context)
