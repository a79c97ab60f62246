"""The broker's uplifts for programs: the same selectors as the pages. Changes with items `options.uplift` set them."""

from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes.selectors.lifecycle import today
from apps.lines.uplifts import selectors
from apps.lines.uplifts.serializers import MarginUpliftHistoryOut, MarginUpliftsIn, MarginUpliftsOut
from apps.people.selectors import signed_in


class Uplifts(APIView):
    @extend_schema(operation_id="options_margin_uplifts_list", parameters=[MarginUpliftsIn], responses=MarginUpliftsOut)
    def get(self, request: Request) -> Response:
        """The broker's uplifts in force on a business date (today's, when none is said), of lines you may see."""
        wanted = MarginUpliftsIn(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        day = wanted.validated_data.get("date") or today()
        rows, following = selectors.page_on(signed_in(request), day, wanted.validated_data.get("after", ""))
        said = {"date": day, "results": rows, "next": "?" + urlencode({"after": following}) if following else None}
        return Response(MarginUpliftsOut(said).data)


class OneUplift(APIView):
    @extend_schema(parameters=[OpenApiParameter("before", int)], responses=MarginUpliftHistoryOut)
    def get(self, request: Request, number: int) -> Response:
        """One rule with all rules for the same."""
        row = selectors.uplift_for(signed_in(request), number)
        before = request.query_params.get("before", "")
        if before and not (before.isascii() and before.isdigit() and len(before) < 19):
            raise ValidationError({"before": ["is not a number"]})
        history, following = selectors.history_of(row, int(before) if before else None)
        said = {"rule": row, "history": history, "next": f"?before={following}" if following else None}
        return Response(MarginUpliftHistoryOut(said).data)
