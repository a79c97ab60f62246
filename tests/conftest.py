"""Fixtures for everybody. What an app's tests need to make rows lives in `tests/factories/<app>.py`."""

import os
from typing import Any

import hypothesis
import pytest
from django.db import connection

QUOTED = '"'

# One profile for every property: no time limit per example, as machines are busy; the same examples in each run where CI
# says so, and everywhere else a failure prints how to have it again.
hypothesis.settings.register_profile("clearway", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("clearway")


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
                lift = [f'DROP TRIGGER "{name}"' for name, _ in found]
                restore = [sql for _, sql in found]
            else:
                cursor.execute(
                    "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                    "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
                )
                found = [table for (table,) in cursor.fetchall()]
                lift = [f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in found]
                restore = [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in found]
        return [*lift, *statements, *restore]

    return sql_flush


SLOW_FIRST = ("tests/journeys", "tests/simulation", "tests/engine/test_simulation", "tests/faults", "tests/installation")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that workers of a parallel run end together."""

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


@pytest.fixture(scope="session", autouse=True)
def _flush_between_tests_passes_the_guards() -> Any:
    operations = connection.ops
    before = operations.sql_flush
    operations.sql_flush = _guarded_flush(before, operations)  # type: ignore[method-assign]
    yield
    operations.sql_flush = before  # type: ignore[method-assign]
