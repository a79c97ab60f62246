"""Feeds of who else looks at a thing."""

import asyncio
import json
from time import monotonic
from uuid import uuid4

from channels.db import database_sync_to_async

from apps.desk.conf import conf
from apps.desk.consumers.feeds import MISUSE, NOT_PERMITTED, TOO_BIG, Feed
from apps.desk.dispatch import PRESENCE, Frame, presence_frame
from apps.people.actions import come, go
from apps.people.selectors import people_present, place_at
from apps.processes.selectors.presence import newest_revision


class PresenceFeed(Feed):
    """One thing, and who else has a page about it open. The page says every few seconds that it is there."""

    is_there = False
    beat_at = 0.0

    def what(self) -> tuple[str, str, str]:
        """Kind and key of the thing, which name its stream, and the place that the page asks for."""
        route = self.scope["url_route"]["kwargs"]
        return route["kind"], route["key"], ""

    async def admit(self) -> int:
        if not hasattr(self, "token"):
            self.token, self.joined_at = uuid4(), monotonic()
        return 0 if await self.look_where() else NOT_PERMITTED

    async def look_where(self) -> str:
        """Where the person stands, which may change while they look at it."""
        found: str = await database_sync_to_async(place_at)(self.user, *self.what())
        self.place = found
        return found

    def stream(self) -> str:
        kind, key, _place = self.what()
        return f"{kind}.{key}"

    def wants_presence(self) -> bool:
        return True

    async def pump(self) -> None:
        watch = asyncio.create_task(self.guarded(self.watch_beats))
        try:
            await super().pump()
        finally:
            watch.cancel()

    async def watch_beats(self) -> None:
        """There while beats come; a page that is silent has left, whatever became of its connection."""
        self.beat_at = monotonic()
        while True:
            if monotonic() - self.beat_at < conf.PRESENCE_SILENCE_SECONDS:
                await self.come()
            else:
                await self.go()
            await asyncio.sleep(min(conf.PRESENCE_RENEW_SECONDS, conf.PRESENCE_SILENCE_SECONDS / 3))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Anything that a page says means that it is there."""
        self.heard_messages += 1
        allowed = conf.FEED_CLIENT_MESSAGES + (monotonic() - self.joined_at) * conf.PRESENCE_BEATS_A_SECOND
        if len(text_data or bytes_data or "") > conf.FEED_CLIENT_BYTES:
            await self.shut(TOO_BIG)
        elif self.heard_messages > allowed:
            await self.shut(MISUSE)
        self.beat_at = monotonic()

    async def come(self) -> None:
        there = {"stream": self.stream(), "place": self.place, "token": self.token, "user_id": self.user.pk}
        await database_sync_to_async(come)(**there)
        self.is_there = True

    async def go(self) -> None:
        if self.is_there:
            self.is_there = False
            await database_sync_to_async(go)(token=self.token)

    async def disconnect(self, code: int) -> None:
        await super().disconnect(code)
        await self.go()

    async def shut(self, code: int) -> None:
        await self.go()
        await super().shut(code)

    async def catch_up(self) -> None:
        """What somebody who comes, or comes back, has to know: who is there."""
        stream = self.stream()
        people = (await database_sync_to_async(people_present)([stream]))[stream]
        await self.send(presence_frame(stream, people).text)

    async def forward(self, frame: Frame) -> None:
        """Who came and went. What the thing's stream says tells that somebody may stand elsewhere now."""
        if frame.line == PRESENCE:
            await self.send(frame.text)
            return
        before = self.place
        if not await self.look_where():
            await self.shut(NOT_PERMITTED)
        elif self.place != before and self.is_there:
            await self.come()


class ProcessFeed(PresenceFeed):
    """A process: what its stream says from now on goes to the page as well, so that others' saves reach the editor at once."""

    def what(self) -> tuple[str, str, str]:
        route = self.scope["url_route"]["kwargs"]
        return "process", route["key"], route["place"]

    async def catch_up(self) -> None:
        await super().catch_up()
        revision = await database_sync_to_async(newest_revision)(self.what()[1])
        await self.send(json.dumps({"type": "revision", "revision": revision}))

    async def forward(self, frame: Frame) -> None:
        await self.send(frame.text)
