"""Pages about processes and their versions. They parse, call one action, and answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.kernel.errors import DomainError, StaleState
from apps.people.models import User
from apps.people.selectors import lines_where, rights_by_line, signed_in
from apps.people.states import Right
from apps.processes import actions, selectors
from apps.processes.core.differences import What
from apps.processes.errors import ModelRefused, TestsFail
from apps.processes.forms import DraftForm, FinishForm, MoveForm, ProcessForm, is_version_number
from apps.processes.models import Process, ProcessVersion
from apps.processes.views import editor
from apps.processes.views.comparing import Row, told


def _key(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if is_version_number(text) else None


@require_safe
@login_required
def processes(request: HttpRequest) -> HttpResponse:
    """Every process of the person's lines, and what waits for their decision."""
    person = signed_in(request)
    after = request.GET.get("after", "")[:60]
    found = list(
        selectors.processes_for(person).filter(key__gt=after).prefetch_related(selectors.in_force())[: selectors.PAGE + 1]
    )
    awaiting = selectors.versions_awaiting(person)[: selectors.PAGE]
    context = {"processes": found[: selectors.PAGE], "more": len(found) > selectors.PAGE, "awaiting": awaiting, "after": after}
    context["may_write"] = lines_where(person, Right.AUTHOR).exists()
    return render(request, "processes/processes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_process(request: HttpRequest) -> HttpResponse:
    """The form for a process that does not exist yet; from a template it has a first draft at once."""
    person = signed_in(request)
    lines = lines_where(person, Right.AUTHOR)
    form, status = ProcessForm(request.POST or None, lines=lines), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _create(form.cleaned_data, person)
            except DomainError as refusal:
                form.add_error("template" if isinstance(refusal, ModelRefused) else "key", str(refusal))
                status = refusal.http_status
    return render(request, "processes/new_process.html", {"form": form, "may_write": lines.exists()}, status=status)


def _create(data: dict[str, Any], person: User) -> HttpResponse:
    facts = {name: data[name] for name in ("key", "name_zh", "name_en")} | {"line_id": data["line"].pk, "actor": person}
    if data["template"] is None:
        return redirect("process", key=actions.create_process(**facts).key)
    draft = actions.create_process_from_template(**facts, template_key=data["template"].key)
    return redirect("process-version", key=data["key"], number=draft.number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def process(request: HttpRequest, key: str) -> HttpResponse:
    """One process: its versions, newest first, and a form for a new draft."""
    person = signed_in(request)
    found = selectors.process_for(person, key)
    rights = rights_by_line(person).get(found.line_id, set())
    form, status = DraftForm(), 200
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        form = DraftForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                data = form.cleaned_data
                draft = actions.save_draft(process_key=key, model_xml=data["model"], note=data["note"], actor=person)
            except DomainError as refusal:
                form.add_error("model", str(refusal))
                status = refusal.http_status
                problems = refusal.facts["problems"] if isinstance(refusal, ModelRefused) else []
            else:
                return redirect("process-version", key=key, number=draft.number)
    versions = list(selectors.versions_of(found, _key(request, "before"))[: selectors.PAGE + 1])
    context = {
        "process": found,
        "versions": versions[: selectors.PAGE],
        "more": len(versions) > selectors.PAGE,
        "form": form,
        "may_write": Right.AUTHOR in rights,
        "may_operate": Right.OPERATE in rights,
        "problems": problems,
        "tests": list(selectors.tests_of(found)),
    }
    return render(request, "processes/process.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version: diagram, checks, what differs from the version in force, and the moves this person may make.

    `?tests` plays the tests of the process on it, which may take seconds: a page that is only read does not wait for it.
    """
    person = signed_in(request)
    found = selectors.version_for(person, key, number)
    form = MoveForm(request.POST or None)
    status, plays = 200, "tests" in request.GET
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _make_move(found, form.cleaned_data, person)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status, plays = refusal.http_status, isinstance(refusal, TestsFail)
                found = selectors.version_for(person, key, number)
            else:
                messages.success(request, _("Done: {version}.").format(version=found))
                return redirect("process-version", key=key, number=number)
    context = _version_context(found, person, form)
    context["results"] = selectors.test_results(found) if plays else None
    return render(request, "processes/version.html", context, status=status)


def _make_move(seen: ProcessVersion, data: dict[str, Any], person: User) -> None:
    if data["state"] != seen.state:
        raise StaleState(what=str(seen), state=seen.get_state_display())
    actions.MOVES[data["move"]](version_id=seen.pk, actor=person, reason=data["reason"].strip(), seen=data["digest"])


def _version_context(found: ProcessVersion, person: User, form: MoveForm) -> dict[str, Any]:
    published = selectors.published_version(found.process.key)
    compared = published if published is not None and published.pk != found.pk else None
    after = selectors.plan_of(found)
    names = selectors.names_for_reader(found.pk, found.plan_digest)
    return {
        "version": found,
        "approval": selectors.approval_of(found),
        "problems": selectors.problems_of(found),
        "moves": selectors.moves_for(person, found, rights_by_line(person).get(found.process.line_id, set())),
        "form": form,
        "tests": found.process.tests.count(),
        "compared": compared,
        "told": _told_against(compared, found) if compared else [],
        "steps": [(node, names.get(node.id, node.name)) for node in after.nodes.values() if node.name],
    }


def _told_against(compared: ProcessVersion, found: ProcessVersion) -> list[Row]:
    """What the two say differently; what is only drawn differently has no place on this page."""
    return [row for row in told(selectors.differences_of(compared, found)) if row.what != What.MOVED]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest, key: str) -> HttpResponse:
    """The editor of a process's working copy. A POST opens, finishes or discards it; the editor itself saves by the API."""
    person = signed_in(request)
    found = selectors.process_to_draw(person, key)
    form, status = FinishForm(request.POST or None), 200
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            if (done := _draw_on(request.POST.get("work", ""), form, found, person)) is not None:
                return done
            status = 422
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.http_status
            problems = refusal.facts["problems"] if isinstance(refusal, ModelRefused) else []
    copy = selectors.working_copy_of(found)
    context: dict[str, Any] = {"process": found, "copy": copy, "form": form, "problems": problems}
    if copy is not None:
        context |= {"steps": editor.steps(), "words": editor.words()}
        context["choices"] = selectors.drawing_choices(person, found)
    return render(request, "processes/draw.html", context, status=status)


def _draw_on(work: str, form: FinishForm, process: Process, person: User) -> HttpResponse | None:
    """Does what was asked for; None when the form is not filled in."""
    if work == "open":
        actions.open_working_copy(process_key=process.key, actor=person)
        return redirect("draw", key=process.key)
    if not form.is_valid():
        return None
    seen, note = form.cleaned_data["seen"], form.cleaned_data["note"]
    if work == "discard":
        actions.discard_working_copy(process_key=process.key, seen=seen, reason=note, actor=person)
        return redirect("process", key=process.key)
    draft = actions.finish_working_copy(process_key=process.key, seen=seen, note=note, actor=person)
    return redirect("process-version", key=process.key, number=draft.number)


@require_safe
@login_required
def model(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The BPMN model: with names in the reader's language for the page, as it was written for a download."""
    found = selectors.version_for(signed_in(request), key, number)
    text = found.model_xml if "download" in request.GET else selectors.model_for_reader(found.pk, found.plan_digest)
    response = HttpResponse(text, content_type="application/xml; charset=utf-8")
    # Never shown as a document: elements of other namespaces in it could be script there.
    response["Content-Disposition"] = f'attachment; filename="{found.process.key}-v{found.number}.bpmn"'
    return response
