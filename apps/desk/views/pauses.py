"""Pauses of a line or of one of its days, and holds of steps that a run has not come to."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from apps.desk import selectors
from apps.desk.forms import InterventionForm, LineForm
from apps.desk.views.answers import form_again, go, is_fragment, not_found
from apps.engine import actions as engine
from apps.engine import selectors as engine_selectors
from apps.engine.models import Run
from apps.engine.states import Verb
from apps.kernel.errors import DomainError
from apps.people.actions import require
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right

OF_LINES: dict[str, dict[str, Any]] = {
    "pause": {
        "icon": "pause",
        "label": gettext_lazy("Pause a line or day"),
        "says": gettext_lazy("Nothing new begins in these runs and in those still to begin. What is in hand may end."),
        "done": gettext_lazy("Paused."),
    },
    "resume": {
        "icon": "play",
        "label": gettext_lazy("Resume a line or day"),
        "says": gettext_lazy("The runs go on where they stand, with whatever came due meanwhile."),
        "done": gettext_lazy("Resumed."),
    },
}
OF_NODES: dict[str, dict[str, Any]] = {
    "hold": {
        "verb": Verb.HOLD,
        "icon": "hand",
        "label": gettext_lazy("Hold a step to come"),
        "says": gettext_lazy("The step is not begun, whenever the run comes to it, until it is released."),
    },
    "release": {
        "verb": Verb.RELEASE,
        "icon": "play",
        "label": gettext_lazy("Release a held step"),
        "says": gettext_lazy("The step may begin."),
    },
}


@login_required
@require_http_methods(["GET", "POST"])
def lines(request: HttpRequest, verb: str) -> HttpResponse:
    """Pauses or resumes a line or a day."""
    if verb not in OF_LINES:
        raise not_found(_("action"))
    person = signed_in(request)
    operated = [(line.code, line.name) for line in lines_where(person, Right.INTERVENE)]
    given = request.POST if request.method == "POST" else None
    form = LineForm(operated, given, {name: request.GET.get(name, "") for name in ("line", "business_date")})
    template = "desk/_line_form.html" if is_fragment(request) else "desk/line.html"
    context = {"form": form, "choice": {**OF_LINES[verb], "address": reverse("pause-lines", args=[verb])}}
    if request.method == "GET":
        return render(request, template, context)
    if not form.is_valid():
        return form_again(request, template, context)
    wanted = form.cleaned_data
    act = engine.pause_line if verb == "pause" else engine.resume_line
    try:
        act(line_code=wanted["line"], business_date=wanted["business_date"], actor=person, reason=wanted["reason"])
    except DomainError as refusal:
        return form_again(request, template, context, refusal)
    return go(request, reverse("runs") + f"?line={wanted['line']}", OF_LINES[verb]["done"])


@login_required
@require_http_methods(["GET", "POST"])
def nodes(request: HttpRequest, run_id: int, verb: str) -> HttpResponse:
    """Holds or releases a step that the run has not come to."""
    if verb not in OF_NODES:
        raise not_found(_("action"))
    person = signed_in(request)
    run = engine_selectors.run_for(person, run_id)
    require(person, Right.INTERVENE, run.line, run.process_id)
    about = OF_NODES[verb]
    form = InterventionForm(
        {"node": str},
        {"node": _nodes(run, verb)},
        request.POST if request.method == "POST" else None,
        {"node": request.GET.get("node", "")},
        needs_reason=engine.needs_reason(about["verb"], run.line),
    )
    template = "desk/_intervene_form.html" if is_fragment(request) else "desk/intervene.html"
    context = {"run": run, "form": form, "choice": {**about, "address": reverse("hold-nodes", args=[run.pk, verb])}}
    if request.method == "GET":
        return render(request, template, context)
    if not form.is_valid():
        return form_again(request, template, context)
    act = engine.hold_node if verb == "hold" else engine.release_node
    try:
        act(run_id=run.pk, node_id=form.cleaned_data["node"], actor=person, reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        return form_again(request, template, context, refusal)
    return go(request, reverse("run", args=[run.pk]), _("Done: {verb}.").format(verb=about["verb"].label))


def _nodes(run: Run, verb: str) -> list[tuple[str, str]]:
    return selectors.nodes_to_hold(run) if verb == "hold" else selectors.held_nodes(run)
