"""Packages of processes for programs."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right
from apps.processes.actions import import_package, receive_package
from apps.processes.actions.packages import opened_package
from apps.processes.core.packages.signing import fingerprint
from apps.processes.models import ReceivedPackage
from apps.processes.selectors.packages import items_of, packaged, received_package
from apps.processes.serializers import ImportIn, PackageIn, PackageOut, ProcessOut


def _told(person: User, received: ReceivedPackage) -> Response:
    opened = opened_package(bytes(received.content))
    facts = {
        "id": received.pk,
        "digest": opened.digest,
        "fingerprint": fingerprint(opened.signature.public_key),
        "items": items_of(person, opened),
    }
    return Response(PackageOut(facts).data)


class PackageExport(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("process", str, many=True, required=True, description="Keys of processes.")],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """One signed file with the models, tests and parameters of the processes; the same content is the same bytes."""
        keys = request.query_params.getlist("process")
        if not keys:
            raise ParseError(_("Choose at least one process."))
        content = packaged(signed_in(request), keys)
        return HttpResponse(content, content_type="application/zip", headers={"Content-Disposition": "attachment"})


class Packages(APIView):
    parser_classes = (MultiPartParser,)

    @extend_schema(request=PackageIn, responses={201: PackageOut})
    def post(self, request: Request) -> Response:
        """Sends a package in and answers what it would change here. Nothing else happens."""
        data = PackageIn(data=request.data)
        data.is_valid(raise_exception=True)
        person = signed_in(request)
        answer = _told(person, receive_package(content=data.validated_data["package"].read(), actor=person))
        answer.status_code = 201
        return answer


class Package(APIView):
    @extend_schema(operation_id="packages_one", responses=PackageOut)
    def get(self, request: Request, number: int) -> Response:
        """What a package that you have sent in would change here now."""
        person = signed_in(request)
        return _told(person, received_package(person, number))

    @extend_schema(operation_id="packages_import", request=ImportIn, responses={201: ProcessOut(many=True)})
    def post(self, request: Request, number: int) -> Response:
        """Imports it as drafts of yours: all of it, or nothing. Answers the processes that it changed."""
        person = signed_in(request)
        received_package(person, number)
        data = ImportIn(data=request.data)
        data.is_valid(raise_exception=True)
        line = None
        if code := data.validated_data.get("line"):
            line = lines_where(person, Right.EDIT).filter(code=code).first()
            if line is None:
                raise NotFound(what="business line")
        changed = import_package(package_id=number, actor=person, line_id=line.pk if line else None)
        return Response(ProcessOut(changed, many=True).data, status=201)
