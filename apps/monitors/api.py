"""Monitors for programs: the same selectors and actions as the pages. The list is paged by level and key."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes.selectors.lifecycle import today
from apps.kernel.errors import NotFound
from apps.monitors import selectors
from apps.monitors.actions import create_monitor, retire_monitor
from apps.monitors.serializers import MonitorIn, MonitorPageOut, RetireIn, WholeMonitorOut
from apps.people.models import User
from apps.people.selectors import lines_visible_to, signed_in


class Monitors(APIView):
    @extend_schema(
        operation_id="monitors_list",
        parameters=[
            OpenApiParameter("line", str),
            OpenApiParameter("show", str, enum=["breaches", "retired"]),
            OpenApiParameter("after", str),
        ],
        responses=MonitorPageOut,
    )
    def get(self, request: Request) -> Response:
        """Monitors of the lines you may see, as they stand now, the worst first."""
        chosen = {name: request.query_params.get(name, "")[:40] for name in ("line", "show", "after")}
        page = selectors.page_of(signed_in(request), **chosen)
        following = f"?after={page.following}" if page.following else None
        return Response(MonitorPageOut({"results": page.rows, "next": following}).data)

    @extend_schema(operation_id="monitors_create", request=MonitorIn, responses={201: WholeMonitorOut})
    def post(self, request: Request) -> Response:
        """Has a figure of a line watched that you administer. A change sets its thresholds."""
        person = signed_in(request)
        data = MonitorIn(data=request.data)
        data.is_valid(raise_exception=True)
        facts = dict(data.validated_data)
        line = lines_visible_to(person).filter(code=facts.pop("line")).first()
        if line is None:
            raise NotFound(what="business line")
        return Response(_told(person, create_monitor(line_id=line.pk, actor=person, **facts).pk), status=201)


class OneMonitor(APIView):
    @extend_schema(operation_id="monitors_retrieve", responses=WholeMonitorOut)
    def get(self, request: Request, number: int) -> Response:
        """One monitor with its thresholds by date and the last facts."""
        return Response(_told(signed_in(request), number))


class RetireMonitor(APIView):
    @extend_schema(operation_id="monitors_retire", request=RetireIn, responses=WholeMonitorOut)
    def post(self, request: Request, number: int) -> Response:
        """Nobody watches it any more."""
        person = signed_in(request)
        selectors.monitor_for(person, number)
        data = RetireIn(data=request.data)
        data.is_valid(raise_exception=True)
        retire_monitor(monitor_id=number, actor=person, **data.validated_data)
        return Response(_told(person, number))


def _told(person: User, number: int) -> Any:
    found = selectors.monitor_for(person, number)
    (standing,) = selectors.standings([found], today())
    whole = {"monitor": standing, "thresholds": selectors.thresholds_of(found), "facts": selectors.history_of(found)}
    return WholeMonitorOut(whole).data
