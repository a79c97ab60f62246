"""What would move: by a pattern, by a classification of a line, and by a change that somebody is to agree to."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.changes.selectors.lifecycle import change_for, next_effective_date, today
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError, NotFound
from apps.lines.products import selectors
from apps.lines.products.actions import line_to_propose_on, propose_classification
from apps.lines.products.core.checks import cell_problem
from apps.lines.products.forms import PatternForm, ProposedClassification
from apps.lines.products.models import Product
from apps.lines.products.selectors.findings import sentence_of
from apps.lines.products.selectors.previews import SHOWS
from apps.lines.products.selectors.words import moves_in_words, standings_in_words, ways_in_words
from apps.lines.products.states import COLUMNS
from apps.lines.products.views.looking import day_of, is_part, lines_to_propose
from apps.people.models import BusinessLine
from apps.people.selectors import signed_in


def preview_context(preview: selectors.Preview, request: HttpRequest, show: str = "moves") -> dict[str, Any]:
    """What `_moves.html` shows: sums of all products, and a page of those that were asked for."""
    asked = request.GET.get("show", "")
    show = asked if asked in SHOWS else show
    rows, following = preview.page(show, request.GET.get("after", "")[:30])
    classes = selectors.classes_on(preview.day)
    return {
        "preview": preview,
        "show": show,
        "moves": moves_in_words(rows, classes),
        "ways": ways_in_words(preview, classes),
        "standings": standings_in_words(preview.summary.standings),
        "problems": [sentence_of(finding) for finding in preview.findings],
        "following": following,
    }


def moves_or(page: str, request: HttpRequest, context: dict[str, Any]) -> str:
    """The page, or only its preview when that is read again."""
    return "lines/products/_moves.html" if is_part(request) and "preview" in context else page


@require_safe
@login_required
def product_pattern(request: HttpRequest) -> HttpResponse:
    """What one cell of a column matches, before it is written into a rule."""
    position = feed_position()
    form = PatternForm(request.GET)
    form.is_valid()
    column, cell = form.cleaned_data.get("column") or COLUMNS[0].name, form.cleaned_data.get("cell") or ""
    day = day_of(request.GET)
    finding = cell_problem(column, cell)
    context: dict[str, Any] = {"columns": COLUMNS, "column": column, "cell": cell, "day": day, "feed_after": position}
    if finding is not None:
        return render(request, "lines/products/pattern.html", context | {"refusal": sentence_of(finding)}, status=422)
    if cell:
        preview = selectors.preview_of_pattern(signed_in(request), column, cell, day)
        context |= preview_context(preview, request, "matches") | {"ways": [], "standings": []}  # of all products, not of these
    return render(request, moves_or("lines/products/pattern.html", request, context), context)


@require_safe
@login_required
def product_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """What a change would make of products: for whoever decides on it."""
    person, position = signed_in(request), feed_position()
    try:
        change = change_for(person, change_id)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    preview = selectors.preview_of_change(person, change)
    context = {"change": change, "feed_after": position, **preview_context(preview, request)}
    return render(request, moves_or("lines/products/change.html", request, context), context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def classify_products(request: HttpRequest) -> HttpResponse:
    """All products of a line by the rules of a date: first what would move, then the proposal of just that."""
    person, position = signed_in(request), feed_position()
    lines = lines_to_propose(person)
    given = (request.POST if request.method == "POST" else request.GET).get("line", "")
    if given and line_to_propose_on(person, given) is None:
        raise Http404
    line = BusinessLine.objects.filter(code=given).first() if given else likely_line(lines)
    form = ProposedClassification(request.POST or None, lines=BusinessLine.objects.all(), effective=None)
    day = day_of(request.GET) if request.GET.get("date") else next_effective_date() or today()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            facts = {name: form.cleaned_data[name] for name in ("reason", "effective_date")}
            day = form.cleaned_data["effective_date"] or today()
            try:
                change = propose_classification(
                    line_code=form.cleaned_data["line"].code, actor=person, seen=form.cleaned_data["seen"] or None, **facts
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Submitted: it holds as soon as somebody else has agreed and its date has come."))
                return redirect("change", change_id=change.pk)
    context: dict[str, Any] = {"form": form, "lines": lines, "line": line, "day": day, "may_propose": lines.exists()}
    context["feed_after"] = position
    if line is not None:
        preview = selectors.preview_of_line(line.pk, day)
        is_urgent = day <= today()
        form.initial = {"seen": preview.digest, "line": line.code, "effective_date": None if is_urgent else day}
        context |= preview_context(preview, request) | {"is_urgent": is_urgent}
    return render(request, moves_or("lines/products/classify.html", request, context), context, status=status)


def likely_line(lines: Any) -> BusinessLine | None:
    """The first line that owns products, else the first one."""
    owning: BusinessLine | None = lines.filter(Exists(Product.objects.filter(line=OuterRef("pk")).order_by())).first()
    return owning or lines.first()
