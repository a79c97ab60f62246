"""Runs approved SELECTs on databases that the operator of the installation names. Nothing here can write.

Four walls, each of which holds alone: the text is checked before (`core.statements`); the session is read-only, and bounded in
time; PostgreSQL runs it as a cursor, which no writing statement can be, and SQLite asks an authorizer about every access; and the
role that the operator gives can only read. The product's own database is refused: rights on its rows are asked in the product.
"""

import logging
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from django.db import connection

from apps.recon.conf import Database, conf, database_named
from apps.recon.core.databases import Answer, Answered, BadAnswer, cell_of, types_of
from apps.recon.core.statements import FUNCTIONS, BadStatement, checked
from apps.recon.errors import (
    ANSWERS,
    STATEMENTS,
    AnswerDoesNotFit,
    DatabaseIsOurOwn,
    DatabaseNotForLine,
    DatabaseRefused,
    DatabaseTooSlow,
    DatabaseUnreachable,
    StatementRefused,
)

if TYPE_CHECKING:
    from psycopg import Connection

logger = logging.getLogger(__name__)

_AT_ONCE = 5_000
_PROGRESS_STEPS = 10_000
_CONNECT_SECONDS = 5
_SQLITE_LONGEST = 2**20
"""Bytes of one value; larger ones are refused by SQLite while they are made."""


@dataclass(frozen=True)
class Preview:
    """What a statement answers: its columns with their types, and the first rows as texts."""

    columns: list[Answered]
    rows: list[list[str]]

    @property
    def cells(self) -> list[list[tuple[Answered, str]]]:
        """Every value beside its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


def preview(source: str, line: str, statement: str, day: date, *, rows: int) -> Preview:
    """The columns and the first rows for a day. Raises what `open_answer` raises."""
    with _rows(source, line, statement, day) as (names, found), _fitting(source):
        first = list(islice(found, rows))
        return Preview(types_of(names, first), [[cell_of(value, "") for value in row] for row in first])


def open_answer(source: str, line: str, statement: str, day: date) -> Answer:
    """The whole answer for a day, streamed. Raises StatementRefused, DatabaseNotForLine, DatabaseIsOurOwn, DatabaseUnreachable,
    DatabaseRefused, DatabaseTooSlow, AnswerDoesNotFit."""
    with _rows(source, line, statement, day) as (names, found), _fitting(source):
        answer = Answer(names, most_rows=conf.SQL_ROWS, most_bytes=conf.SQL_BYTES)
        while part := list(islice(found, _AT_ONCE)):
            answer.take(part)
        return answer


@contextmanager
def _fitting(source: str) -> Iterator[None]:
    try:
        yield
    except BadAnswer as refusal:
        raise AnswerDoesNotFit(source=source, place=refusal.place, why=ANSWERS[refusal.rule]) from refusal


@contextmanager
def _rows(source: str, line: str, statement: str, day: date) -> Iterator[tuple[list[str], Iterator[Sequence[Any]]]]:
    database = database_named(source)
    if database is None or not database.serves(line):
        raise DatabaseNotForLine(source=source)
    on_sqlite = database.url.startswith("sqlite")
    try:
        text = checked(statement, named=on_sqlite)
    except BadStatement as refusal:
        raise StatementRefused(
            row=refusal.row, column=refusal.column, word=refusal.word, why=STATEMENTS[refusal.rule]
        ) from refusal
    bound: dict[str, Any] = {"business_date": day, "business_day": f"{day:%Y%m%d}", "line": line}
    with (_sqlite if on_sqlite else _postgresql)(database, text, bound) as found:
        yield found


# -- PostgreSQL -------------------------------------------------------------------------------------------------------


@contextmanager
def _postgresql(database: Database, text: str, bound: dict[str, Any]) -> Iterator[tuple[list[str], Iterator[Sequence[Any]]]]:
    import psycopg  # an installation on SQLite that names no such database never loads it

    until = time.monotonic() + conf.SQL_SECONDS
    limits = {
        "default_transaction_read_only": "on",
        "statement_timeout": f"{conf.SQL_SECONDS}s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": f"{conf.SQL_SECONDS}s",
        "standard_conforming_strings": "on",
        "DateStyle": "ISO",
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    try:
        opened = psycopg.connect(database.url, options=options, connect_timeout=_CONNECT_SECONDS)
    except psycopg.Error as refusal:
        logger.warning("database %s of a reconciliation cannot be reached: %s", database.name, refusal)
        raise DatabaseUnreachable(source=database.name) from refusal
    try:
        opened.read_only = True
        if connection.vendor == "postgresql" and _is_ours(opened):
            raise DatabaseIsOurOwn(source=database.name)
        with opened.cursor(name="clearway_rows") as cursor:
            cursor.itersize = _AT_ONCE
            cursor.execute(text, bound)  # checked word by word, see core.statements
            names = [column.name for column in cursor.description or ()]
            yield names, _until(iter(cursor), until, database.name)
    except psycopg.errors.QueryCanceled as refusal:
        raise DatabaseTooSlow(source=database.name, seconds=conf.SQL_SECONDS) from refusal
    except psycopg.OperationalError as refusal:
        raise DatabaseUnreachable(source=database.name) from refusal
    except psycopg.Error as refusal:
        raise DatabaseRefused(source=database.name, why=_first_line(refusal)) from refusal
    finally:
        opened.close()


_WHO = "SELECT pg_postmaster_start_time()::text, current_database()"


def _is_ours(opened: "Connection[Any]") -> bool:
    """Whether it is the database that the product stands in, under whatever name or address."""
    with connection.cursor() as own:
        own.execute(_WHO)
        ours = own.fetchone()
    theirs = opened.execute(_WHO).fetchone()
    return ours is not None and theirs is not None and tuple(ours) == tuple(theirs)


# -- SQLite -----------------------------------------------------------------------------------------------------------

_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
_OF_OPERATORS = frozenset({"like", "glob"})


def _authorize(action: int, first: str | None, second: str | None, _base: str | None, _trigger: str | None) -> int:
    named = (second or "").lower() if action == sqlite3.SQLITE_FUNCTION else (first or "").lower()
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_OK if named in FUNCTIONS | _OF_OPERATORS else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED and not named.startswith("sqlite_") else sqlite3.SQLITE_DENY


@contextmanager
def _sqlite(database: Database, text: str, bound: dict[str, Any]) -> Iterator[tuple[list[str], Iterator[Sequence[Any]]]]:
    until = time.monotonic() + conf.SQL_SECONDS
    path = Path(unquote(urlparse(database.url).path.removeprefix("/"))).absolute()
    if connection.vendor == "sqlite" and path.exists() and path.samefile(connection.settings_dict["NAME"]):
        raise DatabaseIsOurOwn(source=database.name)
    try:
        opened = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_CONNECT_SECONDS)
    except sqlite3.Error as refusal:
        raise DatabaseUnreachable(source=database.name) from refusal
    try:
        opened.execute("PRAGMA query_only = ON")
        opened.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _SQLITE_LONGEST)
        opened.set_authorizer(_authorize)
        opened.set_progress_handler(lambda: int(time.monotonic() > until), _PROGRESS_STEPS)
        cursor = opened.execute(text, bound | {"business_date": bound["business_date"].isoformat()})
        names = [column[0] for column in cursor.description or ()]
        yield names, _until(cursor, until, database.name)
    except sqlite3.Error as refusal:
        if getattr(refusal, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise DatabaseTooSlow(source=database.name, seconds=conf.SQL_SECONDS) from refusal
        raise DatabaseRefused(source=database.name, why=_first_line(refusal)) from refusal
    finally:
        opened.close()


def _until(rows: Iterator[Sequence[Any]], until: float, source: str) -> Iterator[Sequence[Any]]:
    """The bound in time holds for the whole answer, however its parts come."""
    while part := list(islice(rows, _AT_ONCE)):
        yield from part
        if time.monotonic() > until:
            raise DatabaseTooSlow(source=source, seconds=conf.SQL_SECONDS)


def _first_line(refusal: Exception) -> str:
    return (str(refusal).splitlines() or [""])[0][:200]
