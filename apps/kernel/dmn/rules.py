"""What the nodes of a decision model are worth. Importing this file teaches them to FEEL's evaluator."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.dmn.errors import DmnError
from apps.kernel.dmn.model import Model
from apps.kernel.dmn.nodes import BoxedContext, Broken, Relation, Typed
from apps.kernel.feel.budget import Budget
from apps.kernel.feel.evaluator import RULES, Evaluator, Scope
from apps.kernel.feel.types import fitted
from apps.kernel.problems import Problem

BUDGET = Budget(steps=1_000_000, milliseconds=2_000)


class DecisionEvaluator(Evaluator):
    """Raises DmnError at the first broken rule, or notes it and goes on with null when `problems` is given."""

    def __init__(self, model: Model, now: datetime, problems: list[Problem] | None) -> None:
        super().__init__(BUDGET, now, Scope({}, None))
        self.model = model
        self.problems = problems

    def complain(self, problem: Problem) -> None:
        """Says that something has no value; what has none is null from here on."""
        if self.problems is None:
            raise DmnError(problem)
        if problem not in self.problems:
            self.problems.append(problem)


def _boxed_context(run: DecisionEvaluator, node: BoxedContext, scope: Scope) -> Any:
    entries: dict[str, Any] = {}
    inner = Scope(entries, scope)
    for entry in node.entries:
        value = run.value(entry.node, inner)
        if not entry.name:
            return value
        entries[entry.name] = value
    return entries


def _relation(run: DecisionEvaluator, node: Relation, scope: Scope) -> list[Any]:
    return [{name: run.value(cell, scope) for name, cell in zip(node.columns, row, strict=True)} for row in node.rows]


def _typed(run: DecisionEvaluator, node: Typed, scope: Scope) -> Any:
    value = run.value(node.node, scope)
    fits, meant = fitted(value, node.type, run)
    if not fits:
        sentence = _("The value is not of the type {type} that is asked for here.")
        run.complain(Problem(node.element, "dmn.type", sentence.format(type=node.type.name)))
    return meant


def _broken(run: DecisionEvaluator, node: Broken, scope: Scope) -> None:
    run.complain(node.problem)


RULES.update({BoxedContext: _boxed_context, Relation: _relation, Typed: _typed, Broken: _broken})
