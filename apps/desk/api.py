"""One thread through everything, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.desk.selectors.thread import thread_of
from apps.desk.serializers import ThreadOut
from apps.people.selectors import signed_in


class ThreadOfThing(APIView):
    @extend_schema(operation_id="thread", responses=ThreadOut)
    def get(self, request: Request, kind: str, key: int) -> Response:
        """What is about the same matter as a ticket, change, version, approval, run, step, break, alert or journal entry."""
        return Response(ThreadOut(thread_of(signed_in(request), kind, key)).data)
