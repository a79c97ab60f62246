"""What can be read about tickets. Every list is filtered by the lines a person may see."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.approvals.models import Approval
from apps.approvals.states import ENDED as DECIDED_STATES
from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.people.selectors import Held, lines_to_view, lines_visible_to, rights_of
from apps.people.states import Right
from apps.tickets.core.likeness import asked_of, enough
from apps.tickets.core.naming import read_name
from apps.tickets.models import Mark, Ticket
from apps.tickets.states import DECIDED, OPEN, RULES, TICKET, Move, TicketState

PAGE = 50
MOST_LIKE = 5


def tickets_for(person: User, held: Held | None = None, *, state: str = "", line: str = "") -> QuerySet[Ticket]:
    """Newest first; `state` is a state or "open". `held`: their rights, when they are known."""
    found = Ticket.objects.filter(line__in=lines_to_view(person, held))
    if state == "open":
        found = found.filter(state__in=OPEN)
    elif state:
        found = found.filter(state=state)
    if line:
        found = found.filter(line__code=line)
    return found.select_related("line", "submitter", "owner").order_by("-pk")


def ticket_for(person: User, name: str) -> Ticket:
    """The ticket of this name, or NotFound when it is not there or not for this person."""
    read = read_name(name)
    found = None
    if read is not None:
        facts = {"kind": read.kind, "year": read.year, "number": read.number}
        found = tickets_for(person).select_related("duplicate_of", "approver", "in_release").filter(**facts).first()
    if found is None:
        raise NotFound(what=_("ticket"))
    return found


def like(person: User, title: str) -> list[Ticket]:
    """Open tickets whose titles are like this one, the most alike first, MOST_LIKE at most. Three queries."""
    marks = asked_of(title)
    if not marks:
        return []
    lines = list(lines_visible_to(person).order_by().values_list("pk", flat=True))
    shared = (
        Mark.objects.filter(mark__in=marks, line__in=lines)
        .values("ticket")
        .annotate(shared=Count("pk"))
        .filter(shared__gte=enough(len(marks)))
        .order_by("-shared", "-ticket")[:MOST_LIKE]
    )
    order = [row["ticket"] for row in shared]
    found = Ticket.objects.select_related("line").in_bulk(order) if order else {}
    return [found[key] for key in order]


def approval_of(ticket: Ticket) -> Approval | None:
    """What decides on it now, by the flow of its line; None where one person decides on its own page. One query at most."""
    if ticket.state not in (TicketState.TRIAGED, TicketState.WAITING):
        return None
    under_way = Approval.objects.filter(kind=TICKET, subject=ticket.pk, path__flow__gt=0)
    return under_way.exclude(state__in=DECIDED_STATES).first()


def moves_for(person: User, ticket: Ticket, approval: Approval | None = None) -> list[Move]:
    """What the person may do with it now, on its own page. One query."""
    rights = rights_of(person).on(ticket.line_id)
    fits = [move for move, rule in RULES.items() if rule.allows(ticket.kind, ticket.state) and rule.right in rights]
    if ticket.state == TicketState.TRIAGED and (approval is not None or ticket.submitter_id == person.pk):
        return [move for move in fits if move not in DECIDED]
    return fits


def may_edit(person: User, ticket: Ticket) -> bool:
    """Who writes processes of the line, and who raised it until it is triaged. One query."""
    if ticket.submitter_id == person.pk and ticket.state == TicketState.SUBMITTED:
        return True
    return Right.EDIT in rights_of(person).on(ticket.line_id)
