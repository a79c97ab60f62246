"""All readers lose their connections at once and come back, again and again: they hear everything, once."""

import asyncio

import pytest

from tests.desk.feeds import connected, heard, note, session_of
from tests.desk.test_feeds import numbers, world

__all__ = ["world"]
pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]
STORMS = 20
READERS = 3


async def test_twenty_storms_of_reconnects_lose_and_double_nothing(world):
    member, run, last = world
    session = await session_of(member)
    seen: list[list[int]] = [[] for _reader in range(READERS)]

    async def come_back(mine: list[int]) -> None:
        after = mine[-1] if mine else last
        async with connected(f"/ws/runs/{run.pk}/after/{after}/", session) as socket:
            mine += numbers(await heard(socket, 2))

    for _storm in range(STORMS):
        await note(run.pk, "while nobody is here")
        coming = [asyncio.create_task(come_back(mine)) for mine in seen]
        await note(run.pk, "while they come back")
        await asyncio.gather(*coming)

    assert seen == [list(range(last + 1, last + 1 + 2 * STORMS))] * READERS
