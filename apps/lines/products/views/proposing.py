"""Classes, tables, rules and sheets as changes of their own: POST submits, `preview` shows what would move first.

A preview is an address: it can be sent to somebody, and its pages go on by key.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import ValidationError

from apps.changes.selectors.lifecycle import next_effective_date, today
from apps.kernel.errors import DomainError, NotFound
from apps.lines.products import selectors
from apps.lines.products.actions import line_to_propose_on, propose_row, propose_sheet
from apps.lines.products.core.contents import OutputContent, RuleContent
from apps.lines.products.core.sheets import MOST_BYTES, SHEETS
from apps.lines.products.errors import SheetRefused
from apps.lines.products.forms import (
    SHEET_NAMES,
    Proposed,
    ProposedClass,
    ProposedOutput,
    ProposedRule,
    ProposedSheet,
    ProposedTable,
)
from apps.lines.products.selectors.sheets import sheet_on
from apps.lines.products.states import PRODUCT_CLASS, PRODUCT_OUTPUT, PRODUCT_RULE, PRODUCT_TABLE
from apps.lines.products.views.looking import day_of, lines_to_propose
from apps.lines.products.views.outputs import destinations_context
from apps.lines.products.views.previewing import likely_line, preview_context
from apps.people.models import BusinessLine
from apps.people.selectors import signed_in

DRAFTS: dict[str, type[RuleContent | OutputContent]] = {PRODUCT_RULE: RuleContent, PRODUCT_OUTPUT: OutputContent}
"""What can be looked at before it is submitted."""
NOT_SAID = "-"
"""What a preview takes for a source or a name that nobody has written yet."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_product_class(request: HttpRequest) -> HttpResponse:
    """A node of the tree. `class` in the address fills the form with what is there."""
    node = selectors.classes_on(today()).get(request.GET.get("class", ""))
    names = ("code", "name_zh", "name_en", "valid_to")
    return _propose(request, PRODUCT_CLASS, ProposedClass, {name: getattr(node, name) for name in names} if node else {})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_product_table(request: HttpRequest) -> HttpResponse:
    """A table and its hit policy. `table` in the address fills the form with what is there."""
    wanted = request.GET.get("table", "")
    row = next((held.row for held, _rules in selectors.tables_on(today()) if held.row.code == wanted), None)
    names = ("code", "name_zh", "name_en", "hit_policy", "valid_to")
    return _propose(request, PRODUCT_TABLE, ProposedTable, {name: getattr(row, name) for name in names} if row else {})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_product_rule(request: HttpRequest) -> HttpResponse:
    """A rule. `rule` in the address fills the form with what is there; `preview` shows what it matches and what would move."""
    return _propose(request, PRODUCT_RULE, ProposedRule, _rule_initial(request))


def _rule_initial(request: HttpRequest) -> dict[str, Any]:
    number = request.GET.get("rule", "")
    try:
        row = selectors.rule_for(int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0)
    except NotFound:
        return {"table": request.GET.get("table", "")[:40]}
    names = ("table", "code", "position", "class_code", "next_table", "refusal", "refusal_en", "valid_to")
    return {name: getattr(row, name) for name in names} | {f"cell_{name}": cell for name, cell in row.cells.items()}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_product_output(request: HttpRequest) -> HttpResponse:
    """Where files go. `output` in the address fills the form with what is there; `preview` shows which files it would make."""
    number = request.GET.get("output", "")
    try:
        row = selectors.output_for(int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0)
    except NotFound:
        return _propose(request, PRODUCT_OUTPUT, ProposedOutput, {})
    names = ("code", "class_pattern", "files", "split_by", "omits_empty", "path", "valid_to")
    cells = {f"cell_{name}": cell for name, cell in row.cells.items()}
    return _propose(request, PRODUCT_OUTPUT, ProposedOutput, {name: getattr(row, name) for name in names} | cells)


def _propose(request: HttpRequest, kind: str, form_class: type[Proposed], initial: dict[str, Any]) -> HttpResponse:
    if request.method == "POST" and "preview" in request.POST:
        asked = request.POST.copy()
        asked.pop("csrfmiddlewaretoken", None)
        return redirect(f"{request.path}?{asked.urlencode()}")
    person = signed_in(request)
    lines = lines_to_propose(person)
    looks = request.method != "POST" and "preview" in request.GET
    data = request.POST if request.method == "POST" else request.GET if looks else None
    form: Any = form_class(
        data, lines=lines, effective=next_effective_date(), looks=looks, initial={"line": likely_line(lines), **initial}
    )
    context: dict[str, Any] = {"form": form, "kind": kind, "may_propose": lines.exists(), "can_preview": kind in DRAFTS}
    status = 200
    if request.method == "POST":
        status = 422
        if line_to_propose_on(person, request.POST.get("line", "")) is None:
            raise Http404
        form.fields["line"].queryset = BusinessLine.objects.all()  # the action says who may
        if form.is_valid():
            facts = {name: form.cleaned_data[name] for name in ("reason", "effective_date")}
            line = form.cleaned_data["line"].code
            try:
                change = propose_row(kind=kind, line_code=line, actor=person, content=form.content(), **facts)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Submitted: it holds as soon as somebody else has agreed and its date has come."))
                return redirect("change", change_id=change.pk)
    elif looks:
        status = 422
        if form.is_valid() and (draft := _draft(kind, form)) is not None:
            status = 200
            day = form.cleaned_data["effective_date"] or today()
            if isinstance(draft, OutputContent):
                context |= destinations_context(selectors.plan_on(person, day, [draft]), request, "draft")
            else:
                context |= preview_context(selectors.preview_of_rule(person, draft, day), request)
    return render(request, "lines/products/propose.html", context, status=status)


def _draft(kind: str, form: Any) -> RuleContent | OutputContent | None:
    try:
        return DRAFTS[kind].model_validate({"source": NOT_SAID, **form.content()})
    except ValidationError as refusal:
        first = refusal.errors()[0]
        form.add_error(None, f"{'.'.join(str(part) for part in first['loc'])} {first['msg']}".strip())
        return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def product_sheets(request: HttpRequest) -> HttpResponse:
    """Sheets out and in: what is in force, and a sheet as one change; a sheet with a bad row is refused whole."""
    person = signed_in(request)
    lines = lines_to_propose(person)
    form = ProposedSheet(
        request.POST or None,
        request.FILES or None,
        lines=lines,
        effective=next_effective_date(),
        initial={"line": likely_line(lines)},
    )
    context: dict[str, Any] = {"form": form, "sheets": SHEET_NAMES, "may_propose": lines.exists(), "day": day_of(request.GET)}
    status = 200
    if request.method == "POST":
        status = 422
        if line_to_propose_on(person, request.POST.get("line", "")) is None:
            raise Http404
        form.fields["line"].queryset = BusinessLine.objects.all()  # type: ignore[attr-defined]  # the action says who may
        if form.is_valid():
            brought = form.cleaned_data["file"]
            try:
                change = propose_sheet(
                    what=form.cleaned_data["what"],
                    data=brought.read(MOST_BYTES + 1),
                    line_code=form.cleaned_data["line"].code,
                    reason=form.cleaned_data["reason"],
                    effective_date=form.cleaned_data["effective_date"],
                    actor=person,
                )
            except SheetRefused as refusal:
                context["cells"] = refusal.facts["problems"]
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Submitted: it holds as soon as somebody else has agreed and its date has come."))
                return redirect("change", change_id=change.pk)
    return render(request, "lines/products/sheets.html", context, status=status)


@require_safe
@login_required
def product_sheet(request: HttpRequest, what: str) -> StreamingHttpResponse:
    """What is in force as a file that spreadsheets open, of products those that the person may see."""
    if what not in SHEETS:
        raise Http404
    rows = sheet_on(what, day_of(request.GET), signed_in(request))
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{what}.csv"'
    return answer
