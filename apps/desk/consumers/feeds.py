"""Websocket feeds: one run, or everything a person may see. Both resume by number and are closed when a right ends."""

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from apps.comments.selectors import may_comment
from apps.desk.conf import conf
from apps.desk.dispatch import Frame, Listener, frame_of, hub_here
from apps.desk.selectors import (
    Position,
    behind_in_stream,
    entries_behind,
    entries_not_placed,
    granted_of,
    inbox_count,
    last_position,
    line_codes_of,
    run_of_feed,
    seconds_of_rights,
)
from apps.kernel import clock
from apps.people.selectors import process_of_stream, team_and_members

logger = logging.getLogger(__name__)

NOT_SIGNED_IN, NOT_PERMITTED, BAD_ADDRESS = 4401, 4403, 4400  # 44xx: trying again is useless
TOO_SLOW, MISUSE, TOO_BIG, FAULT = 1013, 1008, 1009, 1011
PAGE = 500
KEPT_STREAMS = 4096


class ReaderGone(Exception):
    """The client has left, and the server has not told so yet."""


class Feed(AsyncWebsocketConsumer):  # type: ignore[misc]
    """What both feeds share: join first, then read what came before, then send frames; heartbeat; re-check rights."""

    listener: Listener | None = None
    tasks: tuple[asyncio.Task[None], ...] = ()
    heard_messages = 0

    async def connect(self) -> None:
        await self.accept()
        if code := await self.come_in():
            await self.close(code)
        else:
            await self.join()

    async def come_in(self) -> int:
        """0, or the close code for who is not signed in or may not be here."""
        self.user = self.scope.get("user")
        if not self.signed_in_by() or not getattr(self.user, "is_authenticated", False):
            return NOT_SIGNED_IN
        return await self.admit()

    def signed_in_by(self) -> str:
        """The key of the session."""
        session = self.scope.get("session")
        return str(session.session_key or "") if session is not None else ""

    async def who(self) -> Any:
        """The person as they are now; nobody when the session has ended."""
        return await get_user(self.scope)

    async def join(self) -> None:
        self.doubted = asyncio.Event()
        self.listener = Listener(
            user_id=self.user.pk,
            signed_in_by=self.signed_in_by(),
            on_lag=lambda: self.cut_off(TOO_SLOW),
            on_signed_out=lambda: self.cut_off(NOT_SIGNED_IN),
            on_doubt=self.doubted.set,
            stream=self.stream(),
            lines=self.lines(),
            wants_presence=self.wants_presence(),
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
        with suppress(ReaderGone, OSError):
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

    async def send(self, *told: Any, **more: Any) -> None:
        try:
            await super().send(*told, **more)
        except OSError as gone:  # what ASGI has servers raise once nobody is there
            raise ReaderGone() from gone

    async def guarded(self, work: Any) -> None:
        """A fault ends the socket, not silently the feed: the client comes back and resumes."""
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except ReaderGone:
            self.let_go()
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
        """Rights every half minute, when one begins or ends, and whenever a role fact is recorded.

        The hub watches sessions and accounts.
        """
        while True:
            seconds = await database_sync_to_async(seconds_of_rights)(self.user, conf.FEED_RIGHTS_CHECK_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.doubted.wait(), seconds)
            self.doubted.clear()
            self.user = await self.who()
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

    def wants_presence(self) -> bool:
        return False

    async def catch_up(self) -> None:
        raise NotImplementedError

    async def forward(self, frame: Frame) -> None:
        raise NotImplementedError

    async def heartbeat(self) -> dict[str, Any]:
        return {"type": "heartbeat", "at": clock.now().isoformat()}


class StreamFeed(Feed):
    """One stream, by its dense numbers: never a gap, never a number twice."""

    async def admit(self) -> int:
        if not hasattr(self, "sent"):
            self.sent = self.scope["url_route"]["kwargs"]["number"]
        return 0 if await database_sync_to_async(self.is_seen)() else NOT_PERMITTED

    def is_seen(self) -> bool:
        """Whether the person may see what the stream is about."""
        raise NotImplementedError

    def stream(self) -> str:
        raise NotImplementedError

    async def catch_up(self) -> None:
        while True:
            entries = await database_sync_to_async(behind_in_stream)(self.stream(), self.sent, PAGE)
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


class RunFeed(StreamFeed):
    """What happens in one run."""

    def is_seen(self) -> bool:
        return run_of_feed(self.user, self.scope["url_route"]["kwargs"]["run_id"]) is not None

    def stream(self) -> str:
        return f"run.{self.scope['url_route']['kwargs']['run_id']}"


class CommentFeed(StreamFeed):
    """What is said about one thing."""

    def is_seen(self) -> bool:
        route = self.scope["url_route"]["kwargs"]
        return may_comment(self.user, route["kind"], route["key"])

    def stream(self) -> str:
        route = self.scope["url_route"]["kwargs"]
        return f"comment.{route['kind']}.{route['key']}"


class EverythingFeed(Feed):
    """All entries of the lines and single processes the person may see, by position in the journal."""

    async def admit(self) -> int:
        if not hasattr(self, "sent"):
            position = Position.parse(self.scope["url_route"]["kwargs"]["position"])
            if position is None:
                return BAD_ADDRESS
            self.sent = position
            self.shown_ahead: set[Position] = set()
            self._behind: dict[str, int | None] = {}  # which process a stream is about never changes
        self._lines: frozenset[str] = await database_sync_to_async(line_codes_of)(self.user)
        self._processes: frozenset[int]
        self._processes, lines = await database_sync_to_async(granted_of)(self.user)
        self._lines_in_part: frozenset[str] = lines - self._lines
        return 0

    def lines(self) -> frozenset[str]:
        return self._lines | self._lines_in_part

    async def is_for_me(self, frame: Frame) -> bool:
        """Of a line that the person sees in part, what their processes' own streams say."""
        if frame.line in self._lines_in_part:
            if frame.stream not in self._behind:
                if len(self._behind) >= KEPT_STREAMS:
                    self._behind.clear()
                self._behind[frame.stream] = await database_sync_to_async(process_of_stream)(frame.stream)
            return self._behind[frame.stream] in self._processes
        return frame.line in self._lines

    async def catch_up(self) -> None:
        """Sends what is missing: first what has its place, then what is committed and still waits for one."""
        await self.catch_up_with(await database_sync_to_async(last_position)())
        for entry in await database_sync_to_async(entries_not_placed)(self.sent, PAGE):
            await self.forward(frame_of(entry, ahead=True))

    async def catch_up_with(self, newest: Position) -> None:
        """Everything placed up to there, or, when that is too much, the word to read the page again from there on."""
        left = conf.FEED_BACKLOG_ENTRIES
        while self.sent < newest:
            entries = await database_sync_to_async(entries_behind)(self.sent, lines=self.lines(), limit=PAGE)
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
        if frame.line not in self.lines() or frame.position <= self.sent:
            return
        is_new = frame.position not in self.shown_ahead
        if frame.ahead:
            self.shown_ahead.add(frame.position)
        else:
            self.sent = frame.position
            self.shown_ahead.discard(frame.position)
        if is_new and await self.is_for_me(frame):
            await self.tell(frame)

    async def tell(self, frame: Frame) -> None:
        await self.send(frame.text)

    async def heartbeat(self) -> dict[str, Any]:
        return {**await super().heartbeat(), "position": str(self.sent)}


class LineFeed(EverythingFeed):
    """The same for one line, closed to who may see nothing of it."""

    async def admit(self) -> int:
        return await super().admit() or (0 if self.lines() else NOT_PERMITTED)

    def lines(self) -> frozenset[str]:
        return super().lines() & {self.scope["url_route"]["kwargs"]["line"]}


class TeamFeed(EverythingFeed):
    """What a team does on its line, and what the system does there; closed to who may see nothing of the line."""

    async def admit(self) -> int:
        found = await database_sync_to_async(team_and_members)(int(self.scope["url_route"]["kwargs"]["team"]))
        if found is None:
            return NOT_PERMITTED
        self._line, self._members = found
        return await super().admit() or (0 if self.lines() else NOT_PERMITTED)

    def lines(self) -> frozenset[str]:
        return super().lines() & {self._line}

    async def is_for_me(self, frame: Frame) -> bool:
        return (frame.actor is None or frame.actor in self._members) and await super().is_for_me(frame)


class InboxFeed(EverythingFeed):
    """How much waits for one person: said at once, and whenever something that they may see has changed it."""

    async def admit(self) -> int:
        if not hasattr(self, "told"):
            self.scope["url_route"]["kwargs"]["position"] = "0.0"
            self.changed, self.told = asyncio.Event(), (-1, False)
        return await super().admit()

    async def pump(self) -> None:
        counting = asyncio.create_task(self.guarded(self.count))
        try:
            await super().pump()
        finally:
            counting.cancel()

    async def catch_up(self) -> None:
        self.sent = await database_sync_to_async(last_position)()
        self.changed.set()

    async def tell(self, frame: Frame) -> None:
        self.changed.set()

    async def count(self) -> None:
        """Once for all that came in a moment."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            await self.say_count()
            await asyncio.sleep(conf.FEED_INBOX_SECONDS)

    async def say_count(self) -> None:
        found = await database_sync_to_async(inbox_count)(self.user)
        if found != self.told:
            self.told = found
            await self.send(json.dumps({"type": "inbox", "count": found[0], "more": found[1]}))
