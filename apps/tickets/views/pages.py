"""The pages of one ticket. They parse, call one action, and answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError, NotPermitted
from apps.people.models import User
from apps.people.selectors import lines_visible_to, signed_in
from apps.people.states import Right
from apps.tickets import selectors
from apps.tickets.actions import (
    edit_ticket,
    link_thing,
    move_ticket,
    part_tickets,
    raise_ticket,
    relate_tickets,
    unlink_thing,
    watch_ticket,
)
from apps.tickets.errors import ExternalNumberTaken
from apps.tickets.forms import EditForm, MoveForm, RelationForm, TicketForm
from apps.tickets.forms.linking import LinkForm
from apps.tickets.models import Ticket
from apps.tickets.selectors.custom_fields import fields_of, shown_of
from apps.tickets.selectors.history import history_of
from apps.tickets.selectors.links import links_by_hand, links_of, related_to
from apps.tickets.states import OPEN, RULES, LinkedKind, Move, RelationKind


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_ticket(request: HttpRequest) -> HttpResponse:
    """The form of a new ticket. What is refused stands beside its field, and nothing that was typed is lost."""
    person = signed_in(request)
    form, status = TicketForm(request.POST or None, lines=lines_visible_to(person)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            facts = {name: value for name, value in form.plain_facts().items() if name != "line"}
            try:
                ticket = raise_ticket(line_id=form.cleaned_data["line"].pk, actor=person, **facts)
            except DomainError as refusal:
                form.add_error("external_number" if isinstance(refusal, ExternalNumberTaken) else None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("%(ticket)s has been raised.") % {"ticket": ticket.name})
                return redirect("ticket", name=ticket.name)
    if "part" in request.GET:
        form = TicketForm(initial=request.GET.dict(), lines=lines_visible_to(person), custom={})
        form.ask_for(fields_of(request.GET.get("kind", "")))
        return render(request, "tickets/_custom_fields.html", {"form": form})
    return render(request, "tickets/new_ticket.html", {"form": form}, status=status)


@require_safe
@login_required
def tickets_like(request: HttpRequest) -> HttpResponse:
    """The open tickets that are like the title which is being typed: a part of the form."""
    title = request.GET.get("title", "")[:200]
    found = selectors.like(signed_in(request), title)
    return render(request, "tickets/_like.html", {"tickets": found, "title": title})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest, name: str) -> HttpResponse:
    """One ticket: what it says, what belongs to it, and the moves that this person may make."""
    person, position = signed_in(request), feed_position()
    found = selectors.ticket_for(person, name)
    refusal: DomainError | None = None
    status = 200
    if request.method == "POST":
        form = MoveForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                move_ticket(ticket_id=found.pk, actor=person, **form.cleaned_data)
            except DomainError as raised:
                refusal, status = raised, raised.http_status
                found = selectors.ticket_for(person, name)
            else:
                return redirect("ticket", name=found.name)
    is_part = request.headers.get("HX-Request") and request.method != "POST"
    context = {"feed_after": position, "refusal": refusal, **_context(request, found, person)}
    return render(request, "tickets/_ticket.html" if is_part else "tickets/ticket.html", context, status=status)


def _context(request: HttpRequest, found: Ticket, person: User) -> dict[str, Any]:
    approval = selectors.approval_of(found)
    moves = selectors.moves_for(person, found, approval)
    return {
        "ticket": found,
        "moves": [(move, RULES[move].needs_reason, move is Move.DUPLICATE) for move in moves],
        "approval": approval,
        "reason": request.POST.get("reason", ""),
        "history": history_of(found),
        "custom": shown_of(found),
        "helpers": list(found.helpers.order_by("pk")),
        "labels": list(found.labels.all()),
        "watches": found.watchers.filter(pk=person.pk).exists(),
        "may_edit": found.state in OPEN and selectors.may_edit(person, found),
        "related": related_to(person, found),
        "relation_form": RelationForm(),
        "links": links_of(person, found),
        "linked": links_by_hand(person, found),
        "link_form": LinkForm(auto_id="link-%s"),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """What a ticket says, who owns it and who helps."""
    person = signed_in(request)
    found = selectors.ticket_for(person, name)
    if not selectors.may_edit(person, found):
        raise NotPermitted(right=Right.EDIT.label, target=found.line)
    form, status = EditForm(request.POST or None, ticket=found), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                edit_ticket(ticket_id=found.pk, actor=person, **form.facts())
            except DomainError as refusal:
                form.add_error("external_number" if isinstance(refusal, ExternalNumberTaken) else None, str(refusal))
                status = refusal.http_status
            else:
                return redirect("ticket", name=found.name)
    return render(request, "tickets/edit_ticket.html", {"form": form, "ticket": found}, status=status)


@login_required
@require_POST
def relate(request: HttpRequest, name: str) -> HttpResponse:
    """Relates the ticket to another one, or takes a relation away; what is refused is said above the ticket."""
    person, position = signed_in(request), feed_position()
    found = selectors.ticket_for(person, name)
    form = RelationForm(request.POST)
    if not form.is_valid():
        return redirect("ticket", name=found.name)
    said = form.cleaned_data
    try:
        if said["part"]:
            part_tickets(ticket_id=found.pk, relation_id=said["part"], actor=person)
        else:
            relate_tickets(ticket_id=found.pk, kind=said["kind"] or RelationKind.BLOCKS, other=said["other"], actor=person)
    except DomainError as refusal:
        context = {"feed_after": position, **_context(request, found, person), "refusal": refusal, "relation_form": form}
        return render(request, "tickets/ticket.html", context, status=refusal.http_status)
    return redirect("ticket", name=found.name)


@login_required
@require_POST
def link(request: HttpRequest, name: str) -> HttpResponse:
    """Links a run, a step, a break, an alert or a journal entry to it, or takes a link away; what is refused is said above."""
    person, position = signed_in(request), feed_position()
    found = selectors.ticket_for(person, name)
    form = LinkForm(request.POST, auto_id="link-%s")
    if not form.is_valid():
        return redirect("ticket", name=found.name)
    said = form.cleaned_data
    try:
        if said["part"]:
            unlink_thing(ticket_id=found.pk, link_id=said["part"], actor=person)
        else:
            link_thing(ticket_id=found.pk, kind=said["kind"] or LinkedKind.RUN, subject=said["subject"] or 0, actor=person)
    except DomainError as refusal:
        context = {"feed_after": position, **_context(request, found, person), "refusal": refusal, "link_form": form}
        return render(request, "tickets/ticket.html", context, status=refusal.http_status)
    return redirect("ticket", name=found.name)


@login_required
@require_POST
def watch(request: HttpRequest, name: str) -> HttpResponse:
    """The person wants to know of it, or does not any more."""
    person = signed_in(request)
    found = selectors.ticket_for(person, name)
    watch_ticket(ticket_id=found.pk, actor=person, watches=request.POST.get("watches") == "1")
    return redirect("ticket", name=found.name)
