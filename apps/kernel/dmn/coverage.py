"""What can be said of a table without asking it: rules that overlap, rules that never count, and inputs that no rule answers.

Each column is tried with a few values that stand for all: every value that its cells name, one between each two of them, one
below, one above, one that is not named. That is exact for cells of constants; of other cells nothing is decided, and it is said.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, Overflow, localcontext
from itertools import combinations, pairwise
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.dmn.model import Model
from apps.kernel.dmn.nodes import MANY, HitPolicy, Input, Table
from apps.kernel.dmn.rules import DecisionEvaluator
from apps.kernel.feel import tree
from apps.kernel.feel.errors import FeelLimit
from apps.kernel.feel.evaluator import Scope
from apps.kernel.feel.text import text_of
from apps.kernel.feel.values import NUMBERS
from apps.kernel.problems import Problem, Severity

MOST_RULES = 300
MOST_STATES = 20_000
MOST_NAMED = 3
_READERS = frozenset({"date", "time", "date and time", "duration"})
_OTHER = "\u2026"
_EMPTY = Scope({}, None)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class _Undecided(Exception):
    """The table cannot be judged from its text."""


def table_problems(model: Model) -> list[Problem]:
    """What stands out in the tables of a model; all of it is a warning or a note."""
    problems: list[Problem] = []
    for table in model.tables:
        run = DecisionEvaluator(model, _LONG_AGO, [])
        try:
            if len(table.rules) > MOST_RULES:
                raise _Undecided
            columns = [_Column(run, table, number) for number in range(len(table.inputs))]
            problems += [*_overlaps(table, columns), *_never(run, table, columns)]
        except (_Undecided, FeelLimit):
            message = _(
                "Whether rules overlap or leave gaps is not decided: the cells are not all constants, or there are too many."
            )
            problems.append(Problem(table.id, "dmn.not_decided", message, Severity.NOTE))
    return problems


class _Column:
    """The values that stand for all of one input, each with the set of rules whose cell it passes."""

    def __init__(self, run: DecisionEvaluator, table: Table, number: int) -> None:
        asked: Input = table.inputs[number]
        tests = [rule.tests[number] for rule in table.rules]
        named = [value for cell in (*tests, asked.values) for test in cell.tests for value in _named(run, test)]
        allowed = [value for value in _standing_for(named) if run.passes_tests(value, asked.values, _EMPTY) is True]
        self.groups: dict[frozenset[int], Any] = {}
        for value in allowed:
            passing = frozenset(rule for rule, cell in enumerate(tests) if run.passes_tests(value, cell, _EMPTY) is True)
            self.groups.setdefault(passing, value)

        self.groups_of_rule = [
            sum(1 << number for number, passing in enumerate(self.groups) if rule in passing) for rule in range(len(table.rules))
        ]

    def both(self, one: int, other: int) -> bool:
        """Does some value pass the cells of both rules?"""
        return bool(self.groups_of_rule[one] & self.groups_of_rule[other])


def _named(run: DecisionEvaluator, test: tree.Node) -> Iterator[Any]:
    """The values that a cell names; raises _Undecided when it names more than constants."""
    if isinstance(test, tree.UnaryTest):
        parts: tuple[tree.Node | None, ...] = (test.operand,)
    elif isinstance(test, tree.RangeOf):
        parts = (test.low, test.high)
    elif isinstance(test, tree.ListOf):
        for item in test.items:
            yield from _named(run, item)
        return
    else:
        parts = (test,)
    for part in parts:
        if part is not None:
            if not _is_constant(part):
                raise _Undecided
            yield run.value(part, _EMPTY)


def _is_constant(node: tree.Node) -> bool:
    if isinstance(node, tree.Negation):
        return _is_constant(node.operand)
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name):
        return node.function.name in _READERS and all(isinstance(argument, tree.Literal) for argument in node.arguments)
    return isinstance(node, tree.Literal)


def _standing_for(named: list[Any]) -> list[Any]:
    """Values of which each other value of the column behaves like one."""
    kinds = {type(value) for value in named if value is not None}
    if not kinds:
        return [_OTHER]
    if len(kinds) > 1:
        raise _Undecided
    kind = kinds.pop()
    if kind is bool:
        return [False, True]
    known = sorted({value for value in named if value is not None})
    if kind is str:
        return [*known, _OTHER]
    step = _STEPS.get(kind)
    if step is None:
        raise _Undecided
    with localcontext(NUMBERS):
        between = [_between(low, high, step) for low, high in pairwise(known)]
        found = [_beyond(known[0], -step), *known, *between, _beyond(known[-1], step)]
    return [value for value in found if value is not None]


_STEPS: dict[type, Any] = {Decimal: Decimal(1), date: timedelta(days=1), timedelta: timedelta(hours=1)}


def _beyond(last: Any, step: Any) -> Any:
    """A value on the other side of the last one that is named; None where no value is, as after the last of all days."""
    try:
        return last + step
    except (OverflowError, Overflow):
        return None


def _between(low: Any, high: Any, step: Any) -> Any:
    if isinstance(low, Decimal | timedelta):
        return low + (high - low) / 2
    return low + step if low + step < high else None


def _overlaps(table: Table, columns: list[_Column]) -> Iterator[Problem]:
    if table.policy not in {HitPolicy.UNIQUE, HitPolicy.ANY}:
        return
    pairs = [
        (table.rules[one].id, table.rules[other].id)
        for one, other in combinations(range(len(table.rules)), 2)
        if (table.policy is HitPolicy.UNIQUE or table.rules[one].results != table.rules[other].results)
        and all(column.both(one, other) for column in columns)
    ]
    for first, second in pairs[:MOST_NAMED]:
        message = _("The rules {first} and {second} can match together, which this hit policy does not allow.")
        yield Problem(table.id, "dmn.overlap", message.format(first=first, second=second), Severity.WARNING)


def _never(run: DecisionEvaluator, table: Table, columns: list[_Column]) -> Iterator[Problem]:
    """Rules that never count, and inputs without a rule."""
    reached: set[int] = set()
    gaps: list[tuple[Any, ...]] = []
    seen: set[tuple[int, frozenset[int]]] = set()
    waiting: list[tuple[frozenset[int], tuple[Any, ...]]] = [(frozenset(range(len(table.rules))), ())]
    while waiting:
        alive, values = waiting.pop()
        if (len(values), alive) in seen:
            continue
        seen.add((len(values), alive))
        if len(seen) > MOST_STATES:
            raise _Undecided
        if len(values) == len(columns):
            reached |= {min(alive)} if table.policy is HitPolicy.FIRST and alive else alive
        if not alive:
            gaps.append(values)
        elif len(values) < len(columns):
            waiting += [(alive & passing, (*values, value)) for passing, value in columns[len(values)].groups.items()]
    for number, rule in enumerate(table.rules):
        if number not in reached:
            yield Problem(rule.id, "dmn.unreachable", _("This rule never counts."), Severity.WARNING)
    if table.policy not in MANY and all(column.default is None for column in table.outputs):
        for values in gaps[:MOST_NAMED]:
            shown = ", ".join("-" if value == _OTHER else text_of(value, run.meter) or "null" for value in values)
            message = _("No rule answers the inputs {values}.").format(values=shown)
            yield Problem(table.id, "dmn.gap", message, Severity.WARNING)
