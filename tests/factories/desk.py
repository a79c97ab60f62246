"""Models with a drawing, made from plans in a few words, so that pages have something to show."""

from xml.sax.saxutils import quoteattr

from apps.processes.core.plan import NodeKind, Plan
from apps.processes.models import ProcessVersion
from tests.factories.engine import PlanText, published

TAGS = {
    NodeKind.START: "startEvent", NodeKind.END: "endEvent", NodeKind.USER_TASK: "userTask",
    NodeKind.MANUAL_TASK: "manualTask", NodeKind.SERVICE_TASK: "serviceTask", NodeKind.SCRIPT_TASK: "scriptTask",
    NodeKind.SEND_TASK: "sendTask", NodeKind.RECEIVE_TASK: "receiveTask", NodeKind.CATCH: "intermediateCatchEvent",
    NodeKind.EXCLUSIVE: "exclusiveGateway", NodeKind.PARALLEL: "parallelGateway", NodeKind.CALL_ACTIVITY: "callActivity",
}  # fmt: skip
ROUND = {NodeKind.START: 36, NodeKind.END: 36, NodeKind.CATCH: 36, NodeKind.EXCLUSIVE: 50, NodeKind.PARALLEL: 50}
COLUMN, MIDDLE = 160, 120
NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:clearway="urn:clearway:bpmn:1"'
)


def drawn(plan: Plan, english: dict[str, str] | None = None) -> str:
    """BPMN XML of a flat plan with a drawing: nodes in one row, in the order of the plan's flows."""
    order = {node_id: column for column, node_id in enumerate(_in_order(plan))}
    elements, shapes, edges = [], [], []
    for node in plan.nodes.values():
        size = ROUND.get(node.kind, 0)
        width, height = (size, size) if size else (110, 80)
        x, y = 60 + order[node.id] * COLUMN + (110 - width) // 2, MIDDLE - height // 2
        name = quoteattr(node.name if node.kind not in ROUND else "")
        english_name = f" clearway:nameEn={quoteattr(english[node.id])}" if english and node.id in english else ""
        elements.append(f"<bpmn:{TAGS[node.kind]} id={quoteattr(node.id)} name={name}{english_name}/>")
        shapes.append(
            f'<bpmndi:BPMNShape id="{node.id}_di" bpmnElement="{node.id}">'
            f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></bpmndi:BPMNShape>'
        )
    for flow in plan.flows.values():
        elements.append(f'<bpmn:sequenceFlow id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}"/>')
        edges.append(_edge(plan, order, flow.id))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions {NAMESPACES} targetNamespace="urn:test">'
        f'<bpmn:process id="{plan.process_id}" isExecutable="true">{"".join(elements)}</bpmn:process>'
        f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="{plan.process_id}">{"".join(shapes + edges)}'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
    )


def published_with_drawing(text: PlanText, *, english: dict[str, str] | None = None, **options: object) -> ProcessVersion:
    """Like `published`, with a model that pages can draw."""
    return published(text, model_xml=drawn(text.plan(), english), **options)  # type: ignore[arg-type]


def _edge(plan: Plan, order: dict[str, int], flow_id: str) -> str:
    flow = plan.flows[flow_id]
    source, target = plan.nodes[flow.source], plan.nodes[flow.target]
    left = 60 + order[source.id] * COLUMN + 55 + (ROUND.get(source.kind, 110) // 2)
    right = 60 + order[target.id] * COLUMN + 55 - (ROUND.get(target.kind, 110) // 2)
    points = [(left, MIDDLE), (right, MIDDLE)]
    if order[target.id] != order[source.id] + 1:
        low = MIDDLE + (90 if order[target.id] > order[source.id] else -90)
        start, end = 60 + order[source.id] * COLUMN + 55, 60 + order[target.id] * COLUMN + 55
        points = [(start, MIDDLE + 25), (start, low), (end, low), (end, MIDDLE + 40)]
    waypoints = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge id="{flow_id}_di" bpmnElement="{flow_id}">{waypoints}</bpmndi:BPMNEdge>'


def _in_order(plan: Plan) -> list[str]:
    found: list[str] = []
    waiting = [plan.start_of("").id]
    while waiting:
        node_id = waiting.pop(0)
        if node_id in found:
            continue
        found.append(node_id)
        waiting += [plan.flows[flow].target for flow in plan.nodes[node_id].outgoing]
    return found + [node_id for node_id in plan.nodes if node_id not in found]
