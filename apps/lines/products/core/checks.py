"""What stands out in a cell, in a rule and in the whole book of a day, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from apps.kernel import dmn
from apps.kernel.feel import FeelError, unary_tests
from apps.lines.products.core.book import NOTHING, Book, ClassRow, ancestors_of, level_of, loops_of, parent_of
from apps.lines.products.core.decision import model_of
from apps.lines.products.core.patterns import LONGEST_CELL, BadPattern, read_pattern
from apps.lines.products.states import COLUMNS, FIRST_TABLE, LEVELS, ColumnKind

_SAMPLES: dict[ColumnKind, Any] = {
    ColumnKind.NUMBER: Decimal(1),
    ColumnKind.DATE: date(2020, 1, 1),
    ColumnKind.BOOLEAN: True,
}
_TRUTH = frozenset({"true", "false", "null", "true, null", "false, null", "not(true)", "not(false)"})
MOST_TOLD = 50


@dataclass(frozen=True)
class Finding:
    """`code` is what is wrong, `place` where: a class, a table, `table/rule` or a column; `facts` for its sentence."""

    code: str
    place: str
    facts: Mapping[str, str] = field(default_factory=dict)


def cell_problem(column: str, cell: str) -> Finding | None:
    """Why a cell cannot stand in its column; None when it can."""
    kind = next((one.kind for one in COLUMNS if one.name == column), None)
    if kind is None:
        return Finding("no_such_column", column)
    if cell.strip() in NOTHING:
        return None
    if len(cell) > LONGEST_CELL:
        return Finding("cell_too_long", column, {"limit": str(LONGEST_CELL)})
    if kind is ColumnKind.TEXT:
        try:
            read_pattern(cell)
        except BadPattern as refusal:
            return Finding(f"pattern_{refusal.code}", column, {"place": str(refusal.place)})
        return None
    if kind is ColumnKind.BOOLEAN:
        return None if cell.strip() in _TRUTH else Finding("cell_no_truth", column)
    return _tests_problem(column, kind, cell)


def _tests_problem(column: str, kind: ColumnKind, cell: str) -> Finding | None:
    """Tests of FEEL have to say yes or no of some value of the column: a text compared with a number says neither."""
    try:
        said = unary_tests(cell, _SAMPLES[kind], {})
    except FeelError as refusal:
        return Finding("cell_unreadable", column, {"problem": str(refusal)})
    return None if said is not None else Finding("cell_other_type", column)


def tree_findings(book: Book) -> Iterator[Finding]:
    """A node whose way to the root has a hole, and a branch that ends above the fourth level."""
    for code in sorted(book.classes):
        missing = [above for above in ancestors_of(code) if above not in book.classes]
        if missing:
            yield Finding("class_without_parent", code, {"missing": missing[0]})
    above = {parent_of(code) for code in book.classes}
    for code in sorted(book.classes):
        if level_of(code) < LEVELS and code not in above:
            yield Finding("branch_without_leaf", code)


def rule_findings(book: Book) -> Iterator[Finding]:
    """Rules that lead nowhere, tables that go round or that nobody asks."""
    if FIRST_TABLE not in book.tables:
        yield Finding("no_first_table", FIRST_TABLE)
    asked = {FIRST_TABLE}
    for table, rules in sorted(book.rules.items()):
        for rule in rules:
            place = f"{table}/{rule.code}"
            if table not in book.tables:
                yield Finding("rule_without_table", place)
            if rule.class_code and not book.is_leaf(rule.class_code):
                yield Finding("class_not_in_force", place, {"class": rule.class_code})
            if rule.next_table:
                asked.add(rule.next_table)
                if rule.next_table not in book.tables:
                    yield Finding("table_not_in_force", place, {"table": rule.next_table})
    for table in sorted(book.tables):
        if table not in asked:
            yield Finding("table_not_asked", table)
        if not book.rules.get(table):
            yield Finding("table_without_rules", table)
    for way in loops_of([rule for rules in book.rules.values() for rule in rules]):
        yield Finding("tables_go_round", way[0], {"way": " → ".join([*way, way[0]])})


def overlaps_of(book: Book) -> list[Finding]:
    """Overlaps, gaps and rules that never count, as far as the texts of the cells decide it; wildcards leave it undecided."""
    found = []
    for table in sorted(book.tables):
        if book.rules.get(table):
            for problem in dmn.check(model_of(book, table)):
                found.append(Finding("decision_table", f"{table}: {problem.element}", {"problem": problem.message}))
    return found[:MOST_TOLD]


def findings_of(book: Book) -> list[Finding]:
    """All that would make a product have no class; the texts of cells are not looked at here."""
    return [*tree_findings(book), *rule_findings(book)]


def roots_of(classes: Mapping[str, ClassRow]) -> list[str]:
    return sorted(code for code in classes if level_of(code) == 1)
