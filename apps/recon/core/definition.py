"""What makes a definition sound, asked before it is kept. Pure: what sources have is handed in."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.recon.core.join import Compared
from apps.recon.core.matcher import Kind

KEY = "key"
MOST_PLACES = 6
_ROWS = re.compile(r"[^=;,\s]+=[^=;]+(;[^=;,\s]+=[^=;]+)*")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a definition, see the model."""

    role: str
    name: str
    left: str
    right: str
    places: int = 2
    tolerance: Decimal = Decimal(0)
    severity: str = ""

    def of(self, side: str) -> str:
        return self.left if side == "left" else self.right

    def compared(self) -> Compared:
        places = self.places if self.role == Kind.AMOUNT else 0
        return Compared(name=self.name, kind=Kind(self.role), places=places, tolerance=int(self.tolerance.scaleb(places)))


@dataclass(frozen=True)
class Unsound:
    """A rule that a definition breaks, and where: the name of a column or of a side."""

    rule: str
    place: str


def problems_of(columns: Sequence[Column], many: Collection[str]) -> Iterable[Unsound]:
    """`many` names the sides on which rows of a key are summed."""
    if not any(column.role == KEY for column in columns):
        yield Unsound("no_key", "key")
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            yield Unsound("same_name", column.name)
        seen.add(column.name)
        if column.role == KEY:
            if column.severity:
                yield Unsound("key_severity", column.name)
            continue
        if column.tolerance < 0:
            yield Unsound("negative_tolerance", column.name)
        if column.role == Kind.STATE and column.tolerance:
            yield Unsound("text_tolerance", column.name)
        if column.role == Kind.AMOUNT and column.places > MOST_PLACES:
            yield Unsound("too_many_places", column.name)
        places = column.places if column.role == Kind.AMOUNT else 0
        if column.tolerance != column.tolerance.quantize(Decimal(1).scaleb(-places)):
            yield Unsound("fine_tolerance", column.name)
        if column.role in (Kind.STATE, Kind.DATE) and many:
            yield Unsound("not_summed", column.name)


def missing_columns(names: Iterable[str], known: Collection[str]) -> Iterable[Unsound]:
    """Which of the names a source does not have; case does not count."""
    there = {name.upper() for name in known}
    for name in names:
        if name.upper() not in there:
            yield Unsound("no_such_column", name)


def rows_are_sound(rows: str) -> bool:
    """Whether the text that says which rows count can be read: NAME=value,value;NAME=value."""
    return not rows.strip() or _ROWS.fullmatch(rows.strip()) is not None


def conditions(rows: str) -> dict[str, list[str]]:
    """Columns by name, and the values of which a row has to have one."""
    found = {}
    for condition in filter(None, (part.strip() for part in rows.split(";"))):
        name, _, values = condition.partition("=")
        found[name.strip()] = [value.strip() for value in values.split(",")]
    return found
