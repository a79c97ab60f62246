"""Several tickets at once for programs: tried without a trace, or with `sure` done for good, with an outcome for each."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.errors import NotFound
from apps.people.selectors import signed_in
from apps.tickets.actions import Outcome, edit_tickets
from apps.tickets.core.naming import read_name
from apps.tickets.core.sheets import guessed
from apps.tickets.forms.rows import raise_rows
from apps.tickets.models import Ticket
from apps.tickets.selectors.custom_fields import custom_words
from apps.tickets.selectors.lists import tickets_named
from apps.tickets.selectors.releases import release_for
from apps.tickets.serializers import TicketsImportIn, TicketsImportOut, TicketsTogetherIn, TicketsTogetherOut


class TicketsTogether(APIView):
    @extend_schema(operation_id="tickets_together", request=TicketsTogetherIn, responses=TicketsTogetherOut)
    def post(self, request: Request) -> Response:
        """Says the same of several tickets. Each is edited by itself; what is refused stops none of the others."""
        person = signed_in(request)
        said = TicketsTogetherIn(data=request.data)
        said.is_valid(raise_exception=True)
        facts = dict(said.validated_data)
        names, sure, labels = list(dict.fromkeys(facts.pop("tickets"))), facts.pop("sure"), facts.pop("add_labels")
        if facts.get("in_release") is not None:
            facts["in_release"] = release_for(person, facts["in_release"])
        known = tickets_named(person, names)
        found = {name: ticket for name in names if (ticket := known.get(read_name(name))) is not None}
        keys = list(dict.fromkeys(ticket.pk for ticket in found.values()))
        told = edit_tickets(ticket_ids=keys, facts=facts, labels=labels, actor=person, sure=sure)
        became = dict(zip(keys, told, strict=True))
        rows = [(name, found[name], became[found[name].pk]) if name in found else (name, None, _unknown()) for name in names]
        results = [
            {"name": ticket.name if ticket else name, "title": ticket.title if ticket else "", **_facts(outcome)}
            for name, ticket, outcome in rows
        ]
        return Response(TicketsTogetherOut({"sure": sure, "counts": _counts(results), "results": results}).data)


class TicketsImport(APIView):
    @extend_schema(operation_id="tickets_import", request=TicketsImportIn, responses=TicketsImportOut)
    def post(self, request: Request) -> Response:
        """Raises a ticket for each row of a sheet, whose first row names the columns. What is refused stops no other row.

        Without `columns` the names say what the columns mean; the answer tells what was understood."""
        person = signed_in(request)
        said = TicketsImportIn(data=request.data)
        said.is_valid(raise_exception=True)
        rows, sure = said.validated_data["rows"], said.validated_data["sure"]
        columns = said.validated_data.get("columns") or guessed(rows[0], custom_words())
        told = raise_rows(person, rows, columns, sure=sure)
        results = [{"row": number, "title": title, **_raised(outcome, sure=sure)} for number, title, outcome in told]
        return Response(TicketsImportOut({"sure": sure, "columns": columns, "counts": _counts(results), "results": results}).data)


def _unknown() -> Outcome:
    return Outcome(refusal=str(NotFound(what=Ticket._meta.verbose_name)))


def _facts(outcome: Outcome) -> dict[str, Any]:
    return {"result": outcome.result, "differs": outcome.fields, "refusal": outcome.refusal}


def _raised(outcome: Outcome, *, sure: bool) -> dict[str, Any]:
    # A number that was only tried belongs to nobody: it may be another ticket's by the time it is done.
    name = outcome.ticket.name if sure and outcome.ticket else None
    return {"name": name, "result": outcome.result, "refusal": outcome.refusal}


def _counts(results: Sequence[dict[str, Any]]) -> dict[str, int]:
    counted = Counter(row["result"] for row in results)
    return {"total": len(results), **{name: counted[name] for name in ("done", "same", "refused")}}
