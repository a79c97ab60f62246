"""What a ticket says and who cares for it. What is decided on stays as it is from triage on, unless the ticket comes back."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from apps.journal.actions import append
from apps.kernel.errors import StaleState
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right
from apps.tickets import events
from apps.tickets.actions.common import clean_labels, locked_ticket, mark_title, people_on, person_on
from apps.tickets.actions.custom_fields import fill_in
from apps.tickets.actions.raising import save_unless_taken
from apps.tickets.errors import BeingDecided, NoOpenRelease
from apps.tickets.models import Label, Mark, Release, Ticket
from apps.tickets.states import CONTENT, OPEN, PLANNED, ReleaseState, TicketState

PEOPLE = ("owner", "helpers", "labels")


@transaction.atomic
def edit_ticket(*, ticket_id: int, actor: User, **facts: Any) -> Ticket:
    """Other facts, by their names in CONTENT, PLANNED and PEOPLE; what is not named stays. People are given by user name,
    `custom_fields` as texts by code.

    Who writes processes of the line edits; who raised it as well, until it is triaged. Raises BeingDecided for what is decided
    on, StaleState for a ticket that has ended, ExternalNumberTaken.
    """
    return edited(ticket_id, actor, facts)[0]


def edited(ticket_id: int, actor: User, facts: dict[str, Any]) -> tuple[Ticket, dict[str, list[str]]]:
    """The same inside the caller's transaction, with what differs, as it was and as it is."""
    ticket = locked_ticket(ticket_id)
    _require_editor(ticket, actor)
    if ticket.state not in OPEN:
        raise StaleState(what=ticket.name, state=ticket.get_state_display())
    if facts.get("in_release") is not None:
        _require_open_release(ticket, facts["in_release"])
    differ = _set_columns(ticket, facts)
    if {*differ} & {*CONTENT} and not ticket.content_is_open:
        raise BeingDecided(ticket=ticket.name)
    if "owner" in facts and facts["owner"] != ticket.owner.username:
        owner = person_on(ticket.line, facts["owner"])
        differ["owner"], ticket.owner = [ticket.owner.username, owner.username], owner
    if differ:
        save_unless_taken(ticket, actor)
    if "title" in differ:
        Mark.objects.filter(ticket=ticket).delete()
        mark_title(ticket)
    if "helpers" in facts:
        differ |= _set_helpers(ticket, facts["helpers"])
    if "labels" in facts:
        differ |= _set_labels(ticket, facts["labels"])
    differ |= fill_in(ticket, facts.get("custom_fields") or {})
    if differ:
        append(events.TicketEdited(ticket=ticket.pk, name=ticket.name, line=ticket.line.code, fields=differ), actor=actor)
    return ticket, differ


@transaction.atomic
def watch_ticket(*, ticket_id: int, actor: User, watches: bool = True) -> Ticket:
    """Somebody who sees the line wants to know of the ticket, or does not any more. The journal has none of it."""
    ticket = locked_ticket(ticket_id)
    require(actor, Right.VIEW, ticket.line)
    if watches:
        ticket.watchers.add(actor)
    else:
        ticket.watchers.remove(actor)
    return ticket


def _require_editor(ticket: Ticket, actor: User) -> None:
    is_own = ticket.submitter_id == actor.pk and ticket.state == TicketState.SUBMITTED
    if not (is_own and may(actor, Right.VIEW, ticket.line)):
        require(actor, Right.EDIT, ticket.line)


def _require_open_release(ticket: Ticket, release: Release) -> None:
    # Locked: a release that ends at this moment has counted its tickets.
    fits = Release.objects.select_for_update().filter(pk=release.pk, line=ticket.line_id, state=ReleaseState.PLANNED).exists()
    if not fits and ticket.in_release_id != release.pk:
        raise NoOpenRelease(release=release)


def _set_columns(ticket: Ticket, facts: dict[str, Any]) -> dict[str, list[str]]:
    """Sets what is given among the plain facts; answers with what differs, as it was and as it is."""
    differ: dict[str, list[str]] = {}
    for name in (*CONTENT, *PLANNED):
        if name not in facts or name == "kind":
            continue
        new = facts[name].strip() if isinstance(facts[name], str) else facts[name]
        if name == "external_number":
            new = new or None
        before = getattr(ticket, name)
        if before != new:
            differ[name] = [_told(before), _told(new)]
            setattr(ticket, name, new)
    return differ


def _told(value: Any) -> str:
    return "" if value is None else str(value)


def _set_helpers(ticket: Ticket, usernames: Iterable[str]) -> dict[str, list[str]]:
    before = {person.username: person for person in ticket.helpers.all()}
    after = {person.username: person for person in people_on(ticket.line, usernames)}
    if before.keys() == after.keys():
        return {}
    ticket.helpers.set(after.values())
    return {"helpers": [", ".join(sorted(before)), ", ".join(sorted(after))]}


def _set_labels(ticket: Ticket, labels: Collection[str]) -> dict[str, list[str]]:
    before, after = sorted(ticket.labels.values_list("label", flat=True)), clean_labels(labels)
    if before == after:
        return {}
    ticket.labels.exclude(label__in=after).delete()
    Label.objects.bulk_create(Label(ticket=ticket, label=label) for label in after if label not in before)
    return {"labels": [", ".join(before), ", ".join(after)]}
