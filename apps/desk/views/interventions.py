"""The forms of interventions, in a dialog or as a page of their own, and the second person's answers."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from apps.desk import selectors
from apps.desk.forms import InterventionForm
from apps.desk.views.answers import form_again, go, is_fragment, not_found
from apps.engine import actions as engine
from apps.engine import selectors as engine_selectors
from apps.engine.models import Run, Step
from apps.engine.states import RUN_VERBS, STEP_VERBS, Verb
from apps.kernel.errors import DomainError
from apps.people.actions import require
from apps.people.models import User
from apps.people.selectors import signed_in
from apps.people.states import Right


@login_required
@require_http_methods(["GET", "POST"])
def about_run(request: HttpRequest, run_id: int, verb: str) -> HttpResponse:
    """One intervention in a run: GET shows what it would do and asks for the reason, POST does it or asks for a signature."""
    if verb not in RUN_VERBS:
        raise not_found(_("action"))
    person = signed_in(request)
    return _answered(request, person, Verb(verb), engine_selectors.run_for(person, run_id), None)


@login_required
@require_http_methods(["GET", "POST"])
def about_step(request: HttpRequest, run_id: int, step_id: int, verb: str) -> HttpResponse:
    """The same about a step."""
    if verb not in STEP_VERBS:
        raise not_found(_("action"))
    person = signed_in(request)
    step = engine_selectors.step_for(person, step_id)
    if step.run_id != run_id:
        raise not_found(_("step"))
    return _answered(request, person, Verb(verb), step.run, step)


def _answered(request: HttpRequest, person: User, verb: Verb, run: Run, step: Step | None) -> HttpResponse:
    require(person, Right.INTERVENE, run.line, run.process_id)
    arguments = engine.FORMS[verb].arguments
    choices = _choices(verb, run, step)
    given = request.POST if request.method == "POST" else None
    needs_reason = engine.needs_reason(verb, run.line)
    form = InterventionForm(arguments, choices, given, {"priority": run.priority}, needs_reason=needs_reason)
    template = "desk/_intervene_form.html" if is_fragment(request) else "desk/intervene.html"
    context = {
        "run": run,
        "step": step,
        "form": form,
        "choice": selectors.choice_of(verb, run.pk, step.pk if step else None),
        "name": selectors.named(step).name if step else "",
        "second": engine.needs_second_person(verb, run.line),
        "again": [selectors.named(each) for each in engine.steps_after(step)] if step and verb is Verb.RERUN else [],
    }
    if step is not None and verb is Verb.END_AD_HOC:
        context["left"] = [selectors.named(each) for each in engine.steps_left(step)]
    if request.method == "GET":
        return render(request, template, context)
    if not form.is_valid():
        return form_again(request, template, context)
    try:
        outcome = engine.intervene(
            verb=verb,
            subject_id=step.pk if step else run.pk,
            actor=person,
            reason=form.cleaned_data["reason"],
            arguments=form.arguments(),
        )
    except DomainError as refusal:
        return form_again(request, template, context, refusal)
    chosen = outcome.step or step
    address = reverse("run", args=[run.pk]) + (f"?step={chosen.pk}" if chosen else "")
    return go(request, address, said_of(outcome))


def said_of(outcome: engine.Outcome) -> str:
    """What the person is told afterwards."""
    if outcome.request is not None:
        return _("Asked for. A second person has to sign before anything happens.")
    if outcome.verified is not None:
        return _("Tried again: verified fixed.") if outcome.verified else _("Restarted, not verified.")
    return _("Done: {verb}.").format(verb=outcome.verb.label)


def _choices(verb: Verb, run: Run, step: Step | None) -> dict[str, list[tuple[str, str]]]:
    if verb is Verb.MIGRATE:
        return {"version": selectors.versions_to_migrate_to(run)}
    if verb is Verb.PARAMETERS:
        return {"node": selectors.steps_to_come(run)}
    if verb is Verb.JUMP and step is not None:
        return {"target": selectors.jump_targets(step)}
    if verb is Verb.REASSIGN and step is not None:
        return {"to": [("", _("Everybody of the role")), *selectors.people_for(step)]}
    return {}


DECISIONS: dict[str, Any] = {
    "sign": gettext_lazy("Signed and carried out."),
    "refuse": gettext_lazy("Refused."),
    "withdraw": gettext_lazy("Withdrawn."),
}


@login_required
@require_POST
def decide(request: HttpRequest, request_id: int, decision: str) -> HttpResponse:
    """The second person signs or refuses; the asker withdraws."""
    person = signed_in(request)
    if decision not in DECISIONS:
        raise not_found(_("action"))
    try:
        if decision == "sign":
            engine.sign_request(request_id=request_id, actor=person)
        elif decision == "refuse":
            engine.refuse_request(request_id=request_id, actor=person, reason=request.POST.get("reason", ""))
        else:
            engine.withdraw_request(request_id=request_id, actor=person)
    except DomainError as refusal:
        if not is_fragment(request):
            raise
        context = {"requests": selectors.requests_page(person)}
        return form_again(request, "desk/_requests.html", context, refusal)
    return go(request, reverse("tasks"), DECISIONS[decision])
