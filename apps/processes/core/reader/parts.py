"""Parts that several kinds of elements have: loops, data, mappings of variables."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from apps.processes.core import vocabulary as words
from apps.processes.core.form_schema import FormRefused, ordered, read_form
from apps.processes.core.plan import Loop, Mapping
from apps.processes.core.reader.context import Context, bpmn, children, elements, identity_of, local, reference, text_of, truth


@dataclass
class Said:
    """What the extension elements and the data of one element say."""

    parameters: list[Mapping] = field(default_factory=list)
    inputs: list[Mapping] = field(default_factory=list)
    outputs: list[Mapping] = field(default_factory=list)
    form: dict[str, Any] = field(default_factory=dict)
    decision: etree._Element | None = None


def extension_of(context: Context, element: etree._Element, owner: str) -> Said:
    """Our own extension elements; on an element for which they mean nothing they are refused."""
    said = Said()
    known = words.CLEARWAY_CHILDREN.get(owner, set())
    for holder in element.findall(bpmn("extensionElements")):
        for child in elements(holder):
            namespace, name = local(child)
            if namespace != words.CLEARWAY:
                continue
            if name in known:
                _clearway(context, element, child, said)
            elif any(name in names for names in words.CLEARWAY_CHILDREN.values()):
                message = _("clearway:{attribute} means nothing on {name}.").format(attribute=name, name=owner)
                context.say(element, "clearway.unknown_element", message)
            else:
                context.say(element, "clearway.unknown_element", _("There is no clearway:{name}.").format(name=name))
    return said


def _clearway(context: Context, element: etree._Element, child: etree._Element, said: Said) -> None:
    name = local(child)[1]
    if name == "form":
        try:
            said.form = ordered(read_form("".join(str(part) for part in child.itertext())))
        except FormRefused as refused:
            context.say(element, refused.rule, str(refused))
    elif name == "decision":
        said.decision = child
    else:
        target = child.get("name") if name == "parameter" else child.get("target")
        value = child.get("value")
        if not target or value is None:
            context.say(element, "clearway.mapping", _("clearway:{name} needs a target and a value.").format(name=name))
            return
        kept = {"parameter": said.parameters, "input": said.inputs, "output": said.outputs}[name]
        kept.append(Mapping(target, context.feel(element, f"{name} {target}", value) or value))


# -- data ---------------------------------------------------------------------------------------------------------


def data_of(context: Context, holder: etree._Element) -> None:
    """Remembers which variable each data object, store and property of a process or sub-process stands for."""
    objects = {identity_of(child): child.get("name") for child in children(holder, "dataObject")}
    for child in children(holder, "dataObject", "property"):
        context.variables[identity_of(child)] = child.get("name") or identity_of(child)
    for child in children(holder, "dataObjectReference"):
        named = objects.get(reference(child.get("dataObjectRef")))
        context.variables[identity_of(child)] = named or child.get("name") or reference(child.get("dataObjectRef"))
    for child in children(holder, "dataStoreReference"):
        root = context.roots.get(reference(child.get("dataStoreRef")))
        named = root.get("name") if root is not None else None
        context.variables[identity_of(child)] = child.get("name") or named or identity_of(child)
    for child in children(holder, "ioSpecification"):
        _own_data(context, child)


def _own_data(context: Context, specification: etree._Element) -> None:
    for child in children(specification, "dataInput", "dataOutput"):
        context.variables[identity_of(child)] = child.get("name") or identity_of(child)


def mappings_of(context: Context, element: etree._Element, said: Said) -> dict[str, str]:
    """Adds what the data associations say; gives the expression that fills each data input of the element."""
    for child in children(element, "property", "dataInput", "dataOutput"):
        context.variables[identity_of(child)] = child.get("name") or identity_of(child)
    for child in children(element, "ioSpecification"):
        _own_data(context, child)
    filled: dict[str, str] = {}
    for association in children(element, *sorted(words.ASSOCIATED)):
        inward = local(association)[1] == "dataInputAssociation"
        kept = said.inputs if inward else said.outputs
        for unread in children(association, "transformation"):
            context.refuse(unread)
        for target, expression in _associated(context, element, association):
            name = context.variables.get(target, target)
            if inward:
                filled[target] = expression
            if name and expression and (inward or name != expression):
                kept.append(Mapping(name, expression))
    return filled


def _associated(context: Context, element: etree._Element, association: etree._Element) -> list[tuple[str, str]]:
    """Pairs of the id or name that receives a value, and the FEEL that gives it."""
    assignments = children(association, "assignment")
    found = []
    for assignment in assignments:
        value = context.expression(element, _("assignment"), assignment.find(bpmn("from")))
        target = reference(text_of(assignment.find(bpmn("to")))) or reference(text_of(association.find(bpmn("targetRef"))))
        if value is None or not target:
            context.say(element, "bpmn.assignment", _("An assignment needs from and to."))
        else:
            found.append((target, value))
    if not assignments:
        target = reference(text_of(association.find(bpmn("targetRef"))))
        for source in children(association, "sourceRef"):
            identity = reference(text_of(source))
            found.append((target, context.variables.get(identity, identity)))
    return found


# -- loops --------------------------------------------------------------------------------------------------------


def loop_of(context: Context, element: etree._Element, filled: dict[str, str]) -> Loop | None:
    """The loop or the instances of an activity."""
    for characteristics in children(element, *sorted(words.LOOPS)):
        context.strangers(characteristics)
        if local(characteristics)[1] == "standardLoopCharacteristics":
            return _standard_loop(context, element, characteristics)
        return _instances(context, element, characteristics, filled)
    return None


def _standard_loop(context: Context, element: etree._Element, said: etree._Element) -> Loop:
    context.only(said, {*words.EVERYWHERE, "loopCondition"})
    maximum = said.get("loopMaximum")
    if maximum is not None and not (maximum.strip().isascii() and maximum.strip().isdigit()):
        context.say(element, "bpmn.loop_maximum", _("loopMaximum is a whole number."))
        maximum = None
    return Loop(
        multi=False,
        sequential=True,
        condition=context.expression(element, _("loop condition"), said.find(bpmn("loopCondition"))),
        test_before=truth(said, "testBefore", False),
        maximum=int(maximum) if maximum is not None else None,
    )


def _instances(context: Context, element: etree._Element, said: etree._Element, filled: dict[str, str]) -> Loop:
    context.only(said, {*words.EVERYWHERE, *_INSTANCES})
    if said.get("behavior", "All") != "All":
        message = _("{attribute}=“{value}” is not executed; only “{only}” is.")
        context.say(
            element, "bpmn.unsupported_attribute", message.format(attribute="behavior", value=said.get("behavior"), only="All")
        )
    parts = {name: said.find(bpmn(name)) for name in _INSTANCES}
    collection = reference(text_of(parts["loopDataInputRef"]))
    gathered = reference(text_of(parts["loopDataOutputRef"]))
    item = parts["outputDataItem"]
    return Loop(
        sequential=truth(said, "isSequential", False),
        cardinality=context.expression(element, _("loop cardinality"), parts["loopCardinality"]),
        collection=filled.get(collection) or context.variables.get(collection, collection) or None,
        element=_item(parts["inputDataItem"]),
        output_collection=_gathered(context, element, gathered),
        output_element=_item(item),
        completion=context.expression(element, _("completion condition"), parts["completionCondition"]),
    )


_INSTANCES = (
    "loopCardinality",
    "loopDataInputRef",
    "loopDataOutputRef",
    "inputDataItem",
    "outputDataItem",
    "completionCondition",
)


def _gathered(context: Context, element: etree._Element, identity: str) -> str | None:
    """The variable that receives the list: where the association leads from the activity's data output."""
    for association in children(element, "dataOutputAssociation"):
        sources = [reference(text_of(source)) for source in children(association, "sourceRef")]
        if identity in sources:
            target = reference(text_of(association.find(bpmn("targetRef"))))
            return context.variables.get(target, target)
    return context.variables.get(identity, identity) or None


def _item(item: etree._Element | None) -> str | None:
    return None if item is None else item.get("name") or item.get("id")
