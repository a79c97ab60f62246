"""Variants of processes for programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.pages import cut
from apps.people.selectors import signed_in
from apps.people.serializers import page_of
from apps.processes import selectors
from apps.processes.actions import rebase_variant
from apps.processes.forms import DECISIONS
from apps.processes.selectors.variants import rebase_for, variant_to_rebase, variants_of
from apps.processes.serializers import RebaseIn, RebaseOut, VariantOut, WorkingCopyOut


class Variants(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("after", str)], operation_id="processes_variants_list", responses=page_of(VariantOut)
    )
    def get(self, request: Request, key: str) -> Response:
        """Variants of a process that you may see, by key."""
        person = signed_in(request)
        rows = variants_of(person, selectors.process_for(person, key), request.query_params.get("after", "")[:60])
        page = cut(rows, selectors.PAGE)
        more = f"?after={page.last.process.key}" if page.last else None
        return Response({"results": VariantOut(page.rows, many=True).data, "next": more})


class Rebase(APIView):
    @extend_schema(responses=RebaseOut)
    def get(self, request: Request, key: str) -> Response:
        """What the base of a variant has changed since the last time, what is in conflict, and what the tests of both say."""
        return Response(RebaseOut(rebase_for(signed_in(request), key, {})).data)

    @extend_schema(request=RebaseIn, responses={201: WorkingCopyOut})
    def post(self, request: Request, key: str) -> Response:
        """Brings the base's changes into the working copy of the variant."""
        person = signed_in(request)
        variant = variant_to_rebase(person, key)
        data = RebaseIn(data=request.data)
        data.is_valid(raise_exception=True)
        decided = {name: DECISIONS[side] for name, side in data.validated_data.pop("decided", {}).items()}
        revision = rebase_variant(process_key=variant.process.key, actor=person, decided=decided, **data.validated_data)
        return Response(WorkingCopyOut(revision).data, status=201)
