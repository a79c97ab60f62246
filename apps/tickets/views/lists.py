"""Tickets in lists: the table, the board, by age, by due date; and the lists that somebody keeps."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.journal.selectors import feed_position
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.kernel.pages import cut
from apps.kernel.tables import BYTE_ORDER_MARK, csv_row
from apps.people.models import User
from apps.people.selectors import lines_visible_to, signed_in
from apps.tickets import selectors
from apps.tickets.actions import forget_view, save_view
from apps.tickets.forms import TicketFilter, ViewForm
from apps.tickets.selectors import lists
from apps.tickets.selectors.custom_fields import codes_in_use, names_in_use
from apps.tickets.states import RULES, Kind, Move, Priority, TicketState


@require_safe
@login_required
def tickets(request: HttpRequest) -> HttpResponse:
    """Tickets of the lines that the person may see, the open ones first asked for; filters, columns and page in the address."""
    person, position = signed_in(request), feed_position()
    asked = request.GET if "state" in request.GET else {**request.GET.dict(), "state": "open"}
    form = TicketFilter(asked)
    wanted = form.wanted()
    key = form.after()
    after = selectors.tickets_for(person).filter(pk=key).first() if key else None
    page = cut(lists.tickets_wanted(person, wanted, after), selectors.PAGE)
    context: dict[str, Any] = {
        "feed_after": position,
        "tickets": page.rows,
        "following": page.last.pk if page.last else None,
        "chosen": wanted,
        "columns": lists.columns_of(request.GET.getlist("columns")),
        "now": clock.now(),
    }
    if request.headers.get("HX-Request"):
        return render(request, "tickets/_table.html", context)
    context |= {**_choices(person), "views": lists.saved_views(person)}
    context |= {"all_columns": lists.COLUMNS.items(), "custom": names_in_use()}
    return render(request, "tickets/tickets.html", context)


@require_safe
@login_required
def tickets_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole list as a table for other programs, with every column."""
    person = signed_in(request)
    answer = StreamingHttpResponse(_rows(person, TicketFilter(request.GET).wanted()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="tickets.csv"'
    return answer


def _rows(person: User, wanted: lists.Wanted) -> Iterator[str]:
    now, codes = clock.now(), codes_in_use()
    yield BYTE_ORDER_MARK + csv_row(["number", *lists.COLUMNS, *codes])
    for ticket in lists.told_in_order(person, wanted):
        custom = {row.field.code: row.value for row in ticket.custom_values.all()}
        yield csv_row([ticket.name, *lists.cells_of(ticket, now), *(custom.get(code, "") for code in codes)])


def _choices(person: User) -> dict[str, Any]:
    return {
        "states": TicketState.choices,
        "kinds": Kind.choices,
        "priorities": Priority.choices,
        "mine": lists.MINE.items(),
        "orders": lists.ORDERS.items(),
        "lines": lines_visible_to(person),
    }


@login_required
@require_POST
def ticket_views(request: HttpRequest) -> HttpResponse:
    """Keeps the list that the person looks at, or forgets one."""
    person = signed_in(request)
    form = ViewForm(request.POST)
    if not form.is_valid():
        return redirect("tickets")
    said = form.cleaned_data
    try:
        if said["forget"]:
            forget_view(view_id=said["forget"], actor=person)
        elif said["name"].strip():
            save_view(name=said["name"], query=said["query"].lstrip("?"), actor=person)
    except DomainError as refusal:
        return render(request, "tickets/view_refused.html", {"refusal": refusal}, status=refusal.http_status)
    return redirect(f"{reverse('tickets')}?{said['query'].lstrip('?')}")


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Open tickets by state. Who may move a card drags it, or takes it along with the arrow keys."""
    person, position = signed_in(request), feed_position()
    wanted = TicketFilter(request.GET).wanted()
    context = {
        "feed_after": position,
        "columns": lists.board_of(person, wanted),
        "chosen": wanted,
        "asking": " ".join(move.value for move in Move if RULES[move].needs_reason),
        "now": clock.now(),
    }
    if request.headers.get("HX-Request"):
        return render(request, "tickets/_board.html", context)
    return render(request, "tickets/board.html", {**context, **_choices(person)})


@require_safe
@login_required
def ages(request: HttpRequest) -> HttpResponse:
    """How long open tickets have been open, by state."""
    person, position = signed_in(request), feed_position()
    wanted = TicketFilter(request.GET).wanted()
    rows = lists.ages_of(person, wanted.line)
    first, *middle = lists.AGES
    context = {
        "feed_after": position,
        "rows": rows,
        "edges": [(0, first), *zip((first, *middle), (*middle, None), strict=True)],
        "chosen": wanted,
        "lines": lines_visible_to(person),
    }
    return render(request, "tickets/_ages.html" if request.headers.get("HX-Request") else "tickets/ages.html", context)


@require_safe
@login_required
def due(request: HttpRequest) -> HttpResponse:
    """A month with the tickets that are due in it; what is promised to a client says so."""
    person, position = signed_in(request), feed_position()
    wanted = TicketFilter(request.GET).wanted()
    first = _month(request.GET.get("month", ""))
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    found = lists.due_between(person, weeks[0][0], weeks[-1][-1], wanted.line)
    context = {
        "feed_after": position,
        "first": first,
        "previous": first - timedelta(days=1),
        "following": first + timedelta(days=31),
        "weeks": [[(day, found.get(day, [])) for day in week] for week in weeks],
        "weekdays": weeks[0],
        "today": clock.market_date(),
        "chosen": wanted,
        "lines": lines_visible_to(person),
    }
    return render(request, "tickets/_due.html" if request.headers.get("HX-Request") else "tickets/due.html", context)


def _month(text: str) -> date:
    """The first day of the month that the address names, else of this one."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.market_date().replace(day=1)
    return found if 2000 <= found.year < 2100 else clock.market_date().replace(day=1)
