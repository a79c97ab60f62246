"""A model under another process id: how a process begins as a copy of a template."""

from lxml import etree

from apps.kernel.front_door import open_document
from apps.processes.core.vocabulary import BPMN, DIAGRAM

PLACES = (
    (f"{{{BPMN}}}participant", "processRef"),
    (f"{{{DIAGRAM[0]}}}BPMNPlane", "bpmnElement"),
)
"""Where a model names its process by id."""


def with_process_id(xml: bytes, old: str, new: str) -> str:
    """The same model whose process `old` is called `new`, references and diagram included. Raises Refused (front door)."""
    root = open_document(xml)
    for process in root.iter(f"{{{BPMN}}}process"):
        if process.get("id") == old:
            process.set("id", new)
    for tag, attribute in PLACES:
        for element in root.iter(tag):
            if element.get(attribute) == old:
                element.set(attribute, new)
    return etree.tostring(root.getroottree(), encoding="unicode")
