"""The whole suite: lint, then every test on SQLite, then those that store something on each service that the environment names.

A test that stores nothing says the same whatever the store is: arithmetic, readers, checks of models, simulations of the core
run once.

CLEARWAY_TEST_DATABASE_URL   postgres://user:password@host:port/name; a test database is made beside it
CLEARWAY_TEST_REDIS_URL      redis://host:port/number; carries the bell while PostgreSQL holds the truth
CLEARWAY_TEST_RABBITMQ_URL   amqp://user:password@host:port//; the tests that start real workers run once more on it
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlparse

from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
QUICK_BYTES = 2 << 30  # what failed tests leave and what runs stays far below
WHOLE_SECONDS = 84 * 60  # what takes longer hangs; CI gives 90 minutes
SETTINGS = ("CLEARWAY_DATABASE_URL", "CLEARWAY_BROKER_URL", "CLEARWAY_DATA")


def quick_folder() -> str | None:
    """Memory where there is plenty, as most of what SQLite does for a test is to wait for the disk; None for the usual place."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > QUICK_BYTES else None


def reachable(url: str) -> bool:
    parts = urlparse(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


def passes() -> list[tuple[str, dict[str, str], list[str]]]:
    """Name, environment and extra pytest arguments of each pass over the suite."""
    database, redis, rabbit = (
        url if (url := os.environ.get(f"CLEARWAY_TEST_{name}_URL", "")) and reachable(url) else ""
        for name in ("DATABASE", "REDIS", "RABBITMQ")
    )
    found: list[tuple[str, dict[str, str], list[str]]] = [("SQLite, bell in memory", {}, [])]
    if database:
        bell = {"CLEARWAY_BROKER_URL": redis} if redis else {}
        name = f"PostgreSQL, bell {'on Redis' if redis else 'in memory'}: tests that store something"
        found.append((name, {"CLEARWAY_DATABASE_URL": database, **bell, "CLEARWAY_TEST_WHAT_IS_STORED": "1"}, []))
    if database and rabbit:
        environment = {"CLEARWAY_DATABASE_URL": database, "CLEARWAY_BROKER_URL": rabbit}
        found.append(("PostgreSQL, bell on RabbitMQ: tests with real workers", environment, ["-m", "broker"]))
    return found


def succeeds(command: list[str], environment: dict[str, str], seconds: float) -> bool:
    """Runs one pass; what still runs after so many seconds is ended with everything that it started."""
    running = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        return running.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        print(f"still running after {seconds:.0f} s: ended", flush=True)
        return False
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)


def main() -> int:
    arguments, until = sys.argv[1:], time.monotonic() + WHOLE_SECONDS
    if not arguments and subprocess.run([sys.executable, "-m", "tools.lint"], cwd=ROOT).returncode:
        return 1
    print(chromium.ensure(), flush=True)
    failed: list[str] = []
    workers = min(os.cpu_count() or 1, 4) + 1  # one more than processors: whoever kills processes or drives browsers mostly waits
    spread = ["-n", str(workers), "--no-loadscope-reorder"] if not arguments else []
    for name, environment, extra in passes():
        began = time.monotonic()
        print(f"\n===== {name} =====", flush=True)
        clean = {key: value for key, value in os.environ.items() if key not in SETTINGS}
        with tempfile.TemporaryDirectory(prefix="clearway-test-", dir=quick_folder()) as data:
            command = [sys.executable, "-m", "pytest", "-q", f"--basetemp={data}/files", *spread, *extra, *arguments]
            passed = succeeds(command, {**clean, **environment, "CLEARWAY_DATA": data}, max(until - began, 60))
        print(f"===== {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - began:.0f} s =====", flush=True)
        if not passed:
            failed.append(name)
    if failed:
        print("failed: " + "; ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
