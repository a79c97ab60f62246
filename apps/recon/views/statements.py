"""SQL statements: which ones are in force or wait, and where administrators of a line write and try one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.approvals.actions import open_approval_of
from apps.journal.selectors import feed_position
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotFound
from apps.kernel.pages import cut
from apps.people.models import User
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right
from apps.recon import selectors
from apps.recon.actions import propose_statement, try_statement
from apps.recon.filters import StatementFilter
from apps.recon.forms import StatementForm


@require_safe
@login_required
def statements(request: HttpRequest) -> HttpResponse:
    """Statements of the lines that the person may see, newest first, by key."""
    user, position = signed_in(request), feed_position()
    before = StatementFilter(request.GET).key()
    rows = selectors.statements_for(user)
    page = cut(rows if before is None else rows.filter(pk__lt=before), selectors.PAGE)
    context = {
        "feed_after": position,
        "statements": page.rows,
        "following": page.last.pk if page.last else None,
        "may_write": bool(_sources(user)),
    }
    template = "recon/_statements.html" if request.headers.get("HX-Request") else "recon/statements.html"
    return render(request, template, context)


@require_safe
@login_required
def one_statement(request: HttpRequest, number: int) -> HttpResponse:
    """What one statement says, what it answers, who wrote it and who decided."""
    user = signed_in(request)
    try:
        found = selectors.statement_for(user, number)
    except NotFound as unknown:
        raise Http404 from unknown
    context = {
        "statement": found,
        "in_force": selectors.approved_statement(found.line.code, found.code),
        "approval": open_approval_of(selectors.STATEMENT, found.pk),
        "readers": selectors.definitions_reading(found.line.code, found.code),
        "may_write": found.line in lines_where(user, Right.ADMINISTER),
    }
    return render(request, "recon/statement.html", context)


@login_required
def write_statement(request: HttpRequest) -> HttpResponse:
    """Tries a statement, or proposes it. Refusals stand on the form; what was typed stays."""
    user = signed_in(request)
    lines, sources = lines_where(user, Right.ADMINISTER), _sources(user)
    form = StatementForm(request.POST or None, initial=_initial(request, user), lines=lines, sources=sources)
    context: dict[str, Any] = {"form": form, "may_write": bool(sources), "trying": "try" in request.POST}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            facts = {name: said[name] for name in ("code", "source", "text")}
            facts |= {"line_code": said["line"].code, "day": said["date"], "actor": user}
            try:
                if not context["trying"]:
                    kept = propose_statement(**facts)
                    messages.success(request, _("Proposed: it is in force as soon as somebody else has agreed."))
                    return redirect("statement", kept.pk)
                context["preview"] = try_statement(**facts)
                status = 200
            except DomainError as refusal:
                form.add_error("text" if refusal.code == "statement_refused" else None, str(refusal))
                status = refusal.http_status
    return render(request, "recon/write_statement.html", context, status=status)


def _sources(user: User) -> list[str]:
    """Databases that statements of lines which the person administers may read. One query."""
    return selectors.sources_for([line.code for line in lines_where(user, Right.ADMINISTER)])


def _initial(request: HttpRequest, user: User) -> dict[str, Any]:
    """A statement that is there already, to be changed, when the address names one."""
    said: dict[str, Any] = {"date": clock.market_date()}
    number = request.GET.get("from", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        try:
            found = selectors.statement_for(user, int(number))
        except NotFound:
            return said
        said |= {"line": found.line_id, "code": found.code, "source": found.source, "text": found.text}
    return said
