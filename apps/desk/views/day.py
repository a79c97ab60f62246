"""The settlement day as a tree. What a row opens to is read when it is opened; the address of the page can stand at any row."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.changes.selectors.lifecycle import today
from apps.desk import selectors
from apps.desk.selectors import day_tree
from apps.desk.states import LOOKS
from apps.desk.views.runs import filter_of
from apps.engine.states import RunState, StepState
from apps.people.selectors import signed_in

STATES = {state: LOOKS[state] for state in (*RunState.values, *StepState.values)}


@require_safe
@login_required
def day(request: HttpRequest) -> HttpResponse:
    """The tree, opened down to the row that the address names; it needs no script for that."""
    person, wanted = signed_in(request), _day(request)
    position = selectors.last_position()
    at, after = _text(request, "at"), _text(request, "after")
    branches = list(day_tree.opened(person, wanted, at, after))
    context = {
        "day": wanted, "rows": _in_order(branches), "open": {branch.under for branch in branches}, "states": STATES,
        "feed_after": position,
    }  # fmt: skip
    return render(request, "desk/day.html", context)


@require_safe
@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """A page of what stands under a row, or the rows that are named, as they are now."""
    person, wanted = signed_in(request), _day(request)
    if named := [text.replace("\0", "") for text in request.GET.getlist("row")]:
        branch = day_tree.Branch("", tuple(day_tree.rows_again(person, wanted, named)))
    else:
        branch = day_tree.branch_of(person, wanted, _text(request, "under"), _text(request, "after"))
    context = {"day": wanted, "branch": branch, "rows": [(branch.under, row) for row in branch.rows]}
    return render(request, "desk/_day_rows.html", context)


def _in_order(branches: list[day_tree.Branch]) -> list[tuple[str, Any]]:
    """(key of the row above, row) as they stand on the page; where a branch goes on, how long it is and where."""
    below = {branch.under: branch for branch in branches}

    def under(key: str) -> list[tuple[str, Any]]:
        branch = below.get(key)
        if branch is None:
            return []
        found = [pair for row in branch.rows for pair in [(key, row), *under(row.key)]]
        return found if branch.is_last else [*found, (key, {"size": branch.size, "after": branch.rows[-1].cursor})]

    return under("")


def _day(request: HttpRequest) -> date:
    return filter_of(request.GET).business_date or today()


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "")
