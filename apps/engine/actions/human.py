"""What people do with the steps that wait for them. The maker of a step is never its checker."""

from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from apps.approvals.actions import require_other_person
from apps.engine import core, events, store
from apps.engine.actions.advancing import advance
from apps.engine.core.answers import problems_of
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.errors import AnswerRefused, NotAHumanStep, NotYourStep, OnHold, TooEarly
from apps.engine.models import Run, Step
from apps.engine.selectors import step_for
from apps.engine.states import StepState
from apps.kernel import clock
from apps.kernel.errors import StaleState
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import STEP_ROLE_RIGHT


@transaction.atomic
def take_step(*, step_id: int, actor: User) -> Step:
    """Puts an offered step into the person's hands; taking what one already has changes nothing."""
    run, step = _for_person(step_id, actor)
    if step.state == StepState.CLAIMED and step.taken_by_id == actor.pk:
        return step
    _require_not_held(run, step)
    change = store.Change(run, actor)
    _take(change, step, actor)
    change.save()
    return step


@transaction.atomic
def give_back_step(*, step_id: int, actor: User) -> Step:
    """Offers the step to everybody of its role again."""
    run, step = _for_person(step_id, actor)
    _require_in_hand(step, actor)
    change = store.Change(run, actor)
    change.move(step, "give_back", taken_by=None)
    change.save()
    return step


@transaction.atomic
def complete_step(*, step_id: int, actor: User, answer: dict[str, Any]) -> Step:
    """Records the person's answer and lets the run go on; an offered step is taken first.

    Refused when the answer does not fit the form, when the model cannot use it, and when somebody else was first.
    """
    run, step = _for_person(step_id, actor)
    _require_not_held(run, step)
    problems = problems_of(answer, step.form)
    change = store.Change(run, actor)
    if step.state == StepState.OFFERED:
        _take(change, step, actor)
    _require_in_hand(step, actor)
    if problems:
        raise AnswerRefused.because(problems)
    answer = _kept(answer)
    change.say(events.StepAnswered, step=step.pk, node=step.node_id, answer=answer)
    advance(
        change,
        [core.Finished(step.token, answer)],
        moving=step,
        move="complete",
        decided_by=actor,
        outputs=answer,
        ended_at=clock.now(),
    )
    change.save()
    return step


def _kept(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it is recorded: numbers with a fraction as text with all their digits."""
    try:
        kept: dict[str, Any] = as_json(answer)
        require_bounded(kept)
    except ExpressionFailed as refusal:
        raise AnswerRefused(problems=str(refusal)) from refusal
    return kept


def _for_person(step_id: int, actor: User) -> tuple[Run, Step]:
    """Lock, permission and four eyes: in this order, for every act of a person on a step."""
    seen = step_for(actor, step_id)
    run = store.lock_run(seen.run_id)
    step = store.step_of(run, step_id)
    if not step.role:
        raise NotAHumanStep(step=step.name)
    require(actor, STEP_ROLE_RIGHT[step.role], run.line)
    if step.is_check:
        require_other_person(maker=step.maker, checker=actor)
    return run, step


def _require_not_held(run: Run, step: Step) -> None:
    if (opens_at := store.opens_at(run, step.node_id)) is not None:
        raise TooEarly(step=step.name, moment=localtime(opens_at).strftime("%Y-%m-%d %H:%M"))
    if store.holds(run, step.node_id):
        raise OnHold(step=step.name)


def _take(change: store.Change, step: Step, actor: User) -> None:
    if step.state == StepState.CLAIMED:
        _require_in_hand(step, actor)
    change.move(step, "take", taken_by=actor, started_at=clock.now())


def _require_in_hand(step: Step, actor: User) -> None:
    if step.state != StepState.CLAIMED:
        raise StaleState(what=step.name, state=step.get_state_display())
    if step.taken_by_id != actor.pk:
        raise NotYourStep(step=step.name, person=step.taken_by)
