"""Tests of processes for programs."""

from typing import IO, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.json_door import UnreadableJSON, read_json
from apps.people.conf import conf
from apps.people.errors import BodyTooLong
from apps.people.selectors import signed_in
from apps.processes import selectors
from apps.processes.actions import remove_test, save_test
from apps.processes.serializers import ProcessTestIn, ProcessTestOut, TestRemovalIn, TestResultOut


class ExactJSON(JSONParser):
    """Numbers keep all the digits that they are written with."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        most = conf.most_body_bytes()
        if len(body := stream.read(most + 1)) > most:
            raise BodyTooLong(bytes=most)
        try:
            return read_json(body)
        except UnreadableJSON as refusal:
            raise ParseError(str(refusal)) from refusal


def _sent(request: Request) -> tuple[Any, str | None]:
    """The test, and the digest that its author had seen."""
    data = request.data
    if not isinstance(data, dict):
        raise ParseError(_("A JSON object is needed, such as {}."))
    seen = data.get("seen")
    return {key: value for key, value in data.items() if key != "seen"}, None if seen is None else str(seen)


class Tests(APIView):
    parser_classes = (ExactJSON,)

    @extend_schema(responses=ProcessTestOut(many=True))
    def get(self, request: Request, key: str) -> Response:
        """All tests of a process, by name; there are at most fifty."""
        found = selectors.tests_of(selectors.process_for(signed_in(request), key))
        return Response(ProcessTestOut(found, many=True).data)

    @extend_schema(request=ProcessTestIn, responses={201: ProcessTestOut})
    def post(self, request: Request, key: str) -> Response:
        """Adds a test, which every version must pass before it is submitted."""
        process = selectors.process_for(signed_in(request), key)
        test, _seen = _sent(request)
        saved = save_test(process_key=process.key, test=test, actor=signed_in(request))
        return Response(ProcessTestOut(saved).data, status=201)


class Test(APIView):
    parser_classes = (ExactJSON,)

    @extend_schema(responses=ProcessTestOut)
    def get(self, request: Request, key: str, number: int) -> Response:
        """One test."""
        return Response(ProcessTestOut(selectors.test_for(signed_in(request), key, number)).data)

    @extend_schema(request=ProcessTestIn, responses=ProcessTestOut)
    def put(self, request: Request, key: str, number: int) -> Response:
        """Changes a test."""
        found = selectors.test_for(signed_in(request), key, number)
        test, seen = _sent(request)
        saved = save_test(process_key=key, test=test, test_id=found.pk, seen=seen, actor=signed_in(request))
        return Response(ProcessTestOut(saved).data)

    @extend_schema(request=TestRemovalIn, responses={204: None})
    def delete(self, request: Request, key: str, number: int) -> Response:
        """Removes a test; the reason stays in the journal."""
        found = selectors.test_for(signed_in(request), key, number)
        data = TestRemovalIn(data=request.data)
        data.is_valid(raise_exception=True)
        remove_test(process_key=key, test_id=found.pk, actor=signed_in(request), **data.validated_data)
        return Response(status=204)


class TestResults(APIView):
    @extend_schema(operation_id="processes_versions_test_results", responses=TestResultOut(many=True))
    def get(self, request: Request, key: str, number: int) -> Response:
        """Plays all tests of the process on a version."""
        results = selectors.test_results(selectors.version_for(signed_in(request), key, number))
        return Response(TestResultOut([result.as_dict() for result in results], many=True).data)
