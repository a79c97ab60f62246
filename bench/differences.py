"""How long two versions of a large model take to compare, to tell in words and to draw side by side. Goal: 200 nodes in 1 second.

Drawn is measured in Chromium with the product's own script, from the first byte asked for until both models stand there:
what a person waits, and what of it the processor did for the page.

python -m bench.differences [--nodes 200]
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 7
EDITS = {"one edit": 1, "fifty edits": 50}
PAGE = """<!doctype html><link rel="stylesheet" href="/static/css/clearway.css">
<body style="display: flex"><div data-diagram="/old.bpmn" style="width: 640px; height: 560px"></div>
<div data-diagram="/new.bpmn" style="width: 640px; height: 560px"></div>
<script type="module">import { mountAll } from "/static/js/diagram.js"; mountAll();</script></body>"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=200)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import django

    django.setup()
    from tests.factories.drawings import drawn, plan_of_size

    plan = plan_of_size(options.nodes)
    before = drawn(plan)
    print(f"{len(plan.nodes)} nodes, {len(plan.flows)} flows, {len(before) // 1024} kB")
    for name, edits in EDITS.items():
        _measure(name, before, _edited(before, edits))
    empty = drawn(plan_of_size(2))
    _measure("everything new", empty, before)
    if chromium.find():
        _measure_drawn(before, _edited(before, EDITS["fifty edits"]))
    else:
        print("no Chromium here: not drawn")


def _edited(xml: bytes, edits: int) -> bytes:
    from lxml import etree

    from tests.factories.drawings import EDITS as KNOWN

    random, root = Random(1), etree.fromstring(xml)
    for number in range(edits):
        KNOWN[("rename", "move")[number % 2]](root, random)
    return etree.tostring(root)


def _measure(name: str, old: bytes, new: bytes) -> None:
    from apps.processes.core.differences import differences
    from apps.processes.core.differences.words import Words

    def told() -> int:
        words = Words(differences(old, new))
        return sum(len([words.sentence(item), *words.details(item), *words.layout(item)]) for item in words.found.items)

    compared, in_words = _median(lambda: differences(old, new)), _median(told)
    print(f"{name:16} {told():5} sentences  compared {compared:7.1f} ms  with its words {in_words:7.1f} ms")


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


def _measure_drawn(old: bytes, new: bytes) -> None:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, content in {"old.bpmn": old, "new.bpmn": new, "page.html": PAGE.encode()}.items():
            (Path(folder) / name).write_bytes(content)
        (Path(folder) / "static").symlink_to(ROOT / "static")
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        waited, worked = zip(
            *[_draw(browser, f"http://127.0.0.1:{server.server_port}/page.html") for _ in range(REPEATS)], strict=True
        )
        browser.close()
        server.shutdown()
    print(f"both drawn: {statistics.median(waited):7.1f} ms, of the processor {statistics.median(worked):7.1f} ms")


def _draw(browser: Any, address: str) -> tuple[float, float]:
    """Milliseconds that a person waits, and that the page's thread works."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    counters = page.context.new_cdp_session(page)
    counters.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address, wait_until="commit")
    page.wait_for_function("document.querySelectorAll('[data-diagram].is-ready').length === 2")
    waited = page.evaluate("performance.now()")
    metrics = {each["name"]: each["value"] for each in counters.send("Performance.getMetrics")["metrics"]}
    page.context.close()
    return waited, metrics["TaskDuration"] * 1000


def _median(work: Callable[[], object]) -> float:
    """Milliseconds."""
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


if __name__ == "__main__":
    main()
