"""What must hold of a plan before it may be reviewed: shape, events, expressions, handlers, people, soundness."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from apps.processes.core.checks.beginnings import check_beginnings
from apps.processes.core.checks.events import check_events
from apps.processes.core.checks.meaning import check_meaning
from apps.processes.core.checks.paths import check_paths
from apps.processes.core.checks.shape import check_shape
from apps.processes.core.plan import Plan
from apps.processes.core.problems import Problem, Severity, is_refused
from apps.processes.core.soundness import check_soundness

HandlerSchema = Callable[[str], dict[str, Any] | None]

NEEDED_TO_RUN = frozenset(
    {
        "handler.missing",
        "human.role_missing",
        "model.message",
        "model.signal",
        "model.called_process",
        "model.condition_missing",
        "model.script",
        "decision.missing",
    }
)
"""What may be open while a model is drawn, checked and rehearsed, and must be said before it is submitted."""


def check_plan(plan: Plan, handlers: HandlerSchema | None, *, complete: bool = True) -> list[Problem]:
    """All problems of a plan that was read; paths and soundness are looked at only when the shape is right."""
    problems = [*check_shape(plan), *check_events(plan), *check_beginnings(plan), *check_meaning(plan, handlers)]
    if not complete:
        problems = [_softened(problem) for problem in problems]
    if not is_refused(problems):
        problems += check_paths(plan)
    if not is_refused(problems):
        problems += check_soundness(plan)
    return problems


def _softened(problem: Problem) -> Problem:
    return replace(problem, severity=Severity.WARNING) if problem.rule in NEEDED_TO_RUN else problem
