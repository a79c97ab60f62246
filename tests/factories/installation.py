"""Installations of their own for tests that start real processes: data folder, database, and queue on the broker."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[2]
MIGRATED = ("migrate --verbosity 0",)
DEMONSTRATION = (*MIGRATED, "standards load", "demo --verbosity 0")
"""What the first start of `manage.py up` does."""


SHARED = "CLEARWAY_TEST_SHARED"
"""Names the folder that the processes of one test run share."""


@dataclass(frozen=True)
class Prepared:
    """A data folder, and the name of a PostgreSQL database unless the folder holds the database."""

    folder: Path
    database: str


def share_what_is_prepared() -> None:
    """Before the processes of a run begin."""
    os.environ[SHARED] = tempfile.mkdtemp(prefix="clearway-prepared-")


def forget_what_is_prepared() -> None:
    """After the last of them has ended."""
    shared = Path(os.environ.pop(SHARED))
    for kept in shared.glob("*.database"):
        if name := kept.read_text():
            _drop(name)
    shutil.rmtree(shared, ignore_errors=True)


@cache
def prepared(commands: tuple[str, ...]) -> Prepared:
    """An installation in which these commands have run, to be copied; made once in a run of tests, by whoever asks first."""
    shared, name = Path(os.environ[SHARED]), "-".join(command.split()[0] for command in commands)
    folder, database = shared / name, shared / f"{name}.database"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists():
            made = _made(folder, commands)
            database.write_text(made)
    return Prepared(folder, database.read_text())


def _made(folder: Path, commands: tuple[str, ...]) -> str:
    """The name of the database in which the last of the commands has run behind the others; empty if the folder holds it."""
    before = prepared(commands[:-1]) if commands[1:] else None
    if before:
        shutil.copytree(before.folder, folder)
    own = _environment(folder)
    _create(own, like=before.database if before else "")
    manage = [sys.executable, str(ROOT / "manage.py"), *commands[-1].split()]
    ran = subprocess.run(manage, cwd=ROOT, env={**own, "PYTHONWARNINGS": "ignore"}, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    return own["CLEARWAY_INSTALLATION"] if _on_postgresql() else ""


@contextmanager
def prepared_installation(data: Path, commands: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """As `own_installation`, with what the commands have made there already: to migrate takes longer than most tests."""
    kept = prepared(commands)
    shutil.copytree(kept.folder, data, dirs_exist_ok=True)
    with own_installation(data, kept.database) as own:
        yield own


@contextmanager
def own_installation(data: Path, like: str = "") -> Iterator[dict[str, str]]:
    """The environment of a fresh installation on the database and the broker that this test run names.

    like: a PostgreSQL database nobody is connected to, which the new one is a copy of; without it the new one is empty.
    """
    environment = _environment(data)
    _create(environment, like)
    try:
        yield environment
    finally:
        _drop(environment["CLEARWAY_INSTALLATION"])


def _on_postgresql() -> bool:
    return os.environ.get("CLEARWAY_DATABASE_URL", "").startswith("postgres")


def _environment(data: Path) -> dict[str, str]:
    name = f"clearway_own_{uuid.uuid4().hex[:8]}"
    environment = {**os.environ, "CLEARWAY_DATA": str(data), "CLEARWAY_INSTALLATION": name}
    if not _on_postgresql():
        return environment
    return {**environment, "CLEARWAY_DATABASE_URL": _server(name)}


def _server(database: str = "postgres") -> str:
    return urlparse(os.environ["CLEARWAY_DATABASE_URL"])._replace(path=f"/{database}").geturl()


def _create(environment: dict[str, str], like: str) -> None:
    """The database of this environment, if it is not a file."""
    if not _on_postgresql():
        return
    import psycopg
    from psycopg import sql

    name = sql.Identifier(environment["CLEARWAY_INSTALLATION"])
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(like or "template1")))
        # No test takes the power from the server: what it has answered need not be on its disk.
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))


def _drop(name: str) -> None:
    if not _on_postgresql():
        return
    import psycopg
    from psycopg import sql

    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
