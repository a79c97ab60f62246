"""Carries what was drawn in an editor over to the document that it was drawn on, and leaves everything else there alone.

An editor writes the whole document in its own way and knows nothing of comments, instructions of other tools, marks inside
texts and what it cannot read. So it says twice what it has: as it read the document and as it is drawn now. Both are written
the same way, so that only the edit differs between them, down to a single attribute; this is done to the document itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from apps.kernel.front_door import open_document
from apps.processes.core.merging.reading import is_ours, own_nodes

_ROOT_TAG = re.compile(r"\A(?:\s|<\?.*?\?>|<!--.*?-->)*<[^\s/>!?]+", re.DOTALL)
_DECLARATION = re.compile(r"\A\s*<\?xml\s.*?\?>\s*", re.DOTALL)
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

Pairs = dict[etree._Element, etree._Element]


class NotDrawnOnThis(Exception):
    """What was read is not the document that the edit is carried to."""


def carried(stored: str, as_read: etree._Element, drawn: etree._Element) -> str:
    """`stored` with what differs between `as_read` and `drawn`; the very same text when nothing does.

    Raises NotDrawnOnThis when `as_read` has elements in other places than `stored`, so that they cannot be put anywhere.
    """
    declared = _declaring(stored, as_read, drawn)
    root = open_document(declared.encode())
    carrier = _Carrier(root, as_read, drawn)
    if carrier.is_same():
        return stored
    carrier.patch(root, as_read, drawn)
    declaration = _DECLARATION.match(stored)
    return (declaration[0] if declaration else "") + etree.tostring(root.getroottree(), encoding="unicode")


def _declaring(document: str, as_read: etree._Element, drawn: etree._Element) -> str:
    """The document, with the namespaces declared that the edit is the first to use: under its prefixes, which editors know."""
    fresh, root = _namespaces(drawn) - _namespaces(as_read), _ROOT_TAG.match(document)
    said = "".join(
        f" xmlns:{prefix}={quoteattr(uri)}"
        for prefix, uri in drawn.nsmap.items()
        if prefix and uri in fresh and f"xmlns:{prefix}=" not in document
    )
    return document if root is None else document[: root.end()] + said + document[root.end() :]


def _namespaces(root: etree._Element) -> set[str]:
    names = (str(name) for node in root.iter(etree.Element) for name in (node.tag, *node.attrib))
    return {name[1:].partition("}")[0] for name in names if name.startswith("{")}


class _Carrier:
    def __init__(self, stored: etree._Element, read: etree._Element, drawn: etree._Element) -> None:
        self.roots = (read, drawn)
        self.stored, self.read, self.drawn = (dict(own_nodes(root)) for root in (stored, read, drawn))
        self.keys = {node: key for nodes in (self.read, self.drawn) for key, node in nodes.items()}
        self.numbers: dict[object, int] = {}
        self.said: dict[etree._Element, int] = {}
        for root in self.roots:
            self._number(root)

    def is_same(self) -> bool:
        read, drawn = self.roots
        return self.said[read] == self.said[drawn]

    def _number(self, node: etree._Element) -> int:
        """The same number for what says the same, with all that it holds. Blanks between elements say nothing."""
        children = list(node.iterchildren(etree.Element))
        parts = tuple((self._number(child), (child.tail or "").strip()) for child in children)
        fact = (node.tag, tuple(sorted(node.attrib.items())), _text(node, children), parts)
        self.said[node] = self.numbers.setdefault(fact, len(self.numbers))
        return self.said[node]

    # -- one element -----------------------------------------------------------------------------------------------

    def patch(self, node: etree._Element, was: etree._Element | None, now: etree._Element) -> None:
        """Does to the stored element what happened between `was` (None: it is new) and `now`."""
        if was is not None and self.said[was] == self.said[now]:
            return
        if was is None or was.tag != now.tag:
            node.tag = now.tag
        _carry_attributes(node, was, now)
        before, after = ([] if was is None else list(was.iterchildren(etree.Element))), list(now.iterchildren(etree.Element))
        text = _text(now, after)
        if text != ("" if was is None else _text(was, before)):
            if not after:  # a text changes as a whole, with the marks in it that the editor did not show
                node[:] = []
            node.text = text or None
        self._carry_children(node, before, after)

    def _carry_children(self, node: etree._Element, before: list[etree._Element], after: list[etree._Element]) -> None:
        known, pairs = self._counterparts(node, before), self._pairs(before, after)
        staying = set(pairs.values())
        for child in before:
            if child in known and child not in staying and self.keys.get(child) not in self.drawn:
                _detach(known[child])
        last: etree._Element | None = None
        for child in after:
            old = pairs.get(child)
            if old in known:
                self.patch(known[old], old, child)
                last = known[old]
            elif old is None or self.said[old] != self.said[child]:
                following = (known[pairs[each]] for each in child.itersiblings(etree.Element) if pairs.get(each) in known)
                last = self._settle(node, child, last, following)

    def _settle(
        self, holder: etree._Element, now: etree._Element, last: etree._Element | None, following: Iterator[etree._Element]
    ) -> etree._Element:
        """Puts into its holder what is new there: the element itself when it was elsewhere before, otherwise a new one."""
        key = self.keys.get(now, "")
        here = self.stored.get(key)
        if here is None:
            is_whole = not is_ours(now)
            here = deepcopy(now) if is_whole else etree.Element(now.tag, nsmap={now.prefix: etree.QName(now).namespace or ""})
            _place(holder, here, last, following)
            if not is_whole:
                self.patch(here, None, now)
            return here
        if here is holder or here in holder.iterancestors():
            raise NotDrawnOnThis
        _detach(here)
        _place(holder, here, last, following)
        self.patch(here, self.read.get(key), now)
        return here

    # -- what is what ----------------------------------------------------------------------------------------------

    def _counterparts(self, node: etree._Element, before: list[etree._Element]) -> Pairs:
        """The stored elements of those that were read: by id, otherwise by their order among those of the same tag."""
        found, unnamed = {}, defaultdict[str, list[etree._Element]](list)
        for child in before:
            known = self.stored.get(self.keys.get(child, ""))
            if known is not None:
                found[child] = known
            else:
                unnamed[str(child.tag)].append(child)
        taken = set(found.values())
        for tag, children in unnamed.items():
            there = [each for each in node.iterchildren(tag) if each not in taken and not self._is_named(each)]
            if len(there) != len(children):  # the editor has left some out
                children, there = self._that_say_the_same(children, there)
            found |= dict(zip(children, there, strict=True))
        return found

    def _is_named(self, node: etree._Element) -> bool:
        key = node.get("id")
        return key in self.read and self.stored.get(key) is node

    def _that_say_the_same(self, children: list[etree._Element], there: list[etree._Element]) -> tuple[list[Any], list[Any]]:
        pairs, free = [], list(there)
        for child in children:
            known = next((each for each in free if self._number(each) == self.said[child]), None)
            if known is not None:
                pairs.append((child, known))
                free.remove(known)
        return [child for child, _ in pairs], [known for _, known in pairs]

    def _pairs(self, before: list[etree._Element], after: list[etree._Element]) -> Pairs:
        """Which child of now is which of before: the same id or the same words, otherwise the same tag in the same place."""
        found: Pairs = {}
        was, now = ([self.keys.get(child) or self.said[child] for child in children] for children in (before, after))
        for same, start, end, begin, until in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if same == "equal":
                found |= dict(zip(after[begin:until], before[start:end], strict=True))
                continue
            left = iter([child for child in before[start:end] if child not in self.keys])
            for child in after[begin:until]:
                if child not in self.keys and (old := next((each for each in left if each.tag == child.tag), None)) is not None:
                    found[child] = old
        return found


def _text(node: etree._Element, children: list[etree._Element]) -> str:
    """What stands before its elements; of an element without any, all that it says."""
    text = node.text or ""
    if not children:
        text += "".join(each.tail or "" for each in node)
    return text.strip() if children or not text.strip() else text


def _carry_attributes(node: etree._Element, was: etree._Element | None, now: etree._Element) -> None:
    before, after = (
        {str(name): str(value) for name, value in each.attrib.items()} if each is not None else {} for each in (was, now)
    )
    for name in before.keys() - after.keys():
        if name in node.attrib:
            del node.attrib[name]
    for name, value in after.items():
        if before.get(name) != value:
            node.set(name, _under_prefixes_of(node, now, value) if name == _TYPE else value)


def _under_prefixes_of(node: etree._Element, now: etree._Element, value: str) -> str:
    """The name of a type, with the prefix that its namespace has in the document."""
    prefix, colon, name = value.rpartition(":")
    uri = now.nsmap.get(prefix if colon else None)
    if uri is None or node.nsmap.get(prefix if colon else None) == uri:
        return value
    known = next(((each or "") for each, space in node.nsmap.items() if space == uri), prefix)
    return f"{known}:{name}" if known else name


def _place(
    holder: etree._Element, node: etree._Element, last: etree._Element | None, following: Iterator[etree._Element]
) -> None:
    """Behind `last`; without it before the first of the `following` that is there, otherwise at the end."""
    indent = None if (holder.text or "").strip() else holder.text
    behind = last if last is not None and last.getparent() is holder else None
    before = None if behind is not None else next((each for each in following if each.getparent() is holder), None)
    if behind is not None:
        if not (behind.tail or "").strip():
            node.tail, behind.tail = behind.tail, indent
        holder.insert(holder.index(behind) + 1, node)
    elif before is not None:
        node.tail = indent
        holder.insert(holder.index(before), node)
    else:
        holder.append(node)


def _detach(node: etree._Element) -> None:
    """Takes an element out; a text behind it belongs to its holder and stays."""
    parent, tail, before = node.getparent(), node.tail or "", node.getprevious()
    if parent is None:
        return
    parent.remove(node)
    node.tail = None
    if tail.strip():
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
