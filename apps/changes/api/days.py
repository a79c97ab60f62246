"""Days of calendars for programs: what another state of a day would touch, and the change that proposes it."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes import actions
from apps.changes.api.lifecycle import told
from apps.changes.selectors.days import effect_of_day
from apps.changes.serializers.days import DayEffectOut, DayIn, DayWanted
from apps.changes.serializers.lifecycle import WholeChangeOut
from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine
from apps.people.selectors import lines_visible_to, signed_in


class CalendarDays(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("calendar", str, required=True),
            OpenApiParameter("day", str, required=True, description="ISO date"),
            OpenApiParameter("is_open", bool, required=True),
        ],
        responses=DayEffectOut,
    )
    def get(self, request: Request) -> Response:
        """What would be touched if the day were open, or closed: of processes that you may see."""
        wanted = DayWanted(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        words = wanted.validated_data
        return Response(DayEffectOut(effect_of_day(signed_in(request), words["calendar"], words["day"], words["is_open"])).data)

    @extend_schema(request=DayIn, responses={201: WholeChangeOut})
    def post(self, request: Request) -> Response:
        """Proposes a day to come as open or closed: one change, submitted at once. For who keeps the calendars."""
        person = signed_in(request)
        data = DayIn(data=request.data)
        data.is_valid(raise_exception=True)
        words = dict(data.validated_data)
        line = lines_visible_to(person).filter(code=words.pop("line")).first()
        if line is None:
            raise NotFound(what=BusinessLine._meta.verbose_name)
        change = actions.propose_day(line_id=line.pk, actor=person, **words)
        return Response(told(person, change.pk), status=201)
