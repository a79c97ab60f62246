"""Pages of options margin: accounts of a run, one account with what-if, one contract with how its margin is made."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.engine.selectors import run_for
from apps.kernel.errors import DomainError, NotFound
from apps.kernel.tables import BYTE_ORDER_MARK, csv_row
from apps.lines.options_margin.forms import AccountFilter, CombinationFilter, WhatIfForm
from apps.lines.options_margin.models import MarginRow
from apps.lines.options_margin.selectors import accounts as found
from apps.lines.options_margin.selectors import combinations
from apps.lines.options_margin.states import STRATEGY_NAMES, Part
from apps.people.selectors import signed_in

COLUMNS = (
    "account", "strategy", "name", "number", "contract", "side", "second_contract", "second_side", "lots",
    "depository_one", "depository", "client_one", "client",
)  # fmt: skip


@require_safe
@login_required
def accounts(request: HttpRequest, run_id: int) -> HttpResponse:
    """The accounts of a run, by key; the filter stands in the address."""
    wanted = AccountFilter(request.GET)
    wanted.is_valid()
    chosen = {name: wanted.cleaned_data.get(name) for name in ("account", "called", "after")}
    try:
        run = run_for(signed_in(request), run_id)
        rows = found.accounts_of(signed_in(request), run_id, called=bool(chosen["called"]), account=chosen["account"] or "")
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    page, following = found.page_of(rows, chosen["after"])
    context = {"run": run, "accounts": page, "following": following, "chosen": chosen}
    return render(request, "lines/options_margin/accounts.html", context)


@require_safe
@login_required
def list_combinations(request: HttpRequest, run_id: int) -> HttpResponse:
    """Combinations of a run as rows, by account; the filter stands in the address."""
    form = CombinationFilter(request.GET)
    form.is_valid()
    wanted = form.wanted()
    try:
        run = run_for(signed_in(request), run_id)
        rows = combinations.combinations_of(signed_in(request), run_id, wanted)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    page, following = combinations.page_of(rows, form.cleaned_data.get("after"))
    context = {
        "run": run,
        "rows": [(row, combinations.strategy_name(row.strategy)) for row in page],
        "following": following,
        "chosen": wanted,
        "parts": Part.choices,
        "strategies": STRATEGY_NAMES,
        "underlyings": combinations.underlyings_of(run_id),
    }
    return render(request, "lines/options_margin/combinations.html", context)


@require_safe
@login_required
def combinations_csv(request: HttpRequest, run_id: int) -> StreamingHttpResponse:
    """The whole list as a table for other programs; amounts in CNY."""
    form = CombinationFilter(request.GET)
    form.is_valid()
    try:
        rows = combinations.combinations_of(signed_in(request), run_id, form.wanted())
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    answer = StreamingHttpResponse(_table(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="combinations.csv"'
    return answer


def _table(rows: QuerySet[MarginRow]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_row(COLUMNS)
    for row in combinations.in_chunks(rows):
        legs = (row.contract, row.side, row.second_contract, row.second_side)
        money = (row.unit_margin, row.margin, row.client_unit_margin, row.client_margin)
        told = (row.account.account, row.strategy, combinations.strategy_name(row.strategy), row.number, *legs, str(row.lots))
        yield csv_row([*told, *(f"{amount:f}" for amount in money)])


@require_safe
@login_required
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: what it pays and why, what would be cheapest with its proof, and what if something were dissolved."""
    try:
        one = found.account_for(signed_in(request), account_id)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    rows = found.rows_with(one)
    asked = any(name.startswith(("dissolve-", "close-")) for name in request.GET)
    form = WhatIfForm(rows["declared"], request.GET if asked else None)
    context: dict[str, Any] = {
        "account": one,
        "run": one.run,
        "declared": found.with_arithmetic(one, rows["declared"]),
        "best": found.with_arithmetic(one, rows["best"]),
        "declarations": found.declarations_of(one),
        "form": form,
    }
    status = 200
    if asked and form.is_valid():
        try:
            context["outcome"] = found.outcome_of(one, dissolve=form.dissolve, close=form.close)
        except DomainError as refusal:
            context["refusal"], status = refusal, refusal.http_status
    elif asked:
        status = 422
    return render(request, "lines/options_margin/account.html", context, status=status)


@require_safe
@login_required
def contract(request: HttpRequest, run_id: int, number: str) -> HttpResponse:
    """One contract: each number that the margin of one short lot was made of, with the rows of the files."""
    try:
        one = found.contract_for(signed_in(request), run_id, number)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    return render(request, "lines/options_margin/contract.html", {"contract": one, "explained": found.explained(one)})
