"""The steps of a version as a table: to read, to take into a spreadsheet, and the words of the table that the editor shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.kernel.tables import BYTE_ORDER_MARK, csv_row
from apps.people.conf import conf as people
from apps.people.selectors import signed_in
from apps.people.states import STEP_ROLE_RIGHT, Role
from apps.processes import selectors
from apps.processes.conf import Window
from apps.processes.core.links import is_link
from apps.processes.core.table import Group, Row
from apps.processes.models import ProcessVersion
from apps.processes.views import editor


def columns() -> dict[str, str]:
    """The titles of the table by the names of its columns, in the order of a file."""
    return {
        "id": _("Id"),
        "phase": _("Phase"),
        "part": _("Part of the process"),
        "name": _("Step"),
        "nameEn": _("English name"),
        "kind": _("Kind"),
        "role": _("Owner"),
        "does": _("What it does"),
        "parameters": _("Parameters"),
        "window": _("Window"),
        "deadline": _("Deadline"),
        "runbook": _("Runbook"),
    }


def columns_in_every_language() -> dict[str, list[str]]:
    """What a column may be called in the first row of a table from elsewhere."""
    found: dict[str, list[str]] = {}
    for language in people.languages():
        with override(language):
            for name, title in columns().items():
                found.setdefault(name, []).append(title)
    return found


@dataclass(frozen=True)
class ShownRow:
    """A row with its words in the reader's language."""

    row: Row
    window: Window
    name: str
    kind: str
    role: str

    @property
    def runbook(self) -> str:
        return self.row.runbook if is_link(self.row.runbook) else ""

    @property
    def has_window(self) -> bool:
        return self.window != Window()

    def cells(self) -> list[str]:
        """The cells of a file, in the order of `columns`."""
        row, parameters = self.row, "\n".join(f"{name} = {value}" for name, value in self.row.parameters)
        window = str(self.window) if self.has_window else ""
        return [
            row.id,
            row.phase,
            row.part,
            row.name,
            row.name_en,
            self.kind,
            self.role,
            row.does,
            parameters,
            window,
            row.deadline,
            row.runbook,
        ]


def shown(version: ProcessVersion) -> Iterator[ShownRow]:
    """The rows of a version in the reader's language. One query."""
    kinds, in_english = editor.element_names(), (get_language() or "").startswith("en")
    for row, window in selectors.table_of(version):
        name = row.name_en if in_english and row.name_en else row.name
        role = str(Role(row.role).label) if row.role in STEP_ROLE_RIGHT else row.role
        kind = row.kind[:1].upper() + row.kind[1:]
        yield ShownRow(row, window, name, kinds.get(kind, kind), role)


@require_safe
@login_required
def version_table(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The steps of a version as rows, with the problems that the checker has with each."""
    version = selectors.version_for(signed_in(request), key, number)
    problems: dict[str, list[Any]] = {}
    for problem in selectors.problems_of(version):
        problems.setdefault(problem.element, []).append(problem)
    rows = [(row, problems.get(row.row.id, [])) for row in shown(version)]
    steps = sum(row.row.group is Group.STEP for row, _problems in rows)
    return render(request, "processes/table.html", {"version": version, "rows": rows, "steps": steps, "columns": columns()})


@require_safe
@login_required
def version_table_file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The same rows as a file that spreadsheets open: UTF-8 with its mark, parted by commas, formulas as text."""
    version = selectors.version_for(signed_in(request), key, number)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.process.key}-v{version.number}.csv"'
    response.write(BYTE_ORDER_MARK + csv_row(columns().values()))
    response.writelines(csv_row(row.cells()) for row in shown(version))
    return response


EDITOR_COLUMNS = ("name", "kind", "role", "does", "parameters", "window", "deadline", "runbook", "nameEn", "id")
"""As `COLUMNS` in static/js/table-fields.js."""


def editor_parts(model_xml: str, choices: dict[str, Any]) -> dict[str, Any]:
    """What the template of the editor shows around a model: steps to add, the table's columns, words, keys."""
    titles = columns()
    return {
        "model_xml": model_xml,
        "choices": choices,
        "steps": editor.steps(),
        "keys": editor.keys(),
        "columns": [(name, titles[name]) for name in EDITOR_COLUMNS],
        "words": {**editor.words(), "table": table_words()},
    }


def table_words() -> dict[str, Any]:
    """Every word that the table of the editor shows."""
    return {
        "titles": columns(),
        "names": columns_in_every_language(),
        "kinds": _kinds_in_every_language(),
        "windowHelp": _("Earliest start / latest start / latest end, kept as windows of steps"),
        "open": _("Open"),
        "close": _("Close"),
        "panel": _("Its parameters are edited on the right"),
        "notMoved": _("Only a step with one way in and one way out changes places with its neighbour of the same kind."),
        "notHere": _("This is not changed here"),
        "deleted": _("{name} is deleted"),
        "moved": _("{name} changed places with {other}"),
        "copied": _("{count} rows are copied; paste them into a spreadsheet"),
        "notDeleted": _("Processes and phases are deleted in the drawing"),
        "paste": {
            "nothing": _("Nothing would change."),
            "sum": _("{added} steps are added, {changed} cells changed, {refused} refused."),
            "allOrNothing": _("Nothing is taken over while a row is refused: correct it in the spreadsheet and paste again."),
            "added": _("New step “{name}” ({kind})"),
            "changed": _("{step}: {column} from “{from}” to “{to}”"),
            "line": _("Row {line}"),
            "reasons": _reasons(),
        },
    }


def _reasons() -> dict[str, str]:
    return {
        "head": _("The first row has to name the columns, such as Step, Kind and Owner."),
        "column": _("There is no such column."),
        "twice": _("This stands here twice."),
        "many": _("At most 500 rows are taken at once."),
        "wide": _("The row has more cells than the first one."),
        "gone": _("There is no step with this id. A new step has none."),
        "fixed": _("This is changed in the drawing, not by the table."),
        "never": _("A step of this kind has no such field."),
        "unknown": _("This is not one of the choices."),
        "link": _("A link begins with https:// or http://."),
        "line": _("Parameters are written as name = value, one in each line."),
        "parameter": _("What it does knows no parameter of this name."),
        "kind": _("There is no kind of step of this name."),
        "noKind": _("A new step needs a kind, an owner or what it does."),
        "noName": _("A new step needs a name."),
        "placed": _("A new step stands behind the chosen one; leave this empty."),
    }


def _kinds_in_every_language() -> list[dict[str, Any]]:
    """What a new row may be: steps by what they are for, then every kind of task by its own name."""
    steps: dict[str, dict[str, Any]] = {}
    for language in people.languages():
        with override(language):
            names = editor.element_names()
            for index, step in enumerate(editor.steps()):
                steps.setdefault(f"step {index}", {"names": [], "step": step.facts})["names"].append(step.title)
            for kind in editor.TASKS:
                found = steps.setdefault(kind, {"names": [kind], "step": {"type": f"bpmn:{kind}"}})
                found["names"].append(names[kind])
    return [{**one, "type": one["step"]["type"].removeprefix("bpmn:")} for one in steps.values()]
