"""`manage.py receiver`: a receiver of webhooks on this machine, which verifies what it is sent and says it."""

import json
from argparse import ArgumentParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.hooks.core.signing import is_secret
from apps.hooks.core.simulated import Receiver
from apps.kernel import clock

MOST_BYTES = 1_000_000


class ReceiverServer(ThreadingHTTPServer):
    """Listens on this machine alone."""

    def __init__(self, port: int, receiver: Receiver, *, aloud: bool = False) -> None:
        super().__init__(("127.0.0.1", port), _Door)
        self.receiver = receiver
        self.aloud = aloud


class _Door(BaseHTTPRequestHandler):
    server: ReceiverServer

    def do_POST(self) -> None:
        body = self.rfile.read(min(MOST_BYTES, int(self.headers.get("Content-Length") or 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = self.server.receiver.answer(headers, body, clock.now().timestamp())
        if self.server.aloud:
            print(json.dumps({"status": status, "id": headers.get("webhook-id", ""), "body": body.decode(errors="replace")}))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Nothing: what was sent is said above."""


class Command(BaseCommand):
    help = "Plays a receiver at http://127.0.0.1:PORT/; signatures are verified, repeats are taken once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8098)
        parser.add_argument("--secret", required=True, help="the secret of the outgoing webhook, whsec_...")
        parser.add_argument("--fail", type=int, default=0, help="answer so many deliveries with 503 first")

    def handle(self, *args: Any, port: int, secret: str, fail: int, **options: Any) -> None:
        if not is_secret(secret):
            raise CommandError("That is no secret of a webhook: it begins with whsec_.")
        ReceiverServer(port, Receiver([secret], failing=[503] * fail), aloud=True).serve_forever()
