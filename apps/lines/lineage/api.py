"""Lineage and the ledger of what was sent, for programs. Read-only."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.files.api import ByIdDescending, checked
from apps.files.forms import ArrivalFilter
from apps.files.models import SentFile
from apps.kernel.errors import NotFound
from apps.lines.lineage import selectors
from apps.lines.lineage.forms import RowForm
from apps.lines.lineage.serializers import FileLineageOut, SentFileOut, ToldOut
from apps.people.selectors import signed_in


@extend_schema(parameters=[OpenApiParameter("line", str), OpenApiParameter("date", str)])
class SentFiles(ListAPIView[SentFile]):
    """The ledger of what left in the lines that the caller may see, newest first."""

    serializer_class = SentFileOut
    pagination_class = ByIdDescending
    queryset = SentFile.objects.none()

    def get_queryset(self) -> QuerySet[SentFile]:
        wanted = checked(ArrivalFilter(self.request.query_params))
        return selectors.sent_of(signed_in(self.request), line=wanted["line"], day=wanted["date"])


class LineageOfFile(APIView):
    @extend_schema(parameters=[OpenApiParameter("row", int)], responses=FileLineageOut)
    def get(self, request: Request, file_id: int) -> Response:
        """What the runs that you may see made of a file; with `row`, what became of that row (counted from 1)."""
        user, row = signed_in(request), checked(RowForm(request.query_params))["row"]
        try:
            file, told = selectors.lineage_of_file(user, file_id)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        said: dict[str, Any] = {name: getattr(told, name) for name in ("made", "reconciliations", "sent")}
        return Response(FileLineageOut(said | ({"row": selectors.lineage_of_row(user, file, row)} if row else {})).data)


class LineageOfRun(APIView):
    @extend_schema(responses=ToldOut)
    def get(self, request: Request, run_id: int) -> Response:
        """From which files the rows of a run are, what it compared and what it sent."""
        try:
            _run, told = selectors.lineage_of_run(signed_in(request), run_id)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        return Response(ToldOut(told).data)
