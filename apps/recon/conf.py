"""Settings of this app, and where business lines say which of their tables can be compared, once at start."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

LONGEST_KEY = 400
"""Bytes of all parts of a key together."""
MOST_BREAKS = 50_000
"""A comparison that finds more was made of sources that do not belong together."""
REJECTED_SHOWN = 100
"""Rows of a side that are kept with their places; all of them are counted."""
CALENDAR = "CN-EX"
"""Its business days are the age of a break."""


class ReconConf:
    """What an installation may set, as `CLEARWAY_<NAME>`; read late, so that tests may change it.

    `SQL_SOURCES`: databases that statements may read, by name: {"url": "postgres://reader:...@host/name" or
    "sqlite:////path", "lines": [codes, or "*"]}. `FOLDERS`: folders by name: {"path": "/banks/{day}/in", "lines": [...]}; {day}
    is the business date as eight digits. `SQL_SECONDS`, `SQL_ROWS`, `SQL_BYTES` bound one answer.
    """

    SQL_SOURCES: dict[str, dict[str, Any]] = {}
    FOLDERS: dict[str, dict[str, Any]] = {}
    SQL_SECONDS: int = 60
    SQL_ROWS: int = 2_000_000
    SQL_BYTES: int = 2**29

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        return getattr(settings, f"CLEARWAY_{name}", default) if name.isupper() else default


conf = ReconConf()


@dataclass(frozen=True)
class Database:
    """A database that the operator of the installation named, and the lines whose statements may read it."""

    name: str
    url: str
    lines: tuple[str, ...]

    def serves(self, line: str) -> bool:
        return "*" in self.lines or line in self.lines


@dataclass(frozen=True)
class Folder:
    """A folder that the operator named. In its path, {day} stands for the business date as eight digits."""

    name: str
    path: str
    lines: tuple[str, ...]

    def serves(self, line: str) -> bool:
        return "*" in self.lines or line in self.lines

    def on(self, day: date) -> Path:
        return Path(settings.DATA_DIR) / self.path.replace("{day}", f"{day:%Y%m%d}")


def database_named(name: str) -> Database | None:
    said = conf.SQL_SOURCES.get(name)
    return Database(name, said["url"], tuple(said["lines"])) if said else None


def databases() -> list[Database]:
    """By name."""
    return [Database(name, said["url"], tuple(said["lines"])) for name, said in sorted(conf.SQL_SOURCES.items())]


def folder_named(name: str) -> Folder | None:
    said = conf.FOLDERS.get(name)
    return Folder(name, said["path"], tuple(said["lines"])) if said else None


Rows = Callable[[str, date, list[str]], Iterable[tuple[Any, ...]]]


@dataclass(frozen=True)
class Table:
    """A table of a line. `columns` are its names with what they mean.

    `rows` is given the code of a line, a business date and names of columns, and gives the row's number and their values:
    text, whole numbers, Decimal, date or None.
    """

    code: str
    label: Any
    columns: Mapping[str, Any]
    rows: Rows


_tables: dict[str, Table] = {}


def register_table(table: Table) -> None:
    _tables[table.code] = table


def table_named(code: str) -> Table | None:
    return _tables.get(code)


def tables() -> list[Table]:
    return [_tables[code] for code in sorted(_tables)]
