"""The journal over HTTP, which lives here because the journal itself knows nobody's rights; and who can do what."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.journal.models import Entry
from apps.journal.selectors import as_json, entries_of
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people import actions, selectors
from apps.people.errors import NotByToken
from apps.people.models import BusinessLine, RoleGroup, Team, User
from apps.people.serializers import (
    AccessOut,
    AfterIn,
    BeforeIn,
    JournalOut,
    NewTokenOut,
    ReasonIn,
    RightsIn,
    RightsOut,
    RightsTakenIn,
    RoleIn,
    RoleOut,
    TokenIn,
    TokenOut,
    page_of,
)
from apps.people.states import PROCESS_RIGHTS, Right


class JournalOfStream(APIView):
    """One stream from a number on: entries of what one may see; those of no line are for auditors and superusers."""

    @extend_schema(parameters=[AfterIn], responses=JournalOut)
    def get(self, request: Request, stream: str) -> Response:
        asked = AfterIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        person = selectors.signed_in(request)
        after: int = asked.validated_data["after"]
        lines = None if selectors.reads_stream(person, stream) else selectors.journal_lines_of(person)
        found = entries_of(stream, after, asked.validated_data["limit"], lines=lines)
        if not found and not entries_of(stream, 0, 1, lines=lines):
            raise NotFound(what=Entry._meta.verbose_name)
        return Response({"entries": [as_json(entry) for entry in found], "after": found[-1].number if found else after})


class Access(APIView):
    @extend_schema(parameters=[OpenApiParameter(name, str) for name in ("q", "line", "process", "after")], responses=AccessOut)
    def get(self, request: Request) -> Response:
        """Who can do what on the lines that you administer or audit, by user name."""
        scope = selectors.scope_of(selectors.signed_in(request))
        lines, processes = selectors.places_in(scope)
        query = {name: request.query_params.get(name, "").replace("\0", "")[:150] for name in ("q", "line", "process", "after")}
        line = _among(lines, "code", query["line"])
        process = _among(processes, "key", query["process"])
        wanted = selectors.Wanted(query["q"], line, process)
        page = cut(selectors.people_with_access(scope, wanted, query["after"]) if scope.lines else [], selectors.PAGE)
        holdings = selectors.holdings_of(page.rows, scope, wanted)
        rows = [
            {"person": person, "is_superuser": person.is_superuser, "holdings": holdings.get(person.pk, [])}
            for person in page.rows
        ]
        more = f"?after={page.last.username}" if page.last else None
        return Response(AccessOut({"results": rows, "next": more}).data)


class Roles(APIView):
    @extend_schema(request=RoleIn, responses={201: RoleOut})
    def post(self, request: Request) -> Response:
        """Gives a role in a team of a line, for good or for a while."""
        viewer = selectors.signed_in(request)
        data = RoleIn(data=request.data)
        data.is_valid(raise_exception=True)
        words = dict(data.validated_data)
        teams = Team.objects.filter(line__in=selectors.lines_visible_to(viewer), line__code=words.pop("line")).order_by("pk")
        team = words.pop("team")
        found = list(teams.filter(pk=team) if team is not None else teams[:2])
        if len(found) != 1:
            raise NotFound(what=Team._meta.verbose_name)
        person = _person(words.pop("person"))
        given = actions.add_member(team_id=found[0].pk, user_id=person.pk, actor=viewer, **words)
        return Response(RoleOut(given).data, status=201)


class OneRole(APIView):
    @extend_schema(request=ReasonIn, responses={204: None})
    def delete(self, request: Request, membership_id: int) -> Response:
        """Takes a role at once."""
        data = ReasonIn(data=request.data)
        data.is_valid(raise_exception=True)
        viewer = selectors.signed_in(request)
        actions.remove_member(membership_id=membership_id, actor=viewer, reason=data.validated_data["reason"])
        return Response(status=204)


class Rights(APIView):
    @extend_schema(request=RightsIn, responses={201: RightsOut})
    def post(self, request: Request) -> Response:
        """Gives rights on one process to a person or to everybody in a role."""
        viewer = selectors.signed_in(request)
        data = RightsIn(data=request.data)
        data.is_valid(raise_exception=True)
        words = _named(viewer, data.validated_data)
        rights = [Right(right) for right in words.pop("rights")]
        rows = actions.grant_on_process(rights=rights, actor=viewer, **words)
        return Response(RightsOut({"count": len(rows)}).data, status=201)


class RightsTaken(APIView):
    @extend_schema(request=RightsTakenIn, responses=RightsOut)
    def post(self, request: Request) -> Response:
        """Takes rights on one process at once, from a person or from everybody in a role."""
        viewer = selectors.signed_in(request)
        data = RightsTakenIn(data=request.data)
        data.is_valid(raise_exception=True)
        words = _named(viewer, data.validated_data)
        rights = [Right(right) for right in words.pop("rights")] or PROCESS_RIGHTS
        count = actions.revoke_on_process(rights=rights, actor=viewer, **words)
        return Response(RightsOut({"count": count}).data)


class Tokens(APIView):
    @extend_schema(parameters=[BeforeIn], operation_id="tokens_list", responses=page_of(TokenOut))
    def get(self, request: Request) -> Response:
        """Your tokens and those that reach a line that you administer, ended ones too, newest first; 403 for programs."""
        person = selectors.signed_in(request)
        if person.scope is not None:
            raise NotByToken()
        asked = BeforeIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = selectors.tokens_shown(person, asked.validated_data.get("before", 0))
        page = cut(rows, selectors.PAGE)
        more = f"?before={page.last.pk}" if page.last else None
        return Response({"results": TokenOut(page.rows, many=True).data, "next": more})

    @extend_schema(request=TokenIn, responses={201: NewTokenOut})
    def post(self, request: Request) -> Response:
        """Makes a token and says its text, this once; 403 for programs."""
        data = TokenIn(data=request.data)
        data.is_valid(raise_exception=True)
        token, text = actions.create_token(**data.validated_data, actor=selectors.signed_in(request))
        facts = TokenOut(token).data
        answer = Response({**facts, "text": text}, status=201, headers={"Cache-Control": "no-store"})
        # Whoever lost this answer and asks again is told that the token is there, but not what nothing may keep.
        answer.body_kept = JSONRenderer().render({**facts, "text": None})  # type: ignore[attr-defined]
        return answer


class TokenEnd(APIView):
    @extend_schema(operation_id="tokens_end", request=None, responses=TokenOut)
    def post(self, request: Request, token_id: int) -> Response:
        """Ends a token at once; 403 for programs."""
        return Response(TokenOut(actions.end_token(token_id=token_id, actor=selectors.signed_in(request))).data)


def _named(viewer: User, data: Any) -> dict[str, Any]:
    """Keys and usernames as the actions take them."""
    words = dict(data)
    words["process_key"] = selectors.process_to_administer(viewer, words.pop("process")).key
    person, role, line = words.pop("person"), words.pop("role"), words.pop("role_line")
    if person is not None:
        return words | {"user_id": _person(person).pk}
    found = RoleGroup.objects.filter(line__code=line, role=role).select_related("group", "line").first()
    if found is None:
        raise NotFound(what=BusinessLine._meta.verbose_name)
    return words | {"role": found}


def _person(username: str) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        raise NotFound(what=User._meta.verbose_name)
    return found


def _among(places: list[Any], name: str, wanted: str) -> Any | None:
    """The place that is asked for; one that is not there, or not theirs, is not found."""
    if not wanted:
        return None
    found = next((one for one in places if getattr(one, name) == wanted), None)
    if found is None:
        raise NotFound(what=BusinessLine._meta.verbose_name)
    return found
