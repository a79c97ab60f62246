"""Releases for programs: the list, one with its tickets, its burn-down and its notes, planning one and ending it."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.models import User
from apps.people.selectors import lines_visible_to, signed_in
from apps.people.serializers import BeforeIn, page_of
from apps.tickets.actions import end_release, plan_release
from apps.tickets.selectors import PAGE
from apps.tickets.selectors import releases as selectors
from apps.tickets.serializers import ReleaseEndIn, ReleaseIn, ReleaseOut, ReleaseWholeOut


class Releases(APIView):
    @extend_schema(operation_id="releases_list", parameters=[BeforeIn], responses=page_of(ReleaseOut))
    def get(self, request: Request) -> Response:
        """Releases of the lines you may see, newest first, with how many of their tickets are left to do."""
        asked = BeforeIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows, before = selectors.releases_for(signed_in(request)), asked.validated_data.get("before")
        page = cut(rows.filter(pk__lt=before) if before else rows, PAGE)
        more = f"?before={page.last.pk}" if page.last else None
        return Response({"results": ReleaseOut(page.rows, many=True).data, "next": more})

    @extend_schema(request=ReleaseIn, responses={201: ReleaseWholeOut})
    def post(self, request: Request) -> Response:
        """Plans a release of a line; 409 when the line has one of this name."""
        person = signed_in(request)
        said = ReleaseIn(data=request.data)
        said.is_valid(raise_exception=True)
        facts = dict(said.validated_data)
        line = lines_visible_to(person).filter(code=facts.pop("line")).first()
        if line is None:
            raise NotFound(what=_("business line"))
        made = plan_release(line_id=line.pk, actor=person, **facts)
        return Response(_whole(person, made.pk), status=201)


class OneRelease(APIView):
    @extend_schema(responses=ReleaseWholeOut)
    def get(self, request: Request, release_id: int) -> Response:
        """One release: its tickets, what was left at the end of each day, and what it brings."""
        return Response(_whole(signed_in(request), release_id))


class ReleaseEnd(APIView):
    @extend_schema(operation_id="releases_end", request=ReleaseEndIn, responses=ReleaseWholeOut)
    def post(self, request: Request, release_id: int) -> Response:
        """It is released, or cancelled with a reason; 409 while something in it is left to do."""
        person = signed_in(request)
        found = selectors.release_for(person, release_id)
        said = ReleaseEndIn(data=request.data)
        said.is_valid(raise_exception=True)
        end_release(release_id=found.pk, actor=person, **said.validated_data)
        return Response(_whole(person, release_id))


def _whole(person: User, release_id: int) -> Any:
    release = selectors.release_for(person, release_id)
    tickets = selectors.tickets_of(release)
    burning = selectors.burn_down(release, tickets)
    notes = [{"kind": str(kind), "tickets": rows} for kind, rows in selectors.notes_of(tickets)]
    facts = {"release": release, "tickets": tickets, "burn_down": burning.days if burning else [], "notes": notes}
    return ReleaseWholeOut(facts).data
