"""The page on which a variant takes over what its base has changed."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from apps.kernel.errors import StaleState
from apps.people.models import User
from apps.people.selectors import signed_in
from apps.processes import actions, selectors
from apps.processes.core.merging import Decided
from apps.processes.errors import ConflictsUndecided, NothingToTakeOver
from apps.processes.forms import DECISION_PREFIX, DECISIONS, RebaseForm, decisions_in
from apps.processes.selectors.variants import rebase_for, variant_to_rebase

SAID = {side: name for name, side in DECISIONS.items()}


def looks() -> dict[str, dict[str, str]]:
    """How the diagram marks where an element comes from."""
    return {
        "base": {"tone": "done", "letter": pgettext("letter of an origin", "B"), "label": _("Comes from the base")},
        "own": {"tone": "person", "letter": pgettext("letter of an origin", "V"), "label": _("The variant's own")},
        "conflict": {"tone": "failed", "letter": "!", "label": _("Both changed it")},
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rebase(request: HttpRequest, key: str) -> HttpResponse:
    """The result so far, drawn and tested; a POST shows it with other decisions, or brings it into the working copy."""
    person = signed_in(request)
    decided = decisions_in(request.POST)
    refusal, status = "", 200
    if request.method == "POST" and request.POST.get("work") == "take":
        try:
            return _take(request, key, person, decided)
        except (ConflictsUndecided, StaleState) as told:
            refusal, status = str(told), told.http_status
    try:
        found = rebase_for(person, key, decided)
    except NothingToTakeOver as told:
        return render(request, "processes/rebase.html", {"variant": variant_to_rebase(person, key), "nothing": str(told)})
    told_marks = looks()
    context = {
        "rebase": found,
        "variant": found.variant,
        "refusal": refusal,
        "looks": told_marks,
        "counts": [(look, sum(mark == name for mark in found.marks.values())) for name, look in told_marks.items()],
        "decided": [
            (conflict, {side.value: name for side, name in SAID.items()}.get(conflict.decided, ""))
            for conflict in found.conflicts
        ],
        "prefix": DECISION_PREFIX,
        "model": f"{reverse('rebased-model', args=[key])}?{_address(decided)}",
    }
    return render(request, "processes/rebase.html", context, status=status)


def _address(decided: Decided) -> str:
    return urlencode({f"{DECISION_PREFIX}{key}": SAID[side] for key, side in decided.items()})


def _take(request: HttpRequest, key: str, person: User, decided: Decided) -> HttpResponse:
    variant = variant_to_rebase(person, key)
    form = RebaseForm(request.POST)
    if not form.is_valid():
        raise StaleState(what=str(variant.process), state=_("unknown"))
    revision = actions.rebase_variant(process_key=key, actor=person, decided=decided, **form.cleaned_data)
    messages.success(request, _("Taken over; this is revision {number} of the working copy.").format(number=revision.number))
    return redirect("draw", key=key)


@require_safe
@login_required
def rebased_model(request: HttpRequest, key: str) -> HttpResponse:
    """The result with these decisions, for the diagram; what nobody has decided is as the variant has it."""
    person = signed_in(request)
    text = rebase_for(person, key, decisions_in(request.GET)).preview
    response = HttpResponse(selectors.in_readers_language(text.encode()), content_type="application/xml; charset=utf-8")
    # Never shown as a document: elements of other namespaces in it could be script there.
    response["Content-Disposition"] = f'attachment; filename="{key}-rebased.bpmn"'
    return response
