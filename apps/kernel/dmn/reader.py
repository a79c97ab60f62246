"""Reads DMN 1.1 to 1.5 into a Model. Nothing is ignored silently: what is not executed is a problem with its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.dmn.boxed import Boxes, child, children, function_of, name_of, result_of, tag, taken_types
from apps.kernel.dmn.imports import Gathering, Unit, is_model, library_of, namespace_of
from apps.kernel.dmn.item_definitions import read_types
from apps.kernel.dmn.model import Decision, Element, InputData, Knowledge, Model, Service
from apps.kernel.feel.names import words_of
from apps.kernel.feel.tree import ANY, Definition, Type
from apps.kernel.front_door import Refused, open_document
from apps.kernel.problems import Problem

_DRG = ("inputData", "decision", "businessKnowledgeModel", "decisionService")


def read_model(xml: bytes, special: frozenset[tuple[str, ...]], others: tuple[bytes, ...] = ()) -> Model:
    """The model with what it imports from the others; when it cannot be read at all, one without elements that says why."""
    try:
        root = open_document(xml)
    except Refused as refusal:
        return Model("", {}, (refusal.problem,))
    if not is_model(root):
        return Model("", {}, (Problem("", "dmn.namespace", _("This is no DMN model of version 1.1 to 1.5.")),))
    boxes = Boxes(special, {})
    whole = Gathering(boxes, library_of(others)).unit(root)
    boxes.special |= _special_names(root for unit in whole.all() for root in unit.roots)
    parts: dict[str, tuple[Element, etree._Element]] = {}
    types: dict[tuple[str, ...], Mapping[str, Type]] = {}
    for unit in whole.all():
        inner = replace(boxes, types={})
        for name in unit.named:
            inner.types |= {f"{name}.{known}": meant for known, meant in types[(*unit.way, name)].items()}
        read_types(inner, unit.roots)
        types[unit.way] = inner.types
        parts |= _Reading(inner, unit).parts()
    _require_known(boxes, parts)
    return Model(
        name_of(root), {name: element for name, (element, _part) in parts.items()}, tuple(boxes.problems), tuple(boxes.tables)
    )


def _special_names(roots: Iterable[etree._Element]) -> frozenset[tuple[str, ...]]:
    named = (element for root in roots for element in root.iter() if isinstance(element.tag, str) and element.get("name"))
    return frozenset(words for name in set(map(name_of, named)) if name and (words := words_of(name)))


class _Reading:
    """Reads the elements of one unit."""

    def __init__(self, boxes: Boxes, unit: Unit) -> None:
        self.boxes = boxes
        self.unit = unit

    def parts(self) -> dict[str, tuple[Element, etree._Element]]:
        """The elements by id, each with where it stands. Of two with one name, that of the importing model counts."""
        kept: list[tuple[str, etree._Element, etree._Element]] = []
        names: dict[str, str] = {}
        for root in self.unit.roots:
            taken = set(names)
            for part in children(root, *_DRG):
                name, written = _name(part), part.get("id") or _name(part)
                place = (namespace_of(root), written)
                if name in taken:
                    self.unit.ids.setdefault(place, names[name])
                    continue
                if place in self.unit.ids:
                    self.boxes.say(part, "dmn.id_twice", _("This id stands twice in the model."))
                identity = self.unit.prefix + written
                if identity in {other for other, _root, _part in kept} and place not in self.unit.ids:
                    identity = f"{place[0]}#{identity}"
                self.unit.ids[place] = names[name] = identity
                kept.append((identity, root, part))
        return {identity: (self._element(identity, root, part), part) for identity, root, part in kept}

    def _element(self, identity: str, root: etree._Element, part: etree._Element) -> Element:
        boxes, name, way, variable = self.boxes, _name(part), self.unit.way, child(part, "variable")
        if tag(part) == "inputData":
            return InputData(identity, name, way, boxes.type_of(variable))
        required = tuple(self._required(root, part))
        if tag(part) == "decision":
            node = boxes.typed(boxes.expression(part), variable, part)
            return Decision(identity, name, way, boxes.type_of(variable), node, required)
        if tag(part) == "businessKnowledgeModel":
            logic = child(part, "encapsulatedLogic")
            function = function_of(boxes, logic) if logic is not None else Definition((), (), boxes.expression(part))
            declared = result_of(boxes.type_of(variable))
            types = taken_types(boxes.type_of(variable), function.parameters, function.types)
            function = replace(function, types=types, result=function.result if declared is ANY else declared)
            return Knowledge(identity, name, way, function, required)
        outputs = tuple(self._references(root, children(part, "outputDecision")))
        inputs = (
            *self._references(root, children(part, "inputData")),
            *self._references(root, children(part, "inputDecision")),
        )
        return Service(identity, name, way, outputs, inputs, boxes.type_of(variable))

    def _references(self, root: etree._Element, parts: Iterator[etree._Element]) -> Iterator[str]:
        return (self.unit.resolved(root, (part.get("href") or "").strip()) for part in parts)

    def _required(self, root: etree._Element, part: etree._Element) -> Iterator[str]:
        for requirement in children(part, "informationRequirement", "knowledgeRequirement"):
            yield from self._references(root, children(requirement, "requiredInput", "requiredDecision", "requiredKnowledge"))


def _name(part: etree._Element) -> str:
    return name_of(part) or name_of(child(part, "variable"))


def _require_known(boxes: Boxes, parts: dict[str, tuple[Element, etree._Element]]) -> None:
    """Every reference leads somewhere, and no decision needs itself."""
    needs: dict[str, tuple[str, ...]] = {}
    for identity, (element, part) in parts.items():
        wanted = element.requires if isinstance(element, Decision | Knowledge) else ()
        wanted = (*element.inputs, *element.outputs) if isinstance(element, Service) else wanted
        missing = [name for name in wanted if name not in parts]
        for name in missing:
            boxes.say(part, "dmn.reference", _("There is no element {id} in the model.").format(id=name or "?"))
        needs[identity] = tuple(name for name in wanted if name in parts)
        if missing:
            parts[identity] = (_without(element, set(missing)), part)
    for name in _cyclic(needs):
        boxes.say(parts[name][1], "dmn.cycle", _("This element needs itself, on the way over others."))


def _without(element: Element, missing: set[str]) -> Element:
    """The element without references that lead nowhere."""

    def kept(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in missing)

    if isinstance(element, Service):
        return replace(element, inputs=kept(element.inputs), outputs=kept(element.outputs))
    return element if isinstance(element, InputData) else replace(element, requires=kept(element.requires))


def _cyclic(needs: dict[str, tuple[str, ...]]) -> list[str]:
    """Elements that are needed by what they need: what is left when all that is settled is taken away."""
    left = {name: {other for other in wanted if other != name} for name, wanted in needs.items()}
    while settled := [name for name, wanted in left.items() if not wanted & left.keys()]:
        for name in settled:
            del left[name]
    return sorted(left)
