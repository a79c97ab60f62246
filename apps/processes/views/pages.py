"""Pages about processes and their versions. They parse, call one action, and answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.kernel.errors import DomainError, StaleState
from apps.kernel.pages import cut
from apps.people.models import BusinessLine, User
from apps.people.selectors import Held, lines_where, rights_of, signed_in
from apps.people.states import Right
from apps.processes import actions, selectors
from apps.processes.core.differences import What
from apps.processes.errors import BaseNotInForce, ModelRefused, TestsFail
from apps.processes.forms import DraftForm, FinishForm, MoveForm, ProcessForm, is_version_number
from apps.processes.models import Process, ProcessTemplate, ProcessVersion
from apps.processes.selectors.variants import variant_of, variants_of
from apps.processes.states import VersionState
from apps.processes.views import tables
from apps.processes.views.comparing import Row, told
from apps.tickets.selectors.links import tickets_behind


def _key(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if is_version_number(text) else None


@require_safe
@login_required
def processes(request: HttpRequest) -> HttpResponse:
    """Every process of the person's lines, and what waits for their decision."""
    person = signed_in(request)
    after = request.GET.get("after", "")[:60]
    rows = selectors.processes_for(person).filter(key__gt=after).prefetch_related(selectors.in_force())
    page = cut(rows, selectors.PAGE)
    held = rights_of(person)
    awaiting = selectors.versions_awaiting(person, held)[: selectors.PAGE]
    context = {"processes": page.rows, "more": page.more, "awaiting": awaiting, "after": after}
    context["may_write"] = any(Right.EDIT in rights for rights in held.by_line.values())
    return render(request, "processes/processes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_process(request: HttpRequest) -> HttpResponse:
    """The form for a process that does not exist yet; from a template it has a first draft at once."""
    person = signed_in(request)
    lines = lines_where(person, Right.EDIT)
    bases = selectors.processes_for(person).filter(versions__state=VersionState.PUBLISHED)
    initial = _from_template(request, lines) | _from_base(request, bases)
    form, status = ProcessForm(request.POST or None, lines=lines, bases=bases, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _create(form.cleaned_data, person)
            except DomainError as refusal:
                form.add_error(_field_of(refusal), str(refusal))
                status = refusal.http_status
    return render(request, "processes/new_process.html", {"form": form, "may_write": lines.exists()}, status=status)


def _from_template(request: HttpRequest, lines: QuerySet[BusinessLine]) -> dict[str, Any]:
    """`?template=<key>` chooses the template and offers its names; who writes for one line only need not choose it."""
    template = ProcessTemplate.objects.filter(key=request.GET.get("template", "")[:60]).first()
    only = lines[:2]
    chosen = {"template": template.key, "name_zh": template.name_zh, "name_en": template.name_en} if template else {}
    return chosen | ({"line": only[0].pk} if len(only) == 1 else {})


def _from_base(request: HttpRequest, bases: QuerySet[Process]) -> dict[str, Any]:
    """A form that was opened on the page of a base is filled in with it, and with its line where the person writes there."""
    base = bases.filter(key=request.GET.get("base", "")).first() if request.method != "POST" and request.GET.get("base") else None
    return {"base": base.key, "line": base.line_id} if base else {}


def _field_of(refusal: DomainError) -> str:
    places: dict[type[DomainError], str] = {ModelRefused: "template", BaseNotInForce: "base"}
    return places.get(type(refusal), "key")


def _create(data: dict[str, Any], person: User) -> HttpResponse:
    facts = {name: data[name] for name in ("key", "name_zh", "name_en")} | {"line_id": data["line"].pk, "actor": person}
    if data["base"] is not None:
        actions.create_variant(**facts, base_key=data["base"].key)
        return redirect("process", key=data["key"])
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
    held = rights_of(person)
    rights = held.on(found.line_id, found.pk)
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
    versions = cut(selectors.versions_of(found, _key(request, "before")), selectors.PAGE)
    variants = cut(variants_of(person, found, request.GET.get("variants", "")[:60]), selectors.PAGE)
    context = {
        "process": found,
        "versions": versions.rows,
        "more": versions.more,
        "form": form,
        "may_write": Right.EDIT in rights,
        "may_operate": Right.INTERVENE in rights,
        "problems": problems,
        "tests": list(selectors.tests_of(found)),
        "variant": variant_of(person, found),
        "variants": variants.rows,
        "more_variants": variants.more,
        "can_be_base": any(one.state == VersionState.PUBLISHED for one in versions.rows) and _writes_somewhere(held),
    }
    return render(request, "processes/process.html", context, status=status)


def _writes_somewhere(held: Held) -> bool:
    return any(Right.EDIT in rights for rights in held.by_line.values())


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
    rights = rights_of(person).on(found.process.line_id, found.process_id)
    return {
        "version": found,
        "approval": selectors.approval_of(found),
        "tickets": tickets_behind(person, found.pk, found.decided_with),
        "problems": selectors.problems_of(found),
        "moves": selectors.moves_for(person, found, rights),
        "may_carry": Right.EDIT in rights and selectors.may_go_with_a_change(found, person),
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
        context |= tables.editor_parts(copy.model_xml, selectors.drawing_choices(person, found))
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
