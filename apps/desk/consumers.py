"""Websocket feeds: one run, or everything a person may see. Both resume by number and are closed when a right ends."""

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from apps.desk.conf import conf
from apps.desk.dispatch import Frame, Listener, frame_of, hub_here
from apps.desk.selectors import (
    Position,
    behind_in_stream,
    entries_behind,
    last_position,
    line_codes_of,
    run_of_feed,
)
from apps.kernel import clock

logger = logging.getLogger(__name__)

NOT_SIGNED_IN, NOT_PERMITTED, BAD_ADDRESS = 4401, 4403, 4400  # 44xx: trying again is useless
TOO_SLOW, MISUSE, TOO_BIG, FAULT = 1013, 1008, 1009, 1011
PAGE = 500


class Feed(AsyncWebsocketConsumer):  # type: ignore[misc]
    """What both feeds share: join first, then read what came before, then send frames; heartbeat; re-check rights."""

    listener: Listener | None = None
    tasks: tuple[asyncio.Task[None], ...] = ()
    heard_messages = 0

    async def connect(self) -> None:
        await self.accept()
        self.user = self.scope.get("user")
        session = self.scope.get("session")
        if session is None or not session.session_key or not getattr(self.user, "is_authenticated", False):
            await self.close(NOT_SIGNED_IN)
            return
        self.session_key = session.session_key
        if code := await self.admit():
            await self.close(code)
            return
        self.doubted = asyncio.Event()
        self.listener = Listener(
            user_id=self.user.pk,
            session_key=self.session_key,
            on_lag=lambda: self.cut_off(TOO_SLOW),
            on_signed_out=lambda: self.cut_off(NOT_SIGNED_IN),
            on_doubt=self.doubted.set,
            stream=self.stream(),
            lines=self.lines(),
        )
        await hub_here().join(self.listener)
        self.tasks = (asyncio.create_task(self.guarded(self.pump)), asyncio.create_task(self.guarded(self.recheck)))

    async def disconnect(self, code: int) -> None:
        self.let_go()

    def let_go(self) -> None:
        """Leaves the hub and ends the tasks of this socket, except the one that is asking."""
        if self.listener is not None:
            hub_here().leave(self.listener)
            self.listener = None
        for task in self.tasks:
            if task is not asyncio.current_task():
                task.cancel()

    async def shut(self, code: int) -> None:
        self.let_go()
        await self.close(code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Clients have nothing to say here; what they say anyway is bounded and ignored."""
        self.heard_messages += 1
        if len(text_data or bytes_data or "") > conf.FEED_CLIENT_BYTES:
            await self.shut(TOO_BIG)
        elif self.heard_messages > conf.FEED_CLIENT_MESSAGES:
            await self.shut(MISUSE)

    def cut_off(self, code: int) -> None:
        """Called by the hub. Does not wait for a client that may not be reading."""
        if self.listener is not None:
            self.let_go()
            self.tasks = (asyncio.create_task(self.close(code)),)

    async def guarded(self, work: Any) -> None:
        """A fault ends the socket, not silently the feed: the client comes back and resumes."""
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("feed ended")
            await self.shut(FAULT)

    async def pump(self) -> None:
        await self.catch_up()
        while self.listener is not None:
            try:
                frame = await asyncio.wait_for(self.listener.queue.get(), conf.FEED_HEARTBEAT_SECONDS)
            except TimeoutError:
                await self.catch_up()
                await self.send(json.dumps(await self.heartbeat()))
            else:
                await self.forward(frame)

    async def recheck(self) -> None:
        """Rights every half minute and whenever a role fact is recorded; the hub watches sessions and accounts."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.doubted.wait(), conf.FEED_RIGHTS_CHECK_SECONDS)
            self.doubted.clear()
            self.user = await get_user(self.scope)
            code = await self.admit() if self.user.is_authenticated else NOT_SIGNED_IN
            if code:
                await self.shut(code)
                return
            if self.listener is not None:
                self.listener.lines = self.lines()

    # what the two feeds do differently

    async def admit(self) -> int:
        """0, or the close code of a refusal."""
        raise NotImplementedError

    def stream(self) -> str | None:
        return None

    def lines(self) -> frozenset[str]:
        return frozenset()

    async def catch_up(self) -> None:
        raise NotImplementedError

    async def forward(self, frame: Frame) -> None:
        raise NotImplementedError

    async def heartbeat(self) -> dict[str, Any]:
        return {"type": "heartbeat", "at": clock.now().isoformat()}


class RunFeed(Feed):
    """One run's stream, by its dense numbers: never a gap, never a number twice."""

    async def admit(self) -> int:
        route = self.scope["url_route"]["kwargs"]
        if not hasattr(self, "sent"):
            self.run_id, self.sent = route["run_id"], route["number"]
        seen = await database_sync_to_async(run_of_feed)(self.user, self.run_id)
        return 0 if seen else NOT_PERMITTED

    def stream(self) -> str | None:
        return f"run.{self.run_id}"

    async def catch_up(self) -> None:
        while True:
            entries = await database_sync_to_async(behind_in_stream)(f"run.{self.run_id}", self.sent, PAGE)
            for entry in entries:
                await self.send(frame_of(entry).text)
                self.sent = entry.number
            if len(entries) < PAGE:
                return

    async def forward(self, frame: Frame) -> None:
        if frame.number <= self.sent:
            return
        if frame.number > self.sent + 1:
            await self.catch_up()
            return
        await self.send(frame.text)
        self.sent = frame.number

    async def heartbeat(self) -> dict[str, Any]:
        return {**await super().heartbeat(), "number": self.sent}


class EverythingFeed(Feed):
    """All entries of the lines the person may see, by position in the journal."""

    async def admit(self) -> int:
        if not hasattr(self, "sent"):
            position = Position.parse(self.scope["url_route"]["kwargs"]["position"])
            if position is None:
                return BAD_ADDRESS
            self.sent = position
            self.shown_ahead: set[Position] = set()
        self._lines: frozenset[str] = await database_sync_to_async(line_codes_of)(self.user)
        return 0

    def lines(self) -> frozenset[str]:
        return self._lines

    async def catch_up(self) -> None:
        """Sends what is missing, or, when that is too much, tells the page to read itself again from here on."""
        left = conf.FEED_BACKLOG_ENTRIES
        newest = await database_sync_to_async(last_position)()
        while self.sent < newest:
            entries = await database_sync_to_async(entries_behind)(self.sent, lines=self._lines, limit=PAGE)
            left -= len(entries)
            if left < 0:
                self.sent = newest
                await self.send(json.dumps({"type": "reset", "position": str(newest)}))
                return
            for entry in entries:
                await self.forward(frame_of(entry))
            if len(entries) < PAGE:
                self.sent = max(self.sent, newest)
                return

    async def forward(self, frame: Frame) -> None:
        if frame.line not in self._lines or frame.position <= self.sent:
            return
        is_new = frame.position not in self.shown_ahead
        if frame.ahead:
            self.shown_ahead.add(frame.position)
        else:
            self.sent = frame.position
            self.shown_ahead.discard(frame.position)
        if is_new:
            await self.send(frame.text)

    async def heartbeat(self) -> dict[str, Any]:
        return {**await super().heartbeat(), "position": str(self.sent)}
