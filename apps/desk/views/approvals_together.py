"""One decision on several approvals: a list that stays as it was, and an outcome for each."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.approvals import actions
from apps.approvals.forms import TogetherForm
from apps.approvals.selectors import PAGE, approvals_for, waiting_for
from apps.kernel.pages import cut
from apps.people.models import User
from apps.people.selectors import signed_in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def together(request: HttpRequest) -> HttpResponse:
    """GET: what waits for the person, oldest first, to choose from. POST: what became of each that was chosen."""
    person = signed_in(request)
    if request.method != "POST":
        return _choice(request, person, TogetherForm())
    form = TogetherForm(request.POST)
    seen = _seen(request.POST.getlist("approval"))
    if not form.is_valid() or not seen:
        return _choice(request, person, form, seen, status=422)
    verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"].strip()
    outcomes = actions.decide_all(seen=seen, verb=verb, actor=person, reason=reason)
    named = approvals_for(person).in_bulk(seen)
    refused = sum(bool(outcome.refusal) for outcome in outcomes)
    context = {
        "rows": [(outcome, named.get(outcome.approval)) for outcome in outcomes],
        "reason": reason,
        "total": len(outcomes),
        "refused": refused,
        "done": len(outcomes) - refused,
    }
    return render(request, "desk/approvals_together_outcomes.html", context)


def _choice(
    request: HttpRequest, person: User, form: TogetherForm, seen: dict[int, int] | None = None, status: int = 200
) -> HttpResponse:
    page = cut(waiting_for(person), PAGE)
    context: dict[str, Any] = {
        "approvals": page.rows,
        "more": page.more,
        "most": PAGE,
        "form": form,
        "chosen": seen or {},
        "nothing_chosen": seen == {},
        "shown": "together",
    }
    return render(request, "desk/approvals_together.html", context, status=status)


def _seen(texts: list[str]) -> dict[int, int]:
    """Approvals with the revisions that were on the page; whatever is not one is left out."""
    pairs = [text.split(":") for text in texts[:PAGE] if text.isascii()]
    return {int(one[0]): int(one[1]) for one in pairs if len(one) == 2 and all(part.isdigit() and len(part) < 15 for part in one)}
