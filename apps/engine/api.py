"""Runs and steps over HTTP. Lists are paged by key: `?before=<id>` for runs, `?after=<id>` for steps."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.engine import actions, selectors
from apps.engine.serializers import (
    Answer,
    BulkIn,
    BulkOut,
    HoldIn,
    InterventionIn,
    LineIn,
    MessageIn,
    PauseOut,
    Reason,
    RequestOut,
    RunBegin,
    RunDetail,
    RunOut,
    SignalIn,
    StepOut,
)
from apps.engine.states import Verb
from apps.kernel.pages import cut
from apps.people.selectors import signed_in
from apps.people.serializers import page_of

PAGE = 50


def _key(request: Request, name: str) -> int | None:
    """A positive key of the page before, None when the first page is asked for."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ParseError(f"{name} must be a number")
    return int(text)


def _page(rows: QuerySet[Any], out: Any, key: str) -> Response:
    page = cut(rows, PAGE)
    more = f"?{key}={page.last.pk}" if page.last else None
    return Response({"results": out(page.rows, many=True).data, "next": more})


class Runs(APIView):
    @extend_schema(parameters=[OpenApiParameter("before", int)], operation_id="runs_list", responses=page_of(RunOut))
    def get(self, request: Request) -> Response:
        """Runs of the lines you may see, newest first."""
        rows = selectors.runs_visible_to(signed_in(request))
        before = _key(request, "before")
        return _page(rows.filter(pk__lt=before) if before else rows, RunOut, "before")

    @extend_schema(request=RunBegin, responses={201: RunOut})
    def post(self, request: Request) -> Response:
        """Begins a run for a business date."""
        data = RunBegin(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = data.validated_data
        run = actions.begin_run(
            process_key=wanted["process"],
            business_date=wanted["business_date"],
            variables=wanted.get("variables"),
            actor=signed_in(request),
        )
        return Response(RunOut(run).data, status=201)


class Messages(APIView):
    @extend_schema(request=MessageIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sends a message to the run that waits for its name and key, else to the process that begins by it."""
        data = MessageIn(data=request.data)
        data.is_valid(raise_exception=True)
        actions.send_message(**data.validated_data, actor=signed_in(request))
        return Response(status=204)


class Signals(APIView):
    @extend_schema(request=SignalIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sends a signal to every run that waits for it and every process that begins by it."""
        data = SignalIn(data=request.data)
        data.is_valid(raise_exception=True)
        actions.broadcast_signal(**data.validated_data, actor=signed_in(request))
        return Response(status=204)


class OneRun(APIView):
    @extend_schema(responses=RunDetail)
    def get(self, request: Request, run_id: int) -> Response:
        run: Any = selectors.run_for(signed_in(request), run_id)
        run.listed_steps = list(selectors.steps_of(run))
        run.node_states = selectors.node_states(run)
        run.waits = selectors.waits_of(run)
        return Response(RunDetail(run).data)


class MySteps(APIView):
    @extend_schema(parameters=[OpenApiParameter("after", int)], operation_id="steps_list", responses=page_of(StepOut))
    def get(self, request: Request) -> Response:
        """Steps that wait for you, oldest first."""
        rows = selectors.tasks_for(signed_in(request))
        after = _key(request, "after")
        return _page(rows.filter(pk__gt=after) if after else rows, StepOut, "after")


class OneStep(APIView):
    @extend_schema(responses=StepOut)
    def get(self, request: Request, step_id: int) -> Response:
        return Response(StepOut(selectors.step_for(signed_in(request), step_id)).data)


class TakeStep(APIView):
    @extend_schema(request=None, responses=StepOut)
    def post(self, request: Request, step_id: int) -> Response:
        return Response(StepOut(actions.take_step(step_id=step_id, actor=signed_in(request))).data)


class GiveBackStep(APIView):
    @extend_schema(request=None, responses=StepOut)
    def post(self, request: Request, step_id: int) -> Response:
        return Response(StepOut(actions.give_back_step(step_id=step_id, actor=signed_in(request))).data)


class CompleteStep(APIView):
    @extend_schema(request=Answer, responses=StepOut)
    def post(self, request: Request, step_id: int) -> Response:
        data = Answer(data=request.data)
        data.is_valid(raise_exception=True)
        answer = data.validated_data["answer"]
        return Response(StepOut(actions.complete_step(step_id=step_id, actor=signed_in(request), answer=answer)).data)


INTERVENED = PolymorphicProxySerializer("Intervened", [StepOut, RunOut], None)
"""What was intervened in, as it is now: a step, or the run as a whole."""


class Intervene(APIView):
    """One verb of `Verb` about a run or a step: done (200), or kept for a second person's signature (202)."""

    verb: Verb = Verb.PAUSE

    @extend_schema(request=InterventionIn, responses={200: INTERVENED, 202: RequestOut})
    def post(self, request: Request, subject_id: int) -> Response:
        data = InterventionIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        outcome = actions.intervene(
            verb=self.verb,
            subject_id=subject_id,
            actor=signed_in(request),
            reason=given["reason"],
            arguments=given.get("arguments"),
        )
        if outcome.request is not None:
            return Response(RequestOut(outcome.request).data, status=202)
        found = StepOut(outcome.step).data if outcome.step is not None else RunOut(outcome.run).data
        return Response({**found, "verified": outcome.verified} if outcome.verified is not None else found)


class InterveneInAll(APIView):
    """One verb about many runs or steps: `preview` says what would become of each, without keeping anything."""

    @extend_schema(request=BulkIn, responses=BulkOut)
    def post(self, request: Request) -> Response:
        data = BulkIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        act = actions.preview if given["preview"] else actions.intervene_in_all
        items = act(
            verb=Verb(given["verb"]),
            subject_ids=given["subjects"],
            actor=signed_in(request),
            reason=given["reason"],
            arguments=given.get("arguments"),
        )
        counts = {result: sum(item.result == result for item in items) for result in ("done", "asked", "refused")}
        return Response(BulkOut({"selected": len(items), **counts, "items": items}).data)


class HoldNode(APIView):
    """A step that the run has not reached yet: `hold` keeps it from beginning, `release` lets it."""

    verb = "hold"

    @extend_schema(request=HoldIn, responses=RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        data = HoldIn(data=request.data)
        data.is_valid(raise_exception=True)
        act = actions.hold_node if self.verb == "hold" else actions.release_node
        run = act(
            run_id=run_id,
            node_id=data.validated_data["node"],
            actor=signed_in(request),
            reason=data.validated_data["reason"],
        )
        return Response(RunOut(run).data)


class PauseLine(APIView):
    """A line, or a line's runs of one day: `pause` holds them and those still to begin, `resume` lets them go on."""

    verb = "pause"

    @extend_schema(request=LineIn, responses=PauseOut)
    def post(self, request: Request, line: str) -> Response:
        data = LineIn(data=request.data)
        data.is_valid(raise_exception=True)
        act = actions.pause_line if self.verb == "pause" else actions.resume_line
        pause = act(
            line_code=line,
            actor=signed_in(request),
            reason=data.validated_data["reason"],
            business_date=data.validated_data.get("business_date"),
        )
        return Response(PauseOut(pause).data)


class Requests(APIView):
    @extend_schema(parameters=[OpenApiParameter("after", int)], operation_id="requests_list", responses=page_of(RequestOut))
    def get(self, request: Request) -> Response:
        """Interventions that wait for your signature, oldest first."""
        rows = selectors.requests_to_sign(signed_in(request))
        after = _key(request, "after")
        return _page(rows.filter(pk__gt=after) if after else rows, RequestOut, "after")


class SignRequest(APIView):
    @extend_schema(request=None, responses=RequestOut)
    def post(self, request: Request, request_id: int) -> Response:
        """The second person signs, and the intervention is carried out."""
        return Response(RequestOut(actions.sign_request(request_id=request_id, actor=signed_in(request))).data)


class RefuseRequest(APIView):
    @extend_schema(request=Reason, responses=RequestOut)
    def post(self, request: Request, request_id: int) -> Response:
        found = actions.refuse_request(request_id=request_id, actor=signed_in(request), reason=_reason(request))
        return Response(RequestOut(found).data)


class WithdrawRequest(APIView):
    @extend_schema(request=None, responses=RequestOut)
    def post(self, request: Request, request_id: int) -> Response:
        return Response(RequestOut(actions.withdraw_request(request_id=request_id, actor=signed_in(request))).data)


def _reason(request: Request) -> str:
    data = Reason(data=request.data)
    data.is_valid(raise_exception=True)
    return str(data.validated_data["reason"])
