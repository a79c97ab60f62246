"""The product itself: a worker with two processes, its own database and bell, as the environment says."""

import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "platform"))
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

from apps.engine import actions  # noqa: E402
from apps.engine.models import Attempt, Run, Step  # noqa: E402
from apps.journal.models import Entry  # noqa: E402
from apps.journal.selectors import verify  # noqa: E402
from apps.people.states import Role  # noqa: E402
from bench import history, plans, works  # noqa: E402
from bench.agents.serving import Answer, serve, timed  # noqa: E402
from tests.factories import engine as made  # noqa: E402

LONGEST_SECONDS = 300
PURE = "bench.noop"


class Bench:
    """Publishes works, begins them, waits, and looks afterwards whether all is as it should be."""

    def __init__(self) -> None:
        call_command("migrate", verbosity=0)
        self.day = date(2000, 1, 1)
        self.person = made.person("bench", Role.OPERATOR, on=made.line("bench"))
        self.published: set[str] = set()

    def measure(self, work: str, size: int, handler: str = PURE) -> Answer:
        """Begins the runs and waits for their ends by looking every few milliseconds; afterwards every row is checked."""
        runs, steps = list[int](), works.steps(work, size)
        key = self.publish(work, size, handler)
        figure = timed(steps, lambda: runs.extend(self.do(key, works.runs(work, size))), [worker.pid])
        self.check(runs, steps)
        return figure

    def publish(self, work: str, size: int, handler: str = PURE) -> str:
        text = plans.model(work, size, handler)
        if text.key not in self.published:
            made.published(text, on=made.line("bench"))
            self.published.add(text.key)
        return text.key

    def do(self, key: str, count: int) -> list[int]:
        days = [self.day + timedelta(days=number + 1) for number in range(count)]
        self.day = days[-1]
        runs = [run.pk for run in actions.begin_runs(process_key=key, business_dates=days, actor=self.person)]
        until = time.monotonic() + LONGEST_SECONDS
        waiting = runs
        while waiting:  # for one at a time, as whoever waits for Celery's results does: to ask for all takes time from them
            while Run.objects.filter(pk=waiting[-1], ended_at=None).exists():
                if time.monotonic() > until:
                    raise TimeoutError("the runs have not ended")
                time.sleep(0.005)
            waiting = list(Run.objects.filter(pk__in=waiting, ended_at=None).values_list("pk", flat=True))
        return runs

    def check(self, runs: list[int], steps: int) -> None:
        """Each step done exactly once and told once, and the journal of every run unbroken."""
        streams = [f"run.{run}" for run in runs]
        done = Step.objects.filter(run__in=runs, state="done")
        tokens = done.values_list("run", "token").distinct().count()
        attempts = Attempt.objects.filter(step__run__in=runs, outcome="finished").count()
        entries = Entry.objects.filter(stream__in=streams, kind="step.moved", data__after="done")
        found = (done.count(), tokens, attempts, entries.count(), Step.objects.filter(run__in=runs).count())
        if found != (steps,) * 5:
            raise AssertionError(f"{steps} steps, but done, tokens, attempts, entries and all steps are {found}")
        if findings := [finding for stream in streams for finding in verify(stream).findings]:
            raise AssertionError(f"the journal is broken: {findings[0]}")

    def grow(self, steps: int) -> Answer:
        """Makes a past of so many finished steps from one run of ten that is really done."""
        template = self.do(self.publish(works.DIAMONDS, 1), 1)[0]
        began = time.monotonic()
        loaded = history.load(template, steps)
        return {"steps": loaded, "seconds": time.monotonic() - began, "all_steps": Step.objects.count()}

    def settled(self, since: int) -> Answer:
        """Waits for the runs of these years and later, which others have begun, and checks them."""
        key = self.publish(works.DIAMONDS, 1)
        begun = Run.objects.filter(process__key=key, business_date__year__gte=since)
        until = time.monotonic() + LONGEST_SECONDS
        while begun.filter(ended_at=None).exists():
            if time.monotonic() > until:
                raise TimeoutError("the runs have not ended")
            time.sleep(0.05)
        for chunk in batched(list(begun.values_list("pk", flat=True)), 200):
            self.check(chunk, works.steps(works.DIAMONDS, len(chunk)))
        return {}


def batched(keys: list[int], count: int) -> list[list[int]]:
    return [keys[start : start + count] for start in range(0, len(keys), count)]


if __name__ == "__main__":
    bench = Bench()
    command = [sys.executable, str(ROOT / "manage.py"), "worker", "--concurrency", "2", "--with-dispatcher"]
    worker = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    try:
        bench.measure(works.CHAIN, 3)  # the worker is up when this is done
        serve(bench.measure, grow=bench.grow, settled=bench.settled)
    finally:
        worker.terminate()
        worker.wait(30)
