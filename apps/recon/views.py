"""The list of breaks, and the form that explains one. Rights and rules are asked by the actions."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.kernel.errors import DomainError, NotFound
from apps.people.selectors import lines_visible_to, signed_in
from apps.recon.actions import explain_break
from apps.recon.filters import BreakFilter, Explanation
from apps.recon.selectors import break_for, breaks_for, page_of
from apps.recon.states import BreakState, Cause


@require_GET
@login_required
def list_breaks(request: HttpRequest) -> HttpResponse:
    """Breaks of the lines that the person may see, newest first, by key."""
    user = signed_in(request)
    wanted = BreakFilter(request.GET)
    wanted.is_valid()
    chosen = {name: wanted.cleaned_data.get(name) for name in ("state", "line", "date", "before")}
    breaks = breaks_for(user, state=chosen["state"] or "", line_code=chosen["line"] or "", business_date=chosen["date"] or None)
    rows, following = page_of(breaks, before=chosen["before"])
    rest = request.GET.copy()
    rest.pop("before", None)
    context = {
        "breaks": rows,
        "following": following,
        "rest": rest.urlencode(),
        "chosen": chosen,
        "states": BreakState.choices,
        "lines": lines_visible_to(user),
        "causes": Cause.choices,
        "show_run": True,
    }
    return render(request, "recon/breaks.html", context)


@require_POST
@login_required
def explain(request: HttpRequest, break_id: int) -> HttpResponse:
    """Explains one break; htmx gets the one row back, a plain form the list. A refusal stands beside the break."""
    user = signed_in(request)
    form = Explanation(request.POST)
    form.is_valid()
    refusal: DomainError | None = None
    try:
        found = explain_break(
            break_id=break_id,
            actor=user,
            reason=form.cleaned_data.get("reason", ""),
            cause=form.cleaned_data.get("cause") or Cause.UNKNOWN,
        )
    except NotFound as unknown:
        raise Http404 from unknown
    except DomainError as raised:
        refusal, found = raised, break_for(user, break_id)
    if not request.headers.get("HX-Request") and refusal is None:
        return redirect("breaks")
    context = {"break": found, "refusal": refusal, "causes": Cause.choices, "show_run": True}
    return render(request, "recon/_break.html", context, status=refusal.http_status if refusal else 200)
