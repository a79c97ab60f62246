"""The feeds as server-sent events: what `curl -N` and an EventSource can follow, with a token or a session.

The same feeds as over websockets, with another mouth. What a client has been given it names when it comes back
(`Last-Event-ID`), so that nothing is lost between two connections. Between two entries no database connection is held.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.desk.consumers.feeds import BAD_ADDRESS, NOT_SIGNED_IN, EverythingFeed, Feed, InboxFeed, LineFeed, RunFeed, TeamFeed
from apps.desk.errors import NotSignedIn, UnusableFeed
from apps.desk.selectors import last_position, token_key
from apps.kernel.errors import NotFound
from apps.people.selectors import person_behind_token

WAITING_EVENTS = 64
"""Between the feed and a client that reads slowly; what is more waits in the hub, which cuts off whoever is too far behind."""
RETRY_MILLISECONDS = 2000


class Events(Feed):
    """What makes a feed speak in events. `token` is the key of the token that the program came with."""

    def __init__(self, user: Any, session: Any, token: int | None, **route: Any) -> None:
        super().__init__()
        self.scope = {"user": user, "session": session, "url_route": {"kwargs": route}}
        self.token_id = token
        self.out: asyncio.Queue[str | None] = asyncio.Queue(WAITING_EVENTS)

    def signed_in_by(self) -> str:
        return token_key(self.token_id) if self.token_id is not None else super().signed_in_by()

    async def who(self) -> Any:
        if self.token_id is None:
            return await super().who()
        return await database_sync_to_async(person_behind_token)(self.token_id) or AnonymousUser()

    async def send(self, text_data: str | None = None, bytes_data: bytes | None = None, close: bool = False) -> None:
        said = json.loads(text_data or "{}")
        place = self.place(said)
        await self.out.put((f"id: {place}\n" if place else "") + f"event: {said['type']}\ndata: {text_data}\n\n")

    def place(self, said: dict[str, Any]) -> object:
        """Where to go on from behind this: a position in the journal; nothing while the entry has none yet."""
        return said.get("position")

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """The last event says why. What the client has not read by now it asks for when it comes back."""
        while self.out.qsize() > WAITING_EVENTS - 2:
            self.out.get_nowait()
        self.out.put_nowait(f"event: closed\ndata: {json.dumps({'type': 'closed', 'code': code or 1000})}\n\n")
        self.out.put_nowait(None)

    async def speak(self, *, follow: bool) -> AsyncIterator[str]:
        """Events until the feed or the client ends; without `follow` only those that there are."""
        if follow:
            await self.join()
        else:
            self.tasks = (asyncio.create_task(self.guarded(self.read_once)),)
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n"
            while (event := await self.out.get()) is not None:
                yield event
        finally:
            self.let_go()

    async def read_once(self) -> None:
        await self.catch_up()
        await self.close()


class EverythingEvents(Events, EverythingFeed):
    pass


class LineEvents(Events, LineFeed):
    pass


class TeamEvents(Events, TeamFeed):
    pass


class RunEvents(Events, RunFeed):
    def place(self, said: dict[str, Any]) -> object:
        """A number in the stream of the run."""
        return said["entry"]["number"] if "entry" in said else said.get("number")


class InboxEvents(Events, InboxFeed):
    async def read_once(self) -> None:
        await self.say_count()
        await self.close()


@require_safe
async def event_stream(request: HttpRequest) -> StreamingHttpResponse:
    """`?line=`, `?team=` or `?run=` narrow it, `?inbox=1` counts what waits for you; `after` or Last-Event-ID: where to go on.

    Without a place it begins now, of a run at its beginning. `follow=0` ends behind what there is.
    """
    token = getattr(request, "token", None)
    user = request.user if token is not None else await request.auser()
    feed = await _feed_for(request, user, token.pk if token is not None else None)
    code = await feed.come_in()
    if code == NOT_SIGNED_IN:
        raise NotSignedIn()
    if code == BAD_ADDRESS:
        raise UnusableFeed()
    if code:
        raise NotFound(what=_("feed"))
    answer = StreamingHttpResponse(feed.speak(follow=request.GET.get("follow") != "0"), content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # a proxy that collects answers passes this one on at once
    return answer


async def _feed_for(request: HttpRequest, user: Any, token: int | None) -> Events:
    asked = request.GET
    after = request.headers.get("Last-Event-ID") or asked.get("after", "")
    who = (user, request.session, token)
    if asked.get("inbox") == "1":
        return InboxEvents(*who)
    if "run" in asked:
        return RunEvents(*who, run_id=_number(asked["run"]), number=_number(after or "0"))
    position = after or str(await database_sync_to_async(last_position)())
    if "team" in asked:
        return TeamEvents(*who, team=_number(asked["team"]), position=position)
    if "line" in asked:
        return LineEvents(*who, line=asked["line"], position=position)
    return EverythingEvents(*who, position=position)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise UnusableFeed()
    return int(text)
