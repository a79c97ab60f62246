"""Changes for programs: the same selectors and actions as the pages. The list is paged by key, `?last=<id>`."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes import actions
from apps.changes.models import Change
from apps.changes.selectors import lifecycle as selectors
from apps.changes.serializers.lifecycle import ChangeIn, ChangeSummaryOut, ChangeVerbIn, FactsIn, ItemIn, WholeChangeOut
from apps.changes.states import ChangeState
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.models import User
from apps.people.selectors import lines_visible_to, signed_in
from apps.people.serializers import page_of


class Changes(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=ChangeState.values),
            OpenApiParameter("line", str),
            OpenApiParameter("last", int),
        ],
        operation_id="changes_list",
        responses=page_of(ChangeSummaryOut),
    )
    def get(self, request: Request) -> Response:
        """Changes of the lines you may see, newest first."""
        rows = selectors.changes_for(signed_in(request))
        state, line, last = (request.query_params.get(name, "") for name in ("state", "line", "last"))
        if last and not (last.isascii() and last.isdigit() and len(last) < 15):
            raise ParseError("last must be a number")
        rows = rows.filter(state=state) if state else rows
        rows = rows.filter(line__code=line) if line else rows
        page = cut(rows.filter(pk__lt=int(last)) if last else rows, selectors.PAGE)
        more = f"?last={page.last.pk}" if page.last else None
        return Response({"results": ChangeSummaryOut(page.rows, many=True).data, "next": more})

    @extend_schema(request=ChangeIn, responses={201: WholeChangeOut})
    def post(self, request: Request) -> Response:
        """Begins a change, with its items or without any yet."""
        person = signed_in(request)
        data = ChangeIn(data=request.data)
        data.is_valid(raise_exception=True)
        facts = dict(data.validated_data)
        items = facts.pop("items", [])
        line = lines_visible_to(person).filter(code=facts.pop("line")).first()
        if line is None:
            raise NotFound(what=_("business line"))
        with transaction.atomic():
            change = actions.create_change(line_id=line.pk, actor=person, **facts)
            for item in items:
                actions.add_item(change_id=change.pk, actor=person, **item)
        return Response(told(person, change.pk), status=201)


class OneChange(APIView):
    @extend_schema(responses=WholeChangeOut)
    def get(self, request: Request, change_id: int) -> Response:
        """One change with what it carries."""
        return Response(told(signed_in(request), change_id))

    @extend_schema(request=FactsIn, responses=WholeChangeOut)
    def put(self, request: Request, change_id: int) -> Response:
        """Other facts for a draft."""
        person = signed_in(request)
        selectors.change_for(person, change_id)
        data = FactsIn(data=request.data)
        data.is_valid(raise_exception=True)
        actions.edit_change(change_id=change_id, actor=person, **data.validated_data)
        return Response(told(person, change_id))


class Items(APIView):
    @extend_schema(request=ItemIn, responses={201: WholeChangeOut})
    def post(self, request: Request, change_id: int) -> Response:
        """Puts something into a draft, in place of what it carried about the same."""
        person = signed_in(request)
        selectors.change_for(person, change_id)
        data = ItemIn(data=request.data)
        data.is_valid(raise_exception=True)
        actions.add_item(change_id=change_id, actor=person, **data.validated_data)
        return Response(told(person, change_id), status=201)


class OneItem(APIView):
    @extend_schema(responses={200: WholeChangeOut})
    def delete(self, request: Request, change_id: int, item_id: int) -> Response:
        """Takes something out of a draft."""
        person = signed_in(request)
        selectors.change_for(person, change_id)
        actions.remove_item(change_id=change_id, item_id=item_id, actor=person)
        return Response(told(person, change_id))


def _submit(change_id: int, said: dict[str, Any], person: User) -> Change:
    return actions.submit_change(change_id=change_id, actor=person, seen=said["digest"])


def _withdraw(change_id: int, said: dict[str, Any], person: User) -> Change:
    return actions.withdraw_change(change_id=change_id, actor=person, reason=said["reason"])


def _discard(change_id: int, said: dict[str, Any], person: User) -> Change:
    return actions.discard_change(change_id=change_id, actor=person, reason=said["reason"])


def _roll_back(change_id: int, said: dict[str, Any], person: User) -> Change:
    day = said["effective_date"]
    return actions.roll_back_change(change_id=change_id, actor=person, reason=said["reason"], effective_date=day)


VERBS: dict[str, Callable[[int, dict[str, Any], User], Change]] = {
    "submit": _submit,
    "withdraw": _withdraw,
    "discard": _discard,
    "roll-back": _roll_back,
}


class ChangeVerb(APIView):
    @extend_schema(operation_id="changes_move", request=ChangeVerbIn, responses=WholeChangeOut)
    def post(self, request: Request, change_id: int, verb: str) -> Response:
        """One verb: submit, withdraw, discard or roll-back; the last answers with the change that brings back what was."""
        person = signed_in(request)
        selectors.change_for(person, change_id)
        if verb not in VERBS:
            raise NotFound(what="verb")
        data = ChangeVerbIn(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(told(person, VERBS[verb](change_id, data.validated_data, person).pk))


def told(person: User, change_id: int) -> Any:
    """A change as it is now, its items in words."""
    change = selectors.change_for(person, change_id)
    told = selectors.items_in_words(change)
    for view in told:
        view.item.words = view.words  # type: ignore[attr-defined]
    change.told = [view.item for view in told]  # type: ignore[attr-defined]
    if change.state == ChangeState.DRAFT:
        change.digest = selectors.content_digest(change)
    return WholeChangeOut(change).data
