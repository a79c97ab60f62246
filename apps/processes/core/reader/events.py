"""Event definitions: what an event waits for or throws."""

import re

from django.utils.translation import gettext as _
from lxml import etree

from apps.processes.core import vocabulary as words
from apps.processes.core.plan import Event, EventKind, Timer
from apps.processes.core.reader.context import Context, bpmn, children, local, reference, text_of, truth

_DURATION = re.compile(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_CYCLE = re.compile(r"R(\d+|-1)?/.+")
_TIMES = {"timeDate": _DATE, "timeDuration": _DURATION, "timeCycle": _CYCLE}


def events_of(context: Context, element: etree._Element) -> tuple[Event, ...]:
    """The definitions of an event element in the order of the file, those of the root elements included."""
    found = []
    for child in children(element, *words.DEFINED):
        definition: etree._Element | None = child
        if local(child)[1] == "eventDefinitionRef":
            definition = context.roots.get(reference(child.text))
            if definition is None:
                context.say(element, "bpmn.dangling", _("The event definition {id} is not there.").format(id=child.text))
        if definition is not None:
            found.append(_event(context, element, definition))
    if (node := context.own(element, "timeNode")) and not found:
        found.append(Event(EventKind.TIMER, timer=Timer(time_node=node)))
    return tuple(found)


def _event(context: Context, element: etree._Element, definition: etree._Element) -> Event:
    kind = words.EVENT_DEFINITIONS[local(definition)[1]]
    context.strangers(definition)
    if kind is EventKind.TIMER:
        return Event(kind, timer=_timer(context, element, definition))
    if kind is EventKind.MESSAGE:
        return _message(context, element, definition)
    if kind is EventKind.SIGNAL:
        root = context.root(definition, "signalRef", "signal")
        return Event(kind, name=plainly_named(context, element, root))
    if kind in (EventKind.ERROR, EventKind.ESCALATION):
        root = context.root(definition, f"{kind.value}Ref", kind.value)
        code = root.get(f"{kind.value}Code") or _named(root) if root is not None else None
        return Event(kind, code=code)
    if kind is EventKind.CONDITIONAL:
        condition = context.expression(element, _("condition"), definition.find(bpmn("condition")))
        return Event(kind, condition=condition)
    if kind is EventKind.LINK:
        return Event(kind, name=definition.get("name") or element.get("name"))
    if kind is EventKind.COMPENSATION:
        waits = truth(definition, "waitForCompletion", True)
        return Event(kind, activity=reference(definition.get("activityRef")) or None, waits=waits)
    return Event(kind)


def _named(root: etree._Element | None) -> str | None:
    return None if root is None else root.get("name") or root.get("id")


def plainly_named(context: Context, element: etree._Element, root: etree._Element | None) -> str | None:
    """The name of a message or signal. One that another tool would compute is refused: it is the key that varies."""
    name = _named(root)
    if name is not None and ("${" in name or "#{" in name or name.startswith("=")):
        message = _("The name “{name}” is computed; give the message a fixed name and the element clearway:correlation.")
        context.say(element, "bpmn.name_expression", message.format(name=name[:80]))
    return name


def _message(context: Context, element: etree._Element, definition: etree._Element) -> Event:
    root = context.root(definition, "messageRef", "message")
    name = context.own(definition, "message") or plainly_named(context, element, root)
    correlation = context.feel(element, _("correlation"), context.own(definition, "correlation"))
    return Event(EventKind.MESSAGE, name=name, correlation=correlation)


def _timer(context: Context, element: etree._Element, definition: etree._Element) -> Timer | None:
    node = context.own(definition, "timeNode") or context.own(element, "timeNode")
    texts = {local(child)[1]: child for child in children(definition, *_TIMES) if text_of(child)}
    unknown = {local(child)[1] for child in definition if isinstance(child.tag, str)} - {*_TIMES, *words.EVERYWHERE}
    if unknown or len(texts) + bool(node) != 1:
        message = _("A timer has exactly one of timeDate, timeDuration, timeCycle and clearway:timeNode.")
        context.say(element, "bpmn.timer", message)
        return None
    if node:
        return Timer(time_node=node)
    ((name, child),) = texts.items()
    text = text_of(child) or ""
    if name == "timeCycle" and len(text.split()) in (5, 6, 7) and re.match(r"[\d*]", text):
        message = _("“{text}” is a cron expression; write a repeating interval such as R/PT1H, or use clearway:timeNode.")
        context.say(element, "bpmn.timer", message.format(text=text[:80]))
        return None
    said = f'"{text}"' if _TIMES[name].fullmatch(text) else context.feel(element, _("timer"), text)
    field = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}[name]
    return Timer(**{field: said})
