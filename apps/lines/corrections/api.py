"""Corrections for programs: the same selectors and actions as the pages."""

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
from apps.kernel.errors import NotFound
from apps.lines.corrections import selectors
from apps.lines.corrections.actions import ask_correction
from apps.lines.corrections.forms import PostingsFilter
from apps.lines.corrections.models import Correction
from apps.lines.corrections.serializers import CorrectionIn, CorrectionOut, CorrectionWholeOut, ProposalOut
from apps.people.selectors import signed_in


@extend_schema(parameters=[OpenApiParameter("line", str), OpenApiParameter("date", str)])
class Corrections(ListAPIView[Correction]):
    """Corrections in the lines that the caller may see, newest first."""

    serializer_class = CorrectionOut
    pagination_class = ByIdDescending
    queryset = Correction.objects.none()

    def get_queryset(self) -> QuerySet[Correction]:
        wanted = checked(ArrivalFilter(self.request.query_params))
        return selectors.corrections_for(signed_in(self.request), line=wanted["line"] or "", day=wanted["date"])


class OneCorrection(APIView):
    @extend_schema(parameters=[OpenApiParameter("after", int)], responses=CorrectionWholeOut)
    def get(self, request: Request, correction_id: int) -> Response:
        """One correction with what it found and a page of its postings; `next_after` goes on."""
        after = checked(PostingsFilter(request.query_params))["after"] or 0
        try:
            found = selectors.correction_for(signed_in(request), correction_id)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        page = selectors.postings_page(found, after=after)
        said: dict[str, Any] = dict(CorrectionOut(found).data)
        whole = CorrectionWholeOut()
        said["postings"] = whole.fields["postings"].to_representation(page.rows)
        said["findings"] = whole.fields["findings"].to_representation(selectors.findings_of(found))
        said["next_after"] = page.last.pk if page.last else None
        return Response(said)


class CorrectionOfFile(APIView):
    @extend_schema(responses=ProposalOut)
    def get(self, request: Request, file_id: int) -> Response:
        """What the file changes of what was posted: rows (the first two hundred of each sort) and money by account."""
        try:
            found = selectors.proposal_for(signed_in(request), file_id)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        rows = [
            {"sort": sort, "key": row.key, "row": row.row_no, "cells": cells}
            for sort, _number, shown in found.shown
            for row, cells in shown
        ]
        differs = found.difference
        said = {
            "file": found.file.pk,
            "run": found.run.pk,
            "digest": found.digest,
            "added": len(differs.added),
            "changed": len(differs.changed),
            "gone": len(differs.gone),
            "same": differs.same,
            "accounts": found.accounts,
            "rows": rows,
        }
        return Response(ProposalOut(said).data)

    @extend_schema(request=CorrectionIn, responses={201: CorrectionOut})
    def post(self, request: Request, file_id: int) -> Response:
        """Asks for the reversal and the new posting; a second person decides on its approval."""
        data = CorrectionIn(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            made = ask_correction(file_id=file_id, actor=signed_in(request), **data.validated_data)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        return Response(CorrectionOut(made).data, status=201)
