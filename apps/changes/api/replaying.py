"""Replays of recorded runs for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes import selectors
from apps.changes.actions.replaying import ask_for_waiver, begin_replay, begin_version_replay, sign_waiver
from apps.changes.models import Replay
from apps.changes.selectors.recordings import replay_of, replay_of_version, versions_in, waiver_of
from apps.changes.serializers.replaying import DaysIn, ReplayOut, WaiverIn, WaiverOut
from apps.kernel.errors import NotFound
from apps.people.selectors import signed_in
from apps.processes.selectors import version_for


class ChangeReplay(APIView):
    @extend_schema(operation_id="changes_replay_retrieve", responses=ReplayOut)
    def get(self, request: Request, number: int) -> Response:
        """The replay of what a change carries now."""
        change = selectors.seen_change(signed_in(request), number)
        return Response(ReplayOut(_found(replay_of(change, versions_in(change)))).data)

    @extend_schema(operation_id="changes_replay", request=DaysIn, responses={201: ReplayOut})
    def post(self, request: Request, number: int) -> Response:
        """Begins to play the recorded runs in the models of a change."""
        person = signed_in(request)
        change = selectors.seen_change(person, number)
        data = DaysIn(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(ReplayOut(begin_replay(change_id=change.pk, actor=person, **data.validated_data)).data, status=201)


class VersionReplay(APIView):
    @extend_schema(operation_id="processes_versions_replay_retrieve", responses=ReplayOut)
    def get(self, request: Request, key: str, number: int) -> Response:
        """The replay of a version."""
        return Response(ReplayOut(_found(replay_of_version(version_for(signed_in(request), key, number)))).data)

    @extend_schema(operation_id="processes_versions_replay", request=DaysIn, responses={201: ReplayOut})
    def post(self, request: Request, key: str, number: int) -> Response:
        """Begins to play the recorded runs in a version."""
        person = signed_in(request)
        version = version_for(person, key, number)
        data = DaysIn(data=request.data)
        data.is_valid(raise_exception=True)
        replay = begin_version_replay(version_id=version.pk, actor=person, **data.validated_data)
        return Response(ReplayOut(replay).data, status=201)


class ChangeWaiver(APIView):
    @extend_schema(operation_id="changes_waiver", request=WaiverIn, responses={201: WaiverOut})
    def post(self, request: Request, number: int) -> Response:
        """Asks that a change may be approved without a replay."""
        person = signed_in(request)
        change = selectors.seen_change(person, number)
        data = WaiverIn(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(WaiverOut(ask_for_waiver(change_id=change.pk, actor=person, **data.validated_data)).data, status=201)

    @extend_schema(operation_id="changes_waiver_sign", request=None, responses=WaiverOut)
    def put(self, request: Request, number: int) -> Response:
        """Signs what was asked: a second person, who may approve on the line and has no part in the change."""
        person = signed_in(request)
        change = selectors.seen_change(person, number)
        waiver = waiver_of(change, versions_in(change))
        if waiver is None:
            raise NotFound(what="waiver")
        return Response(WaiverOut(sign_waiver(waiver_id=waiver.pk, actor=person)).data)


def _found(replay: Replay | None) -> Replay:
    if replay is None:
        raise NotFound(what=Replay._meta.verbose_name)
    return replay
