"""Pages about files. They parse, ask a selector, and answer."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from apps.files import selectors, store
from apps.files.errors import CopyDamaged
from apps.files.forms import ArrivalFilter
from apps.files.models import ArrivedFile
from apps.kernel.errors import NotFound
from apps.people.selectors import lines_visible_to, signed_in


@require_safe
@login_required
def arrivals(request: HttpRequest) -> HttpResponse:
    """What came, newest first; the filter is in the address."""
    wanted = ArrivalFilter(request.GET)
    wanted.is_valid()
    line, day, before = (wanted.cleaned_data.get(name) for name in ("line", "date", "before"))
    user = signed_in(request)
    files = selectors.arrivals_for(user, line_code=line or "", business_date=day)
    context = {
        "page": selectors.page_of(files, before),
        "lines": lines_visible_to(user),
        "line": line or "",
        "date": day,
        "first": before is None,
    }
    template = "files/_arrivals.html" if _wants_part(request) else "files/arrivals.html"
    return render(request, template, context)


@require_safe
@login_required
def arrival(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file: header, columns with meanings, first rows with the texts of their codes, problems, where it is used."""
    file = _file(request, file_id)
    try:
        contents, damage = selectors.contents_of(file), None
    except CopyDamaged as refusal:
        contents, damage = None, refusal
    context = {
        "file": file,
        "contents": contents,
        "damage": damage,
        "problems": selectors.problems_of(file),
        "runs": selectors.runs_of_file(file),
        "shown": selectors.ROWS_SHOWN,
    }
    return render(request, "files/arrival.html", context)


@require_safe
@login_required
def original(request: HttpRequest, file_id: int) -> HttpResponse:
    """The file as it came; always an attachment, never something a browser would run."""
    file = _file(request, file_id)
    try:
        data = store.kept_bytes(file.sha256)
    except CopyDamaged as damaged:
        raise Http404(str(damaged)) from damaged
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file(request: HttpRequest, file_id: int) -> ArrivedFile:
    try:
        return selectors.file_for(signed_in(request), file_id)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal


def _wants_part(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted
