"""Several tickets at once, edited or raised from a sheet: first what would become of each, then what did."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from apps.kernel.tables import BYTE_ORDER_MARK, csv_row
from apps.people.models import User
from apps.people.selectors import lines_visible_to, signed_in
from apps.tickets import selectors
from apps.tickets.actions import Outcome, edit_tickets
from apps.tickets.core.sheets import MEANINGS, guessed
from apps.tickets.forms import RowForm, SheetForm, TicketFilter, TogetherForm
from apps.tickets.forms.rows import custom_names, raise_rows
from apps.tickets.selectors.custom_fields import custom_words, fields_by_kind
from apps.tickets.selectors.lists import tickets_wanted
from apps.tickets.states import MOST_TOGETHER, OPEN

LONGEST_KEY = 18


@login_required
@require_http_methods(["GET", "POST"])
def together(request: HttpRequest) -> HttpResponse:
    """GET: the open tickets of the filter, to choose from. POST: what would become of each, then, with `sure`, what became."""
    person = signed_in(request)
    form = TogetherForm(request.POST or None, lines=lines_visible_to(person))
    keys = _keys(request.POST.getlist("ticket"))
    if request.method == "POST" and form.is_valid() and keys:
        sure = "sure" in request.POST
        # Read before anything is done: what is refused is named as well, and only to who sees it.
        known = {ticket.pk: ticket for ticket in selectors.tickets_for(person).filter(pk__in=keys)}
        keys = [key for key in keys if key in known]
        told = edit_tickets(ticket_ids=keys, facts=form.facts(), labels=form.labels_to_add(), actor=person, sure=sure)
        rows = [(known[key].name, known[key].title, outcome) for key, outcome in zip(keys, told, strict=True)]
        context = {**_outcomes(rows, sure), "keys": keys, "said": request.POST, "query": request.GET.urlencode()}
        return render(request, "tickets/together_outcomes.html", context)
    wanted = TicketFilter(request.GET).wanted()
    found = list(tickets_wanted(person, wanted).filter(state__in=OPEN)[: MOST_TOGETHER + 1])
    context = {
        "form": form,
        "tickets": found[:MOST_TOGETHER],
        "has_more": len(found) > MOST_TOGETHER,
        "most": MOST_TOGETHER,
        "picked": keys,
        "nothing_picked": request.method == "POST" and not keys,
    }
    return render(request, "tickets/together.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "POST"])
def import_tickets(request: HttpRequest) -> HttpResponse:
    """A sheet is brought, its columns are given their meaning, what would become of each row is shown, and then it is done."""
    person = signed_in(request)
    if "rows" not in request.POST:
        form = SheetForm(request.POST or None, request.FILES or None)
        if request.method == "GET" or not form.is_valid():
            return render(
                request, "tickets/import.html", {"form": form, "most": MOST_TOGETHER}, status=422 if form.errors else 200
            )
        rows = form.cleaned_data["rows"]
        return _tried(request, person, rows, guessed(rows[0], custom_words()), sure=False)
    rows = _rows_sent(request)
    if rows is None:
        return _asked(request, SheetForm({"pasted": ""}))
    return _tried(request, person, rows, request.POST.getlist("column"), sure="sure" in request.POST)


@login_required
@require_POST
def import_report(request: HttpRequest) -> HttpResponse:
    """The rows that would be refused, as a table with the reasons behind them: to be mended and brought again."""
    person = signed_in(request)
    rows = _rows_sent(request) or [[]]
    told = _numbered(person, rows, request.POST.getlist("column"), sure=False)
    refused = [[*rows[int(number) - 1], outcome.refusal] for number, _title, outcome in told if outcome.refusal]
    answer = HttpResponse(
        BYTE_ORDER_MARK + "".join(csv_row(row) for row in [[*rows[0], "!"], *refused]), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="refused.csv"'
    return answer


def _asked(request: HttpRequest, form: SheetForm) -> HttpResponse:
    return render(request, "tickets/import.html", {"form": form, "most": MOST_TOGETHER}, status=422 if form.errors else 200)


def _tried(request: HttpRequest, person: User, rows: list[list[str]], columns: list[str], *, sure: bool) -> HttpResponse:
    columns = (columns + [""] * len(rows[0]))[: len(rows[0])]
    told = _numbered(person, rows, columns, sure=sure)
    context = {
        **_outcomes(told, sure),
        "columns": list(zip(rows[0], columns, strict=True)),
        "meanings": [
            *((name, RowForm.base_fields[name].label or name) for name in MEANINGS),
            *custom_names(fields_by_kind()).items(),
        ],
        "rows": json.dumps(rows, ensure_ascii=False),
    }
    return render(request, "tickets/import_outcomes.html", context)


def _numbered(
    person: User, rows: Sequence[Sequence[str]], columns: Sequence[str], *, sure: bool
) -> list[tuple[str, str, Outcome]]:
    return [(str(number), title, outcome) for number, title, outcome in raise_rows(person, rows, columns, sure=sure)]


def _outcomes(rows: Sequence[tuple[str, str, Outcome]], sure: bool) -> dict[str, Any]:
    counts = Counter(outcome.result for _name, _title, outcome in rows)
    return {"outcomes": rows, "counts": counts, "total": len(rows), "sure": sure}


def _rows_sent(request: HttpRequest) -> list[list[str]] | None:
    """The sheet as the page before has kept it; None for anything else."""
    try:
        rows = json.loads(request.POST.get("rows", ""))
    except ValueError:
        return None
    is_sheet = isinstance(rows, list) and 1 < len(rows) <= MOST_TOGETHER + 1 and all(isinstance(row, list) for row in rows)
    if not is_sheet or len({len(row) for row in rows}) != 1:
        return None
    return [[str(cell).replace("\0", "") for cell in row] for row in rows]


def _keys(texts: Sequence[str]) -> list[int]:
    found = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY]
    return list(dict.fromkeys(found))[:MOST_TOGETHER]
