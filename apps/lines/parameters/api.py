"""The baseline for programs: the same selectors as the page. Rows are paged by key: `?after=<id>`."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.lines.parameters.forms import BaselineFilter
from apps.lines.parameters.selectors import baseline
from apps.lines.parameters.serializers import ParameterBaselineOut
from apps.people.selectors import signed_in
from apps.people.serializers import page_of


class Parameters(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("line", str),
            OpenApiParameter("kind", str),
            OpenApiParameter("key", str, description="How the keys begin."),
            OpenApiParameter("past", bool, description="Also what was signed before."),
            OpenApiParameter("after", int),
        ],
        operation_id="parameters_list",
        responses=page_of(ParameterBaselineOut),
    )
    def get(self, request: Request) -> Response:
        """Parameters as two people signed them, of lines you may see, in the order in which they were signed."""
        wanted = BaselineFilter(request.query_params)
        if not wanted.is_valid():
            raise ValidationError({name: [str(text) for text in texts] for name, texts in wanted.errors.items()})
        chosen = wanted.cleaned_data
        rows = baseline.baseline_of(
            signed_in(request), line=chosen["line"], kind=chosen["kind"], key=chosen["key"], with_past=chosen["past"]
        )
        page, following = baseline.page_of(rows, chosen["after"])
        return Response(
            {"results": ParameterBaselineOut(page, many=True).data, "next": f"?after={following}" if following else None}
        )
