"""What people do with the steps that wait for them. The maker of a step is never its checker."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from apps.approvals.actions import require_other_person
from apps.approvals.errors import SubjectLapsed
from apps.approvals.selectors import last_voice, who_approved
from apps.approvals.states import ApprovalState, Decision
from apps.comments.actions import settle
from apps.engine import core, events, store
from apps.engine.actions.advancing import advance
from apps.engine.actions.paths import require_no_path
from apps.engine.core.answers import SAID, Problem, decided, problems_of
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.errors import AnswerRefused, NotAHumanStep, NotYourStep, OnHold, TooEarly
from apps.engine.models import Run, Step
from apps.engine.selectors import step_for
from apps.engine.states import CHECK, StepState
from apps.engine.store.paths import run_of_step
from apps.kernel import clock
from apps.kernel.errors import NotPermitted, StaleState
from apps.people.actions import may, require
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
    return _answered(run, step, actor, answer, problems_of(answer, step.form))


def answer_to_keep(step_id: int, agreed: bool, reason: str, values: dict[str, Any]) -> dict[str, Any]:
    """What somebody fills in who decides on a check step: refused unless it could answer the step if theirs is the last voice."""
    step = Step.objects.get(pk=step_id)
    said = decided(step.form, agreed=agreed, reason=reason) or {}
    _require_fit([Problem(name, "unknown", "") for name in SAID if name in values] + problems_of({**values, **said}, step.form))
    return _kept(values)


def settle_check(step_id: int, state: str, actor: User, reason: str) -> None:
    """What the end of its approval makes of a check step: answered as by who has agreed last, or who has said no.

    Among those who have agreed there must be somebody who might have decided alone: a path asks for more people, never for less.
    What they filled in was held against the form when they did.
    """
    agreed = state == ApprovalState.APPROVED
    run = store.lock_run(run_of_step(step_id))
    step = store.step_of(run, step_id)
    voice = last_voice(CHECK, step_id, Decision.APPROVED if agreed else Decision.REJECTED)
    said = decided(step.form, agreed=agreed, reason=voice.reason if voice else reason)
    if step.state != StepState.OFFERED or said is None:
        raise SubjectLapsed()
    person = _checker_among(run, step, who_approved(CHECK, step_id)) if agreed else actor
    require_other_person(maker=step.maker, checker=person)
    values = (voice.answer if voice else None) or {}
    _answered(run, step, person, {**values, **said}, [] if values else problems_of(said, step.form))


def _checker_among(run: Run, step: Step, people: Sequence[User]) -> User:
    right = STEP_ROLE_RIGHT[step.role]
    able = [person for person in people if may(person, right, run.line, run.process_id)]
    if not able:
        raise NotPermitted(right=right.label, target=run.line)
    return able[0]


def _require_fit(problems: Sequence[Problem]) -> None:
    if problems:
        raise AnswerRefused.because(problems)


def _answered(run: Run, step: Step, actor: User, answer: dict[str, Any], problems: Sequence[Problem]) -> Step:
    _require_not_held(run, step)
    change = store.Change(run, actor)
    if step.state == StepState.OFFERED:
        _take(change, step, actor)
    _require_in_hand(step, actor)
    _require_fit(problems)
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
    settle("step", step.pk)
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
    """Lock, permission, four eyes and no path: in this order, for every act of a person on a step."""
    seen = step_for(actor, step_id)
    run = store.lock_run(seen.run_id)
    step = store.step_of(run, step_id)
    if not step.role:
        raise NotAHumanStep(step=step.name)
    require(actor, STEP_ROLE_RIGHT[step.role], run.line, run.process_id)
    if step.is_check:
        require_other_person(maker=step.maker, checker=actor)
        require_no_path(seen)
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
