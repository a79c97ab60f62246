"""DMN: decision models with tables, read once and asked many times. FEEL is their language; nothing outside is reached."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.dmn import deciding, imports, table
from apps.kernel.dmn.coverage import table_problems
from apps.kernel.dmn.errors import DmnError
from apps.kernel.dmn.model import Model
from apps.kernel.dmn.reader import read_model
from apps.kernel.dmn.rules import DecisionEvaluator
from apps.kernel.feel.budget import over
from apps.kernel.feel.errors import FeelError
from apps.kernel.feel.names import special_names
from apps.kernel.front_door import Refused, open_document
from apps.kernel.problems import Problem, Severity, is_refused

__all__ = [
    "DmnError",
    "Problem",
    "Severity",
    "check",
    "deciding",
    "decisions_of",
    "evaluate",
    "imports_of",
    "is_refused",
    "table",
]

_UNREADABLE = ("xml.", "dmn.namespace")


def evaluate(
    model_xml: str | bytes,
    decision: str,
    context: Mapping[str, Any],
    *,
    now: datetime | None = None,
    problems: list[Problem] | None = None,
    others: Sequence[bytes] = (),
) -> Any:
    """The FEEL value of a decision, named by its id or its name, for inputs by name.

    Raises DmnError with element and rule when the model or the decision is not there or a rule of the model is broken. With
    `problems` the latter is appended to it instead, and what has no value is null. `others` are models that it may import.
    """
    model = _model(model_xml, context, tuple(others))
    element = model.find(" ".join(decision.split()))
    if element is None:
        raise DmnError(Problem("", "dmn.decision_unknown", _("There is no decision {name}.").format(name=decision)))
    run = DecisionEvaluator(model, now or clock.now(), problems)
    try:
        value = deciding.outcome(run, element, context)
        run.meter.weigh(value)
    except RecursionError as deep:
        raise over("depth", run.meter.budget.calls) from deep
    if problems is not None:
        problems += [Problem(element.id, "dmn.null", warning, Severity.WARNING) for warning in run.warnings]
    return value


def check(model_xml: str | bytes, others: Sequence[bytes] = ()) -> list[Problem]:
    """What is wrong or odd in a model, with its place; of a model without errors also what its tables leave open."""
    model = _read(_bytes(model_xml), frozenset(), tuple(others))
    return [*model.problems, *([] if is_refused(list(model.problems)) else table_problems(model))]


def decisions_of(model_xml: str | bytes) -> list[tuple[str, str]]:
    """(id, name) of each decision of a model that can be read."""
    model = _read(_bytes(model_xml), frozenset(), ())
    return [(decision.id, decision.name) for decision in model.decisions()]


def imports_of(model_xml: bytes) -> tuple[str, list[tuple[str, str]]]:
    """The namespace of a model, and (namespace, location) of each that it imports; nothing of what is no model."""
    try:
        root = open_document(model_xml)
    except Refused:
        return "", []
    return (imports.namespace_of(root), imports.imports_of(root)) if imports.is_model(root) else ("", [])


def _bytes(model_xml: str | bytes) -> bytes:
    return model_xml.encode() if isinstance(model_xml, str) else model_xml


def _model(model_xml: str | bytes, context: Mapping[str, Any], others: tuple[bytes, ...]) -> Model:
    """The model, or DmnError when it cannot be read at all, needs itself, or imports what is not there."""
    raw = _bytes(model_xml)
    text = raw.decode("utf-8", "replace")
    try:
        model = _read(raw, special_names(context, text), others)
    except FeelError as refusal:
        raise DmnError(Problem("", "dmn.feel", str(refusal))) from refusal
    for problem in model.problems:
        if problem.rule.startswith(_UNREADABLE) or problem.rule in {"dmn.cycle", "dmn.import"}:
            raise DmnError(problem)
    return model


@lru_cache(maxsize=64)
def _read(raw: bytes, special: frozenset[tuple[str, ...]], others: tuple[bytes, ...]) -> Model:
    return read_model(raw, special, others)
