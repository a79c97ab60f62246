"""Files for programs: a list by cursor, and one file with its problems. Read-only: files come from the market."""

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.files.forms import ArrivalFilter
from apps.files.models import ArrivedFile
from apps.files.selectors import arrivals_for, file_for
from apps.files.serializers import FileDetailOut, FileOut
from apps.kernel.errors import NotFound
from apps.people.selectors import signed_in


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
        wanted = ArrivalFilter(self.request.query_params)
        if not wanted.is_valid():
            raise ValidationError({name: [str(text) for text in texts] for name, texts in wanted.errors.items()})
        return arrivals_for(
            signed_in(self.request), line_code=wanted.cleaned_data["line"] or "", business_date=wanted.cleaned_data["date"]
        )


class File(APIView):
    @extend_schema(responses=FileDetailOut)
    def get(self, request: Request, file_id: int) -> Response:
        """One file with what was found wrong or odd about it."""
        try:
            return Response(FileDetailOut(file_for(signed_in(request), file_id)).data)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
