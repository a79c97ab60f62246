"""One element of a process becomes one node of the plan."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from apps.processes.core import vocabulary as words
from apps.processes.core.plan import EVENTS, SCOPES, AdHoc, Decision, Human, Node, NodeKind
from apps.processes.core.reader.context import Context, bpmn, elements, local, reference, text_of, truth
from apps.processes.core.reader.events import events_of, plainly_named
from apps.processes.core.reader.foreign import Foreign, foreign_of
from apps.processes.core.reader.parts import Said, extension_of, loop_of, mappings_of

MAX_LABEL_CHARACTERS = 200
FEEL_FORMATS = ("", "feel", "text/feel", "application/feel")
DMN = "/DMN/"


def node_of(context: Context, element: etree._Element, scope: str, lanes: dict[str, str]) -> Node:
    """Reads an element that has a kind. What its kind does not execute is refused."""
    name = local(element)[1]
    identity = context.identify(element)
    context.attributes(element, name)
    kind = _kind(element, words.KINDS[name])
    label = element.get("name", "")
    if len(label) > MAX_LABEL_CHARACTERS:
        message = _("The name has more than {limit} characters.").format(limit=MAX_LABEL_CHARACTERS)
        context.say(element, "bpmn.name_length", message)
    if kind not in SCOPES:
        context.strangers(element)
        context.only(element, words.EVERYWHERE | words.CHILDREN.get(name, set()))
    said = extension_of(context, element, name)
    foreign = foreign_of(context, element)
    filled = mappings_of(context, element, said)
    node = Node(
        id=identity,
        kind=kind,
        name=label,
        scope=scope,
        default_flow=element.get("default"),
        handler=context.own(element, "handler"),
        parameters=tuple(said.parameters),
        inputs=(*foreign.inputs, *said.inputs),
        outputs=(*foreign.outputs, *said.outputs),
        loop=foreign.on_loop(loop_of(context, element, filled)),
        is_compensation=truth(element, "isForCompensation", False),
        deadline=context.own(element, "deadline"),
        runbook=context.link(element, "runbook"),
        lane=lanes.get(identity),
    )
    return replace(node, **_particulars(context, element, node.kind, said, foreign))


def _kind(element: etree._Element, kind: NodeKind) -> NodeKind:
    if kind is NodeKind.SUB_PROCESS and truth(element, "triggeredByEvent", False):
        return NodeKind.EVENT_SUB_PROCESS
    return kind


def _particulars(context: Context, element: etree._Element, kind: NodeKind, said: Said, foreign: Foreign) -> dict[str, Any]:
    """The fields that only this kind has."""
    if kind in EVENTS:
        return _event_fields(context, element, kind)
    if kind in (NodeKind.USER_TASK, NodeKind.MANUAL_TASK):
        return {"human": Human(context.own(element, "role") or "", context.own(element, "checks"), said.form)}
    if kind in (NodeKind.RECEIVE_TASK, NodeKind.SEND_TASK):
        root = context.root(element, "messageRef", "message")
        return {
            "message": context.own(element, "message") or plainly_named(context, element, root),
            "correlation": context.feel(element, _("correlation"), context.own(element, "correlation")),
            "instantiate": truth(element, "instantiate", False),
        }
    if kind is NodeKind.SCRIPT_TASK:
        return {
            "script": foreign.script or _script(context, element),
            "script_result": context.own(element, "resultVariable") or foreign.result,
        }
    if kind is NodeKind.BUSINESS_RULE_TASK:
        return {"decision": _decision(context, element, said, foreign)}
    if kind is NodeKind.CALL_ACTIVITY:
        return {"called_process": reference(element.get("calledElement")) or foreign.called}
    if kind is NodeKind.AD_HOC:
        return {"ad_hoc": _ad_hoc(context, element)}
    if kind is NodeKind.COMPLEX:
        return {"activation": context.expression(element, _("activation condition"), element.find(bpmn("activationCondition")))}
    if kind is NodeKind.EVENT_BASED:
        together = element.get("eventGatewayType", "Exclusive") == "Parallel"
        return {"instantiate": truth(element, "instantiate", False), "all_events": together}
    return {}


def _event_fields(context: Context, element: etree._Element, kind: NodeKind) -> dict[str, Any]:
    fields: dict[str, Any] = {"events": events_of(context, element), "all_events": truth(element, "parallelMultiple", False)}
    if kind is NodeKind.BOUNDARY:
        fields["attached_to"] = reference(element.get("attachedToRef"))
        fields["interrupting"] = truth(element, "cancelActivity", True)
    elif kind is NodeKind.START:
        fields["interrupting"] = truth(element, "isInterrupting", True)
    return fields


def _script(context: Context, element: etree._Element) -> str | None:
    text = text_of(element.find(bpmn("script")))
    script_format = (element.get("scriptFormat") or "").lower()
    if script_format in FEEL_FORMATS or text is None:
        return context.feel(element, _("script"), text)
    before = len(context.problems)
    found = context.feel(element, _("script"), text)
    if any(problem.rule == "feel.syntax" for problem in context.problems[before:]):
        del context.problems[before:]
        message = _("Scripts are written in FEEL, not {format}; this one has no exact translation.")
        context.say(element, "bpmn.script_format", message.format(format=element.get("scriptFormat", "")[:40]))
    return found


def _decision(context: Context, element: etree._Element, said: Said, foreign: Foreign) -> Decision | None:
    """The decision that the element carries, or only names."""
    result = context.own(element, "resultVariable") or foreign.result
    named = context.own(element, "decision") or foreign.decision
    if said.decision is None:
        return Decision(named, None, result) if named else None
    models = [child for child in elements(said.decision) if DMN in local(child)[0] and local(child)[1] == "definitions"]
    identity = said.decision.get("id") or named
    if len(models) != 1 or not identity:
        message = _("clearway:decision has the id of a decision and one DMN definitions element.")
        context.say(element, "clearway.decision", message)
        return None
    return Decision(
        identity, etree.tostring(models[0], encoding="unicode", with_tail=False), said.decision.get("result") or result
    )


def _ad_hoc(context: Context, element: etree._Element) -> AdHoc:
    return AdHoc(
        sequential=element.get("ordering", "Parallel") == "Sequential",
        completion=context.expression(element, _("completion condition"), element.find(bpmn("completionCondition"))),
        cancels_rest=truth(element, "cancelRemainingInstances", True),
    )
