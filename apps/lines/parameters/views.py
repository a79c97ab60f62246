"""The page of the baseline: every parameter that two people signed, with who did and when."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.changes.selectors.lifecycle import today
from apps.journal.selectors import feed_position
from apps.lines.parameters.conf import kinds
from apps.lines.parameters.forms import BaselineFilter
from apps.lines.parameters.selectors import baseline
from apps.people.selectors import signed_in


@require_safe
@login_required
def parameters(request: HttpRequest) -> HttpResponse:
    """Parameters as they were signed, of the lines that the person may see; what is odd in the address is not looked for."""
    person = signed_in(request)
    position = feed_position()
    wanted = BaselineFilter(request.GET)
    wanted.is_valid()
    chosen = {name: wanted.cleaned_data.get(name) or "" for name in ("line", "kind", "key")}
    past = bool(wanted.cleaned_data.get("past"))
    rows, following = baseline.page_of(baseline.baseline_of(person, **chosen, with_past=past), wanted.cleaned_data.get("after"))
    context = {
        "rows": baseline.in_words(rows, today()),
        "following": following,
        "chosen": chosen,
        "past": past,
        "after": wanted.cleaned_data.get("after"),
        "kinds": kinds(),
        "lines": baseline.lines_with_baseline(person),
        "feed_after": position,
    }
    is_part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "lines/parameters/_baseline.html" if is_part else "lines/parameters/baseline.html", context)
