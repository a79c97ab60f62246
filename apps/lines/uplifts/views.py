"""Pages of the broker's uplifts: what is in force on a day, one rule with its history, and the proposal of another."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.changes.selectors.lifecycle import next_effective_date, today
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError, NotFound
from apps.lines.fees.actions import line_to_propose_on
from apps.lines.options_margin.conf import LINE
from apps.lines.uplifts import selectors
from apps.lines.uplifts.actions import plain, propose_uplift
from apps.lines.uplifts.forms import ProposedUpliftForm, UpliftFields, UpliftsFilter
from apps.lines.uplifts.models import MarginUplift
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right


@require_safe
@login_required
def uplifts(request: HttpRequest) -> HttpResponse:
    """The rules in force on a business date, of the lines that the person may see."""
    person = signed_in(request)
    position = feed_position()
    wanted = UpliftsFilter(request.GET)
    wanted.is_valid()
    day = wanted.cleaned_data.get("date") or today()
    rows, following = selectors.page_on(person, day, wanted.cleaned_data.get("after") or "")
    context = {
        "rows": rows,
        "following": following,
        "day": day,
        "may_propose": _lines_of(person).exists(),
        "feed_after": position,
    }
    is_part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "lines/uplifts/_table.html" if is_part else "lines/uplifts/uplifts.html", context)


@require_safe
@login_required
def uplift(request: HttpRequest, number: int) -> HttpResponse:
    """One rule: where it comes from, who set it, and all rules of the same key."""
    person = signed_in(request)
    row = _rule_or_404(person, number)
    history, following = selectors.history_of(row, _number(request.GET.get("before", "")))
    context = {"rule": row, "history": history, "following": following, "may_propose": _lines_of(person).exists()}
    return render(request, "lines/uplifts/uplift.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Another rule as a change of its own: POST submits it. `rule` in the address fills the form with what is there."""
    person = signed_in(request)
    lines = _lines_of(person)
    form = ProposedUpliftForm(request.POST or None, lines=lines, effective=next_effective_date(), initial=_initial(request))
    status = 200
    if request.method == "POST":
        status = 422
        if line_to_propose_on(person, request.POST.get("line", "")) is None:
            raise Http404
        form.fields["line"].queryset = BusinessLine.objects.all()  # type: ignore[attr-defined]  # the action says who may
        if form.is_valid():
            facts = {name: form.cleaned_data[name] for name in ("reason", "effective_date")}
            try:
                change = propose_uplift(line_id=form.cleaned_data["line"].pk, actor=person, **facts, **form.content())
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Submitted: it holds as soon as somebody else has agreed and its date has come."))
                return redirect("change", change_id=change.pk)
    return render(request, "lines/uplifts/propose.html", {"form": form, "may_propose": lines.exists()}, status=status)


def _rule_or_404(person: User, number: int) -> MarginUplift:
    try:
        return selectors.uplift_for(person, number)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown


def _lines_of(person: User) -> Any:
    """Lines on which the person may propose a rule."""
    return (lines_where(person, Right.EDIT) | lines_where(person, Right.ADMINISTER)).distinct()


def _initial(request: HttpRequest) -> dict[str, Any]:
    number = _number(request.GET.get("rule", ""))
    if number is None:
        return {"line": LINE}
    row = _rule_or_404(signed_in(request), number)
    kept = {name: getattr(row, name) for name in UpliftFields.base_fields if name not in ("removed", "source")}
    parts = {name: plain(getattr(row, name)) for name in ("multiple", "ratio_more", "floor_more")}
    return kept | parts | {"line": row.line.code}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
