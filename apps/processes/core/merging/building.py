"""Writes the merged document: theirs, with the elements of mine put in, and links and lanes as the elements say."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from itertools import pairwise

from lxml import etree

from apps.processes.core.merging.reading import LINKS, SEAT, WRITTEN_ANEW, Document, Element, is_ours, same_element
from apps.processes.core.reader.context import reference
from apps.processes.core.vocabulary import BPMN

PREFACE = (
    "documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef", "incoming", "outgoing",
    "partitionElement", "flowNodeRef",
)  # fmt: skip
"""Children that come first, in the order of the standard's schema."""

Nodes = dict[str, etree._Element]


def build(here: Nodes, final: Mapping[str, Element], taken: Iterable[str], mine: Document) -> None:
    """Makes of theirs, whose nodes are `here`, exactly the elements of `final`; `taken` are those of mine, holders first."""
    builder = _Builder(here, final, mine)
    for key in [key for key in here if key not in final]:
        builder.remove(key)
    for key in taken:
        builder.take(key)


class _Builder:
    def __init__(self, here: Nodes, final: Mapping[str, Element], mine: Document) -> None:
        self.here, self.final = here, final
        self.keys = {node: key for key, node in here.items()}
        self.of_mine = {element.node: key for key, element in mine.elements.items()}

    def remove(self, key: str) -> None:
        """What it holds and stays is put into its new holder afterwards."""
        _detach(self.here.pop(key))

    def take(self, key: str) -> None:
        """The own part of mine; the elements that it holds already stay in it."""
        wanted = self.final[key]
        node = self.here.get(key)
        is_new = node is None
        if node is None:
            node = same_element(wanted.node)
            self.here[key], self.keys[node] = node, key
        elif node.tag != wanted.node.tag:
            fresh = same_element(wanted.node)
            fresh.extend(list(node))
            _replace(node, fresh)
            self.here[key], self.keys[fresh] = fresh, key
            node = fresh
        self._fill(node, wanted.node)
        parent = self.here.get(wanted.parent)
        if parent is not None and (is_new or self._holder(node) != wanted.parent):
            _detach(node)
            node.tail = wanted.node.tail
            self._place(parent, node, wanted.node)

    def _holder(self, node: etree._Element) -> str:
        above = next((each for each in node.iterancestors() if each in self.keys), None)
        return "" if above is None else self.keys[above]

    def _fill(self, node: etree._Element, wanted: etree._Element) -> None:
        """Writes the own part in the order of mine, and the elements it holds already at their places among it."""
        held = list(self._held(node))
        links = [child for child in node if child.tag in WRITTEN_ANEW]
        before = dict(pairwise([None, *held][::-1]))
        node.attrib.clear()
        for name, value in wanted.attrib.items():
            node.set(name, value)
        node.text = wanted.text
        for child in list(node):
            node.remove(child)
        placed = self._refill(node, wanted, {self.keys[child]: child for child in held})
        for child in [child for child in held if child not in placed]:
            _insert_behind(node, child, before.get(child))
        for link in links:
            node.insert(_after_preface(node, str(link.tag)), link)

    def _held(self, node: etree._Element) -> Iterator[etree._Element]:
        """The elements that a node holds, through wrappers without an id too."""
        for child in node:
            if child in self.keys:
                yield child
            elif is_ours(child):
                yield from self._held(child)

    def _refill(self, node: etree._Element, wanted: etree._Element, held: Nodes) -> set[etree._Element]:
        placed: set[etree._Element] = set()
        for child in wanted:
            if child in self.of_mine:
                if (known := held.get(self.of_mine[child])) is not None:
                    node.append(known)
                    placed.add(known)
            elif child.tag in WRITTEN_ANEW:
                continue
            elif is_ours(child):
                wrapper = same_element(child)
                node.append(wrapper)
                placed |= self._refill(wrapper, child, held)
            else:
                node.append(deepcopy(child))
        return placed

    def _place(self, parent: etree._Element, node: etree._Element, original: etree._Element) -> None:
        """Behind the element that stands before it in mine, under the same wrapper without an id."""
        for before in original.itersiblings(preceding=True):
            known = self.here.get(before.get("id") or "") if isinstance(before.tag, str) else None
            if known is not None and known.tag not in WRITTEN_ANEW and self._is_below(known, parent):
                known.addnext(node)
                node.tail = original.tail
                return
        wrapper = original.getparent()
        if wrapper is not None and not wrapper.get("id"):
            parent = next((child for child in parent if child.tag == wrapper.tag), parent)
        following = [each.get("id") for each in original.itersiblings() if isinstance(each.tag, str)]
        behind = next((child for child in parent if child.get("id") in following and child.get("id")), None)
        if behind is not None:
            parent.insert(parent.index(behind), node)
        else:
            parent.append(node)

    def _is_below(self, known: etree._Element, parent: etree._Element) -> bool:
        return self._holder(known) == self.keys[parent]


def _replace(node: etree._Element, fresh: etree._Element) -> None:
    fresh.tail = node.tail
    parent = node.getparent()
    if parent is not None:
        parent.replace(node, fresh)


def _detach(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _insert_behind(node: etree._Element, child: etree._Element, before: etree._Element | None) -> None:
    if before is not None and before.getparent() is not None:
        before.addnext(child)
    else:
        node.append(child)


# -- links and lanes ------------------------------------------------------------------------------------------------


def link(nodes: Nodes, seats: Mapping[str, frozenset[str]]) -> None:
    """Incoming and outgoing flows of every node and members of every lane; where they say so already, they stay as they are."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for key, node in nodes.items():
        if node.tag == f"{{{BPMN}}}sequenceFlow":
            for name, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
                wanted.setdefault((node.get(end) or "", f"{{{BPMN}}}{name}"), []).append(key)
        for lane in seats.get(key, ()):
            wanted.setdefault((lane, SEAT), []).append(key)
    for key, node in nodes.items():
        for tag in (*sorted(LINKS), SEAT):
            _write(node, tag, wanted.get((key, tag), []))


def _write(node: etree._Element, tag: str, wanted: list[str]) -> None:
    found = [child for child in node if child.tag == tag]
    said = [reference(child.text) for child in found]
    if sorted(said) == sorted(wanted):
        return
    for child, key in zip(found, said, strict=True):
        if key not in wanted:
            node.remove(child)
    for key in wanted:
        if key not in said:
            made = etree.Element(tag)
            made.text = key
            made.tail = node.text
            node.insert(_after_preface(node, tag), made)


def _after_preface(node: etree._Element, tag: str) -> int:
    """The place of a further child of this tag: the order that the standard's schema asks for."""
    order = [f"{{{BPMN}}}{name}" for name in PREFACE]
    first = order[: order.index(tag) + 1]
    return max((place + 1 for place, child in enumerate(node) if child.tag in first), default=0)
