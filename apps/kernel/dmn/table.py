"""Decision tables: which rules match, and what the hit policy makes of them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.dmn.nodes import MANY, HitPolicy, Rule, Table
from apps.kernel.dmn.rules import DecisionEvaluator
from apps.kernel.feel.arithmetic import computed
from apps.kernel.feel.comparing import compared
from apps.kernel.feel.evaluator import RULES, Scope
from apps.kernel.feel.text import text_of
from apps.kernel.feel.types import fitted
from apps.kernel.problems import Problem


def decided(run: DecisionEvaluator, table: Table, scope: Scope) -> Any:
    """The result of the table: a value, or a context of values when it has several outputs, or a list of these."""
    asked = [_asked(run, table, number, scope) for number in range(len(table.inputs))]
    matching = []
    for rule in table.rules:
        if _matches(run, rule, asked, scope):
            matching.append(rule)
            if table.policy is HitPolicy.FIRST:
                break
    if not matching:
        return _without_match(run, table, scope)
    if table.policy is HitPolicy.UNIQUE and len(matching) > 1:
        return _several(run, table, matching)
    results = [_result(run, table, rule, scope) for rule in matching]
    return _POLICIES[table.policy](run, table, matching, results, scope)


def _asked(run: DecisionEvaluator, table: Table, number: int, scope: Scope) -> Any:
    """The value of an input; one that is not among the allowed ones counts as null."""
    column = table.inputs[number]
    value = run.value(column.node, scope)
    if value is None or not column.values.tests or run.passes_tests(value, column.values, scope) is True:
        return value
    sentence = _("{value} is not among the values of input {number}.")
    run.complain(Problem(table.id, "dmn.input_value", sentence.format(value=text_of(value, run.meter), number=number + 1)))
    return None


def _matches(run: DecisionEvaluator, rule: Rule, asked: list[Any], scope: Scope) -> bool:
    return all(run.passes_tests(value, tests, scope) is True for value, tests in zip(asked, rule.tests, strict=True))


def _several(run: DecisionEvaluator, table: Table, rules: list[Rule]) -> None:
    names = ", ".join(rule.id for rule in rules)
    run.complain(Problem(table.id, "dmn.several_rules", _("Several rules match, and only one may: {rules}.").format(rules=names)))


def _without_match(run: DecisionEvaluator, table: Table, scope: Scope) -> Any:
    if any(column.default is not None for column in table.outputs):
        values = {column.name: None if column.default is None else run.value(column.default, scope) for column in table.outputs}
        value: Any = values if len(table.outputs) > 1 else next(iter(values.values()))
        return [value] if table.collects else value
    if table.aggregation:
        return Decimal(0) if table.aggregation == "COUNT" else None
    return [] if table.policy in MANY else None


def _result(run: DecisionEvaluator, table: Table, rule: Rule, scope: Scope) -> Any:
    values: dict[str, Any] = {}
    for column, node in zip(table.outputs, rule.results, strict=True):
        value = run.value(node, scope)
        fits, value = fitted(value, column.type, run)
        if not fits or (value is not None and run.passes_tests(value, column.values, scope) is not True):
            sentence = _("A result of rule {rule} is not among the values of its output.")
            run.complain(Problem(rule.id, "dmn.output_value", sentence.format(rule=rule.id)))
            value = None
        values[column.name] = value
    return values if len(table.outputs) > 1 else next(iter(values.values()))


def _ranks(run: DecisionEvaluator, table: Table, result: Any, scope: Scope) -> tuple[int, ...]:
    """The place of each value in its column's ranking; what is not in it comes last."""
    ranks = []
    for column in table.outputs:
        value = result[column.name] if len(table.outputs) > 1 else result
        ranking = [run.value(node, scope) for node in column.ranking]
        ranks.append(next((place for place, known in enumerate(ranking) if run.same(value, known)), len(ranking)))
    return tuple(ranks)


def _only(run: DecisionEvaluator, table: Table, rules: list[Rule], results: list[Any], scope: Scope) -> Any:
    return results[0]


def _any(run: DecisionEvaluator, table: Table, rules: list[Rule], results: list[Any], scope: Scope) -> Any:
    return results[0] if all(run.same(results[0], other) for other in results[1:]) else _several(run, table, rules)


def _in_order(run: DecisionEvaluator, table: Table, rules: list[Rule], results: list[Any], scope: Scope) -> list[Any]:
    return sorted(results, key=lambda result: _ranks(run, table, result, scope))


def _most_important(run: DecisionEvaluator, table: Table, rules: list[Rule], results: list[Any], scope: Scope) -> Any:
    return _in_order(run, table, rules, results, scope)[0]


def _collected(run: DecisionEvaluator, table: Table, rules: list[Rule], results: list[Any], scope: Scope) -> Any:
    if not table.aggregation:
        return results
    if table.aggregation == "COUNT":
        return Decimal(len(results))
    total = results[0]
    for other in results[1:]:
        if table.aggregation == "SUM":
            total = computed("+", total, other, run.meter)
        else:
            better = compared("<" if table.aggregation == "MIN" else ">", other, total, run.meter)
            total = None if better is None else other if better else total
    if total is None:
        run.complain(Problem(table.id, "dmn.aggregation", _("The results of the matching rules cannot be put together.")))
    return total


_POLICIES: dict[HitPolicy, Callable[[DecisionEvaluator, Table, list[Rule], list[Any], Scope], Any]] = {
    HitPolicy.UNIQUE: _only,
    HitPolicy.FIRST: _only,
    HitPolicy.ANY: _any,
    HitPolicy.PRIORITY: _most_important,
    HitPolicy.OUTPUT_ORDER: _in_order,
    HitPolicy.RULE_ORDER: _collected,
    HitPolicy.COLLECT: _collected,
}

RULES[Table] = decided
