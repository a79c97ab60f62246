"""Tickets for programs. Lists are paged by key: `?before=<name>`."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.selectors import lines_visible_to, signed_in
from apps.people.serializers import page_of
from apps.tickets import selectors
from apps.tickets.actions import edit_ticket, move_ticket, part_tickets, raise_ticket, relate_tickets, watch_ticket
from apps.tickets.forms import TicketFilter
from apps.tickets.selectors.links import related_to
from apps.tickets.selectors.lists import tickets_wanted
from apps.tickets.selectors.releases import release_for
from apps.tickets.serializers import (
    LikeOut,
    RelatedOut,
    RelationIn,
    TicketEditIn,
    TicketIn,
    TicketMoveIn,
    TicketOut,
    TicketWholeOut,
    WatchIn,
)
from apps.tickets.states import Move


class Tickets(APIView):
    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in TicketFilter.base_fields],
        operation_id="tickets_list",
        responses=page_of(TicketOut),
    )
    def get(self, request: Request) -> Response:
        """Tickets of the lines you may see, newest first; `state` may be `open`, `mine` own, work, watch or raised."""
        person = signed_in(request)
        before = request.query_params.get("before", "")
        names = [name for name in TicketFilter.base_fields if name != "before"]
        wanted = TicketFilter({name: request.query_params.get(name, "") for name in names}).wanted()
        after = selectors.ticket_for(person, before) if before else None
        rows = tickets_wanted(person, wanted, after)
        page = cut(rows.select_related("duplicate_of"), selectors.PAGE)
        more = f"?before={page.last.name}" if page.last else None
        return Response({"results": TicketOut(page.rows, many=True).data, "next": more})

    @extend_schema(request=TicketIn, responses={201: TicketOut})
    def post(self, request: Request) -> Response:
        """Raises a ticket; 409 when the external number belongs to another one."""
        person = signed_in(request)
        data = TicketIn(data=request.data)
        data.is_valid(raise_exception=True)
        facts = dict(data.validated_data)
        line = lines_visible_to(person).filter(code=facts.pop("line")).first()
        if line is None:
            raise NotFound(what=_("business line"))
        return Response(TicketOut(raise_ticket(line_id=line.pk, actor=person, **facts)).data, status=201)


class TicketDetail(APIView):
    @extend_schema(responses=TicketWholeOut)
    def get(self, request: Request, name: str) -> Response:
        """One ticket."""
        return Response(TicketWholeOut(selectors.ticket_for(signed_in(request), name)).data)

    @extend_schema(request=TicketEditIn, responses=TicketWholeOut)
    def patch(self, request: Request, name: str) -> Response:
        """Changes what is given; 409 for what is decided on, and for an external number of another ticket."""
        person = signed_in(request)
        found = selectors.ticket_for(person, name)
        said = TicketEditIn(data=request.data)
        said.is_valid(raise_exception=True)
        facts = dict(said.validated_data)
        if facts.get("in_release") is not None:
            facts["in_release"] = release_for(person, facts["in_release"])
        edit_ticket(ticket_id=found.pk, actor=person, **facts)
        return Response(TicketWholeOut(selectors.ticket_for(person, name)).data)


class TicketRelations(APIView):
    @extend_schema(operation_id="tickets_relations", responses=page_of(RelatedOut, is_paged=False))
    def get(self, request: Request, name: str) -> Response:
        """How the ticket stands to others that you may see."""
        person = signed_in(request)
        return Response({"results": RelatedOut(related_to(person, selectors.ticket_for(person, name)), many=True).data})

    @extend_schema(operation_id="tickets_relate", request=RelationIn, responses={201: page_of(RelatedOut, is_paged=False)})
    def post(self, request: Request, name: str) -> Response:
        """Relates it to another one; 409 when it would lead back to itself."""
        person = signed_in(request)
        found = selectors.ticket_for(person, name)
        said = RelationIn(data=request.data)
        said.is_valid(raise_exception=True)
        relate_tickets(ticket_id=found.pk, actor=person, **said.validated_data)
        return Response({"results": RelatedOut(related_to(person, found), many=True).data}, status=201)


class TicketRelation(APIView):
    @extend_schema(operation_id="tickets_part", responses={204: None})
    def delete(self, request: Request, name: str, relation_id: int) -> Response:
        """Takes a relation away."""
        person = signed_in(request)
        part_tickets(ticket_id=selectors.ticket_for(person, name).pk, relation_id=relation_id, actor=person)
        return Response(status=204)


class TicketWatch(APIView):
    @extend_schema(operation_id="tickets_watch", request=WatchIn, responses={204: None})
    def post(self, request: Request, name: str) -> Response:
        """You watch it, or do not any more."""
        person = signed_in(request)
        said = WatchIn(data=request.data)
        said.is_valid(raise_exception=True)
        watch_ticket(ticket_id=selectors.ticket_for(person, name).pk, actor=person, **said.validated_data)
        return Response(status=204)


class TicketMove(APIView):
    @extend_schema(operation_id="tickets_move", request=TicketMoveIn, responses=TicketOut)
    def post(self, request: Request, name: str, move: str) -> Response:
        """Moves a ticket: triage, approve, begin, test, release, wait, resume, reject, duplicate or close."""
        person = signed_in(request)
        found = selectors.ticket_for(person, name)
        if move not in Move.values:
            raise NotFound(what=_("move"))
        said = TicketMoveIn(data=request.data)
        said.is_valid(raise_exception=True)
        move_ticket(ticket_id=found.pk, move=move, actor=person, **said.validated_data)
        return Response(TicketOut(selectors.ticket_for(person, name)).data)


class SimilarTickets(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("title", str, required=True)],
        operation_id="similar_tickets_list",
        responses=page_of(LikeOut, is_paged=False),
    )
    def get(self, request: Request) -> Response:
        """Open tickets whose titles are like this one, the most alike first, five at most."""
        found = selectors.like(signed_in(request), request.query_params.get("title", "")[:200])
        return Response({"results": LikeOut(found, many=True).data})
