"""What a site asks of every process beyond what can run: names, keepers, runbooks, windows, descriptions. Pure.

A standard is a kind from a closed set, what it is about, how bad its breach is and, for names, a pattern. Nothing of it is code.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.feel.functions.patterns import compiled
from apps.kernel.front_door import Refused, open_document
from apps.kernel.problems import Problem, Severity
from apps.processes.core.plan import NodeKind
from apps.processes.core.reader.context import bpmn, children, local, text_of
from apps.processes.core.vocabulary import BPMN, CLEARWAY, KINDS
from apps.processes.states import StandardAbout, StandardKind

PATTERN_SECONDS = 0.05
"""A pattern that takes longer on one name counts as not followed."""
HUMAN = frozenset({NodeKind.USER_TASK, NodeKind.MANUAL_TASK})
AUTOMATIC = frozenset(
    {NodeKind.SERVICE_TASK, NodeKind.SEND_TASK, NodeKind.SCRIPT_TASK, NodeKind.BUSINESS_RULE_TASK, NodeKind.RECEIVE_TASK}
)
STEPS = HUMAN | AUTOMATIC | {NodeKind.TASK, NodeKind.CALL_ACTIVITY}
_MEANT = {StandardAbout.STEPS: STEPS, StandardAbout.HUMAN: HUMAN, StandardAbout.AUTOMATIC: AUTOMATIC}
OF_PROCESS = frozenset({StandardKind.OWNER, StandardKind.BACKUP})
"""Kinds that only a process can keep."""
OF_STEPS = frozenset({StandardKind.WINDOW})
WITH_PATTERN = frozenset({StandardKind.ID, StandardKind.NAME})


@dataclass(frozen=True)
class Standard:
    """`hint` is what the site says to whoever breaks it."""

    kind: StandardKind
    about: StandardAbout
    severity: Severity
    pattern: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Described:
    """What is known of the process itself. `with_window`: the steps that have a window on its line."""

    key: str
    name: str
    has_owner: bool = False
    has_backup: bool = False
    has_runbook: bool = False
    has_description: bool = False
    with_window: frozenset[str] = frozenset()


def is_usable(kind: StandardKind, about: StandardAbout, pattern: str) -> bool:
    """Whether the parts fit together: some kinds ask for a process, one for steps, and names ask for a pattern."""
    if (kind in OF_PROCESS and about != StandardAbout.PROCESS) or (kind in OF_STEPS and about == StandardAbout.PROCESS):
        return False
    return compiled(pattern, "") is not None if kind in WITH_PATTERN and pattern else not pattern and kind not in WITH_PATTERN


def standard_problems(xml: bytes, process: Described, standards: Iterable[Standard]) -> list[Problem]:
    """Every breach, in the order of the standards and then of the model. A model that cannot be read has none of them."""
    try:
        root = open_document(xml)
    except Refused:
        return []
    steps = list(_steps(root, process.key))
    return [
        Problem(element, f"standard.{standard.kind}", f"{sentence} {standard.hint}".strip(), standard.severity)
        for standard in standards
        for element, sentence in _breaches(standard, process, steps)
    ]


def _breaches(standard: Standard, process: Described, steps: list[etree._Element]) -> Iterator[tuple[str, str]]:
    if standard.about == StandardAbout.PROCESS:
        sentence = _of_process(standard, process)
        if sentence:
            yield process.key, sentence
        return
    for step in steps:
        if KINDS[local(step)[1]] in _MEANT[standard.about]:
            sentence = _of_step(standard, step, process.with_window)
            if sentence:
                yield step.get("id", ""), sentence


def _of_process(standard: Standard, process: Described) -> str:
    """What the process itself lacks; empty when it keeps the standard."""
    if standard.kind in WITH_PATTERN:
        text = process.key if standard.kind == StandardKind.ID else process.name
        return _misnamed(text, standard.pattern)
    kept, sentence = {
        StandardKind.OWNER: (process.has_owner, _("The process names no owner who is still here.")),
        StandardKind.BACKUP: (process.has_backup, _("The process names no backup of its owner who is still here.")),
        StandardKind.RUNBOOK: (process.has_runbook, _("The process has no link to a runbook.")),
        StandardKind.DESCRIPTION: (process.has_description, _("The process has no description.")),
    }[standard.kind]
    return "" if kept else sentence


def _of_step(standard: Standard, step: etree._Element, with_window: Collection[str]) -> str:
    if standard.kind in WITH_PATTERN:
        return _misnamed(step.get("id" if standard.kind == StandardKind.ID else "name", ""), standard.pattern)
    if standard.kind == StandardKind.WINDOW:
        has_one = step.get("id") in with_window or bool(step.get(f"{{{CLEARWAY}}}deadline"))
        return "" if has_one else _("The step has neither a window nor a deadline.")
    if standard.kind == StandardKind.RUNBOOK:
        return "" if step.get(f"{{{CLEARWAY}}}runbook") else _("The step has no runbook.")
    said = " ".join(text_of(child) or "" for child in children(step, "documentation")).strip()
    return "" if said else _("The step has no documentation.")


def _misnamed(text: str, pattern: str) -> str:
    if not text:
        return _("It has no name.")
    found = compiled(pattern, "")
    try:
        follows = found is not None and found.fullmatch(text, timeout=PATTERN_SECONDS) is not None
    except TimeoutError:
        follows = False
    return "" if follows else _("“{text}” does not follow the pattern “{pattern}”.").format(text=text, pattern=pattern)


def _steps(root: etree._Element, key: str) -> Iterator[etree._Element]:
    """The activities of the process of this key; of all processes where none is called so."""
    holders = [process for process in root.iter(bpmn("process")) if process.get("id") == key] or [root]
    for holder in holders:
        for element in holder.iter(f"{{{BPMN}}}*"):
            if KINDS.get(local(element)[1]) in STEPS:
                yield element
