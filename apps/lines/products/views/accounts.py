"""Securities accounts of products in a list, and many of them at once: checked row by row, then proposed as one change."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.changes.selectors.lifecycle import next_effective_date, today
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError
from apps.lines.products import selectors
from apps.lines.products.actions import line_to_propose_on, propose_sheet, results_of_sheet
from apps.lines.products.core.contents import MOST_PRODUCTS
from apps.lines.products.core.sheets import SHEETS
from apps.lines.products.errors import SheetRefused
from apps.lines.products.forms import AccountsFilter, ProposedAccounts
from apps.lines.products.selectors.accounts import standings, values_of
from apps.lines.products.states import AccountKind, AccountMarket
from apps.lines.products.views.looking import is_part, lines_to_propose
from apps.lines.products.views.previewing import likely_line
from apps.people.models import BusinessLine
from apps.people.selectors import signed_in

COLUMNS = SHEETS["accounts"][1]


@require_safe
@login_required
def product_accounts(request: HttpRequest) -> HttpResponse:
    """Securities accounts of products on a business date; the filter is in the address."""
    person, position = signed_in(request), feed_position()
    form = AccountsFilter(request.GET)
    is_read = form.is_valid()
    wanted = form.wanted if is_read else {}
    day = wanted.pop("date", None) or today()
    rows, following = selectors.accounts_page(person, day, wanted, after=wanted.pop("after", "")) if is_read else ([], "")
    context = {
        "rows": rows,
        "following": following,
        "form": form,
        "day": day,
        "lines": selectors.lines_with_products(person),
        "markets": AccountMarket.choices,
        "kinds": AccountKind.choices,
        "may_propose": lines_to_propose(person).exists(),
        "feed_after": position,
        "is_filtered": bool(wanted),
    }
    template = "lines/products/_accounts.html" if is_part(request) else "lines/products/accounts.html"
    return render(request, template, context, status=200 if is_read else 422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_product_accounts(request: HttpRequest) -> HttpResponse:
    """Many accounts at once: `check` says what becomes of each row, else they are submitted. The list's filter fills the form."""
    person = signed_in(request)
    lines = lines_to_propose(person)
    is_posted = request.method == "POST"
    posted = request.POST.copy()
    posted["rows"] = with_names(posted.get("rows", ""))  # so that rows count as the person sees them
    form = ProposedAccounts(
        posted if is_posted else None,
        lines=lines,
        effective=next_effective_date(),
        looks="check" in request.POST,
        initial={"line": likely_line(lines), "rows": "" if is_posted else _filled(request)},
    )
    context: dict[str, Any] = {"form": form, "may_propose": lines.exists(), "standings": standings()}
    status = 200
    if is_posted:
        status = 422
        line = line_to_propose_on(person, request.POST.get("line", ""))
        if line is None:
            raise Http404
        form.fields["line"].queryset = BusinessLine.objects.all()  # type: ignore[attr-defined]  # the action says who may
        if form.is_valid():
            data, day = as_sheet(form.cleaned_data["rows"]), form.cleaned_data["effective_date"]
            try:
                if "check" in request.POST:
                    context["results"] = results_of_sheet(data, line, day or today())
                    status = 200
                else:
                    facts = {"reason": form.cleaned_data["reason"], "effective_date": day}
                    change = propose_sheet(what="accounts", data=data, line_code=line.code, actor=person, **facts)
                    messages.success(request, _("Submitted: it holds as soon as somebody else has agreed and its date has come."))
                    return redirect("change", change_id=change.pk)
            except SheetRefused as refusal:
                context["cells"] = refusal.facts["problems"]
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
    return render(request, "lines/products/propose_accounts.html", context, status=status)


def _filled(request: HttpRequest) -> str:
    """The accounts that the filter in the address finds, a row each, so that many can be changed at once."""
    form = AccountsFilter(request.GET)
    if not request.GET or not form.is_valid():
        return ""
    wanted = form.wanted
    day = wanted.pop("date", None) or today()
    wanted.pop("after", None)
    rows, _following = selectors.accounts_page(signed_in(request), day, wanted, limit=MOST_PRODUCTS)
    told = ["\t".join(COLUMNS)]
    told += ["\t".join(values_of(row).get(name, "") for name in COLUMNS) for row in rows]
    return "\n".join(told)


def with_names(text: str) -> str:
    """Rows that were typed or pasted, with the names of their columns above them unless they have them."""
    text = text.strip("\r\n")
    first, sign = text.partition("\n")[0].rstrip("\r"), _parted_by(text)
    cells = first.split(sign)
    if not text or cells[0].strip().lower() == COLUMNS[0]:
        return text
    width = max(line.count(sign) for line in text.splitlines()) + 1
    return sign.join(COLUMNS[:width]) + "\n" + text


def as_sheet(text: str) -> bytes:
    """Rows with names above them, parted by tabs or commas, as a sheet."""
    given = csv.reader(io.StringIO(text, newline=""), delimiter=_parted_by(text))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([cell.strip() for cell in row] for row in given)
    return out.getvalue().encode()


def _parted_by(text: str) -> str:
    return "\t" if "\t" in text else ","
