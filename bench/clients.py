"""Commit to client: many websockets follow runs of one server while facts are recorded; then all lose their connection, often.

python -m bench.clients [--clients 1000] [--runs 50] [--rate 50] [--seconds 60] [--storms 20]

The server is the real one (`manage.py up`), on SQLite in a folder of its own unless CLEARWAY_DATABASE_URL names a database that
may be filled. Clients are spread evenly over the runs, each with a session of its own, and are played by one process; facts are
recorded by another one, over the runs in turn. The clock starts with the instant that the journal entry carries (taken inside the
transaction, so that the commit itself is in the figure) and stops when the client has the frame. Goal: 95 in 100 within 300 ms.

In a storm every client is cut off at once and comes back with the last number that it has, while facts go on being recorded. It
is over when everybody has everything. What is missing or came twice, over all, is counted: the goal is none.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.journeys.conftest import ROOT, environment, free_port

COMING_AT_ONCE = 100
"""Handshakes under way at the same moment, as the backlog of a listening socket holds."""
PATIENCE_SECONDS = 300
STORM_SECONDS = 2
"""How long facts are recorded around each storm."""
GOAL_SECONDS = 0.3

PREPARE = """
import json, os, sys
sys.path[:0] = [{root!r}, {root!r} + "/platform"]
os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
import django
django.setup()
from asgiref.sync import async_to_sync
from apps.engine.models import Run
from apps.kernel import clock
from apps.people.models import User
from apps.people.selectors import lines_visible_to
from apps.processes.models import ProcessVersion
from tests.desk.feeds import session_of
person = User.objects.get(username="wang.min")
published = ProcessVersion.objects.filter(process__line__in=lines_visible_to(person), state="published")
version = published.select_related("process__line")[0]
facts = {{"process": version.process, "line_id": version.process.line_id, "version": version, "plan_digest": version.plan_digest,
          "begun_by": person, "begun_at": clock.now(), "business_date": clock.market_date(), "state": "done"}}
runs = [Run.objects.create(**facts).pk for _number in range({runs})]
sessions = [async_to_sync(session_of)(person) for _number in range({clients})]
print(json.dumps([runs, sessions, version.process.line.code]))
"""

RECORD = """
import json, os, sys, time
sys.path[:0] = [{root!r}, {root!r} + "/platform"]
os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
import django
django.setup()
from django.db import transaction
from apps.journal.actions import append
from tests.desk.feeds import Noted
from apps.journal.models import Stream
runs, began, count = {runs!r}, time.monotonic(), 0
while time.monotonic() - began < {seconds}:
    with transaction.atomic():
        append(Noted(run=runs[count % len(runs)], line={line!r}), actor=None)
    count += 1
    time.sleep(max(0.0, began + count / {rate} - time.monotonic()))
names = [f"run.{{run}}" for run in runs]
print(json.dumps(dict(Stream.objects.filter(name__in=names).values_list("name", "last_number"))))
"""


@dataclass
class Reader:
    """One client: what it has heard of its run, in the order in which it came."""

    run: int
    session: str
    numbers: list[int] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    socket: Any = None
    following: "asyncio.Task[None] | None" = None

    async def come(self, address: str, gate: asyncio.Semaphore) -> None:
        from websockets.asyncio.client import connect
        from websockets.typing import Origin

        path = f"/ws/runs/{self.run}/after/{self.numbers[-1] if self.numbers else 0}/"
        headers = {"Cookie": f"sessionid={self.session}"}
        async with gate:
            self.socket = await connect(
                f"ws://{address}{path}", origin=Origin(f"http://{address}"), additional_headers=headers,
                open_timeout=PATIENCE_SECONDS, compression=None, max_queue=None,
            )  # fmt: skip
        self.following = asyncio.create_task(self.follow())

    async def follow(self) -> None:
        async for text in self.socket:
            now = time.time()
            said = json.loads(text)
            if said["type"] == "entry":
                self.numbers.append(said["entry"]["number"])
                self.delays.append(now - datetime.fromisoformat(said["entry"]["at"]).timestamp())

    def cut_off(self) -> None:
        self.socket.transport.abort()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--rate", type=float, default=50.0, help="facts recorded in a second, over all runs")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--storms", type=int, default=20)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clearway-bench-") as folder:
        port = free_port()
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port), "--workers", "1"]
        own = environment(Path(folder))
        if database := os.environ.get("CLEARWAY_DATABASE_URL"):
            own["CLEARWAY_DATABASE_URL"] = database
        up = subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            return asyncio.run(_measure(f"127.0.0.1:{port}", own, chosen))
        finally:
            up.send_signal(signal.SIGINT)
            try:
                up.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(up.pid, signal.SIGKILL)


async def _measure(address: str, own: dict[str, str], chosen: argparse.Namespace) -> int:
    await _listening(address)
    runs, sessions, line = json.loads(
        await _program(PREPARE.format(root=str(ROOT), runs=chosen.runs, clients=chosen.clients), own)
    )
    readers = [Reader(runs[number % len(runs)], session) for number, session in enumerate(sessions)]
    gate, began = asyncio.Semaphore(COMING_AT_ONCE), time.monotonic()
    await asyncio.gather(*(reader.come(address, gate) for reader in readers))
    print(f"{len(readers)} clients of {len(runs)} runs are there after {time.monotonic() - began:.1f} s", flush=True)

    record = {"root": str(ROOT), "runs": runs, "line": line, "rate": chosen.rate}
    last = json.loads(await _program(RECORD.format(**record, seconds=chosen.seconds), own))
    await _all_heard(readers, last)
    delays = sorted(delay for reader in readers for delay in reader.delays)
    facts = f"{sum(last.values())} facts in {chosen.seconds:.0f} s, {len(delays)} frames"
    print(f"{facts}, commit to client: {_told(delays)}", flush=True)

    took: list[float] = []
    for _storm in range(chosen.storms):
        recording = asyncio.create_task(_program(RECORD.format(**record, seconds=STORM_SECONDS), own))
        began = time.monotonic()
        for reader in readers:
            reader.cut_off()
        await asyncio.gather(*(reader.following for reader in readers if reader.following), return_exceptions=True)
        await asyncio.gather(*(reader.come(address, gate) for reader in readers))
        took.append(time.monotonic() - began)
        last = json.loads(await recording)
        await _all_heard(readers, last)
    lost, doubled = _wrong(readers, last)
    if took:
        print(f"{len(took)} storms, until all are there again: {_told(sorted(took))}")
    print(f"{lost} lost, {doubled} doubled")
    return 0 if lost == doubled == 0 and delays[int(len(delays) * 0.95)] <= GOAL_SECONDS else 1


async def _listening(address: str) -> None:
    host, _colon, port = address.partition(":")
    for _turn in range(3 * PATIENCE_SECONDS):  # it makes a database first
        try:
            _reader, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            await asyncio.sleep(1)
        else:
            writer.close()
            return
    raise TimeoutError("the server does not listen")


async def _program(text: str, own: dict[str, str]) -> str:
    """What a program of its own says; it fails loudly."""
    ran = await asyncio.create_subprocess_exec(sys.executable, "-c", text, env=own, stdout=asyncio.subprocess.PIPE)
    said, _errors = await ran.communicate()
    if ran.returncode:
        raise RuntimeError("a program of the measurement failed")
    return said.decode()


async def _all_heard(readers: list[Reader], last: dict[str, int]) -> None:
    """Waits until every client has the last number of its run; whoever never gets it is told of as lost."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if all(reader.numbers and reader.numbers[-1] >= last[f"run.{reader.run}"] for reader in readers):
            return
        await asyncio.sleep(0.1)


def _wrong(readers: list[Reader], last: dict[str, int]) -> tuple[int, int]:
    """How many numbers are missing, and how many came more than once, over all clients."""
    lost = sum(len(set(range(1, last[f"run.{reader.run}"] + 1)) - set(reader.numbers)) for reader in readers)
    return lost, sum(len(reader.numbers) - len(set(reader.numbers)) for reader in readers)


def _told(seconds: list[float]) -> str:
    """Of sorted seconds: the middle one, two shares and the largest."""
    at = {share: seconds[min(len(seconds) - 1, int(len(seconds) * share))] for share in (0.5, 0.95, 0.99)}
    shares = ", ".join(f"p{share * 100:.0f} {value * 1000:.0f} ms" for share, value in at.items())
    return f"{shares}, max {seconds[-1] * 1000:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
