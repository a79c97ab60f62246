"""Breaks over HTTP: the same selectors and actions as the pages."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.errors import NotFound
from apps.people.selectors import signed_in
from apps.recon.actions import (
    ask_to_accept,
    assign_break,
    compare_defined,
    correct_break,
    explain_break,
    propose_statement,
    try_statement,
)
from apps.recon.filters import BreakFilter
from apps.recon.models import Break, Reconciliation, SourceStatement
from apps.recon.selectors import PAGE, break_for, breaks_for, reconciliations_for, statements_for
from apps.recon.serializers import (
    BreakSerializer,
    CompareSerializer,
    ExplanationSerializer,
    OwnerSerializer,
    ReconciliationSerializer,
    SqlPreview,
    SqlStatementIn,
    SqlStatementSerializer,
)


class ByKey(CursorPagination):
    page_size = PAGE
    ordering = "-id"


class BreakList(ListAPIView[Break]):
    """Breaks in lines that you may see, newest first; filters: state, line, definition, owner, date, age in business days."""

    serializer_class = BreakSerializer
    pagination_class = ByKey

    def get_queryset(self) -> QuerySet[Break]:
        if getattr(self, "swagger_fake_view", False):
            return Break.objects.none()
        return breaks_for(signed_in(self.request), BreakFilter(self.request.GET).wanted())


class BreakDetail(RetrieveAPIView[Break]):
    """One break."""

    serializer_class = BreakSerializer

    def get_object(self) -> Break:
        try:
            return break_for(signed_in(self.request), self.kwargs["break_id"])
        except NotFound as unknown:
            raise Http404 from unknown


class ExplainBreak(APIView):
    """Explains a break in words."""

    @extend_schema(request=ExplanationSerializer, responses=BreakSerializer)
    def post(self, request: Request, break_id: int) -> Response:
        said = ExplanationSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        found = explain_break(break_id=break_id, actor=signed_in(request), **said.validated_data)
        return Response(BreakSerializer(found).data)


class CorrectBreak(APIView):
    """Says that a source was put right."""

    @extend_schema(request=ExplanationSerializer, responses=BreakSerializer)
    def post(self, request: Request, break_id: int) -> Response:
        said = ExplanationSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        found = correct_break(break_id=break_id, actor=signed_in(request), **said.validated_data)
        return Response(BreakSerializer(found).data)


class AcceptBreak(APIView):
    """Asks a second person to accept an explained break."""

    @extend_schema(request=None, responses=BreakSerializer)
    def post(self, request: Request, break_id: int) -> Response:
        return Response(BreakSerializer(ask_to_accept(break_id=break_id, actor=signed_in(request))).data)


class AssignBreak(APIView):
    """Gives a break to its owner; an empty name takes it away."""

    @extend_schema(request=OwnerSerializer, responses=BreakSerializer)
    def post(self, request: Request, break_id: int) -> Response:
        said = OwnerSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        return Response(BreakSerializer(assign_break(break_id=break_id, actor=signed_in(request), **said.validated_data)).data)


class Reconciliations(ListAPIView[Reconciliation]):
    """Results in lines that you may see, newest first."""

    serializer_class = ReconciliationSerializer
    pagination_class = ByKey

    def get_queryset(self) -> QuerySet[Reconciliation]:
        if getattr(self, "swagger_fake_view", False):
            return Reconciliation.objects.none()
        return reconciliations_for(signed_in(self.request))


class CompareAsDefined(APIView):
    """Compares a definition for a date."""

    @extend_schema(request=CompareSerializer, responses=ReconciliationSerializer)
    def post(self, request: Request) -> Response:
        said = CompareSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        asked = said.validated_data
        kept = compare_defined(code=asked["definition"], line_code=asked["line"], day=asked["date"], actor=signed_in(request))
        return Response(ReconciliationSerializer(kept).data)


class SqlStatements(ListAPIView[SourceStatement]):
    """Statements of lines that you may see, newest first; POST proposes one."""

    serializer_class = SqlStatementSerializer
    pagination_class = ByKey

    def get_queryset(self) -> QuerySet[SourceStatement]:
        if getattr(self, "swagger_fake_view", False):
            return SourceStatement.objects.none()
        return statements_for(signed_in(self.request))

    @extend_schema(request=SqlStatementIn, responses={201: SqlStatementSerializer})
    def post(self, request: Request) -> Response:
        """Proposes a statement: it is in force as soon as a second person has approved it."""
        kept = propose_statement(actor=signed_in(request), **_statement_of(request))
        return Response(SqlStatementSerializer(kept).data, status=201)


class TrySqlStatement(APIView):
    """Runs a statement within all bounds; nothing of it is kept."""

    @extend_schema(request=SqlStatementIn, responses=SqlPreview)
    def post(self, request: Request) -> Response:
        found = try_statement(actor=signed_in(request), **_statement_of(request))
        return Response(SqlPreview({"columns": [vars(one) for one in found.columns], "rows": found.rows}).data)


def _statement_of(request: Request) -> dict[str, Any]:
    said = SqlStatementIn(data=request.data)
    said.is_valid(raise_exception=True)
    facts: dict[str, Any] = dict(said.validated_data)
    return {"line_code": facts.pop("line"), "day": facts.pop("date"), **facts}
