"""Kills real worker processes at every crash point while 30 runs are live, starts them again, and looks at what is left.

python -m tests.faults.scenario HIT      prints one JSON object
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

from tests.faults import forked

ROOT = Path(__file__).resolve().parents[2]
LIVE_RUNS = 30
FRESH_RUNS = 5  # begun before every crash: the others may all have passed the point that is meant
FRESH_EVERY_SECONDS = 5
FIRST_DAY = date(2020, 1, 1)
PATIENCE_SECONDS = 45

POINTS = [
    "advance.begin", "advance.lock", "advance.effects", "advance.outbox", "advance.journal", "advance.commit",
    "group.locked", "group.written", "group.committed",
    "worker.claim", "worker.handler", "external.sent", "external.reply", "worker.settle", "worker.settled",
    "dispatch.read", "dispatch.publish", "dispatch.delete",
    "sweep.read", "timer.fired", "timer.commit", "message.answered",
]  # fmt: skip


def model() -> Any:
    """Chain, branches and join, timer, message, loop, called run, and a person at the end."""
    from tests.factories.engine import PlanText, mapping

    counted: dict[str, Any] = {"handler": "faults.effect", "outputs": mapping(n="n + one")}
    pure: dict[str, Any] = {"handler": "faults.pure", "outputs": mapping(n="n + one")}
    text = (
        PlanText("FAULTS")
        .service("p", **pure)
        .service("q", **pure)
        .service("e", **pure)
        .service("a", **counted)
        .service("b", **counted)
        .service("c", **counted)
        .service("d", **counted)
    )
    text.fork("split").fork("join").choice("merge").choice("again").timer("pause", duration='duration("PT1S")')
    text.receive("mail", "faults.mail", '"rtgs-sh"').call("call", "FAULTS-INNER").user("confirm")
    text.flow("start", "p", "q", "a", "split", "b", "join", "pause", "mail", "merge", "d", "e", "again").flow(
        "split", "c", "join"
    )
    text.flow("again", "merge", when="n < 9").flow("again", "call", default=True).flow("call", "confirm", "end")
    return text


class Scenario:
    def __init__(self, hit: int) -> None:
        self.hit, self.days = hit, 0
        self.log = Path(os.environ["CLEARWAY_DATA"]) / "crashes"

    def prepare(self) -> None:
        from apps.engine import actions
        from apps.people.states import Role
        from tests.factories import engine as made
        from tests.faults import outside

        outside.prepare()
        inner = made.chain(2, key="FAULTS-INNER", handler="faults.effect")
        made.published(inner, startable=False)
        made.published(model())
        self.person = made.person("op", Role.OPERATOR, Role.MAKER)
        actions.deliver_message(name="faults.mail", key="rtgs-sh", payload={}, once="mail", retained=True)

    def top_up(self) -> None:
        from apps.engine.models import Run, Step

        moving = Run.objects.filter(parent_step=None, state="running").exclude(
            pk__in=Step.objects.filter(node_id="confirm").values("run")
        )
        self.begin(max(LIVE_RUNS - moving.count(), FRESH_RUNS))

    def begin(self, count: int) -> None:
        from apps.engine import actions

        for _ in range(count):
            self.days += 1
            day = FIRST_DAY + timedelta(days=self.days)
            actions.begin_run(process_key="FAULTS", business_date=day, actor=self.person, variables={"n": 0})

    def start(self) -> "subprocess.Popen[bytes]":
        """As operators start it."""
        command = [sys.executable, str(ROOT / "manage.py"), "worker", "--concurrency", "2"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

    def crash_at(self, point: str) -> bool:
        """Whether a process died there; everything of the worker is killed afterwards."""
        self.log.unlink(missing_ok=True)
        self.top_up()
        worker = forked.started({"CLEARWAY_CRASH": f"{point}:{self.hit}", "CLEARWAY_CRASH_LOG": str(self.log)})
        again = time.monotonic() + FRESH_EVERY_SECONDS
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.log.exists() and time.monotonic() < until:
            if time.monotonic() > again:  # one process may have done all pure steps in fewer groups than are counted
                self.begin(FRESH_RUNS)
                again = time.monotonic() + FRESH_EVERY_SECONDS
            time.sleep(0.02)
        died = self.log.exists()
        os.killpg(worker.pid or 0, signal.SIGKILL)
        worker.join(timeout=25)
        return died

    def drain(self) -> float:
        """Seconds from the last start until nothing moves any more."""
        from apps.engine.models import Run, Step

        began = time.monotonic()
        worker = self.start()
        while time.monotonic() - began < 180:
            waiting = Step.objects.filter(node_id="confirm", state="offered").count()
            if waiting == Run.objects.filter(parent_step=None).count():
                break
            time.sleep(0.1)
        took = time.monotonic() - began
        worker.terminate()
        self.exit_code = worker.wait(timeout=25)
        return took


def violations() -> list[str]:
    """What must never be, looked for in every row."""
    return [*_in_runs(), *_in_steps(), *_in_journal()]


def _in_runs() -> Iterator[str]:
    from django.db.models import Count

    from apps.engine.models import Run

    expected = {"p": 1, "q": 1, "a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "pause": 1, "mail": 1, "call": 1, "confirm": 1}
    begun, called = Run.objects.filter(parent_step=None), Run.objects.exclude(parent_step=None)
    for run in begun:
        steps = dict(run.steps.values_list("node_id").annotate(Count("id")))
        waits = list(run.steps.exclude(state="done").values_list("node_id", "state"))
        if (steps, run.variables["n"], waits) != (expected, 9, [("confirm", "offered")]):
            yield f"run {run.pk} has steps {steps}, counted {run.variables['n']}, waits at {waits}"
    for child in called:
        if child.state != "done" or child.steps.filter(state="done").count() != 2:
            yield f"called run {child.pk} is {child.state}"
    if called.count() != begun.count():
        yield "not one called run per run"


def _in_steps() -> Iterator[str]:
    from django.db.models import Count, F

    from apps.engine.models import Attempt, Outbox, Step
    from tests.faults import outside

    pure = Step.objects.filter(handler="faults.pure").annotate(tries=Count("attempts"))
    finished = Attempt.objects.filter(step__handler="faults.pure", outcome="finished").count()
    if pure.exclude(state="done", attempt=F("tries")).exists() or finished != pure.count():
        yield "a pure step was not done exactly once"
    working = Step.objects.filter(handler="faults.effect")
    per_step, _ = outside.effects()
    if set(per_step) != set(working.filter(state="done").values_list("pk", flat=True)) or set(per_step.values()) != {1}:
        yield f"{len(per_step)} steps had effects, {working.count()} should have had one each"
    if Outbox.objects.filter(step__state="ready").exists():
        yield "a bell is left"
    for step in working.prefetch_related("attempts"):
        outcomes = [attempt.outcome for attempt in sorted(step.attempts.all(), key=lambda attempt: attempt.number)]
        if outcomes != ["lost"] * (step.attempt - 1) + ["finished"]:
            yield f"step {step.pk}, attempt {step.attempt}, ended as {outcomes}"


def _in_journal() -> Iterator[str]:
    from apps.journal.actions import chain_hash
    from apps.journal.models import Entry, Stream

    for stream in Stream.objects.all():
        before, number = "", 0
        for entry in Entry.objects.filter(stream=stream.name).order_by("number"):
            number += 1
            if (entry.number, entry.previous_hash, entry.hash) != (number, before, chain_hash(before, entry.content())):
                yield f"journal {stream.name} breaks at {entry.number}"
                break
            before = entry.hash
        if number != stream.last_number:
            yield f"journal {stream.name} ends at {number}, not {stream.last_number}"


def main(hit: int) -> dict[str, Any]:
    from django.db import connection

    from apps.engine.models import Attempt, Run, Step
    from tests.faults import outside

    scenario = Scenario(hit)
    scenario.prepare()
    died = {point: scenario.crash_at(point) for point in POINTS}
    seconds = scenario.drain()
    return {
        "database": connection.vendor,
        "missed": [point for point, hit in died.items() if not hit],
        "runs": Run.objects.count(),
        "steps": Step.objects.count(),
        "lost_attempts": Attempt.objects.filter(outcome="lost").count(),
        "asked": outside.effects()[1],
        "drain_seconds": round(seconds, 1),
        "exit_code": scenario.exit_code,
        "violations": violations()[:20],
    }


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    os.environ["DJANGO_SETTINGS_MODULE"] = forked.SETTINGS
    django.setup()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))) + "\n")
