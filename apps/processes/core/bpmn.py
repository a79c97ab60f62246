"""Reads a BPMN 2.0 model into a Plan. What is not executed is refused by element and rule; nothing is ignored silently."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.front_door import Refused, open_document
from apps.processes.core import vocabulary as words
from apps.processes.core.checks import check_plan
from apps.processes.core.plan import SCOPES, EventKind, Flow, Node, NodeKind, Plan
from apps.processes.core.problems import Problem, Severity, is_refused
from apps.processes.core.reader.context import Context, bpmn, children, elements, identity_of, local, reference, text_of
from apps.processes.core.reader.foreign import foreign_of
from apps.processes.core.reader.nodes import node_of
from apps.processes.core.reader.parts import data_of, extension_of

HandlerSchema = Callable[[str], dict[str, Any] | None]


@dataclass(frozen=True)
class Reading:
    """The plan, unless a problem of severity error stands in its way."""

    plan: Plan | None
    problems: list[Problem] = field(default_factory=list)


def read_model(xml: bytes, *, handlers: HandlerSchema | None = None, complete: bool = True, process: str = "") -> Reading:
    """Reads and checks a model. Never raises for any bytes.

    handlers: gives the JSON schema of a handler's parameters, None for an unknown name; without it (offline) handler names are
    not looked up. complete: everything that a run needs must be said (roles, handlers, messages); a model that is only
    drawn, checked or rehearsed may leave it open and gets warnings. process: id of the process to read where a model has
    several; without it the first executable one.
    """
    reading = read_plan(xml, process=process)
    if reading.plan is None:
        return reading
    problems = [*reading.problems, *check_plan(reading.plan, handlers, complete=complete)]
    return Reading(None if is_refused(problems) else reading.plan, problems)


def read_plan(xml: bytes, *, process: str = "") -> Reading:
    """Only reads: what the model says, whether or not it makes sense together."""
    try:
        root = open_document(xml)
    except Refused as refused:
        return Reading(None, [refused.problem])
    reader = _Reader(process)
    plan = reader.read(root)
    problems = reader.context.problems
    return Reading(None if is_refused(problems) else plan, problems)


def processes_of(xml: bytes, *, executable: bool = False) -> set[str]:
    """The ids of the processes that a model holds, or of those that it calls executable; none when it cannot be read."""
    try:
        processes = children(open_document(xml), "process")
    except Refused:
        return set()
    return {process.get("id", "") for process in processes if not executable or process.get("isExecutable") == "true"} - {""}


def check_model(xml: bytes, *, handlers: HandlerSchema | None = None, complete: bool = True, process: str = "") -> list[Problem]:
    return read_model(xml, handlers=handlers, complete=complete, process=process).problems


class _Reader:
    def __init__(self, wanted: str = "") -> None:
        self.context = Context()
        self.wanted = wanted
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.flow_scopes: dict[str, str] = {}
        self.associations: list[tuple[str, str]] = []
        self.lanes: dict[str, str] = {}

    # -- the document -------------------------------------------------------------------------------------------

    def read(self, root: etree._Element) -> Plan | None:
        say = self.context.say
        if local(root) != (words.BPMN, "definitions"):
            message = _("This is not a BPMN 2.0 model: the root element is {name}.").format(name=local(root)[1])
            say(root, "bpmn.root", message)
            return None
        self._roots(root)
        self.context.strangers(root)
        chosen = self._chosen(root, children(root, "process"))
        if chosen is None:
            return None
        if chosen.get("isExecutable") == "false":
            message = _("The model says that it is not executable; it is read as one that is.")
            say(chosen, "bpmn.not_executable", message, Severity.WARNING)
        return self._process(chosen)

    def _roots(self, root: etree._Element) -> None:
        for child in elements(root):
            namespace, name = local(child)
            if namespace != words.BPMN or name == "process":
                continue
            if name in words.ROOTS:
                self.context.roots[child.get("id", "")] = child
            elif name == "collaboration":
                self._collaboration(child)
            elif name not in words.HARMLESS_ROOTS:
                self.context.refuse(child)

    def _chosen(self, root: etree._Element, processes: list[etree._Element]) -> etree._Element | None:
        executable = [process for process in processes if process.get("isExecutable") == "true"]
        drawn = [process for process in processes if any(local(child)[1] in words.KINDS for child in elements(process))]
        candidates = executable or drawn or processes
        if self.wanted:
            candidates = [process for process in processes if process.get("id") == self.wanted]
        if not candidates:
            message = _("The model has no process {id}.").format(id=self.wanted)
            self.context.say(root, "bpmn.one_process", message)
            return None
        for other in processes:
            if other is not candidates[0]:
                message = _("Another process of the model: this reading runs {id} only.").format(id=candidates[0].get("id"))
                self.context.say(other, "bpmn.other_process", message, Severity.NOTE)
        return candidates[0]

    def _collaboration(self, collaboration: etree._Element) -> None:
        self.context.strangers(collaboration)
        for child in elements(collaboration):
            namespace, name = local(child)
            if namespace != words.BPMN:
                continue
            if name == "participant":
                self.context.only(child, {*words.EVERYWHERE, "participantMultiplicity", "interfaceRef", "endPointRef"})
            elif name == "messageFlow":
                message = _("A message flow to another pool is drawn; messages are sent and awaited by the elements themselves.")
                self.context.say(child, "bpmn.not_executed", message, Severity.NOTE)
            elif name not in words.DRAWN | words.EVERYWHERE | {
                "correlationKey",
                "participantAssociation",
                "messageFlowAssociation",
            }:
                self.context.refuse(child)

    # -- a process ----------------------------------------------------------------------------------------------

    def _process(self, process: etree._Element) -> Plan | None:
        self.context.identify(process)
        self.context.attributes(process, "process")
        extension_of(self.context, process, "process")
        foreign_of(self.context, process)
        self._content(process, "")
        if is_refused(self.context.problems):
            return None
        self._connect()
        self._compensate()
        if is_refused(self.context.problems):
            return None
        return Plan(process.get("id", ""), process.get("name", ""), self.nodes, self.flows)

    def _content(self, holder: etree._Element, scope: str) -> None:
        self.context.strangers(holder)
        data_of(self.context, holder)
        for lanes in children(holder, "laneSet"):
            self._lanes(lanes)
        for child in elements(holder):
            namespace, name = local(child)
            if namespace != words.BPMN:
                continue
            if name in words.KINDS:
                self._node(child, scope)
            elif name == "sequenceFlow":
                self._flow(child, scope)
            elif name == "association":
                self.associations.append((reference(child.get("sourceRef")), reference(child.get("targetRef"))))
            elif name in words.ASSIGNMENTS:
                message = _("{name} is kept, not executed: who may do a step says clearway:role.").format(name=name)
                self.context.say(holder, "bpmn.not_executed", message, Severity.NOTE)
            elif name not in words.DRAWN | words.EVERYWHERE | words.HELD:
                self.context.refuse(child)

    def _node(self, element: etree._Element, scope: str) -> None:
        node = node_of(self.context, element, scope, self.lanes)
        self.nodes[node.id] = node
        if node.kind in SCOPES:
            self._content(element, node.id)

    def _lanes(self, holder: etree._Element) -> None:
        for lane in children(holder, "lane"):
            for member in children(lane, "flowNodeRef"):
                self.lanes[reference(text_of(member))] = lane.get("name") or identity_of(lane)
            for inner in children(lane, "childLaneSet"):
                self._lanes(inner)

    def _flow(self, element: etree._Element, scope: str) -> None:
        context = self.context
        source, target = reference(element.get("sourceRef")), reference(element.get("targetRef"))
        # The standard lets a flow go without an id; only what is drawn or a default refers to it.
        identity = context.identify(element) if element.get("id") else context.made_id(f"{source}-to-{target}")
        context.attributes(element, "sequenceFlow")
        context.strangers(element)
        context.only(element, words.EVERYWHERE | words.CHILDREN["sequenceFlow"])
        extension_of(context, element, "sequenceFlow")
        foreign_of(context, element)
        condition = context.expression(element, _("condition"), element.find(bpmn("conditionExpression")))
        self.flows[identity] = Flow(identity, source, target, condition)
        self.flow_scopes[identity] = scope

    def _connect(self) -> None:
        """Gives the nodes their flows, in the order of the file."""
        incoming: dict[str, list[str]] = {identity: [] for identity in self.nodes}
        outgoing: dict[str, list[str]] = {identity: [] for identity in self.nodes}
        for flow in self.flows.values():
            ends = [self.nodes.get(flow.source), self.nodes.get(flow.target)]
            if None in ends:
                self.context.say(flow.id, "bpmn.dangling", _("The flow begins or ends at an element that is not there."))
            elif {node.scope for node in ends if node} != {self.flow_scopes[flow.id]}:
                message = _("A sequence flow must not cross the border of a sub-process.")
                self.context.say(flow.id, "bpmn.scope_border", message)
            else:
                outgoing[flow.source].append(flow.id)
                incoming[flow.target].append(flow.id)
        for identity, node in self.nodes.items():
            self.nodes[identity] = replace(node, incoming=tuple(incoming[identity]), outgoing=tuple(outgoing[identity]))

    def _compensate(self) -> None:
        """An association from a compensation boundary event names the activity that undoes."""
        for ends in self.associations:
            for one, other in (ends, ends[::-1]):
                event, undoing = self.nodes.get(one), self.nodes.get(other)
                if event is None or undoing is None or not _watches_compensation(event) or not undoing.is_compensation:
                    continue
                done = self.nodes.get(event.attached_to or "")
                if done is not None:
                    self.nodes[done.id] = replace(done, compensated_by=undoing.id)


def _watches_compensation(node: Node) -> bool:
    return node.kind is NodeKind.BOUNDARY and node.event_of(EventKind.COMPENSATION) is not None
