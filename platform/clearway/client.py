"""The API for Python programs: a token, the standard library and nothing else; Clearway itself need not be set up.

client = Client("https://clearway.example", token)
for event in client.follow(line="rtgs-sh"):
    ...
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

TRIES = 5
LONGEST_PAUSE_SECONDS = 30.0
SILENCE_SECONDS = 45.0
"""Three heartbeats of a feed: a connection that says nothing for longer is lost."""
GIVEN_UP = 4400
"""Codes of a closed feed from here to 4499: coming back is useless."""
HERE = {"127.0.0.1", "::1", "localhost"}
Row = dict[str, Any]


@dataclass
class Refused(Exception):
    """What the server answered instead: its status, the code of the refusal and its sentence."""

    status: int
    code: str
    detail: str
    facts: Row = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.detail}"


@dataclass(frozen=True)
class Event:
    """One event of a feed; `place` is where to go on from behind it, empty when it gives none."""

    kind: str
    data: Row
    place: str = ""


class _NoRedirect(HTTPRedirectHandler):
    """A token goes to the address that its owner named and to no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Client:
    """Speaks for the person of a token. Raises Refused, and OSError when the server cannot be reached."""

    def __init__(self, address: str, token: str, *, seconds: float = 30.0) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
            raise ValueError("a token is sent over https only, or to this machine")
        self.address = f"{parts.scheme}://{parts.netloc}"
        self._token, self._seconds = token, seconds
        self._opener = build_opener(_NoRedirect)

    # what there is

    def runs(self) -> Iterator[Row]:
        return self.rows("/api/runs/")

    def run(self, run: int) -> Row:
        return self.get(f"/api/runs/{run}/")

    def begin_run(self, process: str, business_date: str, *, key: str = "") -> Row:
        """`key` makes it happen once, however often it is asked; without one it is this call's own."""
        return self.post("/api/runs/", {"process": process, "business_date": business_date}, key=key)

    def steps(self) -> Iterator[Row]:
        """Human steps that wait for the person."""
        return self.rows("/api/steps/")

    def complete_step(self, step: int, answer: Row, *, key: str = "") -> Row:
        return self.post(f"/api/steps/{step}/complete", {"answer": answer}, key=key)

    def tickets(self, **wanted: str) -> Iterator[Row]:
        return self.rows("/api/tickets/", **wanted)

    def raise_ticket(self, line: str, title: str, *, key: str = "") -> Row:
        return self.post("/api/tickets/", {"line": line, "title": title}, key=key)

    def changes(self) -> Iterator[Row]:
        return self.rows("/api/changes/")

    def files(self, **wanted: str) -> Iterator[Row]:
        return self.rows("/api/files/", **wanted)

    # how it is asked

    def get(self, path: str, **query: str) -> Row:
        found: Row = self._ask("GET", self._url(path, query))
        return found

    def post(self, path: str, body: Row, *, key: str = "") -> Row:
        """Tried again with the same key when the answer was lost: it is done once."""
        made: Row = self._ask("POST", self._url(path, {}), body, key or str(uuid4()))
        return made

    def rows(self, path: str, **query: str) -> Iterator[Row]:
        """All rows of a list, page by page."""
        url = self._url(path, query)
        while url:
            page = self._ask("GET", url)
            yield from page["results"]
            following = urljoin(url, page["next"]) if page["next"] else ""
            if following and not following.startswith(f"{self.address}/"):
                raise Refused(0, "elsewhere", "The list goes on at another address.")
            url = following

    def follow(
        self, *, line: str = "", team: int = 0, run: int = 0, inbox: bool = False, after: str = "", once: bool = False
    ) -> Iterator[Event]:
        """Events as they happen. A lost connection is taken up again where it was; ends with `once`, else by Refused."""
        numbers = {"team": str(team or ""), "run": str(run or "")}
        wanted = numbers | {"line": line, "inbox": "1" if inbox else "", "follow": "0" if once else ""}
        place, pause = after, 1.0
        while True:
            query = {name: value for name, value in (wanted | {"after": place}).items() if value}
            try:
                for event in self._events(self._url("/api/feed/", query)):
                    place, pause = event.place or place, 1.0
                    if event.kind == "closed":
                        code = int(event.data["code"])
                        if GIVEN_UP <= code < GIVEN_UP + 100:
                            raise Refused(0, str(code), "The feed is closed to this token.")
                        break
                    yield event
            except Refused as refusal:
                if refusal.status < 500:
                    raise
            except (OSError, HTTPException):
                pass  # taken up again below
            if once:
                return
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _url(self, path: str, query: Row) -> str:
        return self.address + path + (f"?{urlencode(query)}" if query else "")

    def _request(self, method: str, url: str, body: Row | None = None, key: str = "") -> Request:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json, text/event-stream"}
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Idempotency-Key": key} if key else {}
        data = json.dumps(body).encode() if body is not None else None
        return Request(url, data=data, headers=headers, method=method)  # noqa: S310 - the scheme was looked at

    def _ask(self, method: str, url: str, body: Row | None = None, key: str = "") -> Any:
        pause = 1.0
        for left in range(TRIES - 1, -1, -1):
            try:
                with self._opener.open(self._request(method, url, body, key), timeout=self._seconds) as answer:
                    said = answer.read()
                    return json.loads(said) if said else {}
            except HTTPError as error:
                refusal, wait = _refusal(error), error.headers.get("Retry-After", "")
                may_pass = refusal.status in (429, 503) or refusal.code == "key_in_flight"
                if not (left and may_pass):
                    raise refusal from None
                pause = min(int(wait) if wait.isdigit() else pause, LONGEST_PAUSE_SECONDS)
            except (OSError, HTTPException):
                if not left:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        raise AssertionError("the last try answers or raises")

    def _events(self, url: str) -> Iterator[Event]:
        try:
            answer = self._opener.open(self._request("GET", url), timeout=SILENCE_SECONDS)
        except HTTPError as error:
            raise _refusal(error) from None
        with answer:
            said: dict[str, str] = {}
            for line in answer:
                name, _colon, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    said[name] = value
                    continue
                if "event" in said:
                    yield Event(said["event"], json.loads(said.get("data", "{}")), said.get("id", ""))
                said = {}


def _refusal(error: HTTPError) -> Refused:
    with error:
        try:
            said = json.loads(error.read())
        except ValueError:
            said = {}
    if not isinstance(said, dict):
        said = {}
    facts = said.get("facts") or said.get("errors") or {}
    return Refused(error.code, str(said.get("type", "refused")), str(said.get("detail", error.reason)), facts)
