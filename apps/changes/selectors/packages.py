"""What a package says beside the models: the windows and placements of its processes, as items of a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from pydantic import ValidationError

from apps.changes.conf import Words, item_kind
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import windows_now
from apps.engine.models import Placement
from apps.people.models import BusinessLine
from apps.processes.core.packages import PARAMETERS, Package, Packed
from apps.processes.errors import PackageRefused
from apps.processes.models import Process

WINDOW, PLACEMENT = "step.window", "placement"
KINDS = {"windows": WINDOW, "placements": PLACEMENT}
"""What the file of parameters calls them, and the kinds of items that they become."""


@dataclass(frozen=True)
class Parameter:
    """One item that a package brings beside models. `place` is where it stands in the file."""

    process: str
    place: str
    kind: str
    content: dict[str, Any]


def parameters_in(package: Package, day: date) -> list[Parameter]:
    """What is not so here on the date, in the order of the file; of what the package does not name nothing is said.

    Two queries and one for each line; none when the package says nothing. Raises PackageRefused with the place of what is no
    parameter.
    """
    said = [parameter for one in package.processes for name in KINDS for parameter in _said(one, name)]
    if not said:
        return []
    here = {one.key: one for one in Process.objects.filter(key__in={one.process for one in said})}
    kept: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS.values()}
    for line in {process.line_id for process in here.values()}:
        kept[WINDOW] |= windows_now(line, day, [key for key, process in here.items() if process.line_id == line])
    of_its_line = Placement.objects.filter(process__in=here.values(), line=F("process__line"))
    for key, step, queue, pool in of_its_line.values_list("process__key", "node_id", "queue", "pool"):
        kept[PLACEMENT][f"{key} {step}"] = {"queue": queue, "pool": pool}
    return [one for one in said if kept[one.kind].get(f"{one.process} {one.content['step']}") != _values(one)]


def _said(packed: Packed, name: str) -> list[Parameter]:
    rows = packed.parameters.get(name, {})
    if not isinstance(rows, dict):
        raise _no_parameter(packed, name)
    found = []
    for step, row in sorted(rows.items()):
        place = f"{PARAMETERS} {name}.{step or '*'}"
        if not isinstance(row, dict) or {"process", "step", "removed", "valid_from"} & row.keys():
            raise _no_parameter(packed, f"{name}.{step or '*'}")
        found.append(Parameter(packed.key, place, KINDS[name], {**row, "process": packed.key, "step": step}))
    return found


def _no_parameter(packed: Packed, where: str) -> PackageRefused:
    reason = _("{place}: this is not what is written here.").format(place=f"{PARAMETERS} {where}")
    return PackageRefused(process=packed.key, reason=reason)


def _values(one: Parameter) -> dict[str, Any]:
    return {name: value for name, value in one.content.items() if name not in ("process", "step")}


@dataclass(frozen=True)
class ParameterView:
    """A parameter as the page shows it before anything is imported; `problem` where it is none."""

    parameter: Parameter
    label: Any
    words: Words | None
    problem: str = ""


def parameters_in_words(found: Sequence[Parameter], day: date) -> list[ParameterView]:
    """With what holds here on the date. A few queries for each kind and line."""
    keys = {one.process for one in found}
    lines = {process.key: process.line for process in Process.objects.filter(key__in=keys).select_related("line")}
    views: list[ParameterView] = []
    for kind in sorted({one.kind for one in found}, reverse=True):
        for line in dict.fromkeys(lines.get(one.process) for one in found):
            mine = [one for one in found if one.kind == kind and lines.get(one.process) == line]
            views += _views(kind, mine, Change(line=line or BusinessLine(), effective_date=day))
    return views


def _views(kind: str, found: Sequence[Parameter], change: Change) -> list[ParameterView]:
    owner, items = item_kind(kind), list[ChangeItem]()
    views = []
    for one in found:
        try:
            parsed = owner.content.model_validate(one.content)
        except ValidationError as refusal:
            first = refusal.errors()[0]
            views.append(ParameterView(one, owner.label, None, f"{'.'.join(map(str, first['loc']))} {first['msg']}".strip()))
        else:
            items.append(ChangeItem(change=change, kind=kind, subject=owner.subject(parsed), content=one.content))
            views.append(ParameterView(one, owner.label, None))
    words = iter(owner.describe(items, change)) if items else iter(())
    return [ParameterView(view.parameter, view.label, next(words)) if not view.problem else view for view in views]
