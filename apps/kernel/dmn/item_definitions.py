"""Reads item definitions: the types that a model names."""

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.dmn.boxed import Boxes, child, children, name_of, text_of
from apps.kernel.dmn.types import BUILT_IN, local_name
from apps.kernel.feel.tree import ANY, Tests, Type

_DEEPEST = 20


def read_types(boxes: Boxes, roots: list[etree._Element]) -> None:
    """Puts the types of these models beside those that the boxes know; of two with one name the first counts."""
    definitions: dict[str, etree._Element] = {}
    for root in roots:
        for part in children(root, "itemDefinition"):
            definitions.setdefault(name_of(part), part)
    for name in definitions:
        _named(boxes, definitions, name, 0)


def _named(boxes: Boxes, definitions: dict[str, etree._Element], name: str, level: int) -> Type:
    if name not in boxes.types:
        if level > _DEEPEST:
            boxes.say(definitions[name], "dmn.type_depth", _("Types are nested too deep, or a type holds itself."))
            return ANY
        boxes.types[name] = _type(boxes, definitions, definitions[name], level + 1)
    return boxes.types[name]


def _type(boxes: Boxes, definitions: dict[str, etree._Element], part: etree._Element, level: int) -> Type:
    components = list(children(part, "itemComponent"))
    reference = child(part, "typeRef")
    known = ((reference.text if reference is not None else "") or "").strip()
    function = child(part, "functionItem")
    if components:
        fields = tuple(map(name_of, components))
        own = Type("context", tuple(_type(boxes, definitions, component, level) for component in components), fields)
    elif function is not None:
        own = _function_type(boxes, definitions, function, level)
    else:
        own = _referred(boxes, definitions, known, part, level)
    allowed = _constraint(boxes, part, "allowedValues")
    whole = _constraint(boxes, part, "typeConstraint")
    if (part.get("isCollection") or "") in {"true", "1"}:
        item = Type(own.name, own.parts, own.fields, allowed or own.tests)
        return Type("list", (item,), (), whole)
    # values of its own take the place of those of the type that it is made from
    return Type(own.name, own.parts, own.fields, (*allowed, *whole)) if allowed or whole else own


def _function_type(boxes: Boxes, definitions: dict[str, etree._Element], function: etree._Element, level: int) -> Type:
    """Types of the parameters, whose names are the fields, and at last that of the result."""
    parameters = list(children(function, "parameters"))
    references = [*(part.get("typeRef") or "" for part in parameters), function.get("outputTypeRef") or ""]
    parts = tuple(_referred(boxes, definitions, reference, function, level) for reference in references)
    return Type("function", parts, tuple(map(name_of, parameters)))


def _referred(boxes: Boxes, definitions: dict[str, etree._Element], reference: str, part: etree._Element, level: int) -> Type:
    known = " ".join(reference.split())
    name = known if known in definitions else local_name(known)
    if name in definitions and name not in BUILT_IN:
        return _named(boxes, definitions, name, level)
    return boxes.type_named(known, part)


def _constraint(boxes: Boxes, part: etree._Element, name: str) -> tuple[Tests, ...]:
    found = child(part, name)
    tests = boxes.tests(text_of(found), found) if found is not None else Tests()
    return (tests,) if tests.tests else ()
