"""Pages of the fee table: what is in force on a day, one rate with its history, and calculators that show their working."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.changes.selectors.lifecycle import next_effective_date, today
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError, NotFound
from apps.lines.fees import selectors
from apps.lines.fees.actions import line_to_propose_on, propose_rate
from apps.lines.fees.forms import MinimumForm, ProposedRateForm, RateFields, RepoForm, ReserveForm, TableFilter, TradeForm
from apps.lines.fees.states import Market, SecurityClass
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right

CALCULATORS: dict[str, type[forms.Form]] = {"trade": TradeForm, "minimum": MinimumForm, "reserve": ReserveForm, "repo": RepoForm}


@require_safe
@login_required
def fees(request: HttpRequest) -> HttpResponse:
    """The table in force on a business date. Open to everybody who is signed in, as calendars are."""
    position = feed_position()
    wanted = TableFilter(request.GET)
    wanted.is_valid()
    chosen: dict[str, Any] = {name: wanted.cleaned_data.get(name) or "" for name in ("market", "security_class", "after")}
    day = wanted.cleaned_data.get("date") or today()
    rows, following = selectors.table_on(day, **chosen)
    context = {
        "rows": rows,
        "following": following,
        "day": day,
        "chosen": chosen,
        "markets": Market.choices,
        "classes": SecurityClass.choices,
        "may_propose": _lines_of(signed_in(request)).exists(),
        "feed_after": position,
    }
    is_part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "lines/fees/_table.html" if is_part else "lines/fees/fees.html", context)


@require_safe
@login_required
def fee_rate(request: HttpRequest, number: int) -> HttpResponse:
    """One rate: where it comes from, who set it, and all rates of the same kind."""
    try:
        row = selectors.rate_for(number)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    history, following = selectors.history_of(row, _number(request.GET.get("before", "")))
    context = {"rate": row, "history": history, "following": following, "may_propose": _lines_of(signed_in(request)).exists()}
    return render(request, "lines/fees/rate.html", context)


@require_safe
@login_required
def calculator(request: HttpRequest) -> HttpResponse:
    """A trade, a minimum reserve, a reserve account or a repo. What was asked is in the address; numbers show their working."""
    kind = request.GET.get("of", "trade")
    if kind not in CALCULATORS:
        raise Http404
    asked = set(request.GET) - {"of"}
    form = CALCULATORS[kind](request.GET if asked else None, initial={"business_date": today()})
    context: dict[str, Any] = {"form": form, "kind": kind}
    status = 200
    if asked and form.is_valid():
        try:
            context |= _computed(form)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.http_status
    elif asked:
        status = 422
    return render(request, "lines/fees/calculator.html", context, status=status)


def _computed(form: forms.Form) -> dict[str, Any]:
    if isinstance(form, TradeForm):
        return {"bill": selectors.bill_for(form.trade)}
    if isinstance(form, MinimumForm):
        return {"minimum": selectors.minimum_for(**form.cleaned_data)}
    if isinstance(form, ReserveForm):
        return {"reserve": form.reserve}
    return {"repo": form.repo} if isinstance(form, RepoForm) else {}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Another rate as a change of its own: POST submits it. `rate` in the address fills the form with what is there."""
    person = signed_in(request)
    lines = _lines_of(person)
    form = ProposedRateForm(request.POST or None, lines=lines, effective=next_effective_date(), initial=_initial(request))
    status = 200
    if request.method == "POST":
        status = 422
        if line_to_propose_on(person, request.POST.get("line", "")) is None:
            raise Http404
        form.fields["line"].queryset = BusinessLine.objects.all()  # type: ignore[attr-defined]  # the action says who may
        if form.is_valid():
            facts = {name: form.cleaned_data[name] for name in ("reason", "effective_date")}
            try:
                change = propose_rate(line_id=form.cleaned_data["line"].pk, actor=person, **facts, **form.content())
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Submitted: it holds as soon as somebody else has agreed and its date has come."))
                return redirect("change", change_id=change.pk)
    return render(request, "lines/fees/propose.html", {"form": form, "may_propose": lines.exists()}, status=status)


def _lines_of(person: User) -> Any:
    """Lines on whose path the person may propose a rate."""
    return (lines_where(person, Right.EDIT) | lines_where(person, Right.ADMINISTER)).distinct()


def _initial(request: HttpRequest) -> dict[str, Any]:
    number = _number(request.GET.get("rate", ""))
    try:
        row = selectors.rate_for(number or 0)
    except NotFound:
        return {}
    kept = [name for name in RateFields.base_fields if name not in ("removed", "source", "is_verified", "per_mille")]
    return {name: getattr(row, name) for name in kept} | {"per_mille": row.shown}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
