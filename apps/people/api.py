"""The journal over HTTP. It lives here because the journal itself knows nobody's rights."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.journal.selectors import as_json, entries_of
from apps.people import selectors
from apps.people.serializers import AfterIn, JournalOut


class JournalOfStream(APIView):
    """One stream from a number on: entries of the lines one may see; those of no line are for auditors and superusers."""

    @extend_schema(parameters=[AfterIn], responses={200: JournalOut, 404: None})
    def get(self, request: Request, stream: str) -> Response:
        asked = AfterIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        person = selectors.signed_in(request)
        after: int = asked.validated_data["after"]
        lines = selectors.journal_lines_of(person)
        found = entries_of(stream, after, asked.validated_data["limit"], lines=lines)
        if not found and not entries_of(stream, 0, 1, lines=lines):
            return Response({"code": "not_found"}, status=404)
        return Response({"entries": [as_json(entry) for entry in found], "after": found[-1].number if found else after})
