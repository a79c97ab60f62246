"""What the verbs of tickets share."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine, User
from apps.people.selectors import people_with
from apps.people.states import Right
from apps.tickets.core.likeness import marks_of
from apps.tickets.errors import TooManyLabels
from apps.tickets.models import Mark, Ticket
from apps.tickets.states import MOST_LABELS


def locked_ticket(ticket_id: int) -> Ticket:
    """The ticket with its row locked. Raises NotFound."""
    held = Ticket.objects.select_for_update(of=("self",)).select_related("line", "submitter", "owner")
    found = held.filter(pk=ticket_id).first()
    if found is None:
        raise NotFound(what=_("ticket"))
    return found


def person_on(line: BusinessLine, username: str) -> User:
    """An active person who sees the line. Raises NotFound."""
    found = people_with(Right.VIEW, line).filter(username=username.strip()).first()
    if found is None:
        raise NotFound(what=_("person"))
    return found


def people_on(line: BusinessLine, usernames: Iterable[str]) -> list[User]:
    """These people, each once; all of them see the line. Raises NotFound."""
    wanted = {name.strip() for name in usernames if name.strip()}
    found = list(people_with(Right.VIEW, line).filter(username__in=wanted)) if wanted else []
    if len(found) != len(wanted):
        raise NotFound(what=_("person"))
    return found


def clean_labels(labels: Iterable[str]) -> list[str]:
    """Without blanks at the ends and repetitions, in order."""
    found = sorted({label.strip()[:40] for label in labels if label.strip()})
    if len(found) > MOST_LABELS:
        raise TooManyLabels(most=MOST_LABELS)
    return found


def mark_title(ticket: Ticket) -> None:
    """Keeps by what an open ticket is found while somebody types a title."""
    marks = sorted(marks_of(ticket.title))
    Mark.objects.bulk_create(Mark(ticket=ticket, line_id=ticket.line_id, mark=mark) for mark in marks)
