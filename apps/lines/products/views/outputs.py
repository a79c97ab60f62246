"""Where files of products go: the outputs in force, the destinations of a product or of all, and what a change would make."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.changes.selectors.lifecycle import change_for
from apps.journal.selectors import feed_position
from apps.kernel.errors import NotFound
from apps.lines.products import selectors
from apps.lines.products.selectors.outputs import SHOWN, reason_in_words
from apps.lines.products.selectors.words import verdict_of
from apps.lines.products.states import COLUMNS
from apps.lines.products.views.looking import day_of, is_part, lines_to_propose
from apps.people.selectors import signed_in


@require_safe
@login_required
def product_outputs(request: HttpRequest) -> HttpResponse:
    """The outputs in force on a business date. Open to everybody; with a product or `show`, its files or all of them."""
    person, position, day = signed_in(request), feed_position(), day_of(request.GET)
    product, show = request.GET.get("product", "")[:30].strip().upper(), request.GET.get("show", "")
    context: dict[str, Any] = {
        "rows": [(held, _conditions(held.row.cells)) for held in selectors.outputs_held(day)],
        "day": day,
        "product": product,
        "may_propose": lines_to_propose(person).exists(),
        "feed_after": position,
    }
    if product or show in SHOWN:
        plan = selectors.plan_on(person, day, product=product)
        context |= destinations_context(plan, request, show if show in SHOWN else "all")
    template = "lines/products/_outputs.html" if is_part(request) else "lines/products/outputs.html"
    return render(request, template, context)


@require_safe
@login_required
def product_outputs_of_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Where files would go by a change: for whoever decides on it."""
    person = signed_in(request)
    try:
        change = change_for(person, change_id)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    context = destinations_context(selectors.preview_of_outputs(person, change), request, "draft")
    return render(request, "lines/products/outputs_of_change.html", {"change": change, **context})


def destinations_context(plan: selectors.OutputPlan, request: HttpRequest, show: str) -> dict[str, Any]:
    """What `_destinations.html` shows: sums, and a page of those that were asked for."""
    asked = request.GET.get("show", "")
    show = asked if asked in SHOWN else show
    found, following = plan.page(show, request.GET.get("after", "")[:500])
    classes = selectors.classes_on(plan.day)
    return {
        "plan": plan,
        "show": show,
        "destinations": [(one, verdict_of(one.result, classes), reason_in_words(one)) for one in found],
        "following": following,
    }


def _conditions(cells: dict[str, str]) -> list[tuple[Any, str]]:
    return [(column.label, cells[column.name]) for column in COLUMNS if column.name in cells]
