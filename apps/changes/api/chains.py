"""The chain of processes and the impact of versions for programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes import selectors
from apps.changes.selectors.recordings import versions_in
from apps.changes.serializers.chains import ChainOut, ImpactOut
from apps.people.selectors import signed_in
from apps.processes.selectors import version_for


class Topology(APIView):
    @extend_schema(parameters=[OpenApiParameter("line", str, description="Code of a business line.")], responses=ChainOut)
    def get(self, request: Request) -> Response:
        """The processes that you may see, and which leads to which."""
        return Response(ChainOut(selectors.chain_for(signed_in(request), request.query_params.get("line", "")[:40])).data)


class VersionImpact(APIView):
    @extend_schema(operation_id="processes_versions_impact", responses=ImpactOut)
    def get(self, request: Request, key: str, number: int) -> Response:
        """What a version would touch beside the one in force."""
        person = signed_in(request)
        return Response(ImpactOut(selectors.impact_of_version(person, version_for(person, key, number))).data)


class ChangeImpact(APIView):
    @extend_schema(operation_id="changes_impact", responses=ImpactOut)
    def get(self, request: Request, number: int) -> Response:
        """What the versions of a change would touch together."""
        person = signed_in(request)
        impact = selectors.impact_of(person, versions_in(selectors.seen_change(person, number)))
        return Response(ImpactOut(impact).data)
