"""Feeds of people with rights on single processes: what those say, nothing else of the line, and not a moment too long."""

import time
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async

from apps.desk.selectors import last_number, last_position
from apps.engine.models import Run
from apps.kernel import clock
from apps.people.actions import add_member, grant_on_process, revoke_on_process
from apps.people.models import User
from apps.people.states import Right, Role
from tests.desk.conftest import four_eyes
from tests.desk.feeds import closing_code, connected, heard, note, session_of
from tests.desk.test_feeds import world  # noqa: F401 - a fixture
from tests.factories.desk import published_with_drawing
from tests.factories.engine import begin, line
from tests.factories.people import make_team, make_user

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


def _onlooker(seconds: float | None = None) -> User:
    """Somebody who may see L01 without its line, for so many seconds."""
    person, root = make_user("onlooker"), make_user("root", superuser=True)
    until = clock.now() + timedelta(seconds=seconds) if seconds is not None else None
    grant_on_process(process_key="L01", rights=[Right.VIEW], user_id=person.pk, actor=root, reason="a trial", valid_until=until)
    return person


def _other_run() -> Run:
    published_with_drawing(four_eyes("L02"))
    return begin("L02", actor=User.objects.get(username="root"))


async def test_the_feed_of_everything_brings_what_one_process_says_and_nothing_else_of_its_line(world):  # noqa: F811
    _, run, _ = world
    person = await sync_to_async(_onlooker)()
    other = await sync_to_async(_other_run)()
    start = await sync_to_async(last_position)()
    await note(run.pk, "before")

    async with connected(f"/ws/feed/after/{start}/", await session_of(person)) as socket:
        await note(other.pk, "of another process")
        await note(run.pk, "mine")
        await note(999_999, "of no run")
        await note(run.pk, "mine too")
        entries = await heard(socket, 3)

        assert [entry["data"]["text"] for entry in entries] == ["before", "mine", "mine too"]
        assert await socket.receive_nothing(0.3)


async def test_the_feed_of_a_run_of_another_process_is_closed_to_them(world):  # noqa: F811
    person = await sync_to_async(_onlooker)()
    other = await sync_to_async(_other_run)()

    async with connected(f"/ws/runs/{other.pk}/after/0/", await session_of(person)) as socket:
        assert await closing_code(socket) == 4403


async def test_a_feed_closes_when_the_right_is_taken(world):  # noqa: F811
    _, run, last = world
    person = await sync_to_async(_onlooker)()

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(person)) as socket:
        await note(run.pk, "mine")
        await heard(socket, 1)
        root = await User.objects.aget(username="root")
        await sync_to_async(revoke_on_process)(process_key="L01", user_id=person.pk, actor=root, reason="done")

        assert await closing_code(socket) == 4403


@pytest.mark.parametrize("by", ["grant", "role"])
async def test_a_feed_closes_at_the_moment_at_which_the_right_ends_though_nobody_sweeps(world, by):  # noqa: F811
    _, run, _ = world
    if by == "grant":
        person = await sync_to_async(_onlooker)(8)
    else:
        person, root = await sync_to_async(make_user)("onlooker"), await sync_to_async(make_user)("root", superuser=True)
        team, until = await sync_to_async(lambda: make_team(line("rtgs-sh")))(), clock.now() + timedelta(seconds=8)
        await sync_to_async(add_member)(team_id=team.pk, user_id=person.pk, role=Role.MANAGER, actor=root, valid_until=until)
    last = await sync_to_async(last_number)(f"run.{run.pk}")
    ends = time.monotonic() + 8

    async with connected(f"/ws/runs/{run.pk}/after/{last}/", await session_of(person)) as socket:
        await note(run.pk, "mine")
        assert [entry["data"]["text"] for entry in await heard(socket, 1)] == ["mine"]

        assert await closing_code(socket) == 4403
        assert time.monotonic() - ends > -1  # not before its end
