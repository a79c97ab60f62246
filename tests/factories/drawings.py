"""Random block-structured models as BPMN documents with their picture, and single edits of which the outcome is known."""

from collections.abc import Callable
from random import Random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from apps.processes.core.plan import EventKind, Flow, Node, NodeKind, Plan
from apps.processes.core.vocabulary import BPMN, CLEARWAY, DIAGRAM, KINDS
from tests.simulation.models import WIDE, Builder, random_body

HEAD = (
    f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:clearway="{CLEARWAY}" xmlns:other="urn:other" id="d" targetNamespace="urn:t"'
    f' xmlns:bpmndi="{DIAGRAM[0]}" xmlns:di="{DIAGRAM[1]}" xmlns:dc="{DIAGRAM[2]}">'
)
TAGS = {kind: tag for tag, kind in KINDS.items()}
Expected = dict[str, tuple[str, set[str]]]
"""Element -> what happened to it and which properties, or parts of its picture, differ."""


def random_plan(random: Random) -> Plan:
    return Builder().whole(random_body(random, 2, WIDE))


def plan_of_size(nodes: int) -> Plan:
    """Blocks of every kind one after the other, at least so many nodes."""
    random = Random(1)
    body: list[Any] = []
    while len((plan := Builder().whole(body)).nodes) < nodes:
        body.extend(random_body(random, 2, WIDE))
    return plan


def drawn(plan: Plan) -> bytes:
    """The plan as a document; every node and flow has a place in the picture."""
    picture = "".join(_shape(number, node) for number, node in enumerate(plan.nodes.values()))
    picture += "".join(_edge(number, flow) for number, flow in enumerate(plan.flows.values()))
    return (
        f'{HEAD}<bpmn:process id="{plan.process_id}" name="测试" isExecutable="true">{_content(plan, "")}</bpmn:process>'
        f'<bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="plane" bpmnElement="{plan.process_id}">{picture}</bpmndi:BPMNPlane>'
        "</bpmndi:BPMNDiagram></bpmn:definitions>"
    ).encode()


def _content(plan: Plan, scope: str) -> str:
    inside = plan.inside(scope)
    here = {node.id for node in inside}
    flows = [flow for flow in plan.flows.values() if flow.source in here]
    return "".join(_node(plan, node) for node in inside) + "".join(_flow(flow) for flow in flows)


def _node(plan: Plan, node: Node) -> str:
    facts = {"id": node.id, "name": node.name, "default": node.default_flow, "clearway:handler": node.handler}
    facts |= {"attachedToRef": node.attached_to, "clearway:resultVariable": node.script_result}
    if node.kind is NodeKind.BOUNDARY and not node.interrupting:
        facts["cancelActivity"] = "false"
    inner = f"<bpmn:script>{escape(node.script)}</bpmn:script>" if node.script else ""
    for event in node.events:
        if event.kind is EventKind.TIMER and event.timer is not None:
            inner += "<bpmn:timerEventDefinition><bpmn:timeDuration>"
            inner += f"{escape(event.timer.duration or '')}</bpmn:timeDuration></bpmn:timerEventDefinition>"
        else:
            inner += f"<bpmn:{event.kind}EventDefinition/>"
    tag = TAGS[node.kind]
    return f"<bpmn:{tag}{_attributes(facts)}>{inner}{_content(plan, node.id)}</bpmn:{tag}>"


def _flow(flow: Flow) -> str:
    facts = _attributes({"id": flow.id, "sourceRef": flow.source, "targetRef": flow.target})
    said = f"<bpmn:conditionExpression>{escape(flow.condition)}</bpmn:conditionExpression>" if flow.condition else ""
    return f"<bpmn:sequenceFlow{facts}>{said}</bpmn:sequenceFlow>"


def _attributes(facts: dict[str, str | None]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in facts.items() if value)


def _shape(number: int, node: Node) -> str:
    x, y = 100 + 160 * (number % 20), 80 + 110 * (number // 20)
    return (
        f'<bpmndi:BPMNShape id="{node.id}_di" bpmnElement="{node.id}"><dc:Bounds x="{x}" y="{y}" width="118" height="76"/>'
        "</bpmndi:BPMNShape>"
    )


def _edge(number: int, flow: Flow) -> str:
    return (
        f'<bpmndi:BPMNEdge id="{flow.id}_di" bpmnElement="{flow.id}"><di:waypoint x="{number}" y="10"/>'
        f'<di:waypoint x="{number + 50}" y="10"/></bpmndi:BPMNEdge>'
    )


# -- single edits -------------------------------------------------------------------------------------------------


def _of(root: etree._Element, *names: str) -> list[etree._Element]:
    return list(root.iter(*(f"{{{BPMN}}}{name}" for name in names)))


def _id(node: etree._Element) -> str:
    return str(node.get("id"))


def _attribute(name: str, property_name: str, *kinds: str) -> Callable[[etree._Element, Random], Expected | None]:
    def edit(root: etree._Element, random: Random) -> Expected | None:
        found = _of(root, *(kinds or tuple(KINDS)))
        if not found:
            return None
        node = random.choice(found)
        node.set(name, f"{node.get(name, '')}*")
        return {_id(node): ("changed", {property_name})}

    return edit


def _retarget(root: etree._Element, random: Random) -> Expected:
    flow = random.choice(_of(root, "sequenceFlow"))
    flow.set("targetRef", random.choice([_id(node) for node in _of(root, *KINDS) if _id(node) != flow.get("targetRef")]))
    return {_id(flow): ("changed", {"target"})}


def _condition(root: etree._Element, random: Random) -> Expected:
    flow = random.choice(_of(root, "sequenceFlow"))
    said = flow.find(f"{{{BPMN}}}conditionExpression")
    if said is None:
        said = etree.SubElement(flow, f"{{{BPMN}}}conditionExpression")
    said.text = f"{said.text or ''} other"
    return {_id(flow): ("changed", {"condition"})}


def _default(root: etree._Element, random: Random) -> Expected | None:
    gateways = [node for node in _of(root, "exclusiveGateway", "inclusiveGateway") if not node.get("default")]
    if not gateways:
        return None
    gateway = random.choice(gateways)
    gateway.set("default", _id(random.choice(_of(root, "sequenceFlow"))))
    return {_id(gateway): ("changed", {"default_flow"})}


def _timer(root: etree._Element, random: Random) -> Expected | None:
    durations = _of(root, "timeDuration")
    if not durations:
        return None
    said = random.choice(durations)
    said.text = f"{said.text} * 2"
    event = next(each for each in said.iterancestors() if each.get("id"))
    return {_id(event): ("changed", {"timer_duration"})}


def _parameter(root: etree._Element, random: Random) -> Expected | None:
    tasks = _of(root, "serviceTask")
    if not tasks:
        return None
    task = random.choice(tasks)
    task.insert(0, etree.fromstring(
        f'<e:extensionElements xmlns:e="{BPMN}"><c:parameter xmlns:c="{CLEARWAY}" name="p" value="1"/></e:extensionElements>'
    ))  # fmt: skip
    return {_id(task): ("changed", {"parameter"})}


def _repeat(root: etree._Element, random: Random) -> Expected | None:
    tasks = _of(root, "serviceTask")
    if not tasks:
        return None
    task = random.choice(tasks)
    task.append(etree.fromstring(f'<e:standardLoopCharacteristics xmlns:e="{BPMN}" loopMaximum="3"/>'))
    return {_id(task): ("changed", {"repeats", "passes"})}


def _kind(root: etree._Element, random: Random) -> Expected | None:
    tasks = _of(root, "serviceTask")
    if not tasks:
        return None
    task = random.choice(tasks)
    task.tag = f"{{{BPMN}}}sendTask"
    return {_id(task): ("changed", {"kind"})}


def _remove(root: etree._Element, random: Random) -> Expected:
    node = random.choice([node for node in _of(root, "sequenceFlow", "serviceTask", "endEvent") if not len(node)])
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)
    return {_id(node): ("removed", set())}


def _add(root: etree._Element, random: Random) -> Expected:
    holder = random.choice(_of(root, "process", "subProcess"))
    etree.SubElement(holder, f"{{{BPMN}}}userTask", {"id": "came", "name": "came"})
    return {"came": ("added", set())}


def _lane(root: etree._Element, random: Random) -> Expected:
    member = random.choice(_of(root, *KINDS))
    process = _of(root, "process")[0]
    lane = etree.SubElement(etree.SubElement(process, f"{{{BPMN}}}laneSet", {"id": "lanes"}), f"{{{BPMN}}}lane", {"id": "lane"})
    etree.SubElement(lane, f"{{{BPMN}}}flowNodeRef").text = _id(member)
    return {"lane": ("added", set()), _id(member): ("changed", {"lane"})}


def _picture(tag: str, attribute: str, property_name: str) -> Callable[[etree._Element, Random], Expected]:
    def edit(root: etree._Element, random: Random) -> Expected:
        point = random.choice(list(root.iter(tag)))
        point.set(attribute, str(int(point.get(attribute, "0")) + random.randint(1, 500)))
        drawn_part = point.getparent()
        assert drawn_part is not None
        return {str(drawn_part.get("bpmnElement")): ("moved", {property_name})}

    return edit


BOUNDS, WAYPOINT = f"{{{DIAGRAM[2]}}}Bounds", f"{{{DIAGRAM[1]}}}waypoint"
PICTURE_EDITS = {
    "move": _picture(BOUNDS, "x", "place"),
    "raise": _picture(BOUNDS, "y", "place"),
    "resize": _picture(BOUNDS, "width", "size"),
    "bend": _picture(WAYPOINT, "y", "line"),
}
EDITS: dict[str, Callable[[etree._Element, Random], Expected | None]] = {
    "rename": _attribute("name", "name"),
    "rename in English": _attribute(f"{{{CLEARWAY}}}nameEn", "english_name"),
    "rename the process": _attribute("name", "name", "process"),
    "name a flow": _attribute("name", "name", "sequenceFlow"),
    "deadline": _attribute(f"{{{CLEARWAY}}}deadline", "deadline"),
    "role": _attribute(f"{{{CLEARWAY}}}role", "role"),
    "handler": _attribute(f"{{{CLEARWAY}}}handler", "handler", "serviceTask"),
    "of another tool": _attribute("{urn:other}colour", "@{urn:other}colour"),
    "retarget": _retarget,
    "condition": _condition,
    "default": _default,
    "timer": _timer,
    "parameter": _parameter,
    "repeat": _repeat,
    "kind": _kind,
    "remove": _remove,
    "add": _add,
    "lane": _lane,
    **PICTURE_EDITS,
}
