"""Pages on which the tests of a process are written. They parse, call one action, and answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.selectors import rights_of, signed_in
from apps.people.states import Right
from apps.processes import actions, selectors
from apps.processes.core.testing import Unusable, read_test
from apps.processes.errors import NoVersionYet, TestExists, TestUnusable
from apps.processes.forms import RemoveTestForm, TestForm, json_text
from apps.processes.models import Process, ProcessTest

BEGINNING = {"ended": True, "path": [], "variables": {}}
"""What an author finds under “Expected” of a new test."""

REMOVAL_IDS = "id_removal_%s"
"""Both forms of the page have a field `seen`."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_test(request: HttpRequest, key: str) -> HttpResponse:
    """The form for a test that does not exist yet."""
    person = signed_in(request)
    process = selectors.process_to_draw(person, key)
    form = TestForm(request.POST or None, initial=_texts({"variables": {}, "script": {}, "expected": BEGINNING}))
    status = 200
    if request.method == "POST" and request.POST.get("work") == "record":
        form, status = _record(form, process, person)
    elif request.method == "POST":
        status = _save(form, process, person, None)
        if status < 400:
            return _saved(request, form, process)
    return render(request, "processes/test.html", {"process": process, "form": form, "may_write": True}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stored_test(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One test: its authors change or remove it, others read it."""
    person = signed_in(request)
    found = selectors.test_for(person, key, number)
    form, removal, status = (
        TestForm(initial=_opened(found)),
        RemoveTestForm(initial={"seen": found.digest}, auto_id=REMOVAL_IDS),
        200,
    )
    if request.method == "POST" and request.POST.get("work") == "remove":
        removal = RemoveTestForm(request.POST, auto_id=REMOVAL_IDS)
        status = _remove(removal, found, person)
        if status < 400:
            messages.success(request, _("Removed: {name}.").format(name=found))
            return redirect("process", key=key)
    elif request.method == "POST" and request.POST.get("work") == "record":
        form, status = _record(TestForm(request.POST), found.process, person)
    elif request.method == "POST":
        form = TestForm(request.POST)
        status = _save(form, found.process, person, found.pk)
        if status < 400:
            return _saved(request, form, found.process)
    rights = rights_of(person).on(found.process.line_id, found.process_id)
    context = {"process": found.process, "test": found, "form": form, "removal": removal, "may_write": Right.EDIT in rights}
    return render(request, "processes/test.html", context, status=status)


def _saved(request: HttpRequest, form: TestForm, process: Process) -> HttpResponse:
    messages.success(request, _("Saved: {name}.").format(name=form.cleaned_data["name"]))
    return redirect("process", key=process.key)


def _save(form: TestForm, process: Process, person: User, test_id: int | None) -> int:
    """The status of the answer; what was refused stands at the field that it is about."""
    if not form.is_valid():
        # who may not write is told so, whatever the form says
        selectors.process_to_draw(person, process.key)
        return 422
    try:
        seen = form.cleaned_data["seen"] or None
        actions.save_test(process_key=process.key, test=form.test(), test_id=test_id, seen=seen, actor=person)
    except (TestUnusable, TestExists) as refusal:
        return _refuse(form, refusal)
    except DomainError as refusal:
        if refusal.http_status == 403:
            raise
        form.add_error(None, str(refusal))
        return refusal.http_status
    return 302


def _record(form: TestForm, process: Process, person: User) -> tuple[TestForm, int]:
    """The form with all that the newest version does as what is expected; nothing is saved."""
    selectors.process_to_draw(person, process.key)
    if not form.is_valid():
        return form, 422
    try:
        found = selectors.as_the_newest_does(process, read_test(form.test()))
    except Unusable as refusal:
        return form, _refuse(form, TestUnusable.because_of(refusal))
    if found is None:
        return form, _refuse(form, NoVersionYet())
    number, case = found
    filled = TestForm({name: form.data.get(name, "") for name in form.fields} | {"expected": json_text(case.expected.as_dict())})
    filled.recorded_from = number
    return filled, 200


def _refuse(form: TestForm, refusal: DomainError) -> int:
    field = str(refusal.facts.get("place", "name" if isinstance(refusal, TestExists) else "")).partition(".")[0]
    form.add_error(field if field in form.fields else None, str(refusal))
    return refusal.http_status


def _remove(form: RemoveTestForm, test: ProcessTest, person: User) -> int:
    if not form.is_valid():
        selectors.process_to_draw(person, test.process.key)
        return 422
    try:
        actions.remove_test(process_key=test.process.key, test_id=test.pk, actor=person, **form.cleaned_data)
    except DomainError as refusal:
        if refusal.http_status == 403:
            raise
        form.add_error(None, str(refusal))
        return refusal.http_status
    return 302


def _opened(test: ProcessTest) -> dict[str, Any]:
    parts = {"variables": test.variables, "script": test.script, "expected": test.expected}
    return {"name": test.name, "seen": test.digest} | _texts(parts)


def _texts(parts: dict[str, Any]) -> dict[str, str]:
    return {name: json_text(value) for name, value in parts.items()}
