from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from apps.approvals.selectors import waiting_for
from apps.desk import selectors
from apps.desk.forms import AnswerForm, labelled
from apps.desk.views.answers import form_again, is_fragment, not_found
from apps.engine import actions as engine
from apps.engine import selectors as engine_selectors
from apps.engine.models import Step
from apps.engine.states import StepState
from apps.engine.store.paths import approval_of, with_paths
from apps.kernel.errors import DomainError
from apps.people.actions import may
from apps.people.models import User
from apps.people.selectors import signed_in
from apps.people.states import STEP_ROLE_RIGHT, Right
from apps.tickets.selectors.links import tickets_named

HUMAN_KINDS = ("user_task", "manual_task")
APPROVALS_SHOWN = 10


@login_required
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """Everything the person could do now."""
    person = signed_in(request)
    position = selectors.last_position()
    part = request.GET.get("part", "") if is_fragment(request) else ""
    if part == "requests":
        return render(request, "desk/_requests.html", {"requests": selectors.requests_page(person)})
    waiting = list(waiting_for(person)[: APPROVALS_SHOWN + 1])
    approvals = {"approvals": waiting[:APPROVALS_SHOWN], "more_approvals": len(waiting) > APPROVALS_SHOWN}
    if part == "approvals":
        return render(request, "desk/_approvals_waiting.html", approvals)
    template = "desk/_tasks_table.html" if is_fragment(request) else "desk/tasks.html"
    context = {
        "tasks": selectors.tasks_page(person),
        "feed_after": position,
        "requests": selectors.requests_page(person),
        **approvals,
    }
    return render(request, template, context)


@login_required
@require_GET
def step(request: HttpRequest, run_id: int, step_id: int) -> HttpResponse:
    """One step beside the diagram: what it is, and what may be done with it."""
    if not is_fragment(request):
        return redirect(f"{reverse('run', args=[run_id])}?step={step_id}")
    person = signed_in(request)
    return render(request, "desk/_step.html", step_context(person, _step_for(person, run_id, step_id)))


@login_required
@require_POST
def complete(request: HttpRequest, run_id: int, step_id: int) -> HttpResponse:
    """Gives a human step its answer. Whoever does it first has done it; everybody else is told so."""
    person = signed_in(request)
    found = _step_for(person, run_id, step_id)
    form = AnswerForm(found.form, found.inputs, request.POST, auto_id="answer-%s")
    if not form.is_valid():
        return form_again(request, "desk/_step.html", {**step_context(person, found), "form": form})
    try:
        engine.complete_step(step_id=step_id, actor=person, answer=form.answer())
    except DomainError as refusal:
        now = _step_for(person, run_id, step_id)
        return form_again(request, "desk/_step.html", {**step_context(person, now), "form": form}, refusal)
    return _moved(request, person, run_id, step_id, _("Done. Thank you."))


@login_required
@require_POST
def move(request: HttpRequest, run_id: int, step_id: int, verb: str) -> HttpResponse:
    """Takes a step or gives it back."""
    person = signed_in(request)
    _step_for(person, run_id, step_id)
    if verb not in VERBS:
        raise not_found(_("action"))
    try:
        _action_of(verb)(step_id=step_id, actor=person)
    except DomainError as refusal:
        return form_again(request, "desk/_step.html", step_context(person, _step_for(person, run_id, step_id)), refusal)
    return _moved(request, person, run_id, step_id, str(VERBS[verb]))


VERBS: dict[str, Any] = {
    "take": gettext_lazy("The step is in your hands."),
    "give-back": gettext_lazy("The step is free again."),
}
"""Verb: what is said afterwards."""


def _action_of(verb: str) -> Any:
    return {"take": engine.take_step, "give-back": engine.give_back_step}[verb]


def step_context(person: User, found: Step) -> dict[str, Any]:
    """What the panel of a step shows this person, and what it lets them do."""
    is_human = found.kind in HUMAN_KINDS
    right = STEP_ROLE_RIGHT.get(found.role)
    is_maker = found.is_check and found.maker_id == person.pk
    is_open = found.state in (StepState.OFFERED, StepState.CLAIMED)
    mine_to_do = bool(
        is_human and is_open and right and not is_maker and may(person, right, found.run.line, found.run.process_id)
    )
    taken_by_other = found.state == StepState.CLAIMED and found.taken_by_id != person.pk
    on_hold = found.run.is_held or found.node_id in found.run.held_nodes
    operates = may(person, Right.INTERVENE, found.run.line, found.run.process_id)
    view, approval = selectors.named(found), approval_of(found)
    return {
        "view": view,
        "step": found,
        "run": found.run,
        "attempts": found.attempts.order_by("-number")[:5],
        "answer": labelled(found.form, found.outputs or {}) if is_human and found.state == StepState.DONE else {},
        "checked": _checked_answer(found),
        "child": getattr(found, "child_run", None),
        "is_human": is_human,
        "is_maker": is_maker and is_open,
        "can_do": mine_to_do and not (taken_by_other or on_hold or view.opens_at or approval),
        "approval": approval,
        "tickets": tickets_named(person, step=[found.pk]),
        "taken_by_other": taken_by_other and is_open,
        "choices": selectors.choices_for_step(found) if operates else [],
        "on_hold": is_open and on_hold,
        "form": AnswerForm(found.form, found.inputs, auto_id="answer-%s"),
    }


def _checked_answer(check: Step) -> dict[str, Any]:
    """What the maker answered in the step that this one checks."""
    node = engine_selectors.plan_of(check.run).nodes.get(check.node_id) if check.is_check else None
    if node is None or node.human is None or not node.human.checks:
        return {}
    made = check.run.steps.filter(node_id=node.human.checks, state=StepState.DONE, pk__lt=check.pk).order_by("-id").first()
    return labelled(made.form, made.outputs or {}) if made else {}


def _step_for(person: User, run_id: int, step_id: int) -> Step:
    run = engine_selectors.run_for(person, run_id)
    steps = run.steps.select_related("taken_by", "decided_by", "maker", "child_run")
    found = with_paths(steps).filter(pk=step_id).first()
    if found is None:
        raise not_found(_("step"))
    found.run = run
    return found


def _moved(request: HttpRequest, person: User, run_id: int, step_id: int, said: str) -> HttpResponse:
    if not is_fragment(request):
        return redirect(f"{reverse('run', args=[run_id])}?step={step_id}")
    context = {**step_context(person, _step_for(person, run_id, step_id)), "said": said}
    return render(request, "desk/_step.html", context)
