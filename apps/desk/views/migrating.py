"""Runs of a process move to its published version: a selection that stays as it was, the verdict for each, then the outcome."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.desk import selectors
from apps.desk.forms import ReasonForm
from apps.desk.selectors import WORDS
from apps.desk.views.answers import form_again
from apps.desk.views.together import MOST, numbers
from apps.engine import actions as engine
from apps.engine.states import Verb
from apps.people.actions import require
from apps.people.selectors import signed_in
from apps.people.states import Right
from apps.processes.selectors import process_for


@login_required
@require_http_methods(["GET", "POST"])
def migrate(request: HttpRequest, key: str) -> HttpResponse:
    """GET: runs to choose from and elements to map. POST: the verdict for each run, then, with `sure`, what became of it."""
    person = signed_in(request)
    process = process_for(person, key)
    require(person, Right.INTERVENE, process.line, process.pk)
    chosen = numbers([request.GET.get("version", "")])
    page = selectors.migration_page(person, process, chosen[0] if chosen else None, MOST)
    context = {"page": page, "process": process, "form": ReasonForm()}
    if request.method == "GET" or page.target is None:
        return render(request, "desk/migrate.html", context)
    form, runs = ReasonForm(request.POST), numbers(request.POST.getlist("run") or request.POST.getlist("subject"))
    mapping = {name.removeprefix("to-"): str(value) for name, value in request.POST.items() if name.startswith("to-") and value}
    if not form.is_valid() or not runs:
        again = {**context, "form": form, "chosen": runs, "nothing_chosen": not runs}
        return form_again(request, "desk/migrate.html", again)
    number = numbers([request.POST.get("target", "")])  # what was shown: a version that is published meanwhile is another one
    sure, reason = "sure" in request.POST, form.cleaned_data["reason"]
    arguments = {"version": number[0] if number else page.target.number, "mapping": mapping}
    act = engine.intervene_in_all if sure else engine.preview
    items = act(verb=Verb.MIGRATE, subject_ids=runs, actor=person, reason=reason, arguments=arguments)
    more = [("target", str(arguments["version"])), *((f"to-{old}", new) for old, new in mapping.items())]
    outcome = {
        "verb": Verb.MIGRATE,
        "icon": WORDS[Verb.MIGRATE][0],
        "reason": reason,
        "sure": sure,
        "views": selectors.items_named(Verb.MIGRATE, items, person),
        "counts": Counter(item.result for item in items),
        "total": len(items),
        "more": more,
        "back": reverse("migrate-runs", args=[key]),
    }
    return render(request, "desk/together_items.html", outcome)
