"""The README's first promise: one command, and a person can sign in; Ctrl-C stops cleanly; a second start keeps everything."""

import http.cookiejar
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 240  # a machine may be busy with other tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Started:
    """A `manage.py up` of its own data folder."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CLEARWAY_")}
        environment |= {
            "CLEARWAY_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "clearway.settings.embedded",
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def until(self, text: str, seconds: float = PATIENCE_SECONDS) -> None:
        end = time.monotonic() + seconds
        while text not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, f"never said {text!r}:\n{self.said}"
            time.sleep(0.05)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(10)
        return code


@contextmanager
def started(data: Path) -> Iterator[Started]:
    up = Started(data)
    try:
        up.until("Ctrl-C stops it")
        yield up
    finally:
        if up.process.poll() is None:
            up.process.kill()


def sign_in(port: int, username: str, password: str) -> str:
    """The home page as this person sees it after signing in."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"http://127.0.0.1:{port}/", timeout=PATIENCE_SECONDS)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert token, "the start page asks to sign in"
    form = {"csrfmiddlewaretoken": token[1], "username": username, "password": password}
    request = urllib.request.Request(page.url, urllib.parse.urlencode(form).encode(), {"Referer": page.url})
    answer: str = browser.open(request, timeout=PATIENCE_SECONDS).read().decode()
    return answer


def entries(data: Path) -> list[tuple[int, str]]:
    with sqlite3.connect(data / "clearway.sqlite3") as database:
        return database.execute("SELECT id, hash FROM journal_entry WHERE stream NOT IN ('security') ORDER BY id").fetchall()


def test_one_command_and_a_person_can_sign_in_and_a_second_start_keeps_everything(tmp_path):
    with started(tmp_path) as first:
        assert f"http://127.0.0.1:{first.port}" in first.said
        assert "wang.min" in first.said

        home = sign_in(first.port, "wang.min", "clearway-demo")

        assert "RTGS" in home
        assert first.interrupt() == 0
        assert "Clearway has stopped" in first.said
        assert "Traceback" not in first.said
    kept = entries(tmp_path)
    assert kept

    with started(tmp_path) as second:
        assert "First start" not in second.said
        assert entries(tmp_path) == kept
        assert "RTGS" in sign_in(second.port, "wang.min", "clearway-demo")
        assert second.interrupt() == 0
