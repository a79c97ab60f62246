"""Follows the journal in every web process and fans new entries out to the sockets of that process.

The journal is the truth: a frame that is lost here costs a moment, because each consumer knows the last number it sent
and reads what is missing. Nothing crosses processes but the database.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import DatabaseError, close_old_connections, connection

from apps.desk.conf import conf
from apps.desk.selectors import (
    Position,
    entries_behind,
    entries_not_placed,
    last_position,
    position_of,
    signed_in_among,
)
from apps.journal.models import Entry
from apps.journal.selectors import feed_text
from apps.people.selectors import Present, people_present

logger = logging.getLogger(__name__)

PAGE = 500
LINGER_SECONDS = 5.0  # how long a follower outlives its last listener
PAUSE_AFTER_FAULT_SECONDS = 1.0


@dataclass(frozen=True)
class Frame:
    """One entry, made ready to send once for all clients."""

    position: Position
    stream: str
    number: int
    line: str
    text: str
    actor: int | None = None  # who did it; None for what the system did
    ahead: bool = False  # committed, but an older transaction is still open: shown at once, no place to resume from


def frame_of(entry: Entry, *, ahead: bool = False) -> Frame:
    position = position_of(entry)
    text = feed_text(entry, "" if ahead else str(position))
    return Frame(position, entry.stream, entry.number, entry.line, text, entry.actor_id, ahead)


PRESENCE = "\0presence"
"""In place of a line: nobody sees such frames but those who listen to the stream."""


def presence_frame(stream: str, people: tuple[Present, ...]) -> Frame:
    """Who is at a thing now. It is no entry and has no place to resume from."""
    said = [{"id": person, "name": name, "place": place} for person, name, place in people]
    return Frame(Position(), stream, 0, PRESENCE, json.dumps({"type": "present", "people": said}, ensure_ascii=False))


@dataclass(eq=False)
class Listener:
    """One socket's place in the hub. `stream` narrows it to one stream, `lines` to what its person may see."""

    user_id: int
    signed_in_by: str  # the key of a session, or a token as `selectors.token_key` names it
    on_lag: Callable[[], None]  # the queue is full
    on_signed_out: Callable[[], None]
    on_doubt: Callable[[], None]  # a role changed somewhere: ask again what this person may see
    stream: str | None = None
    lines: frozenset[str] = frozenset()
    wants_presence: bool = False  # of those who look at the thing whose stream it is
    queue: "asyncio.Queue[Frame]" = field(default_factory=lambda: asyncio.Queue(maxsize=conf.FEED_QUEUE_FRAMES))

    def wants(self, frame: Frame) -> bool:
        return frame.stream == self.stream if self.stream else frame.line in self.lines

    def offer(self, frame: Frame) -> None:
        """Never waits: whoever cannot keep up is cut off, so that one slow client costs nobody else anything."""
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.on_lag()


class Hub:
    """The listeners of one event loop and the one thread that follows the journal for them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listeners: set[Listener] = set()
        self._follower: Follower | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._watch: asyncio.Task[None] | None = None

    async def join(self, listener: Listener) -> None:
        """From the return on, every new entry reaches the listener's queue; read what came before it afterwards."""
        self._listeners.add(listener)
        if self._linger:
            self._linger.cancel()
            self._linger = None
        if self._follower is None or not self._follower.is_alive():
            self._follower = Follower(self._hear, self._watched)
            self._follower.start()
        if self._watch is None or self._watch.done():
            # In a context of its own: it outlives the request that happened to be the first.
            self._watch = self._loop.create_task(self._watch_sessions(), context=Context())
        await self._loop.run_in_executor(None, self._follower.following.wait, 10)

    def _watched(self) -> set[str]:
        """Streams of the things at which somebody wants to know who is there. Called in the follower's thread."""
        return {one.stream for one in tuple(self._listeners) if one.wants_presence and one.stream}

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        if not self._listeners and self._linger is None:
            self._linger = self._loop.call_later(LINGER_SECONDS, self._rest)

    def stop(self) -> None:
        """Ends the follower and waits for its thread; listeners that are still here hear nothing more."""
        self._listeners.clear()
        if self._watch is not None:
            self._watch.cancel()
        if self._follower is not None:
            self._follower.stop()
            self._follower.join(5)
            self._follower = None

    def publish(self, frames: list[Frame]) -> None:
        for frame in frames:
            for listener in tuple(self._listeners):
                if listener.wants(frame):
                    listener.offer(frame)
        if any(frame.stream == "people" for frame in frames):
            for listener in tuple(self._listeners):
                listener.on_doubt()

    async def _watch_sessions(self) -> None:
        """One question for all sockets: who is still signed in and active. Ends with the last listener."""
        while self._listeners:
            await asyncio.sleep(conf.FEED_SESSION_CHECK_SECONDS)
            asked = tuple(self._listeners)
            pairs = {(listener.user_id, listener.signed_in_by) for listener in asked}
            try:
                still_in = await database_sync_to_async(signed_in_among)(pairs)
            except DatabaseError as fault:
                logger.warning("sessions cannot be checked, trying again: %s", fault)
                continue
            for listener in asked:
                if (listener.user_id, listener.signed_in_by) not in still_in:
                    listener.on_signed_out()

    def _hear(self, frames: list[Frame]) -> None:
        """Called in the follower's thread."""
        try:
            self._loop.call_soon_threadsafe(self.publish, frames)
        except RuntimeError:  # the loop has closed: the server is going down
            if self._follower is not None:
                self._follower.stop()

    def _rest(self) -> None:
        self._linger = None
        if not self._listeners and self._follower is not None:
            self._follower.stop()
            self._follower = None


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub_here() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(loop)
    return _hubs[loop]


class Follower(threading.Thread):
    """Reads the journal as it grows, on a database connection of its own."""

    def __init__(self, hear: Callable[[list[Frame]], None], watched: Callable[[], set[str]]) -> None:
        super().__init__(name="journal-follower", daemon=True)
        self._hear = hear
        self._watched = watched
        self._present: dict[str, tuple[Present, ...]] = {}
        self._ahead: set[int] = set()
        self._stopping = threading.Event()
        self._position: Position | None = None
        self.following = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except DatabaseError as fault:
                logger.warning("the journal cannot be followed, trying again: %s", fault)
                close_old_connections()
                connection.close()
                self._stopping.wait(PAUSE_AFTER_FAULT_SECONDS)
        connection.close()

    def _follow(self) -> None:
        with _bell(self._stopping) as heard:
            if self._position is None:
                self._position = last_position()
            self.following.set()
            while not self._stopping.is_set():
                self._read()
                self._read_ahead()
                self._look_around()
                heard()

    def _read_ahead(self) -> None:
        """What is committed but cannot be placed yet, because some older transaction anywhere in the cluster is still open.

        Screens show it at once; places to resume from move on only when `_read` gets there, so nothing can be skipped.
        """
        entries = entries_not_placed(self._position or Position(), PAGE, told=self._ahead)
        if entries:
            self._ahead |= {entry.pk for entry in entries}
            self._hear([frame_of(entry, ahead=True) for entry in entries])

    def _look_around(self) -> None:
        """Tells who came and went at the things that somebody here looks at; no question where nobody does."""
        watched = self._watched()
        now = people_present(watched) if watched else {}
        changed = [stream for stream, people in now.items() if self._present.get(stream) != people]
        self._present = now
        if changed:
            self._hear([presence_frame(stream, now[stream]) for stream in changed])

    def _read(self) -> None:
        while True:
            entries = entries_behind(self._position or Position(), lines=None, limit=PAGE)
            if not entries:
                return
            self._position = position_of(entries[-1])
            self._ahead -= {entry.pk for entry in entries}
            self._hear([frame_of(entry) for entry in entries])
            if len(entries) < PAGE:
                return


@contextmanager
def _bell(stopping: threading.Event) -> Iterator[Callable[[], Any]]:
    """A function that returns when the journal may have grown. False alarms are allowed, lasting silence is not."""
    if connection.vendor == "postgresql":
        with _postgresql_bell() as heard:
            yield heard
    else:
        yield _sqlite_bell(stopping)


def _sqlite_bell(stopping: threading.Event) -> Callable[[], None]:
    seen = -1

    def heard() -> None:
        nonlocal seen
        with connection.cursor() as cursor:
            while not stopping.is_set():
                cursor.execute("PRAGMA data_version")  # changes when any other connection has committed
                now = cursor.fetchone()[0]
                if now != seen:
                    seen = now
                    return
                stopping.wait(conf.FEED_POLL_SECONDS)

    return heard


@contextmanager
def _postgresql_bell() -> Iterator[Callable[[], None]]:
    listening = connection.copy()
    listening.connect()
    try:
        listening.connection.execute("LISTEN journal")

        def heard() -> None:
            for _ in listening.connection.notifies(timeout=conf.FEED_SAFETY_SECONDS, stop_after=1):
                pass

        yield heard
    finally:
        listening.close()
