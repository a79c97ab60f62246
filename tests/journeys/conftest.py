"""A whole installation in a folder of its own, and browsers that look at it. Skipped, with the reason, without Chromium."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.factories.installation import DEMONSTRATION, prepared_installation
from tools import chromium

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "clearway-demo"
SIZE: Any = {"width": 1366, "height": 768}
PHONE: Any = {"width": 390, "height": 844}
START_SECONDS = 300
MANAGE_SECONDS = 300
PATIENCE_MS = 60_000  # a machine may be busy with other tests; how fast a page is, the bench says


@dataclass
class Installation:
    """`manage.py up` with the demonstration, on the database and the broker that this test run names."""

    data: Path
    port: int
    environment: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Runs a management command of this installation."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        ran = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True, timeout=MANAGE_SECONDS)
        return ran.stdout


def environment(data: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CLEARWAY_")}
    return {**clean, "CLEARWAY_DATA": str(data), "PYTHONWARNINGS": "ignore"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")  # a file's runs and their dates are its own; nobody visits it after its last test
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    if chromium.find() is None:
        pytest.skip("no Chromium here: apt-get install chromium fonts-noto-cjk, or name one in CLEARWAY_CHROMIUM")
    data = tmp_path_factory.mktemp("installation")
    with prepared_installation(data, DEMONSTRATION) as own:
        yield from _installed(data, own | {"PYTHONWARNINGS": "ignore"})


def _installed(data: Path, own: dict[str, str]) -> Iterator[Installation]:
    port = free_port()
    log = (data / "up.log").open("w")
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port), "--workers", "1"]
    up = subprocess.Popen(command, env=own, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        _wait_for(up, port, data / "up.log")
        yield Installation(data, port, own)
    finally:
        up.send_signal(signal.SIGINT)
        try:
            up.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(up.pid, signal.SIGKILL)


def _wait_for(up: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if up.poll() is not None:
            break
        try:
            urlopen(f"http://127.0.0.1:{port}/i18n/setlang/", timeout=5).close()
        except OSError as answer:
            if getattr(answer, "code", None):  # it speaks HTTP: it is up
                return
            time.sleep(0.3)
        else:
            return
    raise AssertionError(f"the installation did not come up: {log.read_text()[-2000:]}")


@dataclass
class Browsers:
    """Opens pages as a demonstration person; remembers what broke in any of them."""

    browser: Any
    address: str
    broken: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def page(self, username: str = "", *, language: str = "zh-hans", theme: str = "light", phone: bool = False) -> Any:
        held = {"viewport": PHONE, "is_mobile": True, "has_touch": True} if phone else {"viewport": SIZE}
        context = self.browser.new_context(**held, reduced_motion="reduce")  # nothing is looked at half way
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        cookies = {"django_language": language, "theme": theme}
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda fault: self.broken.append(f"{page.url}: {fault}"))
        page.on("console", lambda said: self._hear(page.url, said))
        page.on("request", lambda request: self._watch(request.url))
        if username:
            self.sign_in(page, username)
        return page

    def sign_in(self, page: Any, username: str) -> None:
        page.goto(f"{self.address}/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{self.address}/")

    def _hear(self, url: str, said: Any) -> None:
        if said.type == "error" and "Content Security Policy" in said.text:
            self.broken.append(f"{url}: {said.text}")

    def _watch(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.broken.append(f"foreign request: {url}")


@pytest.fixture(scope="module")  # its event loop must be gone when tests of the database follow in this process
def chromium_browser(installation: Installation) -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browsers(installation: Installation, chromium_browser: Any) -> Iterator[Browsers]:
    """Fails the test when a page broke, offended the content policy or asked a foreign address for anything."""
    opened = Browsers(chromium_browser, installation.address)
    yield opened
    for context in opened.contexts:
        context.close()
    assert not opened.broken


@pytest.fixture(scope="session")
def shoot() -> Callable[[Any, str], None]:
    """Keeps a picture of a page in the folder that CLEARWAY_SCREENSHOTS names; without it, does nothing."""
    folder = os.environ.get("CLEARWAY_SCREENSHOTS", "")

    def take(page: Any, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"), caret="initial")  # hiding it takes an inline style

    return take
