"""The steps of a version as a table, for programs."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.people.selectors import signed_in
from apps.processes import selectors
from apps.processes.serializers import RowOut


class VersionTable(APIView):
    @extend_schema(responses=RowOut(many=True))
    def get(self, request: Request, key: str, number: int) -> Response:
        """The steps of a version as rows in the order in which they are done, with the windows that hold today."""
        version = selectors.version_for(signed_in(request), key, number)
        rows = [
            {
                **asdict(row),
                "parameters": [{"name": name, "value": value} for name, value in row.parameters],
                "window": window,
            }
            for row, window in selectors.table_of(version)
        ]
        return Response(RowOut(rows, many=True).data)
