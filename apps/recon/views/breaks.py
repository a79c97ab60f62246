"""Breaks in a list, and what people do about them. Rights and rules are asked by the actions."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.journal.selectors import feed_position
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotFound
from apps.kernel.tables import BYTE_ORDER_MARK, csv_row
from apps.people.selectors import lines_visible_to, signed_in
from apps.recon import selectors
from apps.recon.actions import (
    MOST_AT_ONCE,
    ask_to_accept,
    assign_break,
    correct_break,
    explain_break,
    explain_breaks,
)
from apps.recon.filters import STATES, BreakFilter, Explanation, SeveralBreaks
from apps.recon.models import Break
from apps.recon.states import UNSETTLED, Cause, Severity

COLUMNS = (
    "number", "definition", "line", "first_found", "last_found", "key", "kind", "column", "left", "right", "difference",
    "severity", "state", "cause", "owner", "explained_by", "accepted_by", "reason",
)  # fmt: skip


@require_safe
@login_required
def list_breaks(request: HttpRequest) -> HttpResponse:
    """Breaks of the lines that the person may see, newest first, by key."""
    user, position = signed_in(request), feed_position()
    form = BreakFilter(request.GET)
    wanted = form.wanted()
    rows, following = selectors.page_of(selectors.breaks_for(user, wanted), before=form.key())
    rest = request.GET.copy()
    rest.pop("before", None)
    context = {
        **shown(rows),
        "feed_after": position,
        "breaks": rows,
        "following": following,
        "rest": rest.urlencode(),
        "chosen": wanted,
        "show_run": True,
        "may_tick": True,
    }
    if request.headers.get("HX-Request"):
        return render(request, "recon/_list.html", context)
    context |= {
        "states": STATES,
        "severities": Severity.choices,
        "lines": lines_visible_to(user),
        "definitions": selectors.codes_defined(user),
    }
    return render(request, "recon/breaks.html", context)


@require_safe
@login_required
def breaks_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole list as a table for other programs."""
    breaks = selectors.breaks_for(signed_in(request), BreakFilter(request.GET).wanted())
    answer = StreamingHttpResponse(_rows(breaks.iterator(chunk_size=2000)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="breaks.csv"'
    return answer


def _rows(breaks: Iterator[Break]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_row(COLUMNS)
    for one in breaks:
        yield csv_row(
            [
                str(one.pk),
                str(one.reconciliation),
                one.line.code,
                one.business_date.isoformat(),
                one.last_seen.isoformat(),
                one.key,
                one.get_kind_display(),
                one.column,
                _said(one.left),
                _said(one.right),
                f"{one.difference:f}",
                one.severity,
                one.get_state_display(),
                one.get_cause_display(),
                *(str(person or "") for person in (one.owner, one.explained_by, one.accepted_by)),
                one.reason,
            ]
        )


def _said(side: dict[str, Any] | None) -> str:
    return "" if side is None else "; ".join(f"{name} {value}" for name, value in side.items())


@require_POST
@login_required
def explain(request: HttpRequest, break_id: int) -> HttpResponse:
    """Explains one break, or says that it was corrected."""
    form = Explanation(request.POST)
    form.is_valid()
    reason, cause = form.cleaned_data.get("reason", ""), form.cleaned_data.get("cause") or Cause.UNKNOWN
    does = correct_break if "corrected" in request.POST else explain_break
    return _answered(request, break_id, lambda user: does(break_id=break_id, actor=user, reason=reason, cause=cause))


@require_POST
@login_required
def accept(request: HttpRequest, break_id: int) -> HttpResponse:
    """Asks a second person to accept an explained break."""
    return _answered(request, break_id, lambda user: ask_to_accept(break_id=break_id, actor=user))


@require_POST
@login_required
def assign(request: HttpRequest, break_id: int) -> HttpResponse:
    """Gives a break to its owner."""
    owner = request.POST.get("owner", "").strip()[:150]
    return _answered(request, break_id, lambda user: assign_break(break_id=break_id, actor=user, owner=owner))


def _answered(request: HttpRequest, break_id: int, deed: Any) -> HttpResponse:
    """htmx gets the one row back, a plain form the list. A refusal stands beside the break."""
    user = signed_in(request)
    refusal: DomainError | None = None
    try:
        deed(user)
    except NotFound as unknown:
        raise Http404 from unknown
    except DomainError as raised:
        refusal = raised
    if not request.headers.get("HX-Request") and refusal is None:
        return redirect("breaks")
    found = selectors.break_for(user, break_id)
    context = {**shown([found]), "break": found, "refusal": refusal, "show_run": True, "may_tick": True}
    return render(request, "recon/_break.html", context, status=refusal.http_status if refusal else 200)


@require_POST
@login_required
def explain_several(request: HttpRequest) -> HttpResponse:
    """Shows what would become of the ticked breaks; confirmed with words, what became of each."""
    user = signed_in(request)
    form = SeveralBreaks(request.POST)
    form.is_valid()
    said = form.cleaned_data
    keys = said.get("breaks") or []
    context: dict[str, Any] = {"causes": Cause.choices, "most": MOST_AT_ONCE, "said": said}
    if "confirmed" in request.POST and said.get("reason", "").strip():
        done = explain_breaks(break_ids=keys, actor=user, reason=said["reason"], cause=said.get("cause") or Cause.UNKNOWN)
        return render(request, "recon/explained.html", {**context, "outcomes": done})
    found = list(selectors.breaks_for(user).filter(pk__in=keys)[:MOST_AT_ONCE])
    context |= {"breaks": found, "open_ones": [one for one in found if one.state in UNSETTLED]}
    status = 422 if "confirmed" in request.POST else 200
    return render(request, "recon/explain_several.html", {**context, "words_missing": status == 422}, status=status)


def shown(rows: list[Break]) -> dict[str, Any]:
    """What rows need beside themselves. Three queries for all of them."""
    ages, asked = selectors.ages_of(rows, clock.market_date()), selectors.waiting_for_second(rows)
    for one in rows:
        one.age, one.is_asked = ages.get(one.pk), one.pk in asked
    return {"causes": Cause.choices}
