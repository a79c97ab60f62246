"""What other engines' extensions say: exact equivalents are read, the rest is named, nothing is silently ignored."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from lxml import etree

from apps.processes.core import vocabulary as words
from apps.processes.core.plan import Loop, Mapping
from apps.processes.core.problems import Severity
from apps.processes.core.reader.context import Context, bpmn, children, elements, local

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
ENGINES = {
    CAMUNDA,
    ZEEBE,
    "http://activiti.org/bpmn",
    "http://flowable.org/bpmn",
    "http://operaton.org/schema/1.0/bpmn",
}

_READ_ATTRIBUTES = {"resultVariable", "decisionRef", "collection", "elementVariable"}
_READ_CHILDREN = {"inputOutput", "ioMapping", "in", "out", "calledElement", "calledDecision", "script", "loopCharacteristics"}
_DECIDES = {
    "class", "delegateExpression", "expression", "type", "topic", "taskDefinition", "adHoc", "connector", "executionListener",
    "taskListener", "field", "errorEventDefinition", "failedJobRetryTimeCycle", "taskListeners", "executionListeners",
}  # fmt: skip
"""These change what the other engine does; here a handler, a role or an event says it."""


@dataclass
class Foreign:
    """What was understood of the extensions of one element."""

    inputs: list[Mapping] = field(default_factory=list)
    outputs: list[Mapping] = field(default_factory=list)
    result: str | None = None
    decision: str | None = None
    called: str | None = None
    script: str | None = None
    collection: str | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None

    def on_loop(self, loop: Loop | None) -> Loop | None:
        """The loop with the collection that the other tool names."""
        if loop is None or not loop.multi or (self.collection is None and self.output_collection is None):
            return loop
        return replace(
            loop,
            collection=self.collection or loop.collection,
            element=self.element or loop.element,
            output_collection=self.output_collection or loop.output_collection,
            output_element=self.output_element or loop.output_element,
        )


def foreign_of(context: Context, element: etree._Element) -> Foreign:
    """Reads the attributes and extension elements of other tools on an element and on its loop."""
    found = Foreign()
    for place in (element, *children(element, "multiInstanceLoopCharacteristics")):
        _attributes(context, element, place, found)
        for holder in place.findall(bpmn("extensionElements")):
            for child in elements(holder):
                _child(context, element, child, found)
    return found


def _attributes(context: Context, element: etree._Element, place: etree._Element, found: Foreign) -> None:
    for key, text in place.attrib.items():
        value, attribute = str(text), etree.QName(key)
        name, namespace = attribute.localname, attribute.namespace
        if not namespace or namespace in (words.CLEARWAY, words.XSI):
            continue
        if namespace not in ENGINES or name not in _READ_ATTRIBUTES:
            _note(context, element, name, namespace)
        elif name == "resultVariable":
            found.result = value
        elif name == "decisionRef":
            found.decision = value
        elif name == "collection":
            found.collection = context.feel(element, _("collection"), value)
        else:
            found.element = value


def _child(context: Context, element: etree._Element, child: etree._Element, found: Foreign) -> None:
    namespace, name = local(child)
    if namespace == words.CLEARWAY:
        return
    if namespace not in ENGINES or name not in _READ_CHILDREN:
        _note(context, element, name, namespace)
    elif name in ("inputOutput", "ioMapping"):
        for kind, mapping in _mapped(context, element, child):
            (found.inputs if kind.startswith("input") else found.outputs).append(mapping)
    elif name in ("in", "out"):
        _passed(context, element, child, found)
    elif name == "calledElement":
        found.called = child.get("processId")
    elif name == "calledDecision":
        found.decision, found.result = child.get("decisionId"), child.get("resultVariable")
    elif name == "script":
        found.script = context.feel(element, _("script"), child.get("expression"))
        found.result = child.get("resultVariable")
    else:
        found.collection = context.feel(element, _("collection"), child.get("inputCollection"))
        found.element = child.get("inputElement")
        found.output_collection = child.get("outputCollection")
        found.output_element = context.feel(element, _("output element"), child.get("outputElement"))


def _note(context: Context, element: etree._Element, name: str, namespace: str) -> None:
    if namespace in ENGINES and name in _DECIDES:
        message = _("{name} of another tool is not executed here: name a clearway:handler or model it with an event.")
        context.say(element, "bpmn.foreign_execution", message.format(name=name), Severity.WARNING)
        return
    message = _("{name} of another tool is kept, not executed.").format(name=name)
    context.say(element, "bpmn.foreign", message, Severity.NOTE)


def _mapped(context: Context, element: etree._Element, holder: etree._Element) -> Iterator[tuple[str, Mapping]]:
    for child in elements(holder):
        name = local(child)[1]
        target = child.get("target") or child.get("name") or ""
        if elements(child):
            _note(context, element, name, local(child)[0])
            continue
        source = child.get("source")
        text = source if source is not None else child.text or ""
        if source is None and not text.strip().startswith(("${", "#{")):
            expression: str | None = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        else:
            expression = context.feel(element, f"{name} {target}", text)
        if target and expression:
            yield name, Mapping(target, expression)


def _passed(context: Context, element: etree._Element, child: etree._Element, found: Foreign) -> None:
    name = local(child)[1]
    target = child.get("target")
    source = child.get("source") or context.feel(element, f"{name} {target}", child.get("sourceExpression"))
    if target and source:
        (found.inputs if name == "in" else found.outputs).append(Mapping(target, source))
        return
    message = _(
        "{name} of another tool passes what it does not name; write a clearway:input or clearway:output for each variable."
    )
    context.say(element, "bpmn.foreign_execution", message.format(name=name), Severity.WARNING)
