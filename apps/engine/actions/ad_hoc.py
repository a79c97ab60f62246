"""What an operator does to an ad-hoc sub-process: it has no step of its own, so a step inside it stands for it."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.engine import core, store
from apps.engine.actions.advancing import advance
from apps.engine.actions.gates import gates_at
from apps.engine.actions.paths import require_no_path
from apps.engine.actions.permission import Gate, Intervention, about_step
from apps.engine.errors import NotForThisStep, RestMayEnd
from apps.engine.models import Step
from apps.engine.selectors import plan_of
from apps.engine.states import OPEN_STEP, StepState, Verb
from apps.engine.store.paths import with_paths
from apps.people.models import User

AT_WORK = (StepState.RUNNING, StepState.CLAIMED, StepState.WAITING)


@transaction.atomic
def end_ad_hoc(*, step_id: int, actor: User, reason: str, signed: int | None = None) -> Step:
    """Ends the ad-hoc sub-process around a step as its completion condition would: the rest of it is withdrawn, the run goes on.

    What people are asked for in it, or have not decided, takes the signature of somebody who might have decided it. Where
    the model lets what has begun end, it is refused by the name of what has. The step is returned, withdrawn with the rest.
    """
    asked = about_step(Verb.END_AD_HOC, step_id, actor, reason)
    asked.require_move("cancel")
    scope = core.ad_hoc_around(asked.plan, asked.change.marking, asked.step.token)
    if scope is None:
        raise NotForThisStep(verb=Verb.END_AD_HOC.label, why=_("the step is not in an ad-hoc sub-process"))
    inside = core.tokens_inside(asked.change.marking, scope)
    found = Step.objects.select_for_update(of=("self",)).filter(run=asked.run, token__in=inside, state__in=OPEN_STEP)
    steps = list(with_paths(found).order_by("id"))
    require_no_path(*steps)
    _require_rest_cancelled(asked, scope, steps)
    asked.gates = _undecided(asked, scope, steps)
    asked.permit(signed)
    asked.say()
    advance(asked.change, [core.AdHocEnded(scope)])
    asked.change.clear_incident()
    asked.change.save()
    return store.step_of(asked.run, step_id)


def steps_left(step: Step) -> list[Step]:
    """What the end of the ad-hoc sub-process around a step would withdraw: open steps, but for waits beside others, in order."""
    marking = core.Marking.from_json(step.run.marking)
    scope = core.ad_hoc_around(plan_of(step.run), marking, step.token)
    inside = core.tokens_inside(marking, scope) - marking.owners.keys() if scope is not None else set()
    return list(Step.objects.filter(run=step.run, token__in=inside, state__in=OPEN_STEP).order_by("id"))


def _require_rest_cancelled(asked: Intervention, scope: int, steps: Sequence[Step]) -> None:
    """By the standard what has begun ends by itself unless the sub-process cancels it; what has not begun never does."""
    marking, plan = asked.change.marking, asked.plan
    holder = plan.nodes[marking.scopes[scope].node]
    if holder.ad_hoc is None or holder.ad_hoc.cancels_rest:
        return
    nested = [plan.nodes[marking.tokens[token][0]] for token in marking.scopes if marking.tokens[token][1] == scope]
    began = [node.name or node.id for node in nested]
    began += [step.name for step in steps if step.token not in marking.owners and (step.state in AT_WORK or step.attempt)]
    if began:
        raise RestMayEnd(step=began[0], sub_process=holder.name or holder.id)


def _undecided(asked: Intervention, scope: int, steps: Sequence[Step]) -> list[Gate]:
    """What people are asked for inside, and what they have not decided since the sub-process began."""
    over = [StepState.DONE, StepState.SKIPPED]
    done = set(Step.objects.filter(run=asked.run, token__gt=scope, state__in=over).values_list("node_id", flat=True))
    left = {step.node_id for step in steps}
    nodes = core.nodes_inside(asked.plan, asked.change.marking.scopes[scope].node)
    wanted = [node for node in nodes if (node.human or node.called_process) and not node.is_compensation]
    return [gate for node in wanted if node.id in left or node.id not in done for gate in gates_at(asked.run, node)]
