"""What people link to a ticket by hand, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.people.selectors import signed_in
from apps.people.serializers import page_of
from apps.tickets import selectors
from apps.tickets.actions import link_thing, unlink_thing
from apps.tickets.selectors.links import links_by_hand
from apps.tickets.serializers import LinkedOut, LinkIn


class TicketLinks(APIView):
    @extend_schema(operation_id="tickets_links", responses=page_of(LinkedOut, is_paged=False))
    def get(self, request: Request, name: str) -> Response:
        """Runs, steps, breaks, alerts and journal entries that people have linked to it, as far as you may see them."""
        person = signed_in(request)
        return Response({"results": LinkedOut(links_by_hand(person, selectors.ticket_for(person, name)), many=True).data})

    @extend_schema(operation_id="tickets_link", request=LinkIn, responses={201: LinkedOut})
    def post(self, request: Request, name: str) -> Response:
        """Links something that you may see to it. Asked for twice, it is kept once."""
        person = signed_in(request)
        found = selectors.ticket_for(person, name)
        said = LinkIn(data=request.data)
        said.is_valid(raise_exception=True)
        return Response(LinkedOut(link_thing(ticket_id=found.pk, actor=person, **said.validated_data)).data, status=201)


class TicketLink(APIView):
    @extend_schema(operation_id="tickets_unlink", responses={204: None})
    def delete(self, request: Request, name: str, link_id: int) -> Response:
        """Takes a link away that somebody has made. What a text names goes with the text."""
        person = signed_in(request)
        unlink_thing(ticket_id=selectors.ticket_for(person, name).pk, link_id=link_id, actor=person)
        return Response(status=204)
