"""Pages about changes. They parse, call one action, and answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.approvals.selectors import turn_in
from apps.approvals.states import ENDED
from apps.changes import actions
from apps.changes.conf import item_form, item_kinds
from apps.changes.errors import NotFinal
from apps.changes.forms import PUTS_TOGETHER, ChangeFilter, ChangeForm, MoveForm, NewChangeForm
from apps.changes.models import Change
from apps.changes.selectors import lifecycle as selectors
from apps.changes.states import ChangeState
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError
from apps.kernel.pages import cut
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to, lines_where, rights_by_line, signed_in
from apps.people.states import Right
from apps.processes.selectors import version_for


@require_safe
@login_required
def changes(request: HttpRequest) -> HttpResponse:
    """Changes of the person's lines, newest first; the filter is in the address."""
    person = signed_in(request)
    position = feed_position()
    wanted = ChangeFilter(request.GET)
    wanted.is_valid()
    show, line, last = (wanted.cleaned_data.get(name) for name in ("show", "line", "last"))
    rows = selectors.changes_for(person)
    if show != "all":
        rows = rows.filter(state__in=selectors.OPEN if show in ("", "open", None) else [show])
    rows = rows.filter(line__code=line) if line else rows
    page = cut(rows.filter(pk__lt=last) if last else rows, selectors.PAGE)
    context = {
        "changes": page.rows,
        "more": page.more,
        "show": show or "open",
        "line": line or "",
        "lines": lines_visible_to(person),
        "states": ChangeState.choices,
        "may_write": _lines_to_write(person).exists(),
        "feed_after": position,
    }
    return render(request, "changes/_changes.html" if _is_part(request) else "changes/changes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_change(request: HttpRequest) -> HttpResponse:
    """The form of a change that is not there yet; with `?process=&version=` it carries this version at once."""
    person = signed_in(request)
    lines = _lines_to_write(person)
    carried = {"process": request.GET.get("process", ""), "version": request.GET.get("version", "")}
    form, status = NewChangeForm(request.POST or None, lines=lines, initial=_initial(carried, person)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect("change", change_id=_created(dict(form.cleaned_data), person).pk)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
    context = {"form": form, "may_write": lines.exists(), "carried": carried if carried["process"] else None}
    return render(request, "changes/new_change.html", context, status=status)


def _initial(carried: dict[str, str], person: User) -> dict[str, Any]:
    found: dict[str, Any] = {"effective_date": selectors.next_effective_date()}
    if carried["process"] and carried["version"].isascii() and carried["version"].isdigit() and len(carried["version"]) < 10:
        version = version_for(person, carried["process"], int(carried["version"]))
        found |= {"line": version.process.line.code, "title": str(version), "reason": version.note, **carried}
    return found


def _created(data: dict[str, Any], person: User) -> Change:
    line, process, version = data.pop("line"), data.pop("process"), data.pop("version")
    with transaction.atomic():
        change = actions.create_change(line_id=line.pk, actor=person, **data)
        if process and version:
            content = {"process": process, "number": version}
            actions.add_item(change_id=change.pk, kind="process.version", content=content, actor=person)
    return change


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, change_id: int) -> HttpResponse:
    """One change: what it carries in words, where it stands, and what this person may do with it."""
    person = signed_in(request)
    position = feed_position()
    found = selectors.change_for(person, change_id)
    form, status = MoveForm(request.POST or None), 200
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                moved = MOVES[form.cleaned_data["verb"]](found, form.cleaned_data, person)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
                problems = refusal.facts["problems"] if isinstance(refusal, NotFinal) else []
                found = selectors.change_for(person, change_id)
            else:
                messages.success(request, _("Done: {title}.").format(title=moved.title))
                return redirect("change", change_id=moved.pk)
    context = {**_context(found, person), "form": form, "refused": problems, "feed_after": position}
    template = "changes/_change.html" if _is_part(request) and request.method != "POST" else "changes/change.html"
    return render(request, template, context, status=status)


def _submit(found: Change, said: dict[str, Any], person: User) -> Change:
    return actions.submit_change(change_id=found.pk, actor=person, seen=said["seen"] or None)


def _withdraw(found: Change, said: dict[str, Any], person: User) -> Change:
    return actions.withdraw_change(change_id=found.pk, actor=person, reason=said["reason"])


def _discard(found: Change, said: dict[str, Any], person: User) -> Change:
    return actions.discard_change(change_id=found.pk, actor=person, reason=said["reason"])


def _remove(found: Change, said: dict[str, Any], person: User) -> Change:
    return actions.remove_item(change_id=found.pk, item_id=said["item"] or 0, actor=person)


def _roll_back(found: Change, said: dict[str, Any], person: User) -> Change:
    return actions.roll_back_change(change_id=found.pk, actor=person, reason=said["reason"])


MOVES: dict[str, Callable[[Change, dict[str, Any], User], Change]] = {
    "submit": _submit,
    "withdraw": _withdraw,
    "discard": _discard,
    "remove-item": _remove,
    "roll-back": _roll_back,
}


def _context(found: Change, person: User) -> dict[str, Any]:
    rights = rights_by_line(person).get(found.line_id, set())
    may_write = bool(rights & PUTS_TOGETHER)
    is_draft = found.state == ChangeState.DRAFT
    approval = selectors.approval_of(found)
    on_its_way = approval is not None and approval.state not in ENDED
    return {
        "change": found,
        "items": selectors.items_in_words(found),
        "digest": selectors.content_digest(found) if is_draft and may_write else found.digest,
        "approval": approval,
        "stands_at": f"approval/{approval.pk}" if on_its_way and approval is not None else f"change/{found.pk}",
        "may_decide": on_its_way and approval is not None and turn_in(person, approval) is not None,
        "may_edit": is_draft and may_write,
        "kinds": _kinds_to_add(person, rights) if is_draft else [],
        "may_withdraw": _may_withdraw(found, approval, person, rights),
        "may_roll_back": found.state == ChangeState.ACTIVE and may_write,
        "problems": selectors.problems_of(found) if found.state in selectors.OPEN else [],
        "sections": selectors.sections_of(found, person),
        "history": selectors.history_of(found),
        "roll_backs": list(found.roll_backs.order_by("id")),
    }


def _may_withdraw(found: Change, approval: Any, person: User, rights: set[Right]) -> bool:
    if found.state == ChangeState.SUBMITTED:
        return approval is not None and approval.submitter_id == person.pk
    return found.state in (ChangeState.APPROVED, ChangeState.INCIDENT) and bool(rights & {*PUTS_TOGETHER, Right.APPROVE})


def _kinds_to_add(person: User, rights: set[Right]) -> list[Any]:
    forms = [(kind, item_form(kind.name)) for kind in reversed(item_kinds())]
    return [kind for kind, form in forms if form is not None and (person.is_superuser or rights & form.rights)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """The facts of a draft."""
    person = signed_in(request)
    found = selectors.change_for(person, change_id)
    names = list(ChangeForm.base_fields)
    form, status = ChangeForm(request.POST or None, initial={name: getattr(found, name) for name in names}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.edit_change(change_id=change_id, actor=person, **form.cleaned_data)
                return redirect("change", change_id=change_id)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
    return render(request, "changes/edit_change.html", {"change": found, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_item(request: HttpRequest, change_id: int, kind: str) -> HttpResponse:
    """The form of an item that is put into a draft."""
    person = signed_in(request)
    found = selectors.change_for(person, change_id)
    owner = next((each for each in item_kinds() if each.name == kind), None)
    put_in = item_form(kind)
    if owner is None or put_in is None:
        raise Http404
    form, status = put_in.form(request.POST or None, initial=request.GET.dict(), change=found, actor=person), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.add_item(change_id=change_id, kind=kind, content=form.content(), actor=person)
                return redirect("change", change_id=change_id)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
    return render(request, "changes/item.html", {"change": found, "kind": owner, "form": form}, status=status)


def _lines_to_write(person: User) -> Any:
    either = lines_where(person, Right.EDIT) | lines_where(person, Right.ADMINISTER)
    return BusinessLine.objects.filter(pk__in=either.values("pk"))


def _is_part(request: HttpRequest) -> bool:
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted
