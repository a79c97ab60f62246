"""Fixtures for everybody. What an app's tests need to make rows lives in `tests/factories/<app>.py`."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from tests.factories.installation import MIGRATED, forget_what_is_prepared, prepared, share_what_is_prepared

QUOTED = '"'

# One profile for every property: no time limit per example, as machines are busy; the same examples in each run where CI
# says so, and everywhere else a failure prints how to have it again.
hypothesis.settings.register_profile("clearway", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("clearway")


SAME_AFTERWARDS = ("django_content_type", "auth_permission")
"""What a flush would take away and the migrations' signal bring back, row by row."""


def _guarded_flush(flush: Any, operations: Any) -> Any:
    """Wraps the flush between transactional tests: guards against deletion are lifted inside its transaction only."""

    def sql_flush(style: Any, tables: list[str], **options: Any) -> list[str]:
        statements = flush(style, tables, **options)
        if not statements:
            return list(statements)
        names = [table.strip(QUOTED) for table in tables]
        with operations.connection.cursor() as cursor:
            if operations.connection.vendor == "sqlite":
                cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
                found = [(name, sql) for name, sql, table in cursor.fetchall() if table in names]
                return [*(f'DROP TRIGGER "{name}"' for name, _ in found), *statements, *(sql for _, sql in found)]
            filled = _tables_with_rows(cursor, [name for name in names if name not in SAME_AFTERWARDS])
            cursor.execute(
                "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
            )
            guarded = [table for (table,) in cursor.fetchall() if table in filled]
            lift = [f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in guarded]
            restore = [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in guarded]
        return [*lift, *(f'DELETE FROM "{table}"' for table in filled), "SET CONSTRAINTS ALL IMMEDIATE", *restore]

    return sql_flush


def _tables_with_rows(cursor: Any, names: list[str]) -> list[str]:
    """A few small tables are emptied faster row by row than all hundred by TRUNCATE, which makes every file anew."""
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    cursor.execute(asked)
    return [name for (name,) in cursor.fetchall()]


SLOW_FIRST = (
    "tests/journeys",
    "tests/engine/test_interventions_matrix",
    "tests/architecture/test_doors",
    "tests/engine/test_simulation",
    "tests/simulation",
    "tests/faults",
    "tests/installation",
)


SAME_ON_EVERY_STORE = (
    "installation/test_first_start",
    "installation/test_up",
    "architecture/test_doors",
    "architecture/test_process_doors",
    "engine/test_simulation.py::test_each_bug",
)
"""These name no services to the processes that they start, or knock at every address: which rights a person has by which rows
is asked of each store by the tests of people. That histories find bugs is shown once; that they find none, on each store."""
JOURNEYS_ON_EVERY_STORE = ("settlement_day", "approving", "interventions")
"""Those that begin, answer, push and repeat what several people do. The others look at pages whose every reading and writing
the tests of their app do on each store; a journey takes as long as a hundred of these."""


def _stores_something(item: pytest.Item) -> bool:
    """Whether the test reaches the store: by itself, or by processes that it starts."""
    look = getattr(item, "callspec", None)
    place = item.nodeid.removeprefix("tests/")
    if place.startswith(SAME_ON_EVERY_STORE) or (look and look.params.get("language") == "en"):
        return False
    if place.startswith("journeys/") and not place.removeprefix("journeys/test_").startswith(JOURNEYS_ON_EVERY_STORE):
        return False
    starts_processes = any(item.get_closest_marker(name) for name in ("journey", "faults", "broker"))
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(starts_processes or asked or item.get_closest_marker("django_db") or "test_memory" in item.nodeid)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first, so that workers of a parallel run end together; with CLEARWAY_TEST_WHAT_IS_STORED none that
    would say the same on every store."""
    if os.environ.get("CLEARWAY_TEST_WHAT_IS_STORED"):
        config.hook.pytest_deselected(items=[item for item in items if not _stores_something(item)])
        items[:] = [item for item in items if _stores_something(item)]

    def rank(item: pytest.Item) -> int:
        return next((place for place, start in enumerate(SLOW_FIRST) if item.nodeid.startswith(start)), len(SLOW_FIRST))

    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, when a run has more than one worker
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays with one worker, as do all journeys: two installations with browsers at once are slower than one after
    the other. A scheduler of our own, as xdist 3.8 does not see `xdist_group` marks under pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "tests/journeys" if file.startswith("tests/journeys/") else file

    return ByFile(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Static files are looked for when one is asked for: every client of a test would read the headers of all of them first.
    PostgreSQL does not wait for its disk: no test takes the power from the server. Passwords of test people are hashed at once:
    the product's hashing takes half a second on purpose, three seconds for the demonstration's people of each day of a line."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["options"] += " -c synchronous_commit=off"
    if not hasattr(config, "workerinput"):  # one process of a run makes what all of them share
        share_what_is_prepared()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        forget_what_is_prepared()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """The database of a process is a copy: to migrate takes longer than to run a hundred tests."""
    migrated = prepared(MIGRATED)
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.database
        yield
        return
    creation: Any = connection.creation
    create = creation._create_test_db

    def copied(*arguments: Any, **options: Any) -> str:
        name = str(create(*arguments, **options))
        shutil.copyfile(migrated.folder / "clearway.sqlite3", name)
        return name

    creation._create_test_db = copied
    yield
    creation._create_test_db = create


@pytest.fixture(scope="session", autouse=True)
def _flush_between_tests_passes_the_guards() -> Any:
    operations = connection.ops
    before = operations.sql_flush
    operations.sql_flush = _guarded_flush(before, operations)  # type: ignore[method-assign]
    yield
    operations.sql_flush = before  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _every_test_begins_in_the_language_of_the_site() -> Any:
    """A page asked for in English leaves its thread in English, for whatever test comes next."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
