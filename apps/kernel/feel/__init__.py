"""FEEL, the expression language of DMN: parsed once into a tree, no Python objects reachable, every evaluation has a budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from apps.kernel import clock
from apps.kernel.feel.budget import DEFAULT, Budget, over
from apps.kernel.feel.errors import FeelError, FeelLimit
from apps.kernel.feel.evaluator import Evaluator, Given, Scope
from apps.kernel.feel.functions import BUILT_INS
from apps.kernel.feel.names import special_names
from apps.kernel.feel.parser import Parser
from apps.kernel.feel.text import from_json, number_text, shown, to_json
from apps.kernel.feel.tree import Node, Tests
from apps.kernel.feel.values import Range, YearMonthDuration, kind_of, taken

__all__ = [
    "BUILT_INS", "DEFAULT", "Budget", "Expression", "FeelError", "FeelLimit", "Range", "YearMonthDuration",
    "evaluate", "from_json", "kind_of", "number_text", "parse", "shown", "to_json", "unary_tests",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that is an expression, its tree, and what in it can have no meaning."""

    text: str
    node: Node
    doubts: tuple[FeelError, ...] = ()


def parse(text: str, names: tuple[str, ...] = ()) -> Expression:
    """The tree of the text, or FeelError with the place. Only names with signs or keywords in them need to be given."""
    expression = _parsed(text, special_names(dict.fromkeys(names), text))
    if expression.doubts:
        raise expression.doubts[0]
    return expression


@lru_cache(maxsize=4096)
def _parsed(text: str, special: frozenset[tuple[str, ...]]) -> Expression:
    parser = Parser(text, special)
    return Expression(text, parser.whole(), tuple(parser.doubts))


@lru_cache(maxsize=4096)
def _parsed_tests(text: str, special: frozenset[tuple[str, ...]]) -> Tests:
    return Parser(text, special).whole_tests()


def evaluate(
    expression: Expression | str,
    context: Mapping[str, Any],
    *,
    budget: Budget = DEFAULT,
    now: datetime | None = None,
    warnings: list[str] | None = None,
) -> Any:
    """The value of the expression; raises nothing but FeelError and FeelLimit. What has no meaning is null.

    `warnings` receives why something became null.
    """
    text = expression if isinstance(expression, str) else expression.text
    special = special_names(context, text)
    parsed = expression if isinstance(expression, Expression) and not special else _parsed(text, special)
    scope = Scope(Given(context), None)
    evaluator = Evaluator(budget, now or clock.now(), scope)
    try:
        value = evaluator.value(parsed.node, scope)
        evaluator.meter.weigh(value)
    except RecursionError as deep:
        raise over("depth", budget.calls) from deep
    if warnings is not None:
        warnings += [*map(str, parsed.doubts), *evaluator.warnings]
    return value


def unary_tests(
    text: str, value: Any, context: Mapping[str, Any], *, budget: Budget = DEFAULT, now: datetime | None = None
) -> bool | None:
    """Does the value pass the tests of a decision table's cell? `-` passes everything; `?` in a test is the value."""
    tests = _parsed_tests(text, special_names(context, text))
    scope = Scope(Given(context), None)
    evaluator = Evaluator(budget, now or clock.now(), scope)
    try:
        return evaluator.passes_tests(taken(value), tests, scope)
    except RecursionError as deep:
        raise over("depth", budget.calls) from deep
