"""The feeds as server-sent events, spoken to the whole application as a server does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from apps.desk.selectors import last_position
from apps.journal.actions import append
from apps.people.actions import add_member, create_token, end_token, remove_member
from apps.people.models import Membership, ProgramToken, Team, User
from apps.people.states import Role
from clearway.asgi import application
from tests.desk.feeds import Noted, closing_code, connected, next_frame, note, session_of
from tests.desk.test_feeds import world  # noqa: F401 - a fixture
from tests.factories.desk import published_with_drawing
from tests.factories.engine import PlanText, begin, run_until_quiet
from tests.factories.people import give_role, make_line, make_member, make_user

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]
PATIENCE_SECONDS = 60


class Stream:
    """A program that reads events."""

    def __init__(self, said: ApplicationCommunicator) -> None:
        self.said, self.status, self.rest, self.events = said, 0, "", list[dict[str, str]]()

    async def begin(self) -> None:
        start = await self.said.receive_output(PATIENCE_SECONDS)
        self.status, self.headers = start["status"], dict(start["headers"])

    async def event(self, kind: str = "") -> dict[str, str]:
        """The next event, of a kind; {} when the stream has ended."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._event(kind)

    async def _event(self, kind: str) -> dict[str, str]:
        while True:
            while "\n\n" in self.rest:
                text, self.rest = self.rest.split("\n\n", 1)
                found = dict(part.split(": ", 1) for part in text.split("\n"))
                if "event" in found and (not kind or found["event"] == kind):
                    return found
            part = await self.said.receive_output(PATIENCE_SECONDS)
            self.rest += part.get("body", b"").decode()
            if not part.get("more_body"):
                return {}

    async def notes(self, count: int) -> list[tuple[str, str]]:
        """(id, text) of the next notes of tests."""
        found: list[tuple[str, str]] = []
        while len(found) < count:
            event = await self.event("entry")
            entry = json.loads(event["data"])["entry"]
            if entry["kind"] == Noted.kind:
                found.append((event.get("id", ""), entry["data"]["text"]))
        return found


@asynccontextmanager
async def reading(query: str, headers: dict[str, str]) -> AsyncIterator[Stream]:
    given = [(name.lower().encode(), value.encode()) for name, value in {"Host": "testserver", **headers}.items()]
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": "/api/feed/", "raw_path": b"/api/feed/", "query_string": query.encode(),
        "headers": given, "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("testserver", 80),
    }  # fmt: skip
    said = ApplicationCommunicator(application, scope)
    await said.send_input({"type": "http.request", "body": b"", "more_body": False})
    stream = Stream(said)
    await stream.begin()
    try:
        yield stream
    finally:
        await said.send_input({"type": "http.disconnect"})
        await said.wait(PATIENCE_SECONDS)


@sync_to_async
def bearer(user: User, *lines: str, acts: bool = False) -> dict[str, str]:
    return {"Authorization": f"Bearer {create_token(name='x', lines=lines or ['rtgs-sh'], acts=acts, days=1, actor=user)[1]}"}


async def test_a_program_hears_what_came_before_and_after_and_goes_on_where_it_was(world):  # noqa: F811
    member, run, _last = world
    token, start = await bearer(member), await sync_to_async(last_position)()
    await note(run.pk, "one")

    async with reading(f"after={start}", token) as stream:
        await note(run.pk, "two")
        heard = await stream.notes(2)
    await note(run.pk, "three")
    places = [str(start), *(place for place, _text in heard)]  # what another's open transaction holds back has none yet
    last = max(number for number, place in enumerate(places) if place)
    async with reading("", {**token, "Last-Event-ID": places[last]}) as stream:
        again = await stream.notes(len(places) - last)

    assert stream.headers[b"Content-Type"] == b"text/event-stream"
    assert [text for _place, text in heard] == ["one", "two"]
    assert again[-1][1] == "three"


async def test_a_run_is_followed_by_its_numbers(world):  # noqa: F811
    member, run, last = world
    await note(run.pk, "one", "two")

    async with reading(f"run={run.pk}&after={last}", await bearer(member)) as stream:
        assert await stream.notes(2) == [(str(last + 1), "one"), (str(last + 2), "two")]


async def test_without_following_it_ends_behind_what_there_is(world):  # noqa: F811
    member, run, last = world
    await note(run.pk, "one")

    async with reading(f"run={run.pk}&after={last}&follow=0", await bearer(member)) as stream:
        assert await stream.notes(1) == [(str(last + 1), "one")]
        assert (await stream.event())["event"] == "closed"
        assert await stream.event() == {}


async def test_one_line_brings_nothing_of_another_one(world):  # noqa: F811
    member, run, _last = world
    await sync_to_async(lambda: give_role(member, make_line("options"), Role.OPERATOR))()
    token, start = await bearer(member, "rtgs-sh", "options"), await sync_to_async(last_position)()

    async with reading(f"line=rtgs-sh&after={start}", token) as stream:
        await note(999_999, "elsewhere", line="options")
        await note(run.pk, "here")

        assert [text for _place, text in await stream.notes(1)] == ["here"]
    async with connected(f"/ws/lines/options/after/{start}/", await session_of(member)) as socket:
        assert (await next_frame(socket, "entry"))["entry"]["data"]["text"] == "elsewhere"


async def test_a_team_brings_what_its_people_and_the_system_do_on_its_line_and_ends_with_the_right_to_it(world):  # noqa: F811
    member, run, _last = world
    root = await sync_to_async(lambda: make_user("root", superuser=True))()
    colleague = await sync_to_async(lambda: make_member("li.lei", Role.OPERATOR))()
    team = await sync_to_async(lambda: Team.objects.create(line=run.line, name_zh="二组", name_en="Two"))()
    role = await sync_to_async(add_member)(team_id=team.pk, user_id=colleague.pk, role=Role.MAKER, actor=root)
    start = await sync_to_async(last_position)()

    def noted(text, actor=None, line="rtgs-sh"):
        append(Noted(run=999_999, line=line, text=text), actor=actor)

    async with (
        reading(f"team={team.pk}&after={start}", await bearer(member)) as stream,
        connected(f"/ws/teams/{team.pk}/after/{start}/", await session_of(colleague)) as socket,
    ):
        await sync_to_async(noted)("of somebody else", member)
        await sync_to_async(noted)("elsewhere", colleague, line="options")
        await sync_to_async(noted)("of the team", colleague)
        await sync_to_async(noted)("of the system")

        assert [text for _place, text in await stream.notes(2)] == ["of the team", "of the system"]
        assert (await next_frame(socket, "entry"))["entry"]["data"]["text"] == "of the team"
        await sync_to_async(remove_member)(membership_id=role.pk, actor=root, reason="a trial")
        for number in range(100):  # within seconds the stream knows
            await sync_to_async(noted)("of nobody's team", colleague)
            await sync_to_async(noted)(f"of the system {number}")
            ((_place, text),) = await stream.notes(1)
            if text == f"of the system {number}":
                break
            assert (text, (await stream.notes(1))[0][1]) == ("of nobody's team", f"of the system {number}")
            await asyncio.sleep(0.1)
        assert text != "of nobody's team"
    async with reading(f"team={team.pk + 1}", await bearer(member)) as stream:
        assert stream.status == 404
    stranger = await sync_to_async(lambda: make_member("stranger", Role.OPERATOR, line=make_line("options")))()
    async with connected(f"/ws/teams/{team.pk}/after/{start}/", await session_of(stranger)) as socket:
        assert await closing_code(socket) == 4403


async def test_a_token_hears_only_its_lines(world):  # noqa: F811
    member, run, _last = world
    await sync_to_async(lambda: give_role(member, make_line("options"), Role.OPERATOR))()
    start = await sync_to_async(last_position)()

    async with reading(f"after={start}", await bearer(member, "rtgs-sh")) as stream:
        await note(999_999, "elsewhere", line="options")
        await note(run.pk, "here")

        assert [text for _place, text in await stream.notes(1)] == ["here"]


async def test_a_stream_is_closed_when_the_role_the_token_or_the_session_ends(world):  # noqa: F811
    member, _run, _last = world
    root = await sync_to_async(lambda: make_user("root", superuser=True))()
    token = await bearer(member)
    other = await sync_to_async(lambda: make_member("li.lei", Role.OPERATOR))()
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={await session_of(other)}"}

    async with reading("inbox=1", token) as by_token, reading("line=rtgs-sh", cookie) as by_session:
        await sync_to_async(lambda: end_token(token_id=ProgramToken.objects.get().pk, actor=member))()
        ended = await by_token.event("closed")
        role = await sync_to_async(Membership.objects.get)(user=other)
        await sync_to_async(remove_member)(membership_id=role.pk, actor=root, reason="a trial")
        taken = await by_session.event("closed")

    assert json.loads(ended["data"])["code"] == 4401
    assert json.loads(taken["data"])["code"] == 4403


async def test_the_inbox_is_counted_again_when_something_comes(world):  # noqa: F811
    member, _run, _last = world

    async with reading("inbox=1", await bearer(member, acts=True)) as stream:
        before = json.loads((await stream.event("inbox"))["data"])
        await sync_to_async(_begin_another)(member)
        after = json.loads((await stream.event("inbox"))["data"])
    async with connected("/ws/inbox/", await session_of(member)) as socket:
        same = await next_frame(socket, "inbox")

    assert after["count"] > before["count"]
    assert same == after


def _begin_another(member: User) -> None:
    published_with_drawing(PlanText("L09").user("make", "maker").flow("start", "make", "end"))
    begin("L09", actor=member)
    run_until_quiet()


@pytest.mark.parametrize(
    ("query", "status"),
    [("after=x", 400), ("run=x", 400), ("run=99999999", 404), ("line=options", 404), ("after=0.0&follow=0", 200)],
)
async def test_a_feed_that_cannot_be_is_refused_with_a_reason(world, query, status):  # noqa: F811
    member, _run, _last = world

    async with reading(query, await bearer(member)) as stream:
        assert stream.status == status
    async with reading(query, {}) as stream:
        assert stream.status in {400, 401}
