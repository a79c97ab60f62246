"""Words for small models, a case that says what one must do, and the verdict on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from apps.engine.core.rehearsal import rehearse
from apps.processes.core.bpmn import read_model
from tests.factories.processes import HEAD

ROOTS = (
    '<bpmn:message id="M" name="order"/><bpmn:signal id="S" name="alarm"/><bpmn:error id="E" errorCode="E1"/>'
    '<bpmn:escalation id="X" escalationCode="X1"/><bpmn:dataStore id="D" name="ledger"/>'
)
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
}
DEFINITIONS = {
    "timer": "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>",
    "message": '<bpmn:messageEventDefinition messageRef="M" clearway:correlation="&quot;k&quot;"/>',
    "signal": '<bpmn:signalEventDefinition signalRef="S"/>',
    "error": '<bpmn:errorEventDefinition errorRef="E"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="X"/>',
    "conditional": "<bpmn:conditionalEventDefinition><bpmn:condition>n = 1</bpmn:condition></bpmn:conditionalEventDefinition>",
    "link": '<bpmn:linkEventDefinition name="L"/>',
    "compensate": "<bpmn:compensateEventDefinition/>",
    "cancel": "<bpmn:cancelEventDefinition/>",
    "terminate": "<bpmn:terminateEventDefinition/>",
}


@dataclass(frozen=True)
class Case:
    """One element in a small model. `works`: the tasks (elements with an id of one letter) in the order of their completion,
    or "" where the model is refused. `given` and `script` are those of a rehearsal, `gives` what the variables must hold."""

    element: str
    says: str
    body: str
    works: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    script: dict[str, Any] = field(default_factory=dict)
    gives: dict[str, Any] = field(default_factory=dict)
    roots: str = ROOTS
    around: str = ""  # beside the process, in the definitions


@dataclass(frozen=True)
class Verdict:
    """`executed`, `refused` (detail: the rule), or `different` (detail: what happened instead of what was expected)."""

    word: str
    detail: str = ""
    message: str = ""


def model_of(case: Case) -> bytes:
    """The case as a file."""
    process = f'<bpmn:process id="P" name="P" isExecutable="true">{case.body}</bpmn:process>'
    return f"{HEAD}{case.roots}{case.around}{process}</bpmn:definitions>".encode()


def verdict_of(case: Case) -> Verdict:
    """Reads the model and plays it."""
    reading = read_model(model_of(case))
    errors = [problem for problem in reading.problems if problem.severity == "error"]
    if reading.plan is None:
        return Verdict("refused", errors[0].rule, errors[0].message)
    played = rehearse(reading.plan, variables=dict(case.given), script=case.script)
    works = " ".join(name for name in played.trace if len(name) == 1)
    got = {name: played.variables.get(name) for name in case.gives}
    if played.ended and works == case.works and got == case.gives:
        return Verdict("executed")
    return Verdict("different", f"{played.end_state}: {works!r} {got} {played.problems}"[:300])


def part(kind: str, identity: str, inside: str = "", **attributes: str) -> str:
    """One element; `inside` may be the name of an event definition."""
    tag = TAGS.get(kind, kind)
    said = "".join(f' {name.replace("__", ":")}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{tag} id="{identity}" name="{identity}"{said}>{DEFINITIONS.get(inside, inside)}</bpmn:{tag}>'


def parts(text: str) -> str:
    """`start task:a end`: elements without particulars; without an id the kind is the id."""
    return "".join(part(*(item.split(":") if ":" in item else (item, item))) for item in text.split())


def sequence(*names: str, when: str = "") -> str:
    """Flows along the names, called `source-target`; `when` is the condition of the first."""
    conditions = [f"<bpmn:conditionExpression>{when}</bpmn:conditionExpression>" if when else ""] + [""] * len(names)
    return "".join(
        f'<bpmn:sequenceFlow id="{one}-{two}" sourceRef="{one}" targetRef="{two}">{condition}</bpmn:sequenceFlow>'
        for (one, two), condition in zip(pairwise(names), conditions, strict=False)
    )


def chain(middle: str, *names: str) -> str:
    """start → the names → end around the given elements."""
    return parts("start end") + middle + sequence("start", *names, "end")


def around(kind: str, *boundary: str, inside: str = "", ways: Sequence[str] = (), **attributes: str) -> str:
    """A task or sub-process a between start and end, with its boundary events and one task behind each: `ways`."""
    text = chain(part(kind, "a", inside, **attributes), "a") + "".join(boundary)
    for name, task in zip(ways[::2], ways[1::2], strict=True):
        text += parts(f"task:{task} end:end{task}") + sequence(name, task, f"end{task}")
    return text


def at(name: str, definition: str, **attributes: str) -> str:
    """A boundary event at a."""
    return part("boundaryEvent", name, definition, attachedToRef="a", **attributes)
