"""Installations of their own for tests that start real processes: data folder, database, and queue on the broker."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse


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
        try:
            yield {**environment, "CLEARWAY_DATABASE_URL": urlparse(url)._replace(path=f"/{name}").geturl()}
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
