"""Installations of their own for tests that start real processes: data folder, database, and queue on the broker."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[2]
MIGRATED = ("migrate --verbosity 0",)
DEMONSTRATION = (*MIGRATED, "standards load", "demo --verbosity 0")
"""What the first start of `manage.py up` does."""


@dataclass(frozen=True)
class Prepared:
    """A data folder, and the name of a PostgreSQL database unless the folder holds the database."""

    folder: Path
    database: str


@cache
def prepared(commands: tuple[str, ...]) -> Prepared:
    """An installation in which these commands have run, made once in this process and gone at its end: to be copied."""
    gone = ExitStack()
    atexit.register(gone.close)
    folder = Path(gone.enter_context(tempfile.TemporaryDirectory(prefix="clearway-prepared-")))
    own = gone.enter_context(own_installation(folder))
    for command in commands:
        manage = [sys.executable, str(ROOT / "manage.py"), *command.split()]
        ran = subprocess.run(manage, cwd=ROOT, env={**own, "PYTHONWARNINGS": "ignore"}, capture_output=True, text=True)
        if ran.returncode:
            raise RuntimeError(ran.stderr[-2000:])
    url = own.get("CLEARWAY_DATABASE_URL", "")
    return Prepared(folder, urlparse(url).path.lstrip("/") if url.startswith("postgres") else "")


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
    name = f"clearway_own_{uuid.uuid4().hex[:8]}"
    environment = {**os.environ, "CLEARWAY_DATA": str(data), "CLEARWAY_INSTALLATION": name}
    url = os.environ.get("CLEARWAY_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield environment
        return
    import psycopg
    from psycopg import sql

    server = urlparse(url)._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        template = sql.Identifier(like or "template1")
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template))
        # No test takes the power from the server: what it has answered need not be on its disk.
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
        try:
            yield {**environment, "CLEARWAY_DATABASE_URL": urlparse(url)._replace(path=f"/{name}").geturl()}
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
