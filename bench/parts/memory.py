"""Memory of the whole idle system without its database, and what waiting timers add to it. Shared pages are counted once."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.agents.serving import pss_mib
from bench.contenders import ROOT
from bench.figures import Figure, bounded, missing
from bench.session import ROWS, Session

IDLE_MIB = 200.0
TIMERS = 100_000
TIMERS_MB = 50.0
LOOK_SECONDS, STEADY_LOOKS, STEADY_MIB = 2.0, 6, 1.0
UP_SECONDS = 90.0


def measure(session: Session) -> Iterator[Figure]:
    """`manage.py up` on SQLite, and on PostgreSQL and Redis; the timers wait on the latter, else on the former."""
    rows = session.contender(ROWS)
    told: dict[str, Any] = {"problem": rows.problem} if rows.problem else rows.ask(do="memory")
    celery, note = told.get("mib"), f"comparator: {told['problem']}" if "problem" in told else ""
    session.end(ROWS)
    ways = ["SQLite", "PostgreSQL"] if session.has_postgresql else ["SQLite"]
    for way in ways:
        environment = os.environ | session.environment(f"memory {way}", embedded=way == "SQLite", migrated=True)
        environment["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        up = _up(environment)
        try:
            before = _idle(up.pid)
            comparator = "Celery + row, its worker alone" if celery else ""
            yield bounded(
                "memory", f"idle system, {way}", "MiB", before, IDLE_MIB, comparator=comparator, theirs=celery, note=note
            )
            if way == ways[-1]:
                yield _timers(session, environment, up.pid, before)
        finally:
            up.send_signal(signal.SIGINT)
            try:
                up.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(up.pid, signal.SIGKILL)


def _timers(session: Session, environment: dict[str, str], pid: int, before: float) -> Figure:
    count = TIMERS // (20 if session.quick else 1)
    name, began = f"{count:,} waiting timers add", time.monotonic()
    made = subprocess.run(
        [sys.executable, "-m", "bench.agents.timers", str(count)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if made.returncode:
        return missing("memory", name, (made.stderr.strip().splitlines() or ["no word"])[-1])
    seconds = time.monotonic() - began
    megabytes = (_idle(pid) - before) * 1024**2 / 1e6
    return bounded("memory", name, "MB", megabytes, TIMERS_MB, note=f"begun through the engine in {seconds:.0f} s")


def _up(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The system, listening and at rest."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--no-demo", "--port", str(port)]
    up = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + UP_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return up
        time.sleep(0.2)
    os.killpg(up.pid, signal.SIGKILL)
    raise TimeoutError("the system did not come up")


def _idle(pid: int) -> float:
    """Memory once it has stopped growing: workers are still starting when the system already listens."""
    until, steady, last = time.monotonic() + UP_SECONDS, 0, pss_mib([pid])
    while steady < STEADY_LOOKS and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        now = pss_mib([pid])
        steady = steady + 1 if abs(now - last) < STEADY_MIB else 0
        last = now
    return last
