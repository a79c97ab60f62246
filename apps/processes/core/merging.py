"""Three-way merge of BPMN models, element by element: what only one side changed is taken, what both changed is a conflict.

An element is what has an id, in the model as in the picture. Its own part is its tag, attributes, text and the children
that have no id; children with ids are elements of their own. Which flows come in and go out of a node is not compared
but written anew from the flows. Where both sides only moved the same shape, the place of mine is kept.
"""

from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from apps.processes.core.vocabulary import BPMN, DIAGRAM

_LINKS = {f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing"}
_REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "default", "bpmnElement", "processRef")


@dataclass(frozen=True)
class Merged:
    """`model_xml` is None when `conflicts` (ids of elements, in order) is not empty."""

    model_xml: str | None
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Element:
    node: etree._Element
    parent: str
    own: bytes


def merge(base: etree._Element, mine: etree._Element, theirs: etree._Element) -> Merged:
    """Joins two descendants of `base`. The result has theirs as its ground, so that its order of elements is theirs."""
    before, ours, others = _elements(base), _elements(mine), _elements(theirs)
    conflicts, taken = [], []
    for key in [*ours, *(key for key in before if key not in ours)]:
        was, here, there = (_own(elements.get(key)) for elements in (before, ours, others))
        if here in (was, there):
            continue
        if there == was:
            taken.append(key)
        elif not _is_picture(ours.get(key) or before[key]):
            conflicts.append(key)
        elif there is not None:
            taken.append(key)
    if conflicts:
        return Merged(None, tuple(conflicts))
    result = deepcopy(theirs)
    _take(result, taken, ours)
    if lost := _dangling(result):
        return Merged(None, tuple(lost))
    _link(result)
    return Merged(etree.tostring(result, encoding="unicode"))


def _elements(root: etree._Element) -> dict[str, _Element]:
    found: dict[str, _Element] = {}
    for node in root.iter(etree.Element):
        key = node.get("id")
        if key and node is not root:
            found.setdefault(key, _Element(node, _parent_key(node), _own_part(node)))
    return found


def _parent_key(node: etree._Element) -> str:
    """Id of the nearest element above that has one; empty for the root."""
    above = next((each for each in node.iterancestors() if each.get("id")), None)
    return "" if above is None or above.getparent() is None else str(above.get("id"))


def _own_part(node: etree._Element) -> bytes:
    own = _stripped(node)
    lanes = sorted(child.text or "" for child in own if etree.QName(child).localname == "flowNodeRef")
    for child in [child for child in own if etree.QName(child).localname == "flowNodeRef"]:
        own.remove(child)
    return _parent_key(node).encode() + b"\0" + etree.tostring(own, method="c14n", exclusive=True) + repr(lanes).encode()


def _stripped(node: etree._Element) -> etree._Element:
    """A copy without links to flows, without comments and without the children that are elements of their own."""
    own = deepcopy(node)
    own.tail = None
    for each in own.iter():
        each.text, each.tail = (each.text or "").strip() or None, None
    for child in list(own.iterdescendants()):
        parent = child.getparent()
        if parent is not None and (not isinstance(child.tag, str) or child.tag in _LINKS or child.get("id")):
            parent.remove(child)
    return own


def _own(element: _Element | None) -> bytes | None:
    return element.own if element else None


def _is_picture(element: _Element) -> bool:
    return etree.QName(element.node).namespace in DIAGRAM


def _take(result: etree._Element, taken: list[str], ours: dict[str, _Element]) -> None:
    """Brings what only mine changed into the result: parents before children, since documents name them in that order."""
    here = _by_id(result)
    for key in taken:
        there, wanted = here.get(key), ours.get(key)
        if wanted is None:
            if there is not None:
                _require_parent(there).remove(there)
                _forget(here, there)
            continue
        own = _stripped(wanted.node)
        if there is not None:
            own.extend([child for child in there if child.get("id")])
            _require_parent(there).replace(there, own)
            _forget(here, there)
        else:
            parent = here.get(wanted.parent, result if not wanted.parent else None)
            if parent is None:
                continue
            _place(parent, own, wanted.node)
        here[key] = own


def _by_id(root: etree._Element) -> dict[str, etree._Element]:
    """Every element that has an id. It looks at the whole document, so it is not asked for once per element."""
    return {str(node.get("id")): node for node in root.iter(etree.Element) if node.get("id")}


def _forget(here: dict[str, etree._Element], gone: etree._Element) -> None:
    """What has left the document, with everything that is still in it."""
    for node in gone.iter(etree.Element):
        if here.get(node.get("id") or "") is node:
            del here[str(node.get("id"))]


def _place(parent: etree._Element, own: etree._Element, original: etree._Element) -> None:
    """Under the same wrapper without an id as in the original, when there is one."""
    wrapper = original.getparent()
    if wrapper is not None and not wrapper.get("id"):
        parent = next((child for child in parent if child.tag == wrapper.tag), parent)
    parent.append(own)


def _require_parent(node: etree._Element) -> etree._Element:
    parent = node.getparent()
    if parent is None:
        raise ValueError("the root is not merged")
    return parent


def _dangling(root: etree._Element) -> list[str]:
    """Elements that refer to one which the other side deleted."""
    here = {node.get("id") for node in root.iter(etree.Element)}
    return [
        str(node.get("id"))
        for node in root.iter(etree.Element)
        if node.get("id") and any(node.get(name) and node.get(name) not in here for name in _REFERENCES)
    ]


def _link(root: etree._Element) -> None:
    """Writes the incoming and outgoing flows of every node anew."""
    nodes = _by_id(root)
    for node in list(root.iter(*_LINKS)):
        _require_parent(node).remove(node)
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        for name, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
            joined = nodes.get(flow.get(end) or "")
            if joined is not None:
                link = etree.Element(f"{{{BPMN}}}{name}")
                link.text = flow.get("id")
                joined.insert(_after_preface(joined), link)


def _after_preface(node: etree._Element) -> int:
    """The place behind documentation, extension elements and links: the order that the standard's schema asks for."""
    first = {"documentation", "extensionElements", "incoming"}
    count = 0
    for child in node:
        if not isinstance(child.tag, str) or etree.QName(child).localname not in {*first, "outgoing"}:
            break
        count += 1
    return count
