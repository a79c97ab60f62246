"""Pages about files. They parse, ask a selector, and answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.changes.selectors.lifecycle import today
from apps.files import selectors, store
from apps.files.actions import ask_release, import_layout, reject_file, require_catalogue_keeper
from apps.files.errors import CopyDamaged, WordsNeeded
from apps.files.forms import ArrivalFilter, CatalogueFilter, LayoutForm, MatrixFilter, RulingForm
from apps.files.models import ArrivedFile
from apps.files.states import Arrival, RulingState, Verdict
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError, NotFound, NotPermitted
from apps.people.actions import may
from apps.people.selectors import is_superuser, lines_visible_to, signed_in
from apps.people.states import Right


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
def arrival_matrix(request: HttpRequest) -> HttpResponse:
    """Files by the hours of a business date; follows the journal by itself."""
    user, position = signed_in(request), feed_position()
    wanted = MatrixFilter(request.GET)
    wanted.is_valid()
    line, day, after = (wanted.cleaned_data.get(name) for name in ("line", "date", "after"))
    context = {
        "matrix": selectors.matrix_of(user, day or today(), line=line or "", after=after or 0),
        "lines": lines_visible_to(user),
        "line": line or "",
        "first": not after,
        "feed_after": position,
    }
    return render(request, "files/_matrix.html" if _wants_part(request) else "files/matrix.html", context)


@require_safe
@login_required
def arrival(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file: header, columns with meanings, first rows with the texts of their codes, problems, where it is used."""
    return _shown(request, _file(request, file_id))


@require_POST
@login_required
def rule_on_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """Asks for the release of a file that came after the close, or rejects one in quarantine."""
    file, form = _file(request, file_id), RulingForm(request.POST)
    refusal: DomainError | None = None
    if not form.is_valid():
        return _shown(request, file, WordsNeeded())
    does = ask_release if form.cleaned_data["verdict"] == Verdict.RELEASE else reject_file
    try:
        does(file_id=file.pk, actor=signed_in(request), reason=form.cleaned_data["reason"])
    except DomainError as raised:
        refusal = raised
    return _shown(request, file, refusal) if refusal else redirect("file", file_id=file.pk)


def _shown(request: HttpRequest, file: ArrivedFile, refusal: DomainError | None = None) -> HttpResponse:
    try:
        contents, damage = selectors.contents_of(file), None
    except CopyDamaged as damaged:
        contents, damage = None, damaged
    rulings = list(selectors.rulings_of(file))
    context = {
        "rulings": rulings,
        "release": selectors.release_of(file) if any(one.state == RulingState.ASKED for one in rulings) else None,
        "may_rule": file.state == Arrival.QUARANTINED and may(signed_in(request), Right.MAKE, file.line),
        "releasable": selectors.may_be_released(file),
        "refusal": refusal,
        "file": file,
        "contents": contents,
        "damage": damage,
        "problems": selectors.problems_of(file),
        "runs": selectors.runs_of_file(file),
        "shown": selectors.ROWS_SHOWN,
    }
    return render(request, "files/arrival.html", context, status=refusal.http_status if refusal else 200)


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


@require_safe
@login_required
def catalogue(request: HttpRequest) -> HttpResponse:
    """All families of files that are known."""
    wanted = CatalogueFilter(request.GET)
    wanted.is_valid()
    q, after = (wanted.cleaned_data.get(name) or "" for name in ("q", "after"))
    page = selectors.family_page(q, after)
    families = [(family, selectors.in_language(family.title), selectors.in_language(family.source)) for family in page.families]
    context = {"page": page, "families": families, "q": q, "first": not after, "may_import": is_superuser(signed_in(request))}
    return render(request, "files/_catalogue.html" if _wants_part(request) else "files/catalogue.html", context)


@require_safe
@login_required
def family(request: HttpRequest, code: str) -> HttpResponse:
    """One family: layouts with types and meanings, names of its files, and who uses it."""
    try:
        found = selectors.family_named(code)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    context = {
        "family": found,
        "title": selectors.in_language(found.title),
        "source": selectors.in_language(found.source),
        "layouts": selectors.shown_layouts(found),
        "uses": selectors.uses_of(signed_in(request), found),
    }
    return render(request, "files/family.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def layout_import(request: HttpRequest) -> HttpResponse:
    """A layout from a sample: looked at first, taken in when the person says so."""
    person = signed_in(request)
    try:
        require_catalogue_keeper(person)
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    form, status, preview = LayoutForm(request.POST or None, request.FILES or None), 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if request.POST.get("take"):
                facts = dict(form.cleaned_data)
                row = import_layout(sample=facts.pop("sample"), actor=person, **facts)
                messages.success(request, _("The layout of {family} was imported.").format(family=row.family))
                return redirect("catalogue-family", code=row.family)
            status, preview = 200, selectors.preview_of(form.cleaned_data["family"], form.cleaned_data["sample"])
    sample = form.cleaned_data.get("sample") if preview else None
    return render(request, "files/import_layout.html", {"form": form, "preview": preview, "sample": sample}, status=status)


def _file(request: HttpRequest, file_id: int) -> ArrivedFile:
    try:
        return selectors.file_for(signed_in(request), file_id)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal


def _wants_part(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted
