"""What all readers share: the problems so far, the ids, the root elements, and how to complain."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from apps.processes.core import vocabulary as words
from apps.processes.core.dialect import Untranslatable, to_feel
from apps.processes.core.links import LONGEST_LINK, is_link
from apps.processes.core.problems import Problem, Severity


def local(element: etree._Element) -> tuple[str, str]:
    """Namespace and name."""
    name = etree.QName(element)
    return name.namespace or "", name.localname


def elements(element: etree._Element) -> list[etree._Element]:
    """Children without comments and processing instructions."""
    return [child for child in element if isinstance(child.tag, str)]


def bpmn(name: str) -> str:
    return f"{{{words.BPMN}}}{name}"


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    return [child for child in elements(element) if local(child)[0] == words.BPMN and local(child)[1] in names]


def text_of(element: etree._Element | None) -> str | None:
    """All text of an element without the blanks around it; None when there is none."""
    if element is None:
        return None
    return "".join(str(part) for part in element.itertext()).strip() or None


def truth(element: etree._Element, attribute: str, default: bool) -> bool:
    value = element.get(attribute)
    return default if value is None else value.strip() in ("true", "1")


def identity_of(element: etree._Element) -> str:
    return str(element.get("id") or "")


def reference(text: str | None) -> str:
    """An id from a reference, which may carry a prefix."""
    return (text or "").strip().rpartition(":")[2]


class Context:
    """One model being read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.ids: set[str] = set()
        self.roots: dict[str, etree._Element] = {}
        self.variables: dict[str, str] = {}  # id of a data element -> the variable that it stands for
        self.compensations: dict[str, str] = {}  # association: one end -> the other

    # -- complaints ---------------------------------------------------------------------------------------------

    def say(self, element: etree._Element | str, rule: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(Problem(self.place(element), rule, message, severity))

    def place(self, element: etree._Element | str) -> str:
        """The id of the element, or of the nearest one around it that has one."""
        if isinstance(element, str):
            return element
        around: Any = element
        while around is not None:
            if around.get("id"):
                return str(around.get("id"))
            if local(around) in ((words.BPMN, "process"), (words.BPMN, "definitions")):
                break
            around = around.getparent()
        return f"line {element.sourceline}"

    def refuse(self, element: etree._Element) -> None:
        """Says that an element is not executed, and how to model it."""
        name = local(element)[1]
        hint = words.HINTS.get(name)
        message = _("{name} is not executed.").format(name=name) + (" " + _(hint) if hint else "")
        self.say(element, "bpmn.unsupported_element", message)

    def identify(self, element: etree._Element) -> str:
        identity = element.get("id", "")
        if not identity:
            self.say(element, "bpmn.id_missing", _("The element has no id."))
        elif ":" in identity:
            self.say(element, "bpmn.id", _("An id has no colon: what stands before one in a reference is a prefix."))
        elif identity in self.ids:
            self.say(element, "bpmn.id_twice", _("The id {id} is used more than once.").format(id=identity))
        self.ids.add(identity)
        return identity

    def made_id(self, wanted: str) -> str:
        """An id for an element that has none: the same for the same model."""
        identity, number = wanted, 1
        while identity in self.ids:
            number += 1
            identity = f"{wanted}-{number}"
        self.ids.add(identity)
        return identity

    # -- what may stand where -----------------------------------------------------------------------------------

    def only(self, element: etree._Element, known: Iterable[str]) -> None:
        """Refuses children that are not executed, and a second one of what is said once."""
        said: set[str] = set()
        allowed = set(known)
        for child in elements(element):
            namespace, name = local(child)
            if namespace != words.BPMN:
                continue
            if name in words.ASSIGNMENTS:
                message = _("{name} is kept, not executed: who may do a step says clearway:role.").format(name=name)
                self.say(element, "bpmn.not_executed", message, Severity.NOTE)
            elif name not in allowed:
                self.refuse(child)
            elif name in words.SAID_ONCE and name in said:
                self.say(element, "bpmn.said_twice", _("{name} is given more than once.").format(name=name))
            said.add(name)

    def strangers(self, element: etree._Element) -> None:
        """Children of other namespaces outside extensionElements: our own are misplaced, others' are noted."""
        for child in elements(element):
            namespace, name = local(child)
            if namespace == words.CLEARWAY:
                message = _("clearway:{name} belongs into the extensionElements of the element.").format(name=name)
                self.say(element, "clearway.place", message)
            elif namespace not in (words.BPMN, *words.DIAGRAM):
                message = _("{name} of another tool is kept, not executed.").format(name=name)
                self.say(element, "bpmn.foreign", message, Severity.NOTE)

    def attributes(self, element: etree._Element, name: str) -> None:
        """Refuses attributes, and values of attributes, that are not executed."""
        allowed = words.ATTRIBUTES[name]
        own = words.CLEARWAY_ATTRIBUTES.get(name, set()) | words.CLEARWAY_EVERYWHERE
        for key, value in element.attrib.items():
            attribute = etree.QName(key)
            if attribute.namespace == words.CLEARWAY:
                if attribute.localname not in own:
                    message = _("clearway:{attribute} means nothing on {name}.").format(attribute=attribute.localname, name=name)
                    self.say(element, "clearway.unknown_attribute", message)
            elif attribute.namespace:
                continue  # of another tool: `foreign` speaks of it
            elif attribute.localname not in {"id", "name", *allowed}:
                message = _("The attribute {attribute} of {name} is not executed.").format(
                    attribute=attribute.localname, name=name
                )
                self.say(element, "bpmn.unsupported_attribute", message)
            elif (only := allowed.get(attribute.localname)) is not None and value != only:
                message = _("{attribute}=“{value}” is not executed; only “{only}” is.").format(
                    attribute=attribute.localname, value=str(value)[:80], only=only
                )
                self.say(element, "bpmn.unsupported_attribute", message)

    # -- values -------------------------------------------------------------------------------------------------

    def own(self, element: etree._Element, attribute: str) -> str | None:
        value = element.get(f"{{{words.CLEARWAY}}}{attribute}")
        return value if isinstance(value, str) else None

    def link(self, element: etree._Element, attribute: str) -> str | None:
        """An address that a browser may follow; anything else, such as a script, is refused."""
        value = self.own(element, attribute)
        if not value:
            return None
        if not is_link(value):
            message = _("The {attribute} is no link: it begins with https:// or http:// and has at most {limit} characters.")
            self.say(element, f"clearway.{attribute}", message.format(attribute=attribute, limit=LONGEST_LINK))
            return None
        return value

    def feel(self, element: etree._Element, what: str, text: str | None) -> str | None:
        """The expression in FEEL: a translation is noted, what has none is refused. None for no text."""
        if text is None or not text.strip():
            return None
        try:
            found = to_feel(text)
        except Untranslatable as refusal:
            self.say(element, "feel.syntax", f"{what}: {refusal}")
            return text.strip()
        if found.translated:
            message = _("{what}: “{text}” is executed as FEEL “{feel}”.").format(
                what=what, text=text.strip()[:200], feel=found.text
            )
            self.say(element, "feel.translated", message, Severity.NOTE)
        return found.text

    def expression(self, element: etree._Element, what: str, holder: etree._Element | None) -> str | None:
        """The FEEL of an expression element, whose language must be one that is read."""
        if holder is None:
            return None
        language = (holder.get("language") or "").lower()
        if any(word in language for word in ("xpath", "python", "ruby", "xquery")):
            message = _("Conditions are written in FEEL, not {language}.").format(language=language[:80])
            self.say(element, "bpmn.condition_language", message)
        return self.feel(element, what, text_of(holder))

    def root(self, element: etree._Element, attribute: str, kind: str) -> etree._Element | None:
        """The root element that a reference names; one that is not there is a problem."""
        wanted = element.get(attribute)
        if wanted is None:
            return None
        found = self.roots.get(reference(wanted))
        if found is None or local(found)[1] != kind:
            message = _("There is no {kind} with the id {id}.").format(kind=kind, id=wanted[:80])
            self.say(element, "bpmn.dangling", message)
            return None
        return found
