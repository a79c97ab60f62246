"""Commit to screen: 20 open browsers look at one run while its steps move. Run: python -m bench.feed [--pages 20] [--moves 20]

The clock starts with the instant that the journal entry carries (taken inside the transaction, so the commit itself is in
the figure) and stops when the new state stands in the table of steps of each page.
The browsers run on the same machine as the server: with
moves that follow each other faster than 20 browsers can draw on its cores, it measures the machine, not the feed.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.journeys.conftest import PASSWORD, ROOT, environment, free_port
from tools import chromium

DRIVER = """
import os, sys, time
sys.path[:0] = [{root!r}, {root!r} + "/platform"]
os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
import django
django.setup()
from apps.engine import actions
from apps.engine.models import Step
from apps.people.models import User
step = Step.objects.get(node_id="select_ticks", state="offered")
actor = User.objects.get(username="wang.min")
for number in range({moves}):
    act = actions.take_step if number % 2 == 0 else actions.give_back_step
    act(step_id=step.pk, actor=actor)
    time.sleep({pause})
from apps.journal.models import Entry
moves = Entry.objects.filter(stream=f"run.{{step.run_id}}", kind="step.moved", data__step=step.pk).order_by("-number")[:{moves}]
print(*[f"{{entry.data['after']}}@{{entry.at.timestamp()}}" for entry in reversed(moves)])
"""

WATCH = """
() => {
  window.seen = [];
  const table = document.getElementById("panel-steps");
  const state = () => [...table.querySelectorAll('tr[data-node="select_ticks"] [data-state]')].at(-1)?.dataset.state;
  let last = state();
  new MutationObserver(() => {
    const now = state();
    if (now && now !== last) requestAnimationFrame(() => window.seen.push([now, Date.now()]));
    last = now;
  }).observe(table, { subtree: true, childList: true, attributes: true });
}
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between moves")
    chosen = parser.parse_args()
    if chromium.find() is None:
        print("no Chromium here")
        return 1
    with tempfile.TemporaryDirectory(prefix="clearway-bench-") as folder:
        port = free_port()
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port), "--workers", "1"]
        up = subprocess.Popen(command, env=environment(Path(folder)), stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            delays = measure(Path(folder), f"http://127.0.0.1:{port}", chosen.pages, chosen.moves, chosen.pause)
        finally:
            up.send_signal(signal.SIGINT)
            try:
                up.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(up.pid, signal.SIGKILL)
    delays.sort()
    expected = chosen.pages * chosen.moves
    print(
        f"commit to screen, {chosen.pages} browsers, {len(delays)} of {expected} changes seen: "
        f"p50 {statistics.median(delays) * 1000:.0f} ms, p95 {delays[int(len(delays) * 0.95)] * 1000:.0f} ms, "
        f"max {delays[-1] * 1000:.0f} ms ({datetime.now(UTC):%Y-%m-%d})"
    )
    return 0 if len(delays) == expected else 1


def measure(data: Path, address: str, count: int, moves: int, pause: float) -> list[float]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        first = _sign_in(browser, address)
        first.locator("[data-opens^=begin-]").click()
        first.locator("dialog[open] button[type=submit]").click()
        first.wait_for_url("**/runs/*/")
        first.locator('tr[data-node="select_ticks"]').wait_for(timeout=120_000)
        pages = [first]
        cookies = first.context.cookies()
        for _ in range(count - 1):
            context = browser.new_context(viewport={"width": 1366, "height": 768})
            context.add_cookies(cookies)
            page = context.new_page()
            page.goto(first.url)
            pages.append(page)
        for page in pages:
            page.locator("#run-diagram.is-ready").wait_for(timeout=120_000)
            page.evaluate(WATCH)
        time.sleep(2)
        text = DRIVER.format(root=str(ROOT), moves=moves, pause=pause)
        said = subprocess.run([sys.executable, "-c", text], env=environment(data), check=True, capture_output=True, text=True)
        time.sleep(2)
        told = [(state, float(at)) for state, at in (each.split("@") for each in said.stdout.split())]
        seen: list[list[Any]] = [page.evaluate("window.seen") for page in pages]
        browser.close()
    return [
        shown / 1000 - at for changes in seen for (state, at), (new, shown) in zip(told, changes, strict=False) if state == new
    ]


def _sign_in(browser: Any, address: str) -> Any:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    for _ in range(200):
        try:
            page.goto(f"{address}/")
            break
        except Exception:  # not listening yet
            time.sleep(0.5)
    page.fill("[name=username]", "wang.min")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")
    return page


if __name__ == "__main__":
    sys.exit(main())
