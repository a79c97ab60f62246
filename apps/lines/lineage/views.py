"""Pages about lineage. They parse, ask a selector, and answer."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.files.forms import ArrivalFilter
from apps.journal.selectors import feed_position
from apps.kernel.errors import NotFound
from apps.lines.lineage import selectors
from apps.lines.lineage.forms import RowForm
from apps.people.selectors import lines_visible_to, signed_in


@require_safe
@login_required
def file_lineage(request: HttpRequest, file_id: int) -> HttpResponse:
    """What runs made of a file; of one row, each record with its columns and where it went."""
    user = signed_in(request)
    form = RowForm(request.GET)
    try:
        file, told = selectors.lineage_of_file(user, file_id)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    row = form.cleaned_data["row"] if form.is_valid() else None
    found = selectors.lineage_of_row(user, file, row) if row else None
    context = {"file": file, "told": told, "form": form, "row": row, "found": found}
    return render(request, "lines/lineage/file.html", context, status=200 if form.is_valid() else 422)


@require_safe
@login_required
def run_lineage(request: HttpRequest, run_id: int) -> HttpResponse:
    """From which files the rows of a run are, what it compared and what it sent."""
    try:
        run, told = selectors.lineage_of_run(signed_in(request), run_id)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    return render(request, "lines/lineage/run.html", {"run": run, "told": told})


@require_safe
@login_required
def sent_files(request: HttpRequest) -> HttpResponse:
    """The ledger of what left, newest first; the filter is in the address; follows the journal by itself."""
    user, position = signed_in(request), feed_position()
    wanted = ArrivalFilter(request.GET)
    wanted.is_valid()
    line, day, before = (wanted.cleaned_data.get(name) for name in ("line", "date", "before"))
    context = {
        "page": selectors.sent_page(user, line=line or "", day=day, before=before),
        "lines": lines_visible_to(user),
        "line": line or "",
        "date": day,
        "first": before is None,
        "feed_after": position,
    }
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
    return render(request, "lines/lineage/_sent.html" if is_part else "lines/lineage/sent.html", context)
