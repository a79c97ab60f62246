"""One intervention for many runs: a selection that stays as it was, a preview, and an outcome for each."""

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.desk import selectors
from apps.desk.forms import TogetherForm
from apps.desk.selectors import WORDS
from apps.desk.views.answers import form_again
from apps.desk.views.runs import filter_of
from apps.engine import actions as engine
from apps.engine import selectors as engine_selectors
from apps.engine.states import Verb
from apps.people.models import User
from apps.people.selectors import signed_in

MOST = 200


@login_required
@require_http_methods(["GET", "POST"])
def together(request: HttpRequest) -> HttpResponse:
    """GET: the newest runs of the filter, to choose from. POST: what would become of each, then, with `sure`, what became."""
    person = signed_in(request)
    verbs = [(str(verb), verb.label) for verb in engine_selectors.VERBS_TOGETHER]
    if request.method == "GET":
        return render(request, "desk/together.html", _choice(person, request.GET, TogetherForm(verbs)))
    form = TogetherForm(verbs, request.POST)
    runs = numbers(request.POST.getlist("run"))
    if not form.is_valid() or not (runs or "sure" in request.POST):
        context = {**_choice(person, request.GET, form), "chosen": runs, "nothing_chosen": not runs}
        return form_again(request, "desk/together.html", context)
    verb, reason = Verb(form.cleaned_data["verb"]), form.cleaned_data["reason"]
    sure = "sure" in request.POST
    subjects = numbers(request.POST.getlist("subject")) if sure else engine_selectors.subjects_of(person, verb, runs)
    act = engine.intervene_in_all if sure else engine.preview
    items = act(verb=verb, subject_ids=subjects, actor=person, reason=reason)
    context = {
        "verb": verb,
        "icon": WORDS[verb][0],
        "reason": reason,
        "sure": sure,
        "views": selectors.items_named(verb, items, person),
        "counts": Counter(item.result for item in items),
        "total": len(items),
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/together_items.html", context)


def _choice(person: User, query: QueryDict, form: TogetherForm) -> dict[str, Any]:
    page = selectors.runs_page(person, filter_of(query), None, size=MOST)
    return {"views": page.rows, "more": page.next_before is not None, "form": form, "query": query.urlencode(), "most": MOST}


def numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts[: 2 * MOST] if text.isascii() and text.isdigit() and len(text) < 19]
