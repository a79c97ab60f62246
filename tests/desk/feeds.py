"""A browser's end of a feed, for tests: a websocket with a session cookie and an Origin."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from apps.desk.selectors import Position, entries_not_placed
from apps.journal.actions import append_all
from apps.people.models import User
from clearway.routing import websockets

HOST = b"testserver"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A fact of tests."""

    kind: ClassVar[str] = "test.noted"
    run: int
    line: str
    text: str = ""

    @property
    def stream(self) -> str:
        return f"run.{self.run}"


@sync_to_async
def note(run_id: int, *texts: str, line: str = "rtgs-sh") -> None:
    with transaction.atomic():
        append_all([Noted(run=run_id, line=line, text=text) for text in texts], actor=None)


@sync_to_async
def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class Socket(ApplicationCommunicator):
    """One websocket; speaks ASGI to the application, without a server."""

    accepted = False

    async def connect(self) -> None:
        await self.send_input({"type": "websocket.connect"})
        self.accepted = (await self.receive_output(PATIENCE_SECONDS))["type"] == "websocket.accept"

    async def send_to(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def receive_from(self, seconds: float = PATIENCE_SECONDS) -> str:
        event = await self.receive_output(seconds)
        assert event["type"] == "websocket.send", event
        return str(event["text"])

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(PATIENCE_SECONDS)


@asynccontextmanager
async def connected(path: str, session: str | None, origin: bytes | None = b"http://testserver") -> AsyncIterator[Socket]:
    headers = [(b"host", HOST)]
    if origin is not None:
        headers.append((b"origin", origin))
    if session:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    scope = {
        "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers, "subprotocols": [],
    }  # fmt: skip
    socket = Socket(websockets, scope)
    await socket.connect()
    try:
        yield socket
    finally:
        await socket.disconnect()


async def heard(socket: Socket, count: int) -> list[dict[str, Any]]:
    """The next notes, in the order in which they came; heartbeats and other facts are passed over."""
    return [(await next_frame(socket, "entry"))["entry"] for _ in range(count)]


async def next_frame(socket: Socket, type_: str) -> dict[str, Any]:
    """The next frame of a type; entries only when they are notes of these tests."""
    while True:
        frame: dict[str, Any] = json.loads(await socket.receive_from())
        if frame["type"] == type_ and (type_ != "entry" or frame["entry"]["kind"] == Noted.kind):
            return frame


async def closing_code(socket: Socket) -> int:
    """The code the server closes with; frames before it are passed over."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            event = await socket.receive_output(PATIENCE_SECONDS)
            if event["type"] == "websocket.close":
                return int(event.get("code") or 1000)


def wait_for_places() -> None:
    """Transactions of other tests on the same PostgreSQL server hold places back; a test begins when there are none."""
    until, never = time.monotonic() + 120, threading.Event()
    while entries_not_placed(Position(), 1):
        assert time.monotonic() < until, "never placed"
        never.wait(0.05)
