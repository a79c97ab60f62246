"""The book of a day: the tree, the tables and the rules in force, and what they make of a product.

A product gets exactly one class of the fourth level, or a named reason with its place; never both, never neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from apps.kernel.feel import FeelError, unary_tests
from apps.lines.products.core.patterns import read_pattern
from apps.lines.products.core.rows import in_force
from apps.lines.products.states import COLUMNS, FIRST_TABLE, LEVELS, ColumnKind, HitPolicy, Standing

NOTHING: tuple[str, ...] = ("", "-")
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Cells know no clock: what they ask depends on the product alone."""


@dataclass(frozen=True, kw_only=True)
class ClassRow:
    """A node of the tree from a day on. `code` is its path: as many parts, with dots, as its level."""

    id: int
    code: str
    valid_from: date
    valid_to: date | None = None
    is_withdrawn: bool = False

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True, kw_only=True)
class TableRow:
    id: int
    code: str
    hit_policy: HitPolicy
    valid_from: date
    valid_to: date | None = None
    is_withdrawn: bool = False

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """A rule of a table from a day on. `cells` by column; one that is not there passes everything.

    Exactly one of `class_code` (it gets this class), `next_table` (that table is asked) and `refusal` (it gets no class) is said.
    """

    id: int
    table: str
    code: str
    position: int
    cells: Mapping[str, str] = field(default_factory=dict)
    class_code: str = ""
    next_table: str = ""
    refusal: str = ""
    refusal_en: str = ""
    valid_from: date
    valid_to: date | None = None
    is_withdrawn: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.table, self.code

    @property
    def result(self) -> tuple[str, str, str]:
        return self.class_code, self.next_table, self.refusal

    @property
    def order(self) -> tuple[int, str]:
        return self.position, self.code


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What rules may ask of a product on a day. Amounts are CNY; None and the empty text: not known."""

    code: str
    name: str = ""
    extended_codes: tuple[str, ...] = ()
    declared: str = ""
    trustee: str = ""
    settlor: str = ""
    amount: Decimal | None = None
    other_beneficiaries: int | None = None
    term_months: int | None = None
    established: date | None = None
    is_wound_up: bool = False


@dataclass(frozen=True)
class Asked:
    """A table that was asked, and its rules that matched, in their order."""

    table: str
    rules: tuple[RuleRow, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """`way` is every table that was asked, the last one last. `class_code` is empty unless it is classified."""

    standing: Standing
    way: tuple[Asked, ...]
    class_code: str = ""

    @property
    def deciding(self) -> RuleRow | None:
        """The rule that had the last word."""
        last = self.way[-1].rules if self.way else ()
        return last[0] if last and self.standing in (Standing.CLASSIFIED, Standing.REFUSED) else None

    @property
    def result(self) -> tuple[str, str, str]:
        """What is compared: a product moves when this differs. The refusing rule is part of it, other words are not."""
        rule = self.deciding
        refused_by = f"{rule.table}/{rule.code}" if rule is not None and self.standing == Standing.REFUSED else ""
        return self.standing.value, self.class_code, refused_by

    @property
    def place(self) -> str:
        """The table, and where rules are to blame, these: `products: R1, R2`."""
        if not self.way:
            return ""
        names = ", ".join(rule.code for rule in self.way[-1].rules)
        return f"{self.way[-1].table}: {names}" if names else self.way[-1].table


@dataclass(frozen=True)
class Book:
    day: date
    classes: Mapping[str, ClassRow]
    tables: Mapping[str, TableRow]
    rules: Mapping[str, tuple[RuleRow, ...]]

    def decide(self, facts: Facts) -> Outcome:
        """Asks the first table, and those that its rules lead to, each once."""
        way: list[Asked] = []
        name = FIRST_TABLE
        while True:
            table = self.tables.get(name)
            if table is None or any(asked.table == name for asked in way):
                return Outcome(Standing.BROKEN, (*way, Asked(name)))
            hits = self._hits(table, facts)
            way.append(Asked(name, hits))
            if not hits:
                return Outcome(Standing.GAP, tuple(way))
            if len(hits) > 1 and not (table.hit_policy == HitPolicy.ANY and len({rule.result for rule in hits}) == 1):
                return Outcome(Standing.CONFLICT, tuple(way))
            rule = hits[0]
            if rule.refusal:
                return Outcome(Standing.REFUSED, tuple(way))
            if rule.class_code:
                if not self.is_leaf(rule.class_code):
                    return Outcome(Standing.BROKEN, tuple(way))
                return Outcome(Standing.CLASSIFIED, tuple(way), rule.class_code)
            name = rule.next_table

    def is_leaf(self, code: str) -> bool:
        """Is it a class of the fourth level whose whole way from the root is in force?"""
        return level_of(code) == LEVELS and all(above in self.classes for above in (code, *ancestors_of(code)))

    def _hits(self, table: TableRow, facts: Facts) -> tuple[RuleRow, ...]:
        found = (rule for rule in self.rules.get(table.code, ()) if matches(rule.cells, facts))
        if table.hit_policy == HitPolicy.FIRST:
            first = next(found, None)
            return () if first is None else (first,)
        return tuple(found)


def book_of(day: date, classes: Iterable[ClassRow], tables: Iterable[TableRow], rules: Iterable[RuleRow]) -> Book:
    """What is in force on the day, of rows of any days."""
    by_table: dict[str, list[RuleRow]] = {}
    for rule in sorted(in_force(rules, day).values(), key=lambda one: one.order):
        by_table.setdefault(rule.table, []).append(rule)
    return Book(
        day,
        {row.code: row for row in in_force(classes, day).values()},
        {row.code: row for row in in_force(tables, day).values()},
        {table: tuple(rows) for table, rows in by_table.items()},
    )


def level_of(code: str) -> int:
    """1 to 4; how many parts the path has."""
    return code.count(".") + 1


def parent_of(code: str) -> str:
    """Empty for the first level."""
    return code.rpartition(".")[0]


def ancestors_of(code: str) -> list[str]:
    """From the one just above to the root."""
    found = []
    while code := parent_of(code):
        found.append(code)
    return found


def matches(cells: Mapping[str, str], facts: Facts) -> bool:
    """Does the product pass every cell? Cells with wildcards are asked first: they cost least."""
    return all(_passes(column.kind, cells[column.name], facts, column.name) for column in COLUMNS if _says(cells, column.name))


def _says(cells: Mapping[str, str], name: str) -> bool:
    return cells.get(name, "").strip() not in NOTHING


def _passes(kind: ColumnKind, cell: str, facts: Facts, name: str) -> bool:
    value = getattr(facts, name)
    if kind is ColumnKind.TEXT:
        return read_pattern(cell).passes(value if isinstance(value, tuple) else (value,))
    return passes_tests(cell, value)


@lru_cache(maxsize=65536, typed=True)
def passes_tests(cell: str, value: Any) -> bool:
    """Does a number, a date or a truth value pass FEEL's tests? What is not known passes only what names `null`."""
    try:
        return unary_tests(cell, Decimal(value) if type(value) is int else value, {}, now=_SOME_DAY) is True
    except FeelError:
        return False


def loops_of(rules: Sequence[RuleRow]) -> list[list[str]]:
    """Ways from table to table that come back to where they began; each once."""
    leads: dict[str, list[str]] = {}
    for rule in rules:
        if rule.next_table:
            leads.setdefault(rule.table, []).append(rule.next_table)
    found: list[list[str]] = []
    for start in sorted(leads):
        way = _back_to(start, leads)
        if way and min(way) == start:
            found.append(way)
    return found


def _back_to(start: str, leads: Mapping[str, list[str]]) -> list[str]:
    waiting, seen = [[start]], set[str]()
    while waiting:
        way = waiting.pop(0)
        for following in sorted(set(leads.get(way[-1], ()))):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                waiting.append([*way, following])
    return []
