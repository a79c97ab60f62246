"""The page on which two models of a process stand side by side, with what differs in words."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from apps.kernel.errors import NotFound
from apps.people.selectors import rights_of, signed_in
from apps.people.states import Right
from apps.processes import selectors
from apps.processes.core.differences import What
from apps.processes.core.differences.words import Words
from apps.processes.errors import NotComparable
from apps.processes.forms import is_version_number
from apps.processes.models import Process, ProcessVersion
from apps.processes.states import VersionState

TONES = {What.ADDED: "done", What.REMOVED: "failed", What.CHANGED: "person", What.MOVED: "skipped"}


@dataclass(frozen=True)
class Row:
    """One difference as the list shows it. `in_old`, `in_new`: whether the diagram of that side draws it."""

    element: str
    what: str
    sentence: str
    details: list[str]
    layout: list[str]
    tone: str
    letter: str
    in_old: bool
    in_new: bool


def told(words: Words) -> list[Row]:
    """Every difference, also of the picture alone, in the order in which it is told."""
    old, new, look = words.found.old.elements, words.found.new.elements, looks()
    return [
        Row(
            element=item.element,
            what=item.what.value,
            sentence=words.sentence(item),
            details=words.details(item),
            layout=words.layout(item),
            tone=TONES[item.what],
            letter=look[item.what.value]["letter"],
            in_old=item.element in old and bool(old[item.element].layout),
            in_new=item.element in new and bool(new[item.element].layout),
        )
        for item in words.found.items
    ]


def looks() -> dict[str, dict[str, str]]:
    """How each kind of difference is drawn: a colour, a letter for those who do not see it, and a word."""
    said = {
        What.ADDED: (pgettext("letter of a difference", "A"), _("Added")),
        What.REMOVED: (pgettext("letter of a difference", "R"), _("Removed")),
        What.CHANGED: (pgettext("letter of a difference", "C"), _("Changed")),
        What.MOVED: (pgettext("letter of a difference", "D"), _("Only drawn differently")),
    }
    return {what.value: {"tone": TONES[what], "letter": letter, "label": label} for what, (letter, label) in said.items()}


@require_safe
@login_required
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """Two versions, or a version and the working copy. Without a choice: what is in force against the newest."""
    person = signed_in(request)
    process = selectors.process_for(person, key)
    versions = list(selectors.versions_of(process)[: selectors.PAGE])
    may_draw = Right.EDIT in rights_of(person).on(process.line_id, process.pk)
    is_drawn = may_draw and selectors.is_being_drawn(process)
    old, new = _chosen(request, versions, is_drawn)
    context: dict[str, Any] = {
        "process": process,
        "choices": _choices(versions, is_drawn, old, new),
        "old": old,
        "new": new,
        "thread_of": next((version.pk for version in versions if str(version.number) == new), None),
    }
    status = 200
    if old and new:
        try:
            compared = selectors.comparison(person, process, old, new)
        except NotComparable as refusal:
            context["refusal"], status = str(refusal), refusal.http_status
        else:
            context |= _compared(process, told(compared.words), old, new)
    return render(request, "processes/compare.html", context, status=status)


def _compared(process: Process, rows: list[Row], old: str, new: str) -> dict[str, Any]:
    moved = [row for row in rows if row.what == What.MOVED or row.layout]
    return {
        "rows": rows,
        "counts": [(look, sum(row.what == what for row in rows)) for what, look in looks().items() if what != What.MOVED],
        "meaning": sum(row.what != What.MOVED for row in rows),
        "moved": len(moved),
        "looks": looks(),
        "states_old": {row.element: row.what for row in rows if row.in_old and row.what != What.MOVED},
        "states_new": {row.element: row.what for row in rows if row.in_new and row.what != What.MOVED},
        "old_model": _model_address(process, old),
        "new_model": _model_address(process, new),
        "old_table": _table_address(process, old),
        "new_table": _table_address(process, new),
        "old_name": _name(old),
        "new_name": _name(new),
    }


def _chosen(request: HttpRequest, versions: list[ProcessVersion], is_drawn: bool) -> tuple[str, str]:
    """Which two are asked for; empty texts where there is nothing to choose from. Raises NotFound for what is no number."""
    old, new = request.GET.get("from", ""), request.GET.get("to", "")
    for which in (old, new):
        if which and which != selectors.WORKING_COPY and not is_version_number(which):
            raise NotFound(what=_("process version"))
    if not new and is_drawn and len(versions) == 1:
        new = selectors.WORKING_COPY
    new = new or (str(versions[0].number) if versions else "")
    others = [version for version in versions if str(version.number) != new]
    in_force = next((version for version in others if version.state == VersionState.PUBLISHED), None)
    base = in_force or (others[0] if others else None)
    return old or (str(base.number) if base else ""), new


def _choices(versions: list[ProcessVersion], is_drawn: bool, *chosen: str) -> list[tuple[str, str]]:
    found = [(str(version.number), f"v{version.number} · {version.get_state_display()}") for version in versions]
    if is_drawn:
        found.insert(0, (selectors.WORKING_COPY, _name(selectors.WORKING_COPY)))
    known = {value for value, _label in found}
    return found + [(value, _name(value)) for value in dict.fromkeys(chosen) if value and value not in known]


def _name(which: str) -> str:
    return _("Working copy") if which == selectors.WORKING_COPY else _("Version {number}").format(number=which)


def _table_address(process: Process, which: str) -> str:
    """The working copy's table stands in its editor."""
    return "" if which == selectors.WORKING_COPY else reverse("process-table", args=[process.key, int(which)])


def _model_address(process: Process, which: str) -> str:
    if which == selectors.WORKING_COPY:
        return reverse("drawn-model", args=[process.key])
    return reverse("process-model", args=[process.key, int(which)])


@require_safe
@login_required
def drawn_model(request: HttpRequest, key: str) -> HttpResponse:
    """The working copy's model for the diagram of its page, with names in the reader's language."""
    person = signed_in(request)
    found = selectors.process_for(person, key)
    response = HttpResponse(selectors.drawn_model_for_reader(person, found), content_type="application/xml; charset=utf-8")
    # Never shown as a document: elements of other namespaces in it could be script there.
    response["Content-Disposition"] = f'attachment; filename="{found.key}-draft.bpmn"'
    return response
