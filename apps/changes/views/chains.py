"""The chain of processes as a picture with its table, and what a version would touch."""

import re
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.changes import selectors
from apps.changes.core.layout import HIGH, WIDE, Box, Curve, picture
from apps.changes.selectors.chains import ChainLink, ChainProcess
from apps.changes.selectors.freezing import policy_of
from apps.changes.selectors.recordings import replay_of_version
from apps.changes.states import LinkKind
from apps.journal.selectors import feed_position
from apps.people.selectors import lines_visible_to, signed_in
from apps.processes.selectors import version_for

FILE = "file:"
LITERAL = re.compile(r'"([^"]*)"')
SHOWN = 22
"""So many signs of a name fit into its box."""


@dataclass(frozen=True)
class Shown:
    """A box of the picture: a process, or a file without one."""

    box: Box
    label: str
    process: ChainProcess | None

    @property
    def middle(self) -> int:
        return self.box.x + WIDE // 2

    @property
    def first_line(self) -> int:
        return self.box.y + HIGH // 2 - 4

    @property
    def second_line(self) -> int:
        return self.box.y + HIGH // 2 + 13


@dataclass(frozen=True)
class Drawn:
    """A curve of the picture, with how it looks."""

    path: str
    kind: str
    is_modelled: bool


@require_safe
@login_required
def topology(request: HttpRequest) -> HttpResponse:
    """Every process that leads to another one, in columns; those without a link are in the table only."""
    person = signed_in(request)
    lines = list(lines_visible_to(person))
    line = request.GET.get("line", "")
    line = line if line in {row.code for row in lines} else ""
    chain = selectors.chain_for(person, line)
    pairs = [(_named(one.link.source, one), one.link.target) for one in chain.links]
    drawn = picture({key for pair in pairs for key in pair}, pairs)
    known = {one.key: one for one in chain.processes}
    context = {
        "lines": lines,
        "chosen": line,
        "chain": chain,
        "picture": drawn,
        "wide": WIDE,
        "high": HIGH,
        "boxes": [Shown(box, _label(box.key, known), known.get(box.key)) for box in drawn.boxes],
        "curves": [
            Drawn(curve.path, chain.links[curve.number].link.kind, chain.links[curve.number].is_modelled)
            for curve in drawn.curves
        ],
        "names": {one.key: one.name for one in chain.processes},
        "rows": [(one, known.get(one.link.source), known[one.link.target]) for one in chain.links],
    }
    return render(request, "changes/topology.html", context)


def _named(source: str, one: ChainLink) -> str:
    """A file is never taken for a process of the same name."""
    return f"{FILE} {source}" if one.link.kind == LinkKind.FILE else source


def _drawn(curve: Curve, one: ChainLink) -> Drawn:
    return Drawn(curve.path, one.link.kind, one.is_modelled)


def _literals(expression: str) -> str:
    """What is written out in the key of a file; what a run computes between it is left out."""
    said = "…".join(LITERAL.findall(expression))
    return said if any(letter.isalnum() for letter in said) else expression


def _label(key: str, known: dict[str, ChainProcess]) -> str:
    text = known[key].name if key in known else _literals(key.removeprefix(FILE).strip())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


@require_safe
@login_required
def version_impact(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What one version would touch beside the one in force, and how recorded runs would have gone in it."""
    person = signed_in(request)
    position = feed_position()
    version = version_for(person, key, number)
    days = policy_of(version.process.line_id).replay_days
    section = {"version": version, "replay": replay_of_version(version), "days": days}
    if request.GET.get("part") == "replay":
        return render(request, "changes/_replay.html", {"section": section})
    impact = selectors.impact_of_version(person, version)
    context = {"version": version, "impact": impact, "section": section, "feed_after": position}
    return render(request, "changes/impact.html", context)
