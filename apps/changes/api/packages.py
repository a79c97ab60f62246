"""Packages that go into changes, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes import actions
from apps.changes.api.lifecycle import told
from apps.changes.selectors.lifecycle import next_effective_date
from apps.changes.serializers.lifecycle import ScheduleIn, WholeChangeOut
from apps.kernel.errors import NotFound
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right
from apps.processes.selectors.packages import received_package


class PackageChange(APIView):
    @extend_schema(operation_id="packages_schedule", request=ScheduleIn, responses={201: WholeChangeOut})
    def post(self, request: Request, number: int) -> Response:
        """Imports a package that you have sent in and puts what it brings into a new change: all of it, or nothing."""
        person = signed_in(request)
        received_package(person, number)
        data = ScheduleIn(data=request.data)
        data.is_valid(raise_exception=True)
        facts = dict(data.validated_data)
        line = None
        if code := facts.pop("line", None):
            line = lines_where(person, Right.EDIT).filter(code=code).first()
            if line is None:
                raise NotFound(what="business line")
        day = facts.pop("effective_date", None) or next_effective_date()
        line_id = line.pk if line else None
        change = actions.schedule_package(package_id=number, actor=person, line_id=line_id, effective_date=day, **facts)
        return Response(told(person, change.pk), status=201)
