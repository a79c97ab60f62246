"""What people are to decide, as far as an intervention would pass over it: a step itself, and what lies inside it."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from apps.approvals.actions import require_other_person
from apps.engine.actions.permission import Gate
from apps.engine.errors import NotForThisStep
from apps.engine.handlers import Repeat, handler_named
from apps.engine.models import Run, Step
from apps.engine.selectors import pinned_plan, plan_of
from apps.engine.states import StepState, Verb
from apps.people.actions import may
from apps.people.models import User
from apps.people.states import STEP_ROLE_RIGHT
from apps.processes.core.plan import Node, NodeKind, Plan


def gates_of(run: Run, step: Step) -> list[Gate]:
    """What is decided by people in this step: itself, or everything inside a sub-process or a called process."""
    if step.role:
        return [Gate(step.name, STEP_ROLE_RIGHT[step.role], step.maker_id)]
    return gates_at(run, plan_of(run).nodes[step.node_id])


def gates_at(run: Run, node: Node) -> list[Gate]:
    """The same for an element that has no step yet."""
    return gates_in(run, plan_of(run), node, run.pinned, {})


def gates_in(run: Run, plan: Plan, node: Node, pinned: Mapping[str, int], known: Mapping[str, str]) -> list[Gate]:
    """The same for an element of another plan; `pinned` are the versions that it calls.

    `known` gives its elements the ids under which the run has done them.
    """
    return [
        Gate(inner.name or inner.id, STEP_ROLE_RIGHT[inner.human.role], _maker(run, inner, known))
        for inner in _human_nodes(plan, node, pinned, set())
        if inner.human is not None
    ]


def _human_nodes(plan: Plan, node: Node, pinned: Mapping[str, int], called: set[str]) -> Iterator[Node]:
    if node.human is not None:
        yield node
    for inner in plan.inside(node.id):
        yield from _human_nodes(plan, inner, pinned, called)
    key = node.called_process
    if key and key not in called and key in pinned:
        called.add(key)
        below = pinned_plan(pinned[key])
        for inner in below.inside(""):
            yield from _human_nodes(below, inner, pinned, called)


def _maker(run: Run, node: Node, known: Mapping[str, str]) -> int | None:
    """Who made what this element checks, in this run or in one that it called."""
    if node.human is None or not node.human.checks:
        return None
    checked = known.get(node.human.checks, node.human.checks)
    made = Step.objects.filter(run__in=[run.pk, *_called(run)], node_id=checked, state=StepState.DONE)
    return made.filter(decided_by__isnull=False).order_by("-id").values_list("decided_by", flat=True).first()


def _called(run: Run) -> Iterator[int]:
    below = [run.pk]
    while below:
        below = list(Run.objects.filter(parent_step__run__in=below).values_list("pk", flat=True))
        yield from below


def is_sending(steps: Sequence[Step]) -> bool:
    """Whether somebody outside would notice if these steps were done once more."""
    return any(sends(step) for step in steps)


def sends(step: Step) -> bool:
    """A send task, or work that may not simply be repeated."""
    handler = handler_named(step.handler) if step.handler else None
    return step.kind == NodeKind.SEND_TASK or (handler is not None and handler.repeat is not Repeat.IDEMPOTENT)


def person_for(step: Step, username: str) -> User:
    """Somebody who may do this step of people; refused for others, and for who made what it checks."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None or not may(person, STEP_ROLE_RIGHT[step.role], step.run.line, step.run.process_id):
        raise NotForThisStep(verb=Verb.REASSIGN.label, why=_("there is no such person, or they may not do this step"))
    if step.is_check:
        require_other_person(maker=step.maker, checker=person)
    return person
