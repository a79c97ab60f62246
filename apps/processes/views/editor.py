"""What the page of the editor needs besides the model: steps by what they are for, and its words in the reader's language."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.processes.conf import handler_titles

DECISION: dict[str, Any] = {
    "type": "object",
    "required": ["decision"],
    "additionalProperties": False,
    "properties": {
        "decision": {
            "type": "string",
            "title": "复核结论",
            "x-title-en": "Decision",
            "enum": ["approved", "returned"],
            "x-enum-titles": {"approved": "同意", "returned": "退回"},
            "x-enum-titles-en": {"approved": "Approve", "returned": "Return"},
        },
        "note": {"type": "string", "title": "说明", "x-title-en": "Note", "maxLength": 500, "x-widget": "textarea"},
    },
}
NOTE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"note": DECISION["properties"]["note"]},
}


@dataclass(frozen=True)
class Step:
    """One entry of the list of steps: from `facts` the editor makes the element."""

    icon: str
    title: str
    facts: dict[str, Any]

    @property
    def json(self) -> str:
        return json.dumps(self.facts, ensure_ascii=False)


def _step(icon: str, title: str, kind: str, **facts: Any) -> Step:
    return Step(icon, title, {"type": f"bpmn:{kind}", "name": title, **facts})


def steps() -> list[Step]:
    """Steps that clearing processes are made of, in the order in which a day needs them."""
    file_key = {"message": "files.arrived", "correlation": '"rtgs-sh/" + string(business date) + "/jsmx"'}
    nothing: dict[str, Any] = {"name": ""}
    return [
        _step("timer", _("Wait for a moment"), "IntermediateCatchEvent", timer=True),
        _step("file", _("Wait for a file"), "ReceiveTask", attributes=file_key),
        _step("settings", _("Automatic step"), "ServiceTask"),
        _step("scale", _("Reconcile"), "ServiceTask", **_first_handler("reconcile")),
        _step("send", _("Send a file"), "SendTask"),
        _step("user", _("Confirm (maker)"), "UserTask", attributes={"role": "maker"}, form=NOTE),
        _step("user-check", _("Approve (checker)"), "UserTask", attributes={"role": "checker"}, form=DECISION),
        _step("shield-check", _("Four-eyes approval"), "UserTask", attributes={"role": "checker"}, form=DECISION, checks=True),
        _step("hand", _("Operator's step"), "UserTask", attributes={"role": "operator"}, form=NOTE),
        _step("list-checks", _("Decision table"), "BusinessRuleTask"),
        _step("scroll-text", _("Compute"), "ScriptTask"),
        _step("corner-down-right", _("Call a process"), "CallActivity"),
        _step("git-branch", _("Either or"), "ExclusiveGateway", **nothing),
        _step("layers", _("At the same time"), "ParallelGateway", **nothing),
        _step("circle-dot", _("End"), "EndEvent", **nothing),
    ]


def _first_handler(word: str) -> dict[str, Any]:
    """The handler of this installation whose name says what is meant; none where no line brings one."""
    found = next((name for name in handler_titles() if word in name), "")
    return {"attributes": {"handler": found}} if found else {}


def keys() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be done with keys alone, part by part."""
    return [
        (
            _("Everywhere"),
            [
                ("Alt+T", _("Drawing or table")),
                ("?", _("These keys")),
                ("Ctrl+Z", _("Undo")),
                ("Ctrl+Y", _("Do again")),
            ],
        ),
        (
            _("In the drawing"),
            [
                ("Ctrl+C / Ctrl+V", _("Copy and paste")),
                ("Ctrl+A", _("Choose everything")),
                ("Ctrl+F", _("Search")),
                ("Delete", _("Delete")),
                ("← ↑ → ↓", _("Move what is chosen; with nothing chosen and Ctrl, the drawing")),
                ("Ctrl++ / Ctrl+-", _("Larger, smaller")),
                ("Ctrl+0", _("Life size")),
                ("R", _("Change the kind")),
                ("E", _("Change the name")),
                ("H / L / S / C", _("Hand, lasso, space and connecting tool")),
            ],
        ),
        (
            _("In the table"),
            [
                ("↑ ↓ ← →", _("Another cell; on a name, open and close")),
                ("Home / End", _("First and last cell; with Ctrl, row")),
                ("Enter", _("Change the cell, and keep it")),
                ("Esc", _("Leave the cell as it was")),
                ("Alt+↑ / Alt+↓", _("Change places with the step before or behind")),
                ("Insert", _("Add a step behind this one")),
                ("Delete", _("Delete")),
                ("Ctrl+C", _("Copy the row and all below it")),
                ("Ctrl+V", _("Paste from a spreadsheet")),
            ],
        ),
    ]


def words() -> dict[str, Any]:
    """Every word that the scripts of the editor show."""
    return {
        "saving": {
            "saved": _("Saved as revision {revision} at {time}"),
            "now": _("Saving…"),
            "pending": _("Not saved yet"),
            "offline": _("The server cannot be reached; it is tried again. Nothing is lost while this page is open."),
            "refused": _("Not saved:"),
            "conflict": _("Not saved: somebody else changed the same elements"),
            "others": _("{by} has saved revision {revision}; it is joined with yours"),
            "ended": _("{by} has ended this working copy; reload the page"),
            "merged": _("What others changed meanwhile is in the drawing now"),
        },
        "checks": {
            "error": _("Error"),
            "warning": _("Warning"),
            "info": pgettext("severity", "Note"),
            "found": _("{errors} errors, {others} other remarks"),
            "clean": _("The checker has nothing to say against this model."),
            "unchecked": _("The model could not be checked now"),
        },
        "panel": _panel_words(),
    }


def _panel_words() -> dict[str, Any]:
    return {
        "none": _("none"),
        "unknown": _("not known here"),
        "required": _("required"),
        "add": _("Add"),
        "remove": _("Remove"),
        "chinese": _("Chinese name"),
        "english": _("English name"),
        "role": _("Done by"),
        "checks": _("Checks the work of"),
        "checksHelp": _("The person of that step may not do this one."),
        "form": _("Form"),
        "addField": _("Field"),
        "fieldName": _("Name of the variable"),
        "fieldKind": _("Kind of field"),
        "choices": _("Choices"),
        "choicesHint": _("value=text, one in each line"),
        "kinds": {
            "text": _("Text"),
            "long": _("Long text"),
            "choice": _("Choice"),
            "date": _("Date"),
            "whole": _("Whole number"),
            "yes": _("Yes or no"),
        },
        "handler": _("What it does"),
        "parameters": _("Parameters"),
        "message": _("Message"),
        "correlation": _("Correlation key (FEEL)"),
        "called": _("Process to call"),
        "script": _("Expression (FEEL)"),
        "result": _("Result goes into"),
        "decision": _("Decision"),
        "condition": _("Condition (FEEL)"),
        "conditionHelp": _("The flow is taken when this is true."),
        "byDefault": _("Taken when no other condition is true"),
        "moment": _("Moment of the business day"),
        "duration": _("Duration (FEEL)"),
        "date": _("Date and time (FEEL)"),
        "cycle": _("Cycle (FEEL)"),
        "deadline": _("Deadline"),
        "runbook": _("Runbook"),
        "runbookHelp": _("A link to what is to be done when this step goes wrong, https://…"),
        "inputs": _("Passed in"),
        "outputs": _("Kept from the result"),
        "variable": _("Variable"),
        "value": _("Value (FEEL)"),
        "elements": element_names(),
    }


TASKS = (
    "UserTask",
    "ManualTask",
    "ServiceTask",
    "SendTask",
    "ReceiveTask",
    "ScriptTask",
    "BusinessRuleTask",
    "CallActivity",
    "SubProcess",
)
"""Kinds of steps that a table from elsewhere may add by name."""


def element_names() -> dict[str, str]:
    """What kinds of elements are called, by their names in BPMN."""
    return {
        "Process": _("Process"),
        "Collaboration": _("Collaboration"),
        "Participant": _("Pool"),
        "Lane": _("Lane"),
        "Group": _("Group"),
        "StartEvent": _("Start"),
        "EndEvent": _("End"),
        "IntermediateCatchEvent": _("Waiting event"),
        "IntermediateThrowEvent": _("Throwing event"),
        "BoundaryEvent": _("Boundary event"),
        "Task": _("Step"),
        "ScriptTask": _("Compute"),
        "BusinessRuleTask": _("Decision table"),
        "UserTask": _("Human step"),
        "ManualTask": _("Step by hand"),
        "ServiceTask": _("Automatic step"),
        "SendTask": _("Sending step"),
        "ReceiveTask": _("Waiting step"),
        "CallActivity": _("Called process"),
        "SubProcess": _("Part of the process"),
        "Transaction": _("Transaction"),
        "AdHocSubProcess": _("Steps in any order"),
        "ExclusiveGateway": _("Either or"),
        "ParallelGateway": _("At the same time"),
        "InclusiveGateway": _("One or several"),
        "ComplexGateway": _("By its own rule"),
        "EventBasedGateway": _("Whichever comes first"),
        "SequenceFlow": _("Flow"),
    }
