"""The model that a process begins with when there is nothing yet: it begins and it ends."""

from xml.sax.saxutils import quoteattr

from apps.processes.core.vocabulary import BPMN, CLEARWAY, DIAGRAM

_TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="{bpmn}" xmlns:bpmndi="{bpmndi}" xmlns:di="{di}" xmlns:dc="{dc}" xmlns:clearway="{clearway}" \
id={definitions} targetNamespace="urn:clearway:processes">
  <bpmn:process id={key} name={name} clearway:nameEn={name_en} isExecutable="true">
    <bpmn:startEvent id="begun"><bpmn:outgoing>begun_to_ended</bpmn:outgoing></bpmn:startEvent>
    <bpmn:endEvent id="ended"><bpmn:incoming>begun_to_ended</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="begun_to_ended" sourceRef="begun" targetRef="ended"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement={key}>
    <bpmndi:BPMNShape id="begun_di" bpmnElement="begun"><dc:Bounds x="160" y="160" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="ended_di" bpmnElement="ended"><dc:Bounds x="520" y="160" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="begun_to_ended_di" bpmnElement="begun_to_ended"><di:waypoint x="196" y="178"/>\
<di:waypoint x="520" y="178"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def empty_model(key: str, name_zh: str, name_en: str) -> str:
    """A valid model of a process with this id and these names, with its picture."""
    bpmndi, di, dc = DIAGRAM
    return _TEXT.format(
        bpmn=BPMN,
        bpmndi=bpmndi,
        di=di,
        dc=dc,
        clearway=CLEARWAY,
        definitions=quoteattr(f"definitions_{key}"),
        key=quoteattr(key),
        name=quoteattr(name_zh),
        name_en=quoteattr(name_en),
    )
