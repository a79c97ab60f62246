"""Files for programs: a list by cursor, and one file with its problems. Read-only: files come from the market."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes.selectors.lifecycle import today
from apps.files.actions import ask_release, reject_file
from apps.files.forms import ArrivalFilter, CatalogueFilter, MatrixFilter
from apps.files.models import ArrivedFile
from apps.files.selectors import arrivals_for, family_named, family_page, file_for, matrix_of, shown_layouts, uses_of
from apps.files.serializers import FamilyOut, FamilyWholeOut, FileDetailOut, FileOut, MatrixOut, RulingIn, RulingOut
from apps.files.states import Verdict
from apps.kernel.errors import NotFound
from apps.people.selectors import signed_in
from apps.people.serializers import page_of


class ByIdDescending(CursorPagination):
    page_size = 50
    ordering = "-id"


@extend_schema(parameters=[OpenApiParameter("line", str), OpenApiParameter("date", str)])
class Files(ListAPIView[ArrivedFile]):
    """Files in the lines that the caller may see, newest first."""

    serializer_class = FileOut
    pagination_class = ByIdDescending
    queryset = ArrivedFile.objects.none()

    def get_queryset(self) -> QuerySet[ArrivedFile]:
        wanted = checked(ArrivalFilter(self.request.query_params))
        return arrivals_for(signed_in(self.request), line_code=wanted["line"] or "", business_date=wanted["date"])


class Arrivals(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("line", str), OpenApiParameter("date", str), OpenApiParameter("after", int)],
        responses=MatrixOut,
    )
    def get(self, request: Request) -> Response:
        """How each file stands that the sources of your lines bring on a business date: expected, here, late, bad, replaced."""
        wanted = checked(MatrixFilter(request.query_params))
        found = matrix_of(signed_in(request), wanted["date"] or today(), line=wanted["line"] or "", after=wanted["after"] or 0)
        return Response(MatrixOut(found).data)


class File(APIView):
    @extend_schema(responses=FileDetailOut)
    def get(self, request: Request, file_id: int) -> Response:
        """One file with what was found wrong or odd about it."""
        try:
            return Response(FileDetailOut(file_for(signed_in(request), file_id)).data)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal


class RuleOnFile(APIView):
    @extend_schema(request=RulingIn, responses={201: RulingOut})
    def post(self, request: Request, file_id: int) -> Response:
        """Asks for the release of a file that came after the close (a second person decides), or rejects one in quarantine."""
        said = RulingIn(data=request.data)
        said.is_valid(raise_exception=True)
        does = ask_release if said.validated_data["verdict"] == Verdict.RELEASE else reject_file
        try:
            made = does(file_id=file_id, actor=signed_in(request), reason=said.validated_data["reason"])
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        return Response(RulingOut(made).data, status=201)


class Catalogue(APIView):
    @extend_schema(
        operation_id="catalogue_list",
        parameters=[OpenApiParameter("q", str), OpenApiParameter("after", str)],
        responses=page_of(FamilyOut),
    )
    def get(self, request: Request) -> Response:
        """Families of files by code; with `q` those whose code, name or pattern holds the text."""
        wanted = checked(CatalogueFilter(request.query_params))
        page = family_page(wanted["q"], wanted["after"])
        query = {"q": wanted["q"], "after": page.next_after}
        following = urlencode({name: value for name, value in query.items() if value})
        more = f"?{following}" if page.next_after else None
        return Response({"results": FamilyOut(page.families, many=True).data, "next": more})


class OneFamily(APIView):
    @extend_schema(responses=FamilyWholeOut)
    def get(self, request: Request, code: str) -> Response:
        """One family: its layouts with the meanings of the columns, and who on your lines uses it."""
        family = family_named(code)
        uses = uses_of(signed_in(request), family)
        layouts = [
            {
                "columns": [{"name": name, "type": kind, "meaning": meaning} for name, kind, meaning in shown.columns],
                "imported_by": shown.imported.imported_by.username if shown.imported else None,
            }
            for shown in shown_layouts(family)
        ]
        facts = {"family": family, "layouts": layouts, "sources": uses.sources, "processes": uses.versions}
        return Response(FamilyWholeOut(facts).data)


def checked(wanted: forms.Form) -> dict[str, Any]:
    """What was asked for, or a refusal that names the words that cannot be read."""
    if not wanted.is_valid():
        raise ValidationError({name: [str(text) for text in texts] for name, texts in wanted.errors.items()})
    return wanted.cleaned_data
