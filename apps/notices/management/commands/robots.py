"""`manage.py robots`: the chat robots of Feishu, DingTalk and WeCom on this machine, which say what they were told."""

import json
from argparse import ArgumentParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.management.base import BaseCommand

from apps.kernel import clock
from apps.notices.core.simulated import answer

MOST_BYTES = 100_000


class Robots(ThreadingHTTPServer):
    """Listens on this machine alone; `heard` are channel and text of what was taken."""

    def __init__(self, port: int, secret: str) -> None:
        super().__init__(("127.0.0.1", port), _Robot)
        self.secret = secret
        self.heard: list[tuple[str, str]] = []


class _Robot(BaseHTTPRequestHandler):
    server: Robots

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        channel = parts.path.strip("/")
        if channel not in ("feishu", "dingtalk", "wecom"):
            self.send_error(404)
            return
        body = self.rfile.read(min(MOST_BYTES, int(self.headers.get("Content-Length") or 0)))
        said, text = answer(channel, dict(parse_qsl(parts.query)), body, self.server.secret, clock.now().timestamp())
        if text:
            self.server.heard.append((channel, text))
            print(f"[{channel}] {text}", flush=True)
        reply = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_words: Any) -> None:
        """Nothing: addresses of robots are secrets."""


class Command(BaseCommand):
    help = "Plays the chat robots at http://127.0.0.1:PORT/feishu, /dingtalk and /wecom; signatures are verified."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8099)
        parser.add_argument("--secret", default="", help="key of the Feishu and DingTalk robots; empty: nothing is verified")

    def handle(self, *args: Any, port: int, secret: str, **options: Any) -> None:
        Robots(port, secret).serve_forever()
