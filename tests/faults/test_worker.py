"""The worker process as operators meet it: it starts, drains on SIGTERM, and its children do not outlive it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories.installation import MIGRATED, prepared_installation

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.faults, pytest.mark.broker]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """On whichever database and broker this test run names."""
    with prepared_installation(tmp_path, MIGRATED) as environment:
        yield environment


BEGIN = """
import os, sys, django
django.setup()
from datetime import date
from apps.engine import actions
from apps.people.states import Role
from tests.factories import engine as made
from tests.faults import outside
outside.prepare()
made.published(made.chain(20, key="LONG", handler="faults.slow"))
actions.begin_run(process_key="LONG", business_date=date(2026, 3, 2), actor=made.person("op", Role.OPERATOR))
"""
LOOK = "SELECT state, count(*) FROM engine_step GROUP BY state"


def look(environment: dict[str, str]) -> dict[str, int]:
    """How many steps are in which state, by a connection of the test's own."""
    url = environment.get("CLEARWAY_DATABASE_URL", "")
    if url.startswith("postgres"):
        import psycopg

        with psycopg.connect(url) as connection:
            return dict(connection.execute(LOOK).fetchall())
    with closing(sqlite3.connect(Path(environment["CLEARWAY_DATA"]) / "clearway.sqlite3", timeout=20)) as database:
        return dict(database.execute(LOOK).fetchall())


def python(text: str, environment: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def children_of(pid: int) -> set[int]:
    tasks = Path(f"/proc/{pid}/task")
    return {int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()}


def started(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "manage.py"), "worker", "--with-dispatcher", "--concurrency", "2"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)


def wait_for(reached, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_is_stopped_leaves_no_child_and_no_step_behind(installation, signal_number):
    paths = f"{ROOT}:{ROOT / 'platform'}"
    environment = {**installation, "DJANGO_SETTINGS_MODULE": "tests.faults.settings", "PYTHONPATH": paths}
    python(BEGIN, environment)
    worker = started(environment)
    wait_for(lambda: look(environment).get("done", 0) > 0, seconds=40)
    children = children_of(worker.pid)

    os.kill(worker.pid, signal_number)
    code = worker.wait(timeout=25)

    wait_for(lambda: all(gone(child) for child in children))
    left = look(environment)
    assert len(children) >= 2
    assert left.pop("done") < 20
    if signal_number == signal.SIGTERM:
        assert code == 0
        assert left == {"ready": 1}
    again = started(environment)
    wait_for(lambda: look(environment) == {"done": 20}, seconds=60)
    again.terminate()
    assert again.wait(timeout=25) == 0
