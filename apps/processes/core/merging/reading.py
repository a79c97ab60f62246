"""A BPMN document as its elements, each with its own part: what a merge compares, takes and must not lose."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from apps.processes.core.reader.context import reference
from apps.processes.core.vocabulary import BPMN, CLEARWAY, DIAGRAM

ROOT = "#document"
"""The key of the document's own part; no id can look like this."""
LINKS = {f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing"}
SEAT = f"{{{BPMN}}}flowNodeRef"
WRITTEN_ANEW = {*LINKS, SEAT}

_OURS = {BPMN, *DIAGRAM}
_EXTENSIONS = f"{{{BPMN}}}extensionElements"
_REFERRING = {"default", "bpmnElement", f"{{{CLEARWAY}}}checks"}
_OF_THE_TOOL = ("exporter", "exporterVersion")


@dataclass(frozen=True)
class Element:
    """`own` are its tag, attributes, text and the children that are no elements themselves; `refers` only to what is there."""

    node: etree._Element
    parent: str
    own: bytes
    refers: frozenset[str]

    @property
    def is_picture(self) -> bool:
        return etree.QName(self.node).namespace in DIAGRAM


@dataclass(frozen=True)
class Document:
    """Elements by id in the order of the file, the root among them; `seats`: the lanes of each member."""

    root: etree._Element
    elements: dict[str, Element]
    seats: dict[str, frozenset[str]]


def read_document(root: etree._Element) -> Document:
    nodes = dict(own_nodes(root))
    holders = set(nodes.values())
    found = {}
    for key, node in {ROOT: root, **nodes}.items():
        bare = bare_copy(node, holders)
        parent = _parent(node, root, holders)
        own = parent.encode() + b"\0" + _canonical(bare, key)
        found[key] = Element(node, parent, own, _references(bare, nodes.keys() - {key}))
    return Document(root, found, _seats(nodes))


def own_nodes(node: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """What has an id of the standard: not what other tools say, and of two with the same id the first."""
    seen: set[str] = set()
    below = [iter(node.iterchildren(etree.Element))]
    while below:
        child = next(below[-1], None)
        if child is None:
            below.pop()
            continue
        if not is_ours(child):
            continue
        key = child.get("id")
        if key and key not in seen:
            seen.add(key)
            yield key, child
        below.append(iter(child.iterchildren(etree.Element)))


def is_ours(node: etree._Element) -> bool:
    """Whether elements of the standard can stand in it."""
    return isinstance(node.tag, str) and node.tag != _EXTENSIONS and etree.QName(node).namespace in _OURS


def same_element(node: etree._Element) -> etree._Element:
    """Tag, attributes and text, under the same prefixes, which texts may name."""
    copy = etree.Element(node.tag, nsmap=node.nsmap)  # type: ignore[arg-type] # None is the prefix of the default namespace
    for name, value in node.attrib.items():
        copy.set(name, value)
    copy.text, copy.tail = node.text, node.tail
    return copy


def bare_copy(node: etree._Element, holders: set[etree._Element]) -> etree._Element:
    """A faithful copy without the children that are elements themselves, links to flows and members of lanes."""
    copy = same_element(node)
    for child in node:
        if child not in holders and child.tag not in WRITTEN_ANEW:
            copy.append(bare_copy(child, holders) if is_ours(child) else deepcopy(child))
    return copy


def _parent(node: etree._Element, root: etree._Element, holders: set[etree._Element]) -> str:
    above = next((each for each in node.iterancestors() if each in holders or each is root), None)
    if above is None:
        return ""
    return ROOT if above is root else str(above.get("id"))


def _canonical(bare: etree._Element, key: str) -> bytes:
    """Blanks around texts and comments are no difference, nor which tool wrote the document."""
    plain = deepcopy(bare)
    plain.tail = None
    for each in plain.iter():
        each.text = (each.text or "").strip() or None
        each.tail = (each.tail or "").strip() or None
    if key == ROOT:
        for name in _OF_THE_TOOL:
            if name in plain.attrib:
                del plain.attrib[name]
    return etree.tostring(plain, method="c14n", exclusive=True, with_comments=False)


def _references(bare: etree._Element, known: set[str]) -> frozenset[str]:
    found = set()
    below = [bare]
    while below:
        node = below.pop()
        found |= {reference(str(value)) for name, value in node.attrib.items() if name in _REFERRING or str(name).endswith("Ref")}
        if str(node.tag).endswith("Ref") and node.text:
            found.add(reference(node.text.strip()))
        below += [child for child in node if is_ours(child)]
    return frozenset(found & known)


def _seats(nodes: dict[str, etree._Element]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for key, node in nodes.items():
        for seat in node.iterchildren(SEAT):
            member = reference((seat.text or "").strip())
            if member in nodes:
                found[member] = found.get(member, frozenset()) | {key}
    return found
