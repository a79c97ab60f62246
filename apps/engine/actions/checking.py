"""How check steps take part in approvals, on lines with a flow for them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.approvals.conf import Kind
from apps.engine import store
from apps.engine.actions.human import answer_to_keep, settle_check
from apps.engine.models import Step
from apps.engine.selectors import plan_of
from apps.engine.states import CHECK, StepState
from apps.engine.store.paths import run_of_step
from apps.people.states import Right
from apps.processes.selectors import names_for_reader


def _lock(step_id: int) -> None:
    store.lock_run(run_of_step(step_id))


def _address(step_id: int) -> str:
    return f"{reverse('run', args=[run_of_step(step_id)])}?step={step_id}"


def _found(step_id: int) -> Step:
    return Step.objects.select_related("run__process", "run__line", "maker").get(pk=step_id)


def _facts(step_id: int) -> dict[str, Any]:
    step = _found(step_id)
    return {
        "process": step.run.process.key,
        "step": step.node_id,
        "role": step.role,
        "maker": step.maker.username if step.maker else "",
        "business date": step.run.business_date.isoformat(),
        "inputs": step.inputs,
        "answer": _answer(step),
    }


def _shows(step_id: int) -> list[tuple[Any, Any]]:
    step = _found(step_id)
    name = names_for_reader(step.run.version_id, step.run.plan_digest).get(step.node_id) or step.name
    said: list[tuple[Any, Any]] = [(_("Run"), str(step.run)), (_("Step"), name), (_("Made by"), str(step.maker))]
    return [*said, *step.inputs.items(), *_answer(step).items()]


def _answer(check: Step) -> dict[str, Any]:
    """What the maker answered in the step that this one checks."""
    node = plan_of(check.run).nodes.get(check.node_id)
    if node is None or node.human is None or not node.human.checks:
        return {}
    made = Step.objects.filter(run=check.run_id, node_id=node.human.checks, state=StepState.DONE, token__lt=check.token)
    return made.order_by("-token").values_list("outputs", flat=True).first() or {}


SAMPLE = {
    "process": "L01",
    "step": "approve_ticks",
    "role": "checker",
    "maker": "wang.min",
    "business date": "2026-11-20",
    "inputs": {},
    "answer": {},
}
CHECK_KIND = Kind(
    CHECK, _("check step of a run"), Right.CHECK, _lock, settle_check, _address,
    facts=_facts, sample=SAMPLE, shows=_shows, given=lambda step_id: _found(step_id).inputs, answered=answer_to_keep,
    topic="step", goes_back=False, taken_back=False,
)  # fmt: skip
"""Registered when the app starts."""
