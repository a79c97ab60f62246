"""Django's SQLite with a fair queue for the right to write.

SQLite lets a writer that finds the database taken sleep longer and longer, up to a tenth of a second at a time, while others
that come later find it free: measured with four busy processes, one of them waited for two seconds. Here who has waited
longest asks most often.
"""

import sqlite3
import time

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

FIRST_PAUSE_SECONDS = 0.004
LAST_PAUSE_SECONDS = 0.0001
IMPATIENT_AFTER_SECONDS = 0.02


def pause_after(waited: float) -> float:
    """Seconds until the next try of a writer that has waited for `waited` seconds."""
    patience = max(0.0, 1 - waited / IMPATIENT_AFTER_SECONDS)
    return LAST_PAUSE_SECONDS + (FIRST_PAUSE_SECONDS - LAST_PAUSE_SECONDS) * patience


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes the write lock at BEGIN by asking again and again instead of by SQLite's own busy handler."""

    def _start_transaction_under_autocommit(self) -> None:
        began, most = time.monotonic(), float(self.settings_dict["OPTIONS"].get("timeout", 5))
        self._let_sqlite_wait(0)
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]  # private, so unknown to the stubs
                    return
                except OperationalError as taken:
                    waited = time.monotonic() - began
                    if not _is_busy(taken) or waited >= most:
                        raise
                    time.sleep(pause_after(waited))
        finally:
            self._let_sqlite_wait(most)

    def _let_sqlite_wait(self, seconds: float) -> None:
        """How long statements that write outside a transaction wait for the lock."""
        self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _is_busy(refusal: OperationalError) -> bool:
    cause = refusal.__cause__
    return isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
