"""Notices for programs and for people with programs: what one is told of where, and what could not be delivered."""

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.notices import actions, selectors
from apps.notices.conf import notices
from apps.notices.models import Subscription
from apps.notices.serializers import DeliveryOut, NoticesIn, NoticesOut, OwnerIn, SubscriptionOut
from apps.notices.states import Channel
from apps.people.models import Team, User
from apps.people.selectors import signed_in
from apps.people.serializers import BeforeIn, page_of


class Notices(APIView):
    @extend_schema(parameters=[OwnerIn], responses=NoticesOut)
    def get(self, request: Request) -> Response:
        """What you, or a team of a line that you administer, are told of on each channel, and what there is to be told of."""
        person = signed_in(request)
        kept = selectors.subscriptions_of(_team(request, person) or person)
        return Response(NoticesOut({"kinds": notices(), "results": kept}).data)


class NoticesOfChannel(APIView):
    @extend_schema(
        operation_id="notices_choose",
        parameters=[OwnerIn, OpenApiParameter("channel", str, OpenApiParameter.PATH, enum=Channel.values)],
        request=NoticesIn,
        responses=SubscriptionOut,
    )
    def put(self, request: Request, channel: str) -> Response:
        """Chooses what is told on a channel, as a whole; your own choice is 403 for programs."""
        person = signed_in(request)
        if channel not in Channel.values:
            raise NotFound(what=Subscription._meta.get_field("channel").verbose_name)
        team = _team(request, person)
        said = NoticesIn(data=request.data)
        said.is_valid(raise_exception=True)
        language = get_language() or ""
        kept = actions.choose_notices(actor=person, team=team, channel=channel, language=language, **said.validated_data)
        return Response(SubscriptionOut(kept).data)


class FailedDeliveries(APIView):
    @extend_schema(operation_id="notices_failed_list", parameters=[BeforeIn], responses=page_of(DeliveryOut))
    def get(self, request: Request) -> Response:
        """What could not be delivered on the lines that you administer, newest first."""
        asked = BeforeIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows, before = selectors.failed_for(signed_in(request)), asked.validated_data.get("before")
        page = cut(rows.filter(pk__lt=before) if before else rows, selectors.PAGE)
        more = f"?before={page.last.pk}" if page.last else None
        return Response({"results": DeliveryOut(page.rows, many=True).data, "next": more})


class DeliveryAgain(APIView):
    @extend_schema(operation_id="notices_try_again", request=None, responses=DeliveryOut)
    def post(self, request: Request, delivery_id: int) -> Response:
        """Has what failed tried again at once; 409 when it has not failed."""
        return Response(DeliveryOut(actions.try_again(delivery_id=delivery_id, actor=signed_in(request))).data)


def _team(request: Request, person: User) -> Team | None:
    asked = OwnerIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    number = asked.validated_data.get("team")
    if number is None:
        return None
    team = selectors.teams_kept_by(person).filter(pk=number).first()
    if team is None:
        raise NotFound(what=Team._meta.verbose_name)
    return team
