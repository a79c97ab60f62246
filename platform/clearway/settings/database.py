"""The two databases Clearway runs on, with the options that its commit protocol relies on."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse


def postgresql(url: str) -> dict[str, Any]:
    """postgres://user:password@host:port/name. Read committed with explicit row locks; nothing waits for ever."""
    parts = urlparse(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            # Without just-in-time compiling: it took a second for lists whose many rights are looked up in milliseconds.
            "options": "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s -c jit=off",
        },
    }


def sqlite(folder: Path) -> dict[str, Any]:
    """Write-ahead log, every commit synced, write lock taken at BEGIN: read-then-write never fails half-way."""
    return {
        "ENGINE": "clearway.sqlite3",
        "NAME": folder / "clearway.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
        # A file, not memory: transactional tests use threads and processes, which must see one database.
        "TEST": {"NAME": folder / "test.sqlite3"},
    }
