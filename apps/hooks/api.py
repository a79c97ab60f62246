"""Webhooks over HTTP: keeping them, and the door that senders sign at. A program keeps those that its own token made."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.hooks import actions, selectors
from apps.hooks.conf import conf
from apps.hooks.errors import DeliveryTooLong, UnusableDelivery
from apps.hooks.models import OutgoingHook
from apps.hooks.serializers import (
    AfterPlace,
    BeginIn,
    DeedIn,
    IncomingIn,
    IncomingOut,
    LetterOut,
    MadeIncoming,
    MadeOutgoing,
    OutgoingIn,
    OutgoingOut,
    SaidIn,
    TakenOut,
)
from apps.hooks.states import Deed, HookVerb
from apps.kernel.errors import NotFound
from apps.kernel.json_door import UnreadableJSON, read_json
from apps.kernel.pages import cut
from apps.people.models import ProgramToken
from apps.people.selectors import signed_in
from apps.people.serializers import page_of

PAGE = selectors.PAGE
SIGNED = [
    OpenApiParameter(f"webhook-{name}", str, OpenApiParameter.HEADER, required=True) for name in ("id", "timestamp", "signature")
]


def _token(request: Request) -> ProgramToken | None:
    return request.auth if isinstance(request.auth, ProgramToken) else None


def _before(request: Request) -> int:
    text = request.query_params.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ParseError("before must be a number")
    return int(text or 0)


def _page(rows: Any, out: Any) -> Response:
    page = cut(rows, PAGE)
    more = f"?before={page.last.pk}" if page.last else None
    return Response({"results": out(page.rows, many=True).data, "next": more})


class Outgoing(APIView):
    @extend_schema(parameters=[OpenApiParameter("before", int)], responses=page_of(OutgoingOut))
    def get(self, request: Request) -> Response:
        """Your own, newest first."""
        return _page(selectors.outgoing_shown(signed_in(request), _token(request), _before(request)), OutgoingOut)

    @extend_schema(request=OutgoingIn, responses={201: MadeOutgoing})
    def post(self, request: Request) -> Response:
        """Makes one. Its secret is in this answer and nowhere else."""
        data = OutgoingIn(data=request.data)
        data.is_valid(raise_exception=True)
        hook, _secret = actions.make_outgoing(**data.validated_data, actor=signed_in(request), token=_token(request))
        return Response(MadeOutgoing(hook).data, status=201)


class MoveOutgoing(APIView):
    """A verb of `HookVerb`; `rotate` answers with the new secret."""

    verb = HookVerb.PAUSE

    @extend_schema(request=None, responses={200: OutgoingOut, 201: MadeOutgoing})
    def post(self, request: Request, hook_id: int) -> Response:
        hook, secret = actions.move_outgoing(hook_id=hook_id, verb=self.verb, actor=signed_in(request), token=_token(request))
        return Response(MadeOutgoing(hook).data, status=201) if secret else Response(OutgoingOut(hook).data)


class Replay(APIView):
    @extend_schema(request=AfterPlace, responses=OutgoingOut)
    def post(self, request: Request, hook_id: int) -> Response:
        """Sends again what comes behind a place of its feed: the number in a run, elsewhere a position."""
        data = AfterPlace(data=request.data)
        data.is_valid(raise_exception=True)
        after = data.validated_data["after"]
        hook = actions.replay(hook_id=hook_id, after=after, actor=signed_in(request), token=_token(request))
        return Response(OutgoingOut(hook).data)


class Letters(APIView):
    @extend_schema(parameters=[OpenApiParameter("before", int)], responses=page_of(LetterOut))
    def get(self, request: Request, hook_id: int) -> Response:
        """What was given up, newest first."""
        hook = selectors.outgoing_of(signed_in(request), _token(request)).filter(pk=hook_id).first()
        if hook is None:
            raise NotFound(what=OutgoingHook._meta.verbose_name)
        return _page(selectors.letters_of(hook, _before(request)), LetterOut)


class Resend(APIView):
    @extend_schema(request=None, responses=LetterOut)
    def post(self, request: Request, letter_id: int) -> Response:
        letter = actions.resend(letter_id=letter_id, actor=signed_in(request), token=_token(request))
        return Response(LetterOut(letter).data)


class Incoming(APIView):
    @extend_schema(parameters=[OpenApiParameter("before", int)], responses=page_of(IncomingOut))
    def get(self, request: Request) -> Response:
        """Your own, newest first."""
        before = _before(request)
        rows = selectors.incoming_of(signed_in(request), _token(request))
        return _page(rows.filter(pk__lt=before) if before else rows, IncomingOut)

    @extend_schema(request=IncomingIn, responses={201: MadeIncoming})
    def post(self, request: Request) -> Response:
        """Registers a sender. Its secret is in this answer and nowhere else."""
        data = IncomingIn(data=request.data)
        data.is_valid(raise_exception=True)
        hook, _secret = actions.make_incoming(**data.validated_data, actor=signed_in(request), token=_token(request))
        return Response(MadeIncoming(hook).data, status=201)


class MoveIncoming(APIView):
    """A verb of `HookVerb`; `rotate` answers with the new secret."""

    verb = HookVerb.PAUSE

    @extend_schema(request=None, responses={200: IncomingOut, 201: MadeIncoming})
    def post(self, request: Request, hook_id: int) -> Response:
        hook, secret = actions.move_incoming(hook_id=hook_id, verb=self.verb, actor=signed_in(request), token=_token(request))
        return Response(MadeIncoming(hook).data, status=201) if secret else Response(IncomingOut(hook).data)


class Deliver(APIView):
    """Where senders deliver. Nobody signs in here: the signature says who it is."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(
        parameters=SIGNED,
        request=PolymorphicProxySerializer("DeliveryIn", [SaidIn, BeginIn], resource_type_field_name=None),
        responses={201: TakenOut, 202: TakenOut},
        auth=[],
    )
    def post(self, request: Request, key: str) -> Response:
        """Does what a signed delivery asks for, once for each webhook-id; the same again gets the first answer."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > conf.MOST_BYTES:
            raise DeliveryTooLong(bytes=conf.MOST_BYTES)  # before it is read
        headers = {name: request.headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        signed = actions.read_signed(key=key, headers=headers, body=request._request.body)
        taken, was_before = actions.take(signed=signed, wanted=_wanted(signed.body))
        again = {"Idempotency-Replayed": "true"} if was_before else None
        return Response(taken.answer, status=taken.status, headers=again)


def _wanted(body: bytes) -> Any:
    """What a delivery says, checked in its form. Raises UnusableDelivery and the refusals of serializers."""
    try:
        said = read_json(body)
    except UnreadableJSON as fault:
        raise UnusableDelivery(problem=str(fault)) from fault
    deed = DeedIn(data=said)
    deed.is_valid(raise_exception=True)
    whole = (BeginIn if deed.validated_data["do"] == Deed.BEGIN else SaidIn)(data=said)
    whole.is_valid(raise_exception=True)
    return whole.validated_data
