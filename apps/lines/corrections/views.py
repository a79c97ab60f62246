"""Pages of corrections. They parse, ask a selector or one action, and answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.files.forms import ArrivalFilter
from apps.files.selectors import file_for
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError, NotFound
from apps.lines.corrections import selectors
from apps.lines.corrections.actions import ask_correction
from apps.lines.corrections.forms import CorrectionForm, PostingsFilter
from apps.people.actions import may
from apps.people.selectors import lines_visible_to, signed_in
from apps.people.states import Right


@require_safe
@login_required
def corrections(request: HttpRequest) -> HttpResponse:
    """What has to be corrected, and what was; the filter is in the address; follows the journal by itself."""
    user, position = signed_in(request), feed_position()
    wanted = ArrivalFilter(request.GET)
    wanted.is_valid()
    line, day, before = (wanted.cleaned_data.get(name) for name in ("line", "date", "before"))
    context = {
        "due": selectors.due_for(user) if before is None else [],
        "page": selectors.corrections_page(user, line=line or "", day=day, before=before),
        "lines": lines_visible_to(user),
        "line": line or "",
        "date": day,
        "first": before is None,
        "feed_after": position,
    }
    template = "_corrections" if _wants_part(request) else "corrections"
    return render(request, f"lines/corrections/{template}.html", context)


@require_safe
@login_required
def correction(request: HttpRequest, correction_id: int) -> HttpResponse:
    """One correction: who asked and who signed, what it posted, and which runs it overtook."""
    position = feed_position()
    wanted = PostingsFilter(request.GET)
    after = wanted.cleaned_data["after"] or 0 if wanted.is_valid() else 0
    try:
        found = selectors.correction_for(signed_in(request), correction_id)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    context = {
        "correction": found,
        "approval": selectors.approval_of(found),
        "page": selectors.postings_page(found, after=after),
        "findings": selectors.findings_of(found),
        "first": not after,
        "feed_after": position,
    }
    template = "_correction" if _wants_part(request) else "correction"
    return render(request, f"lines/corrections/{template}.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correction_of_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """What a file changes of what was posted; POST asks for it with a reason."""
    user = signed_in(request)
    try:
        file = file_for(user, file_id)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    form, status = CorrectionForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = ask_correction(file_id=file_id, actor=user, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Asked: it is posted as soon as a second person has signed it."))
                return redirect("correction", correction_id=made.pk)
    context = {"file": file, "form": form, **_proposed(request, file_id)}
    context |= {"corrections": selectors.corrections_of_file(file), "may_ask": may(user, Right.MAKE, file.line)}
    return render(request, "lines/corrections/file.html", context, status=status)


def _proposed(request: HttpRequest, file_id: int) -> dict[str, Any]:
    try:
        return {"proposal": selectors.proposal_for(signed_in(request), file_id), "refusal": None}
    except DomainError as refusal:
        return {"proposal": None, "refusal": refusal}


def _wants_part(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
