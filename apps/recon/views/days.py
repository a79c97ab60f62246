"""What is defined for a day, what came of it, and the sheets that people bring."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.journal.selectors import feed_position
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotFound
from apps.people.models import User
from apps.people.selectors import lines_visible_to, signed_in
from apps.recon import selectors
from apps.recon.actions import compare_defined, upload_sheet
from apps.recon.filters import DayOfReconciliations
from apps.recon.views.breaks import shown


@require_safe
@login_required
def reconciliations(request: HttpRequest) -> HttpResponse:
    """What is defined for a day, what came of it, and the sheets that it needs."""
    return _day(request, signed_in(request), request.GET)


@require_POST
@login_required
def compare(request: HttpRequest) -> HttpResponse:
    """Compares a definition by hand for a day."""
    user = signed_in(request)
    said = _said_for_day(request.POST)
    try:
        kept = compare_defined(code=said["definition"], line_code=said["line"], day=said["date"], actor=user)
    except DomainError as refusal:
        return _day(request, user, request.POST, refusal)
    return redirect("reconciliation", kept.pk)


@require_POST
@login_required
def bring_sheet(request: HttpRequest) -> HttpResponse:
    """Takes a sheet for a day."""
    user = signed_in(request)
    said = _said_for_day(request.POST)
    brought = request.FILES.get("file")
    try:
        if brought is not None:
            upload_sheet(
                line_code=said["line"],
                code=said["sheet"],
                day=said["date"],
                name=str(brought.name),
                data=brought.read(),
                actor=user,
            )
    except DomainError as refusal:
        return _day(request, user, request.POST, refusal)
    return redirect(f"/reconciliations/?date={said['date']:%Y-%m-%d}")


@require_safe
@login_required
def reconciliation(request: HttpRequest, number: int) -> HttpResponse:
    """One result: its control totals, rejected rows with their places, and the first of its breaks."""
    user = signed_in(request)
    try:
        found = selectors.reconciliation_for(user, number)
    except NotFound as unknown:
        raise Http404 from unknown
    rows, following = selectors.page_of(selectors.breaks_for(user).filter(reconciliation=found), before=None)
    sides = [
        {"name": name, "control": found.control.get(side, {}), "rejected": found.rejected.get(side, [])}
        for side, name in (("left", found.left_name), ("right", found.right_name))
    ]
    context = {**shown(rows), "reconciliation": found, "sides": sides, "breaks": rows, "more": following is not None}
    return render(request, "recon/reconciliation.html", context)


def _said_for_day(data: Any) -> dict[str, Any]:
    form = DayOfReconciliations(data)
    form.is_valid()
    said = {name: form.cleaned_data.get(name) or "" for name in ("line", "definition", "sheet")}
    return {**said, "date": form.cleaned_data.get("date") or clock.market_date()}


def _day(request: HttpRequest, user: User, data: Any, refusal: DomainError | None = None) -> HttpResponse:
    said, position = _said_for_day(data), feed_position()
    line = "" if refusal else said["line"]
    context: dict[str, Any] = {
        "feed_after": position,
        "rows": selectors.defined_on(user, said["date"], line_code=line),
        "chosen": {**said, "line": line},
        "refusal": refusal,
    }
    if request.headers.get("HX-Request") and refusal is None:
        return render(request, "recon/_day.html", context)
    context["lines"] = lines_visible_to(user)
    return render(request, "recon/reconciliations.html", context, status=refusal.http_status if refusal else 200)
