"""Feeds against a real follower on a real database: nothing is missed, nothing comes twice, nobody listens who may not."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connection, connections

from apps.desk.consumers.feeds import Feed, ReaderGone
from apps.desk.dispatch import Frame, Listener, hub_here
from apps.desk.selectors import Position, entries_behind, last_number, last_position, position_of
from apps.engine.models import Run
from apps.journal.models import Entry
from apps.people.models import User
from apps.people.states import ROLE_RIGHTS, Role
from tests.desk.conftest import four_eyes
from tests.desk.feeds import closing_code, connected, heard, next_frame, note, session_of, wait_for_places
from tests.factories.desk import published_with_drawing
from tests.factories.engine import begin, line, person

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


def _world() -> tuple[User, Run, int]:
    member = person("wang", Role.OPERATOR, Role.MAKER, on=line("rtgs-sh"))
    published_with_drawing(four_eyes())
    run = begin("L01", actor=member)
    wait_for_places()
    return member, run, last_number(f"run.{run.pk}")


@pytest_asyncio.fixture
async def world() -> AsyncIterator[tuple[User, Run, int]]:
    yield await sync_to_async(_world)()
    await asyncio.get_running_loop().run_in_executor(None, hub_here().stop)
    await sync_to_async(connections.close_all)()


def numbers(entries: list[dict[str, Any]]) -> list[int]:
    return [entry["number"] for entry in entries]


async def test_what_happened_before_and_after_joining_comes_once_and_in_order(world):
    member, run, last = world
    await note(run.pk, "before", "before")

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member)) as socket:
        for text in "abc":
            await note(run.pk, text)
        entries = await heard(socket, 5)

    assert numbers(entries) == list(range(last + 1, last + 6))
    assert [entry["data"]["text"] for entry in entries] == ["before", "before", "a", "b", "c"]


async def test_nothing_is_lost_between_writers_and_a_joining_reader(world):
    member, run, last = world
    session = await session_of(member)
    expected = list(range(last + 1, last + 31))

    async def write() -> None:
        for number in range(30):
            await note(run.pk, str(number))

    writing = asyncio.create_task(write())
    found = []
    for _ in range(4):
        async with connected(f"/ws/runs/{run.pk}/after/{last}/", session) as socket:
            found.append(numbers(await heard(socket, 30)))
    await writing

    assert found == [expected] * 4


async def test_a_reader_that_comes_back_goes_on_where_it_stopped(world):
    member, run, last = world
    session = await session_of(member)
    async with connected(f"/ws/runs/{run.pk}/after/{last}/", session) as socket:
        await note(run.pk, "one")
        seen = numbers(await heard(socket, 1))

    await note(run.pk, "two", "three")

    async with connected(f"/ws/runs/{run.pk}/after/{seen[-1]}/", session) as socket:
        assert numbers(await heard(socket, 2)) == [last + 2, last + 3]
        assert await socket.receive_nothing(0.3)


async def test_a_frame_that_was_lost_on_the_way_is_read_again(world):
    member, run, last = world
    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member)) as socket:
        await note(run.pk, "one")
        await heard(socket, 1)
        for listener in hub_here()._listeners:
            listener.wants = lambda frame: frame.number != last + 2  # type: ignore[method-assign]

        await note(run.pk, "lost")
        await note(run.pk, "after")

        assert numbers(await heard(socket, 2)) == [last + 2, last + 3]


async def test_the_feed_of_everything_brings_only_my_lines(world):
    member, run, _ = world
    start = await sync_to_async(last_position)()

    async with connected(f"/ws/feed/after/{start}/", await session_of(member)) as socket:
        await note(901, "not mine", line="other")
        await note(run.pk, "mine")
        await note(902, "nobody's", line="")
        await note(run.pk, "mine too")
        entries = await heard(socket, 2)

        assert [entry["data"]["text"] for entry in entries] == ["mine", "mine too"]
        assert await socket.receive_nothing(0.3)


async def test_the_feed_of_everything_resumes_by_position(world):
    member, run, _ = world
    session = await session_of(member)
    start = await sync_to_async(last_position)()
    await note(run.pk, "one")
    one = await sync_to_async(_first_placed)(start)

    await note(run.pk, "two")

    async with connected(f"/ws/feed/after/{position_of(one)}/", session) as socket:
        assert [entry["data"]["text"] for entry in await heard(socket, 1)] == ["two"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
async def test_an_open_transaction_elsewhere_delays_no_screen_and_loses_nothing(world):
    """PostgreSQL holds places back while an older transaction is open; what is committed is shown all the same, once."""
    member, run, last = world
    session = await session_of(member)
    start = await sync_to_async(last_position)()
    async with (
        connected(f"/ws/feed/after/{start}/", session) as everything,
        connected(f"/ws/runs/{run.pk}/after/{last}/", session) as one_run,
    ):
        slow = await sync_to_async(_open_transaction)()
        await note(run.pk, "shown at once")

        ahead = await next_frame(everything, "entry")
        assert (ahead["entry"]["data"]["text"], "position" in ahead) == ("shown at once", False)
        assert numbers(await heard(one_run, 1)) == [last + 1]

        await sync_to_async(slow.close)()
        await note(run.pk, "later")
        assert [entry["data"]["text"] for entry in await heard(everything, 1)] == ["later"]
        assert numbers(await heard(one_run, 1)) == [last + 2]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
async def test_whoever_comes_while_places_are_held_back_is_told_what_is_committed(world):
    member, run, _ = world
    start = await sync_to_async(last_position)()
    slow = await sync_to_async(_open_transaction)()
    await note(run.pk, "before anybody looked")

    async with connected(f"/ws/feed/after/{start}/", await session_of(member)) as socket:
        ahead = await next_frame(socket, "entry")
        await sync_to_async(slow.close)()
        await note(run.pk, "later")
        later = await heard(socket, 1)

    assert (ahead["entry"]["data"]["text"], "position" in ahead) == ("before anybody looked", False)
    assert [entry["data"]["text"] for entry in later] == ["later"]


def _open_transaction() -> Any:
    slow = connection.copy()
    slow.connect()
    slow.set_autocommit(False)
    with slow.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    return slow


def _first_placed(start: Position) -> Entry:
    """Waits for transactions of others on the same server, which hold places back."""
    wait_for_places()
    return entries_behind(start, lines=None, limit=10)[0]


async def test_a_page_that_was_away_too_long_is_told_to_read_itself_again(world, settings):
    settings.CLEARWAY_FEED_BACKLOG_ENTRIES = 3
    settings.CLEARWAY_FEED_HEARTBEAT_SECONDS = 0.5
    member, run, _ = world
    start = await sync_to_async(last_position)()
    await note(run.pk, *"abcdef")
    await sync_to_async(wait_for_places)()

    async with connected(f"/ws/feed/after/{start}/", await session_of(member)) as socket:
        frame = await next_frame(socket, "reset")

    place = Position.parse(frame["position"])
    assert place is not None
    assert start < place <= await sync_to_async(last_position)()


async def test_the_heartbeat_carries_the_latest_number(world, settings):
    settings.CLEARWAY_FEED_HEARTBEAT_SECONDS = 0.1
    member, run, last = world

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member)) as socket:
        frame = json.loads(await socket.receive_from())

    assert (frame["type"], frame["number"]) == ("heartbeat", last)


@pytest.mark.parametrize(
    "origin",
    [None, b"http://evil.example", b"https://testserver.evil.example", b"http://testserver:81", b"null", b"file://testserver"],
)
async def test_foreign_pages_are_refused_before_the_handshake(world, origin):
    member, run, last = world

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member), origin) as socket:
        assert not socket.accepted


@pytest.mark.parametrize("path", ["/ws/", "/ws/runs/x/after/1/", "/ws/feed/after/1/", "/ws/feed/after/-1.2/", "/elsewhere/"])
async def test_unknown_addresses_are_refused(world, path):
    member, _, _ = world

    async with connected(path, await session_of(member)) as socket:
        assert not socket.accepted


async def test_without_a_session_the_socket_is_closed(world):
    _, run, last = world
    for session in (None, "forged-session-key"):
        async with connected(f"/ws/runs/{run.pk}/after/{last}/", session) as socket:
            assert await closing_code(socket) == 4401


async def test_a_run_of_another_line_is_closed_to_me(world):
    _, run, last = world
    stranger = await sync_to_async(person)("sun", Role.OPERATOR, on=await sync_to_async(line)("other"))

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(stranger)) as socket:
        assert await closing_code(socket) == 4403


async def test_signing_out_closes_the_socket(world, settings):
    settings.CLEARWAY_FEED_SESSION_CHECK_SECONDS = 0.1
    member, run, last = world
    session = await session_of(member)

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", session) as socket:
        await sync_to_async(Session.objects.filter(session_key=session).delete)()

        assert await closing_code(socket) == 4401


async def test_deactivating_somebody_closes_their_sockets(world, settings):
    settings.CLEARWAY_FEED_SESSION_CHECK_SECONDS = 0.1
    member, run, last = world

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member)) as socket:
        await sync_to_async(User.objects.filter(pk=member.pk).update)(is_active=False)

        assert await closing_code(socket) == 4401


def _take_rights_away(member: User) -> None:
    from guardian.shortcuts import remove_perm

    for right in ROLE_RIGHTS[Role.OPERATOR] | ROLE_RIGHTS[Role.MAKER]:
        remove_perm(f"people.{right.value}_businessline", member, line("rtgs-sh"))


async def test_a_right_that_ends_closes_the_run_within_seconds(world, settings):
    settings.CLEARWAY_FEED_RIGHTS_CHECK_SECONDS = 0.1
    member, run, last = world

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member)) as socket:
        await sync_to_async(_take_rights_away)(member)

        assert await closing_code(socket) == 4403


async def test_a_role_fact_makes_sockets_ask_again_at_once(world, settings):
    settings.CLEARWAY_FEED_RIGHTS_CHECK_SECONDS = 3600  # nobody asks by himself
    member, run, last = world

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member)) as socket:
        await sync_to_async(_take_rights_away)(member)
        for listener in hub_here()._listeners:
            listener.on_doubt()

        assert await closing_code(socket) == 4403


async def test_the_feed_of_everything_stays_open_and_loses_the_line(world, settings):
    settings.CLEARWAY_FEED_RIGHTS_CHECK_SECONDS = 0.1
    member, run, _ = world
    start = await sync_to_async(last_position)()

    async with connected(f"/ws/feed/after/{start}/", await session_of(member)) as socket:
        await sync_to_async(_take_rights_away)(member)
        await asyncio.sleep(0.6)
        await note(run.pk, "secret now")

        assert await socket.receive_nothing(0.5)


async def test_a_frame_too_big_from_a_client_closes_it(world):
    member, run, last = world

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member)) as socket:
        await socket.send_to("x" * 1_000_000)

        assert await closing_code(socket) == 1009


async def test_a_client_that_talks_too_much_is_closed(world):
    member, run, last = world

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(member)) as socket:
        for _ in range(30):
            await socket.send_to("hello")

        assert await closing_code(socket) == 1008


async def test_a_listener_that_does_not_keep_up_is_cut_off(settings):
    settings.CLEARWAY_FEED_QUEUE_FRAMES = 3
    lagged = []
    listener = Listener(
        user_id=1,
        signed_in_by="k",
        on_lag=lambda: lagged.append(True),
        on_signed_out=lambda: None,
        on_doubt=lambda: None,
        stream="run.1",
    )
    frame = Frame(Position(0, 1), "run.1", 1, "rtgs-sh", "{}")

    for _ in range(4):
        listener.offer(frame)

    assert lagged == [True]


async def test_twenty_readers_of_one_run_all_hear_everything(world):
    member, run, last = world
    session = await session_of(member)
    address = f"/ws/runs/{run.pk}/after/{last}/"

    async def read() -> list[int]:
        async with connected(address, session) as socket:
            return numbers(await heard(socket, 10))

    reading = [asyncio.create_task(read()) for _ in range(20)]
    await asyncio.sleep(0.2)
    for number in range(10):
        await note(run.pk, str(number))

    assert await asyncio.gather(*reading) == [list(range(last + 1, last + 11))] * 20
    assert await sync_to_async(Entry.objects.filter(stream=f"run.{run.pk}").count)() == last + 10


async def test_who_has_left_is_let_go_and_nobody_is_told_of_a_fault(monkeypatch, caplog):
    async def nobody_there(*told: Any, **more: Any) -> None:
        raise ConnectionResetError()

    monkeypatch.setattr("channels.generic.websocket.AsyncWebsocketConsumer.send", nobody_there)
    feed = Feed()

    with pytest.raises(ReaderGone):
        await feed.send("a frame")
    await feed.guarded(lambda: feed.send("a frame"))

    assert caplog.records == []
    assert feed.listener is None
