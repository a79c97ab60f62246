"""Raw Celery on Redis, prefork 2: chains, groups and chords that keep nothing beyond the broker.

With ROWS=1 each task also moves its row and writes another, in one transaction of Django's ORM.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from celery import chain, group

from bench import works
from bench.agents.celery_tasks import app, noop, row
from bench.agents.serving import pss_mib, serve, timed

ROOT = Path(__file__).parents[2]
ROWS = bool(os.environ.get("ROWS"))

if ROWS:
    from bench.agents import celery_rows


class Diamonds:
    """Signatures of the works; with rows, each task has its own."""

    def __init__(self, steps: int) -> None:
        self.rows = celery_rows.new(steps) if ROWS else []
        self._left = iter(self.rows)

    def step(self) -> Any:
        return row.si(next(self._left)) if ROWS else noop.si()

    def chain(self, length: int) -> Any:
        return chain(*[self.step() for _ in range(length)])

    def wide(self, width: int) -> Any:
        return chain(group(*[self.step() for _ in range(width)]), self.step())

    def diamond(self) -> Any:
        def three() -> Any:
            return group(self.step(), self.step(), self.step())

        return chain(self.step(), three(), self.step(), three(), self.step(), self.step())

    def check(self) -> None:
        if ROWS and celery_rows.not_done(self.rows):
            raise AssertionError("not every row was done")


def measure(work: str, size: int) -> dict[str, Any]:
    steps = works.steps(work, size)
    made = Diamonds(steps)
    one = {"W1": lambda: made.chain(size), "W2": lambda: made.wide(size), "W3": made.diamond}[work]
    canvases = [one() for _ in range(works.runs(work, size))]

    def go() -> None:
        for result in [canvas.apply_async() for canvas in canvases]:
            result.get(timeout=300, interval=0.005)

    figure = timed(steps, go, [worker.pid])
    made.check()
    return figure


def main() -> None:
    if ROWS:
        celery_rows.prepare()
    app.control.purge()
    measure(works.WIDE, 16)  # every child has imported what its first task needs
    serve(measure, memory=lambda: {"mib": pss_mib([worker.pid])})


if __name__ == "__main__":
    command = [sys.executable, "-m", "celery", "-A", "bench.agents.celery_tasks", "worker", "-c", "2", "-l", "ERROR"]
    worker = subprocess.Popen([*command, "--without-gossip", "--without-mingle"], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        main()
    finally:
        worker.terminate()
        try:
            worker.wait(20)
        except subprocess.TimeoutExpired:
            worker.kill()
