"""What is said beside a thing comes to open pages by itself, and to nobody who may not see the thing."""

import json

import pytest
from asgiref.sync import sync_to_async

from apps.comments.actions import write_comment
from apps.people.states import Role
from apps.tickets.actions import raise_ticket
from tests.desk.feeds import closing_code, connected, session_of
from tests.factories.people import make_line, make_member

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


def _world():
    author = make_member("author", Role.PROCESS_AUTHOR)
    return raise_ticket(line_id=make_line().pk, title="a wish", actor=author), author


async def test_a_comment_reaches_an_open_page_and_what_came_before_it_too():
    ticket, author = await sync_to_async(_world)()
    say = sync_to_async(write_comment)
    await say(kind="ticket", key=ticket.pk, text="before", actor=author)

    async with connected(f"/ws/comments/ticket/{ticket.pk}/after/0/", await session_of(author)) as socket:
        await say(kind="ticket", key=ticket.pk, text="meanwhile", actor=author)
        entries = [json.loads(await socket.receive_from())["entry"] for _ in range(2)]

    assert [(each["kind"], each["data"]["text"]) for each in entries] == [
        ("comment.written", "before"),
        ("comment.written", "meanwhile"),
    ]


async def test_who_may_not_see_the_thing_hears_nothing():
    ticket, _ = await sync_to_async(_world)()
    stranger = await sync_to_async(make_member)("stranger", *Role, line=await sync_to_async(make_line)("other"))

    for address in (f"/ws/comments/ticket/{ticket.pk}/after/0/", "/ws/comments/weather/1/after/0/"):
        async with connected(address, await session_of(stranger)) as socket:
            assert await closing_code(socket) == 4403
