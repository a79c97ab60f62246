"""What an operator changes about the rest of a run: its priority, its variables, the parameters of steps to come."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from apps.engine import core, store
from apps.engine.actions.advancing import advance
from apps.engine.actions.gates import gates_at
from apps.engine.actions.permission import about_run
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.errors import NotForThisStep, VariablesRefused
from apps.engine.handlers import handler_named
from apps.engine.models import Run, Step
from apps.engine.states import LIVE_RUN, Priority, Verb
from apps.people.models import User


@transaction.atomic
def change_priority(*, run_id: int, actor: User, reason: str, priority: int, signed: int | None = None) -> Run:
    """From 0, which waits longest, to 9; it orders the steps that wait for a worker, those to come and those of called runs.

    The live runs that this one called get the same priority, each locked after its caller.
    """
    asked = about_run(Verb.PRIORITY, run_id, actor, reason, {"priority": priority})
    if not Priority.LOWEST <= priority <= Priority.HIGHEST:
        raise NotForThisStep(verb=Verb.PRIORITY.label, why=_("a priority is a number from 0 to 9"))
    asked.permit(signed)
    asked.say()
    _set_priority(asked.change, priority)
    asked.change.save()
    return asked.run


def _set_priority(change: store.Change, priority: int) -> None:
    before = change.run.priority
    change.set_run(priority=priority)
    store.rank_again(change.run, before)
    called = Run.objects.filter(parent_step__run=change.run, state__in=LIVE_RUN).order_by("id")
    for child_id in called.values_list("pk", flat=True):
        _set_priority(store.Change(store.lock_run(child_id), change.actor), priority)


@transaction.atomic
def change_variables(*, run_id: int, actor: User, reason: str, variables: dict[str, Any], signed: int | None = None) -> Run:
    """Sets variables for what is still to come. What has begun keeps the values it began with.

    Whoever signs for a variable that people set by a decision must be somebody who might have made that decision.
    """
    asked = about_run(Verb.EDIT, run_id, actor, reason, {"variables": variables})
    run = asked.run
    try:
        given = as_json(variables)
        require_bounded({**run.variables, **given})
    except ExpressionFailed as refusal:
        raise VariablesRefused(problem=str(refusal)) from refusal
    decided = [node for node in asked.plan.nodes.values() if {mapping.target for mapping in node.outputs} & variables.keys()]
    asked.gates = [gate for node in decided for gate in gates_at(run, node)]
    asked.permit(signed)
    asked.say()
    advance(asked.change, [core.VariablesSet(given)])
    asked.change.save()
    return run


@transaction.atomic
def change_parameters(
    *, run_id: int, actor: User, reason: str, node: str, parameters: dict[str, Any], signed: int | None = None
) -> Run:
    """Gives an automatic step other parameters than its model, as long as no step of it has begun."""
    asked = about_run(Verb.PARAMETERS, run_id, actor, reason, {"node": node, "parameters": parameters})
    run, found = asked.run, asked.plan.nodes.get(node)
    handler = handler_named(found.handler) if found is not None and found.handler else None
    if found is None or handler is None:
        raise NotForThisStep(verb=Verb.PARAMETERS.label, why=_("there is no such step, or no handler does it"))
    if Step.objects.filter(run=run, node_id=node).exists():
        raise NotForThisStep(verb=Verb.PARAMETERS.label, why=_("the step has begun"))
    known = handler.parameters.model_fields.keys()
    if unknown := sorted(parameters.keys() - known):
        raise NotForThisStep(
            verb=Verb.PARAMETERS.label,
            why=_("{handler} has no parameter {names}").format(handler=handler.name, names=", ".join(unknown)),
        )
    fixed = {mapping.target for mapping in found.parameters} | parameters.keys()
    try:
        given = as_json(parameters)
        if {
            name for name, field in handler.parameters.model_fields.items() if field.is_required()
        } <= parameters.keys() or not fixed:
            handler.parameters.model_validate(given)
    except (ExpressionFailed, ValidationError) as refusal:
        raise VariablesRefused(problem=str(refusal)) from refusal
    asked.permit(signed)
    asked.say()
    asked.change.set_run(overrides={**run.overrides, node: {**run.overrides.get(node, {}), **given}})
    asked.change.save()
    return run
