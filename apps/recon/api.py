"""Breaks over HTTP: the same selectors and actions as the pages."""

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
from apps.recon.actions import explain_break
from apps.recon.filters import BreakFilter
from apps.recon.models import Break
from apps.recon.selectors import PAGE, break_for, breaks_for
from apps.recon.serializers import BreakSerializer, ExplanationSerializer


class ByKey(CursorPagination):
    page_size = PAGE
    ordering = "-id"


class BreakList(ListAPIView[Break]):
    """Breaks in lines that you may see, newest first; filters: state, line, date."""

    serializer_class = BreakSerializer
    pagination_class = ByKey

    def get_queryset(self) -> QuerySet[Break]:
        if getattr(self, "swagger_fake_view", False):
            return Break.objects.none()
        wanted = BreakFilter(self.request.GET)
        wanted.is_valid()
        chosen = wanted.cleaned_data
        return breaks_for(
            signed_in(self.request),
            state=chosen.get("state") or "",
            line_code=chosen.get("line") or "",
            business_date=chosen.get("date"),
        )


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
