"""The whole suite: lint, then every test on SQLite, then the same tests on each service that the environment names.

CLEARWAY_TEST_DATABASE_URL   postgres://user:password@host:port/name; a test database is made beside it
CLEARWAY_TEST_REDIS_URL      redis://host:port/number; carries the bell while PostgreSQL holds the truth
CLEARWAY_TEST_RABBITMQ_URL   amqp://user:password@host:port//; the tests that start real workers run once more on it
"""

import os
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
PASS_SECONDS = 40 * 60  # one that takes longer hangs
SETTINGS = ("CLEARWAY_DATABASE_URL", "CLEARWAY_BROKER_URL", "CLEARWAY_DATA")


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
        name = f"PostgreSQL, bell {'on Redis' if redis else 'in memory'}"
        found.append((name, {"CLEARWAY_DATABASE_URL": database, **bell}, []))
    if database and rabbit:
        environment = {"CLEARWAY_DATABASE_URL": database, "CLEARWAY_BROKER_URL": rabbit}
        found.append(("PostgreSQL, bell on RabbitMQ: tests with real workers", environment, ["-m", "broker"]))
    return found


def succeeds(command: list[str], environment: dict[str, str]) -> bool:
    """Runs one pass; what still runs after PASS_SECONDS is ended with everything that it started."""
    running = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        return running.wait(PASS_SECONDS) == 0
    except subprocess.TimeoutExpired:
        print(f"still running after {PASS_SECONDS} s: ended", flush=True)
        return False
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments and subprocess.run([sys.executable, "-m", "tools.lint"], cwd=ROOT).returncode:
        return 1
    print(chromium.ensure(), flush=True)
    failed: list[str] = []
    spread = ["-n", str(min(os.cpu_count() or 1, 4)), "--no-loadscope-reorder"] if not arguments else []
    for name, environment, extra in passes():
        began = time.monotonic()
        print(f"\n===== {name} =====", flush=True)
        clean = {key: value for key, value in os.environ.items() if key not in SETTINGS}
        command = [sys.executable, "-m", "pytest", "-q", *spread, *extra, *arguments]
        with tempfile.TemporaryDirectory(prefix="clearway-test-") as data:
            passed = succeeds(command, {**clean, **environment, "CLEARWAY_DATA": data})
        print(f"===== {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - began:.0f} s =====", flush=True)
        if not passed:
            failed.append(name)
    if failed:
        print("failed: " + "; ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
