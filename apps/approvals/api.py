"""Approvals for programs: the same selectors and actions as the pages. Lists are paged by key, `?last=<id>`."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.approvals import selectors
from apps.approvals.actions import (
    NEEDS_REASON,
    TELLING,
    VERBS,
    decide,
    decide_all,
    end_stand_in,
    name_stand_in,
)
from apps.approvals.models import Approval
from apps.approvals.serializers import (
    ApprovalOut,
    ApprovalWithSeatsOut,
    DecisionIn,
    StandInIn,
    StandInOut,
    TellingIn,
    TogetherIn,
    TogetherOut,
)
from apps.approvals.states import Where
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to, signed_in
from apps.people.serializers import page_of


class Approvals(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("waiting", bool), OpenApiParameter("last", int)],
        operation_id="approvals_list",
        responses=page_of(ApprovalOut),
    )
    def get(self, request: Request) -> Response:
        """Approvals of your lines, newest first; with `waiting=true` what waits for your decision, oldest first."""
        person = signed_in(request)
        waiting = request.query_params.get("waiting", "") in ("true", "1")
        last = request.query_params.get("last", "")
        if last and not _is_key(last):
            raise ParseError("last must be a number")
        rows = selectors.waiting_for(person) if waiting else selectors.approvals_for(person)
        if last:
            rows = rows.filter(pk__gt=int(last)) if waiting else rows.filter(pk__lt=int(last))
        page = cut(rows, selectors.PAGE)
        more = f"?{'waiting=true&' if waiting else ''}last={page.last.pk}" if page.last else None
        return Response({"results": ApprovalOut(page.rows, many=True).data, "next": more})


class OneApproval(APIView):
    @extend_schema(responses=ApprovalWithSeatsOut)
    def get(self, request: Request, approval_id: int) -> Response:
        """One approval with all its voices."""
        return Response(ApprovalWithSeatsOut(_with_seats(signed_in(request), approval_id)).data)


class ApprovalVerb(APIView):
    @extend_schema(
        operation_id="approvals_decide",
        request=PolymorphicProxySerializer("ApprovalVerbIn", [DecisionIn, TellingIn], None),
        responses=ApprovalWithSeatsOut,
    )
    def post(self, request: Request, approval_id: int, verb: str) -> Response:
        """One verb: approve, reject, send-back, hand-over, add-signer, remove-signer, withdraw or reassign; or, without deciding,
        remind or copy."""
        person = signed_in(request)
        selectors.approval_for(person, approval_id)
        if verb in TELLING:
            told = TellingIn(data=request.data)
            told.is_valid(raise_exception=True)
            people = _keys_of(told.validated_data["people"])
            TELLING[verb](people=people, approval_id=approval_id, actor=person)
            return Response(ApprovalWithSeatsOut(_with_seats(person, approval_id)).data)
        if verb not in VERBS:
            raise NotFound(what="verb")
        data = DecisionIn(data=request.data)
        data.is_valid(raise_exception=True)
        words = dict(data.validated_data)
        if verb in NEEDS_REASON and not words["reason"].strip():
            raise ValidationError({"reason": [_("This needs a reason.")]})
        words["people"] = _keys_of(words["people"])
        words["where"] = Where(words["where"])
        decide(approval_id=approval_id, verb=verb, actor=person, **words)
        return Response(ApprovalWithSeatsOut(_with_seats(person, approval_id)).data)


class ApprovalsTogether(APIView):
    @extend_schema(request=TogetherIn, responses=TogetherOut)
    def post(self, request: Request) -> Response:
        """Approves or rejects many, each by itself as it was seen, with one reason and an outcome for each."""
        person = signed_in(request)
        data = TogetherIn(data=request.data)
        data.is_valid(raise_exception=True)
        words = data.validated_data
        if words["verb"] in NEEDS_REASON and not words["reason"].strip():
            raise ValidationError({"reason": [_("This needs a reason.")]})
        seen = {each["id"]: each["revision"] for each in words["approvals"]}
        outcomes = decide_all(seen=seen, verb=words["verb"], actor=person, reason=words["reason"].strip())
        refused = sum(bool(outcome.refusal) for outcome in outcomes)
        counts = {"selected": len(outcomes), "done": len(outcomes) - refused, "refused": refused}
        return Response(TogetherOut({**counts, "items": outcomes}).data)


class StandIns(APIView):
    @extend_schema(responses=StandInOut(many=True))
    def get(self, request: Request) -> Response:
        """Who stands in for you and for whom you do, now or later."""
        return Response(StandInOut(selectors.stand_ins_of(signed_in(request)), many=True).data)

    @extend_schema(request=StandInIn, responses={201: StandInOut(many=True)})
    def post(self, request: Request) -> Response:
        """Names a stand-in; one row per line."""
        person = signed_in(request)
        data = StandInIn(data=request.data)
        data.is_valid(raise_exception=True)
        words = dict(data.validated_data)
        owner, stand_in, code = words.pop("owner"), _person(words.pop("stand_in")), words.pop("line")
        whose = _person(owner) if owner else person
        lines = list(lines_visible_to(person).filter(code=code)) if code else selectors.lines_of_both(whose, stand_in)
        if code and not lines:
            raise NotFound(what=BusinessLine._meta.verbose_name)
        named = name_stand_in(owner=whose, stand_in=stand_in, lines=lines, actor=person, **words)
        return Response(StandInOut(named, many=True).data, status=201)


class StandInEnd(APIView):
    @extend_schema(request=None, responses=StandInOut)
    def post(self, request: Request, stand_in_id: int) -> Response:
        """Ends one at once."""
        return Response(StandInOut(end_stand_in(stand_in_id=stand_in_id, actor=signed_in(request))).data)


def _person(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound(what=User._meta.verbose_name)
    return found


def _keys_of(usernames: list[str]) -> tuple[int, ...]:
    """Keys in the order given; somebody who is not there is refused like somebody who may not see the line."""
    found = dict(User.objects.filter(username__in=usernames).values_list("username", "pk"))
    if len(found) < len(set(usernames)):
        raise NotFound(what=User._meta.verbose_name)
    return tuple(found[name] for name in dict.fromkeys(usernames))


def _with_seats(person: User, approval_id: int) -> Approval:
    seats = ("seats__owner", "seats__holder", "seats__decided_by", "seats__added_by")
    found = selectors.approval_for(person, approval_id)
    return Approval.objects.select_related("line", "submitter").prefetch_related(*seats).get(pk=found.pk)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 15
