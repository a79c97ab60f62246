"""What the page of the editor needs besides the model: steps by what they are for, and its words in the reader's language."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

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
    """One entry of the list of steps: `facts` is the JSON from which the editor makes the element."""

    icon: str
    title: str
    facts: str


def _step(icon: str, title: str, kind: str, **facts: Any) -> Step:
    return Step(icon, title, json.dumps({"type": f"bpmn:{kind}", "name": title, **facts}, ensure_ascii=False))


def steps() -> list[Step]:
    """Steps that clearing processes are made of, in the order in which a day needs them."""
    file_key = {"message": "files.arrived", "correlation": '"rtgs-sh/" + string(business date) + "/jsmx"'}
    nothing: dict[str, Any] = {"name": ""}
    return [
        _step("timer", _("Wait for a moment"), "IntermediateCatchEvent", timer=True),
        _step("file", _("Wait for a file"), "ReceiveTask", attributes=file_key),
        _step("settings", _("Automatic step"), "ServiceTask"),
        _step("send", _("Send a file"), "SendTask"),
        _step("user", _("Confirm (maker)"), "UserTask", attributes={"role": "maker"}, form=NOTE),
        _step("user-check", _("Approve (checker)"), "UserTask", attributes={"role": "checker"}, form=DECISION),
        _step("hand", _("Operator's step"), "UserTask", attributes={"role": "operator"}, form=NOTE),
        _step("list-checks", _("Decision table"), "BusinessRuleTask"),
        _step("scroll-text", _("Compute"), "ScriptTask"),
        _step("corner-down-right", _("Call a process"), "CallActivity"),
        _step("git-branch", _("Either or"), "ExclusiveGateway", **nothing),
        _step("layers", _("At the same time"), "ParallelGateway", **nothing),
        _step("circle-dot", _("End"), "EndEvent", **nothing),
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
            "merged": _("What others changed meanwhile is in the drawing now"),
        },
        "checks": {
            "error": _("Error"),
            "warning": _("Warning"),
            "info": _("Note"),
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
        "inputs": _("Passed in"),
        "outputs": _("Kept from the result"),
        "variable": _("Variable"),
        "value": _("Value (FEEL)"),
        "elements": {
            "Process": _("Process"),
            "Collaboration": _("Collaboration"),
            "StartEvent": _("Start"),
            "EndEvent": _("End"),
            "IntermediateCatchEvent": _("Waiting event"),
            "BoundaryEvent": _("Boundary event"),
            "ScriptTask": _("Compute"),
            "BusinessRuleTask": _("Decision table"),
            "UserTask": _("Human step"),
            "ServiceTask": _("Automatic step"),
            "SendTask": _("Sending step"),
            "ReceiveTask": _("Waiting step"),
            "CallActivity": _("Called process"),
            "ExclusiveGateway": _("Either or"),
            "ParallelGateway": _("At the same time"),
            "SequenceFlow": _("Flow"),
        },
    }
