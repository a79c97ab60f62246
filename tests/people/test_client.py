"""The Python client and `clearway` on the command line, against the API itself and against servers that fail on purpose."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from apps.people.actions import create_token
from apps.people.states import Role
from apps.tickets.models import Ticket
from clearway import command
from clearway.client import Client, Refused
from tests.desk.feeds import wait_for_places
from tests.factories.people import make_line, make_member

TOKEN = "clearway_test"


@pytest.fixture
def text(transactional_db):
    person = make_member("wang.min", *Role, line=make_line("rtgs-sh"))
    return create_token(name="x", lines=["rtgs-sh"], acts=True, days=1, actor=person)[1]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("clearway.client.time.sleep", lambda seconds: None)


Answers = Callable[[BaseHTTPRequestHandler, int], None]


@contextmanager
def a_server(answers: Answers) -> Iterator[tuple[str, list[Any]]]:
    """A server whose n-th request is answered by `answers(handler, n)`, and (path, headers) of the requests that it had."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, dict(self.headers)))
            answers(self, len(asked))

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def log_message(self, *args: Any) -> None:
            """Nothing on the console."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def say(handler: BaseHTTPRequestHandler, status: int, body: str, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body.encode())


def test_what_is_raised_is_listed_and_raised_once_by_its_key(text, live_server):
    client = Client(live_server.url, text)

    names = {client.raise_ticket("rtgs-sh", "a wish", key="k1")["name"] for _ in range(2)}
    for number in range(60):
        client.raise_ticket("rtgs-sh", f"wish {number}")

    assert names == {Ticket.objects.order_by("pk")[0].name}
    assert len({row["name"] for row in client.tickets()}) == Ticket.objects.count() == 61


def test_a_refusal_names_its_code_and_sentence(text, live_server):
    with pytest.raises(Refused) as refused:
        Client(live_server.url, text).raise_ticket("nowhere", "a wish")
    assert (refused.value.status, refused.value.code) == (404, "not_found")
    with pytest.raises(Refused) as refused:
        list(Client(live_server.url, "wrong").runs())
    assert (refused.value.status, refused.value.code) == (401, "unknown_token")


def test_what_there_is_of_a_feed_is_read_once(text, live_server):
    Client(live_server.url, text).raise_ticket("rtgs-sh", "a wish")

    wait_for_places()

    events = list(Client(live_server.url, text).follow(line="rtgs-sh", after="0.0", once=True))

    assert "ticket.raised" in [event.data["entry"]["kind"] for event in events if event.kind == "entry"]


@pytest.mark.parametrize("address", ["http://example.com", "ftp://127.0.0.1", "example.com", ""])
def test_a_token_is_not_sent_in_the_open(address):
    with pytest.raises(ValueError, match="https"):
        Client(address, TOKEN)


def test_a_token_follows_no_redirection_and_no_list_to_another_address():
    with a_server(lambda handler, number: say(handler, 200, "{}")) as (elsewhere, stolen):

        def answers(handler: BaseHTTPRequestHandler, number: int) -> None:
            if "runs" in handler.path:
                say(handler, 302, "", Location=elsewhere)
            else:
                say(handler, 200, json.dumps({"results": [], "next": elsewhere}))

        with a_server(answers) as (address, _asked):
            for ask in (Client(address, TOKEN).runs, Client(address, TOKEN).files):
                with pytest.raises(Refused):
                    list(ask())

    assert stolen == []


def test_a_post_whose_answer_is_lost_is_asked_again_with_the_same_key():
    def answers(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            handler.connection.close()
        elif number == 2:
            say(handler, 429, "{}", Retry_After="1")
        else:
            say(handler, 201, '{"name": "R-1"}')

    with a_server(answers) as (address, asked):
        assert Client(address, TOKEN).raise_ticket("rtgs-sh", "a wish") == {"name": "R-1"}

    assert len(asked) == 3
    assert len({headers["Idempotency-Key"] for _path, headers in asked}) == 1


def test_a_feed_is_taken_up_where_it_was_lost_and_ends_when_it_is_closed_to_the_token():
    def answers(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            say(handler, 200, 'id: 0.7\nevent: entry\ndata: {"n": 1}\n\nid: 0.8\nevent: entry\ndata: {"n"')
        elif number == 2:
            say(handler, 502, "gone")
        elif number == 3:
            say(handler, 200, 'id: 0.8\nevent: entry\ndata: {"n": 2}\n\nevent: closed\ndata: {"code": 1013}\n\n')
        else:
            say(handler, 200, 'event: closed\ndata: {"code": 4403}\n\n')

    with a_server(answers) as (address, asked):
        events = Client(address, TOKEN).follow(line="rtgs-sh")
        found = [next(events) for _ in range(2)]
        with pytest.raises(Refused) as refused:
            next(events)

    assert [(event.place, event.data["n"]) for event in found] == [("0.7", 1), ("0.8", 2)]
    assert refused.value.code == "4403"
    assert [path.partition("after=")[2] for path, _headers in asked] == ["", "0.7", "0.7", "0.8"]


def test_the_command_signs_in_lists_and_says_why_not(text, live_server, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("CLEARWAY_TOKEN", raising=False)
    assert command.main(["runs"]) == 1
    for said, status in (("wrong", 1), (text, 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(said + "\n"))
        assert command.main(["sign-in", live_server.url]) == status

    assert command.kept().stat().st_mode & 0o077 == 0
    assert command.main(["--json", "raise", "rtgs-sh", "a wish"]) == 0
    assert command.main(["tickets"]) == 0
    assert command.main(["raise", "nowhere", "a wish"]) == 1
    told = capsys.readouterr()
    assert "a wish" in told.out.splitlines()[-1]
    assert "404 not_found" in told.err


def test_each_verb_is_completed(capsys):
    assert command.main(["completion"]) == 0

    told = capsys.readouterr().out
    assert "follow) words=" in told
    assert "--inbox" in told
