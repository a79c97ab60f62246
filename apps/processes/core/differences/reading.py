"""A BPMN model as elements with properties and layout, each a text under a stable name."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.front_door import Refused, open_document
from apps.processes.core import vocabulary as words
from apps.processes.core.differences.names import DEFAULTS, NAMES, TRUTHS
from apps.processes.core.reader.context import elements, local, reference, text_of

Property = tuple[str, str]
"""Name and detail: ("parameter", "threshold")."""
Properties = dict[Property, str]

SPOKEN = {"messageRef": "message", "signalRef": "signal", "errorRef": "error", "escalationRef": "escalation"}
SPOKEN_BY_USERS = frozenset({"name", "error_code", "escalation_code"})
"""Properties of messages, signals, errors and escalations that are part of the value in the elements that use them."""

_SCOPES = {"process", "subProcess", "transaction", "adHocSubProcess"}
_HOLDERS = {"definitions", "collaboration", *_SCOPES}
_LANES = {"laneSet", "childLaneSet"}
_MEMBERS = {"flowNodeRef", "incoming", "outgoing"}
_PARTS = {
    *words.DATA, *words.ASSOCIATED, *words.LOOPS, *words.DEFINED, *words.EVERYWHERE, *words.ASSIGNMENTS, *words.COLLABORATION,
    *_LANES, "completionCondition", "supportedInterfaceRef", "correlationSubscription", "participantRef",
}  # fmt: skip
"""What stands in a holder with an id of its own and is still a part of the holder."""
_UNSAID = {"id", "isSequential", f"{{{words.XSI}}}type"}
"""Ids name; the others are said by the part that they belong to."""
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?")
_SHAPE, _EDGE, _LABEL = (f"{{{words.DIAGRAM[0]}}}BPMN{name}" for name in ("Shape", "Edge", "Label"))
_BOUNDS, _WAYPOINT = f"{{{words.DIAGRAM[2]}}}Bounds", f"{{{words.DIAGRAM[1]}}}waypoint"


@dataclass(frozen=True)
class Element:
    """`kind` is the element's name in the standard. `layout` is empty for what is not drawn."""

    id: str
    kind: str
    name: str
    english_name: str
    properties: Properties
    layout: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """Elements by id in the order of the file; `referenced`: the messages, signals, errors and escalations in use."""

    elements: dict[str, Element]
    referenced: frozenset[str]


def read_elements(xml: bytes) -> Model:
    """Raises Refused for what is no BPMN document; anything else in it is read as it stands."""
    root = open_document(xml)
    if local(root) != (words.BPMN, "definitions"):
        raise Refused("bpmn.root", _("This is not a BPMN 2.0 model: the root element is {name}.").format(name=local(root)[1]))
    return _Reader(root).read()


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.roots = {child.get("id", ""): child for child in elements(root) if local(child)[1] in SPOKEN.values()}
        self.only_process = len([child for child in elements(root) if local(child)[1] == "process"]) == 1
        self.found: dict[str, Element] = {}
        self.referenced: set[str] = set()
        self.lanes = _lanes(root)
        self.pictures = _pictures(root)

    def read(self) -> Model:
        self._hold(self.root, "")
        return Model(self.found, frozenset(self.referenced))

    def _hold(self, holder: etree._Element, inside: str) -> None:
        for child in elements(holder):
            if _is_element(holder, child):
                self._element(child, local(child)[1], inside)
            elif local(child)[1] in _LANES:
                self._hold(child, inside)

    def _element(self, node: etree._Element, kind: str, inside: str) -> None:
        key = self._key(node, kind)
        facts = _Facts(self)
        facts.put("kind", "", kind)
        facts.put("inside", "", inside)
        facts.put("lane", "", self.lanes.get(key, ""))
        facts.of(node, "")
        name, english = node.get("name", ""), node.get(f"{{{words.CLEARWAY}}}nameEn", "")
        self.found[key] = Element(key, kind, name, english, facts.found, self.pictures.get(key, {}))
        if kind in _HOLDERS or kind == "lane":
            outermost = kind == "collaboration" or (kind == "process" and self.only_process)
            self._hold(node, "" if outermost else key)

    def _key(self, node: etree._Element, kind: str) -> str:
        """The id, or one that is made the same way each time where there is none or it is taken."""
        ends = f"{reference(node.get('sourceRef'))}-to-{reference(node.get('targetRef'))}"
        wanted = node.get("id") or (ends if kind == "sequenceFlow" else kind)
        key, number = wanted, 1
        while key in self.found:
            number += 1
            key = f"{wanted}-{number}"
        return key

    def spoken(self, attribute: str, value: str) -> str:
        """Name and code of the message, signal, error or escalation that an attribute refers to; the id where it is not there."""
        key = reference(value)
        root = self.roots.get(key)
        if root is None:
            return key
        self.referenced.add(key)
        name, code = root.get("name") or "", root.get(f"{SPOKEN[attribute]}Code") or ""
        return f"{name} ({code})" if name and code and name != code else name or code or key


def _is_element(holder: etree._Element, child: etree._Element) -> bool:
    namespace, name = local(child)
    inside = local(holder)[1]
    if namespace != words.BPMN:
        return False
    if inside in _LANES:
        return name == "lane"
    if inside not in _HOLDERS:
        return False
    if name == "sequenceFlow" or (inside == "definitions" and name not in {"extensionElements", "documentation"}):
        return True
    return bool(child.get("id")) and name not in _PARTS


def _lanes(root: etree._Element) -> dict[str, str]:
    """Member -> innermost lane: outer lanes come first in the document, inner ones overwrite them."""
    return {
        reference(text_of(member)): lane.get("id", "")
        for lane in root.iter(f"{{{words.BPMN}}}lane")
        for member in lane.iterchildren(f"{{{words.BPMN}}}flowNodeRef")
    }


class _Facts:
    """Collects the properties of one element."""

    def __init__(self, reader: _Reader) -> None:
        self.reader, self.found = reader, Properties()

    def put(self, name: str, detail: str, value: str | None) -> None:
        """An empty value is not said; what is said twice is numbered."""
        if not value:
            return
        key, number = (name, detail), 1
        while key in self.found:
            number += 1
            key = (name, f"{detail} ({number})".strip())
        self.found[key] = value

    def of(self, node: etree._Element, path: str) -> None:
        """Everything below a node that is not an element of its own."""
        for attribute, value in node.attrib.items():
            if attribute not in _UNSAID:
                self._attribute(path, str(attribute), str(value))
        if text := "".join([node.text or "", *(child.tail or "" for child in node)]).strip():
            self.put(*_named(path or "text"), text)
        for child in elements(node):
            if not _is_element(node, child) and local(child)[1] not in _LANES | _MEMBERS:
                self._part(child, path)

    def _attribute(self, path: str, attribute: str, value: str) -> None:
        name = _short(attribute)
        if name in TRUTHS:
            value = {"1": "true", "0": "false"}.get(value.strip(), value.strip())
        if value == DEFAULTS.get(name):
            return
        if name in SPOKEN:
            value = self.reader.spoken(name, value)
        elif name.endswith("Ref") or name == "default":
            value = reference(value)
        self.put(*_named(f"{path}@{name}"), value)

    def _part(self, node: etree._Element, path: str) -> None:
        name = _short(str(node.tag))
        if name == "extensionElements":
            for child in elements(node):
                self._extension(child, path)
            return
        if name in words.EVENT_DEFINITIONS:
            self._more("trigger", words.EVENT_DEFINITIONS[name].value)
        elif name in words.LOOPS:
            self.put("repeats", "", _repeats(name, node.get("isSequential", "false")))
        elif not node.attrib and not len(node) and not (node.text or "").strip():
            self.put(*_named(f"{path}/{name}".lstrip("/")), "true")
        self.of(node, f"{path}/{name}".lstrip("/"))

    def _extension(self, node: etree._Element, path: str) -> None:
        namespace, name = local(node)
        if namespace != words.CLEARWAY:
            self._part(node, path)
        elif name in ("parameter", "input", "output"):
            target = (node.get("name") if name == "parameter" else node.get("target")) or ""
            self.put(name, target, node.get("value") or '""')
            self._more(f"{name}_order", target)
        elif name == "form":
            self._form("".join(str(part) for part in node.itertext()))
        elif name == "decision":
            self._decision(node)
        else:
            self._part(node, path)

    def _more(self, name: str, value: str) -> None:
        known = self.found.get((name, ""))
        self.found[name, ""] = value if known is None else f"{known}\n{value}"

    def _form(self, text: str) -> None:
        """Field by field where it is a form; as it is written where it is not."""
        try:
            form = json.loads(text) if text.strip() else {}
            _json(form).encode()  # a lone surrogate could not be shown
        except (ValueError, RecursionError):
            form = None
        if not isinstance(form, dict) or not isinstance(form.get("properties", {}), dict):
            self.put("form", "", text.strip())
            return
        fields, rest = form.get("properties", {}), {key: value for key, value in form.items() if key != "properties"}
        required = rest.pop("required", [])
        if not (isinstance(required, list) and all(isinstance(name, str) and name in fields for name in required)):
            self.put("form", "required", _json(required))
            required = []
        for name, schema in fields.items():
            said = {**schema, "required": True} if name in required and isinstance(schema, dict) else schema
            self.put("form_field", str(name), _json(said))
        order = rest.pop("x-order", None)
        order = [str(name) for name in order] if isinstance(order, list) else list(fields)
        self.put("form_order", "", "\n".join(order))
        for key, value in rest.items():
            if (key, value) != ("type", "object"):
                self.put("form", str(key), _json(value))

    def _decision(self, node: etree._Element) -> None:
        for name, key in (("decision", "id"), ("result", "result")):
            self.put(name, "", node.get(key))
        for model in elements(node):
            for picture in [child for child in elements(model) if "DMNDI" in local(child)[0]]:
                model.remove(picture)
            model.tail = None
            self.put("decision_model", "", etree.tostring(model, method="c14n", exclusive=True).decode())


def _repeats(name: str, sequential: str) -> str:
    if name == "standardLoopCharacteristics":
        return "loop"
    return "one_by_one" if sequential.strip() in ("true", "1") else "at_once"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _short(tag: str) -> str:
    """Names of the standard bare, our own with their usual prefix, others with their namespace."""
    name = etree.QName(tag)
    if name.namespace in (None, words.BPMN):
        return name.localname
    return f"clearway:{name.localname}" if name.namespace == words.CLEARWAY else str(name.text)


def _named(path: str) -> Property:
    return NAMES.get(path, path), ""


# -- the picture --------------------------------------------------------------------------------------------------


def _pictures(root: etree._Element) -> dict[str, Properties]:
    """Places, sizes, lines, labels and looks by element; an element that is drawn twice has all of them."""
    found: dict[str, _Picture] = {}
    for drawn in root.iter(_SHAPE, _EDGE):
        found.setdefault(reference(drawn.get("bpmnElement")), _Picture()).add(drawn)
    return {key: picture.said for key, picture in found.items()}


class _Picture:
    def __init__(self) -> None:
        self.said, self.count = Properties(), 0

    def add(self, drawn: etree._Element) -> None:
        self.count += 1
        which = "" if self.count == 1 else f" ({self.count})"
        for attribute, value in drawn.attrib.items():
            if attribute not in ("id", "bpmnElement"):
                self.said["look", f"{_short(str(attribute))}{which}"] = str(value)
        for bounds in drawn.iterchildren(_BOUNDS):
            self.said["place", which] = _numbers(bounds, "x", "y")
            self.said["size", which] = _numbers(bounds, "width", "height")
        if points := [_numbers(point, "x", "y") for point in drawn.iterchildren(_WAYPOINT)]:
            self.said["line", which] = "; ".join(points)
        for bounds in drawn.iterfind(f"{_LABEL}/{_BOUNDS}"):
            self.said["label", which] = _numbers(bounds, "x", "y", "width", "height")


def _numbers(node: etree._Element, *names: str) -> str:
    return " ".join(_plain(node.get(name, "").strip()) for name in names)


def _plain(text: str) -> str:
    """100 for 100.0, so that two tools that write the same place agree."""
    return text.rstrip("0").rstrip(".") if _NUMBER.fullmatch(text) and "." in text else text
