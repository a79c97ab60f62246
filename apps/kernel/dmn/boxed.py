"""Reads boxed expressions into FEEL's tree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.dmn.nodes import BoxedContext, Broken, Entry, Relation, Table, Typed
from apps.kernel.dmn.types import BUILT_IN, local_name
from apps.kernel.feel import tree
from apps.kernel.feel.errors import FeelError
from apps.kernel.feel.parser import Parser
from apps.kernel.problems import Problem, Severity

NOTHING = tree.Literal(None)


def tag(element: etree._Element) -> str:
    """The name without its namespace; nothing for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of these names, of any version's namespace."""
    return (child for child in element if tag(child) in names)


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """The first child of one of these names."""
    return next(children(element, *names), None)


def name_of(element: etree._Element | None) -> str:
    """The name with single spaces."""
    return "" if element is None else " ".join((element.get("name") or "").split())


def text_of(element: etree._Element | None) -> str:
    """The text of the element's `text`."""
    inner = None if element is None else child(element, "text")
    return (inner.text or "").strip() if inner is not None else ""


@dataclass
class Boxes:
    """Reads expressions of one model: `special` are names with signs or keywords, `types` those that the model defines."""

    special: frozenset[tuple[str, ...]]
    types: dict[str, tree.Type]
    problems: list[Problem] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def say(self, element: etree._Element, rule: str, message: str, severity: Severity = Severity.ERROR) -> Problem:
        """Notes a problem with the nearest id."""
        at: etree._Element | None = element
        while at is not None and not at.get("id"):
            at = at.getparent()
        problem = Problem((at.get("id") if at is not None else None) or f"line {element.sourceline}", rule, message, severity)
        self.problems.append(problem)
        return problem

    def type_of(self, element: etree._Element | None) -> tree.Type:
        """The type that an element refers to; anything when it refers to none."""
        reference = "" if element is None else element.get("typeRef") or ""
        if not reference and element is not None:
            inner = child(element, "typeRef")
            reference = (inner.text or "") if inner is not None else ""
        return tree.ANY if element is None else self.type_named(reference, element)

    def type_named(self, reference: str, element: etree._Element) -> tree.Type:
        """The type of this name, which stands at the element; anything when there is no name, or no such type."""
        name = local_name(reference)
        if not name:
            return tree.ANY
        found = self.types.get(name) or self.types.get(" ".join(reference.split())) or BUILT_IN.get(name)
        if found is None:
            self.say(element, "dmn.type_unknown", _("There is no type {name}.").format(name=name), Severity.WARNING)
        return found or tree.ANY

    def expression(self, holder: etree._Element | None) -> tree.Node:
        """The one boxed expression inside the element; null when there is none."""
        box = None if holder is None else child(holder, *READERS)
        return NOTHING if box is None else self.boxed(box)

    def boxed(self, box: etree._Element) -> tree.Node:
        """An element that is a boxed expression, with the type that it names."""
        node = READERS[tag(box)](self, box)
        # a function names its result, and a table takes care of its type itself
        return node if tag(box) in {"functionDefinition", "decisionTable"} else self.typed(node, box, box)

    def typed(self, node: tree.Node, element: etree._Element | None, place: etree._Element) -> tree.Node:
        """The node with the type that the element names."""
        return self.of_type(node, self.type_of(element), place)

    def of_type(self, node: tree.Node, wanted: tree.Type, place: etree._Element) -> tree.Node:
        """The node with this type; `place` is where that is said."""
        if wanted is tree.ANY:
            return node
        return Typed(node, wanted, place.get("id") or name_of(place) or f"line {place.sourceline}")

    def feel(self, text: str, element: etree._Element) -> tree.Node:
        """A FEEL text; null when it is empty."""
        try:
            parser = Parser(text, self.special, self.types)
            node = parser.whole() if text else NOTHING
            self._doubted(parser, element)
            return node
        except FeelError as refusal:
            return Broken(self.say(element, "dmn.feel", f"{text}: {refusal}"))

    def tests(self, text: str, element: etree._Element) -> tree.Tests:
        """Unary tests."""
        try:
            parser = Parser(text, self.special, self.types)
            tests = parser.whole_tests()
            self._doubted(parser, element)
            return tests
        except FeelError as refusal:
            return tree.Tests((Broken(self.say(element, "dmn.feel", f"{text}: {refusal}")),))

    def _doubted(self, parser: Parser, element: etree._Element) -> None:
        for doubt in parser.doubts:
            self.say(element, "dmn.feel", f"{parser.stream.text}: {doubt}")

    def require_feel(self, element: etree._Element) -> None:
        """Refuses other expression languages by name."""
        language = element.get("expressionLanguage") or element.get("typeLanguage") or ""
        if language and "feel" not in language.lower():
            self.say(element, "dmn.language", _("The expression language {name} is not executed.").format(name=language))


def _literal(boxes: Boxes, box: etree._Element) -> tree.Node:
    boxes.require_feel(box)
    if child(box, "importedValues") is not None:
        return Broken(boxes.say(box, "dmn.imported_values", _("Values of other files are not imported.")))
    return boxes.feel(text_of(box), box)


def _context(boxes: Boxes, box: etree._Element) -> tree.Node:
    entries = []
    for entry in children(box, "contextEntry"):
        variable = child(entry, "variable")
        node = boxes.typed(boxes.expression(entry), variable, entry)
        entries.append(Entry(name_of(variable), node))
    return BoxedContext(tuple(entries))


def _relation(boxes: Boxes, box: etree._Element) -> tree.Node:
    columns = list(children(box, "column"))
    rows = []
    for row in children(box, "row"):
        cells = [boxes.boxed(cell) for cell in children(row, *READERS)]
        if len(cells) != len(columns):
            return Broken(boxes.say(row, "dmn.row_length", _("The row has not one cell for each column.")))
        rows.append(tuple(boxes.typed(cell, column, row) for cell, column in zip(cells, columns, strict=True)))
    return Relation(tuple(map(name_of, columns)), tuple(rows))


def _list(boxes: Boxes, box: etree._Element) -> tree.Node:
    return tree.ListOf(tuple(boxes.boxed(item) for item in children(box, *READERS)))


def _invocation(boxes: Boxes, box: etree._Element) -> tree.Node:
    names, arguments = [], []
    for binding in children(box, "binding"):
        parameter = child(binding, "parameter")
        names.append(name_of(parameter))
        arguments.append(boxes.typed(boxes.expression(binding), parameter, binding))
    return tree.Call(boxes.expression(box), tuple(arguments), tuple(names))


def function_of(boxes: Boxes, box: etree._Element) -> tree.Definition:
    """A boxed function."""
    parameters = list(children(box, "formalParameter"))
    body = boxes.expression(box)
    if (box.get("kind") or "FEEL").upper() != "FEEL":
        body = Broken(boxes.say(box, "dmn.external", _("Functions of other languages are not executed.")))
    return tree.Definition(
        tuple(map(name_of, parameters)), tuple(map(boxes.type_of, parameters)), body, result_of(boxes.type_of(box))
    )


def result_of(declared: tree.Type) -> tree.Type:
    """What a function gives: the last part of its type; older models name the type of the result itself."""
    if declared.name != "function":
        return declared
    return declared.parts[-1] if declared.parts else tree.ANY


def taken_types(declared: tree.Type, names: tuple[str, ...], own: tuple[tree.Type, ...]) -> tuple[tree.Type, ...]:
    """The types of parameters: their own, else what the type of the function says of the parameter with this name."""
    known = dict(zip(declared.fields, declared.parts, strict=False)) if declared.name == "function" else {}
    return tuple(known.get(name, wanted) if wanted is tree.ANY else wanted for name, wanted in zip(names, own, strict=True))


def _conditional(boxes: Boxes, box: etree._Element) -> tree.Node:
    return tree.If(*(boxes.expression(child(box, part)) for part in ("if", "then", "else")))


def _filter(boxes: Boxes, box: etree._Element) -> tree.Node:
    return tree.Filter(boxes.expression(child(box, "in")), boxes.expression(child(box, "match")))


def _iterators(boxes: Boxes, box: etree._Element) -> tuple[tree.Iterator, ...]:
    name = " ".join((box.get("iteratorVariable") or "").split())
    return (tree.Iterator(name, boxes.expression(child(box, "in")), None),)


def _for(boxes: Boxes, box: etree._Element) -> tree.Node:
    body = child(box, "return")
    partial = body is not None and any("partial" in (text.text or "") for text in body.iter() if tag(text) == "text")
    return tree.For(_iterators(boxes, box), boxes.expression(body), partial)


def _quantified(boxes: Boxes, box: etree._Element) -> tree.Node:
    return tree.Quantified(tag(box) == "every", _iterators(boxes, box), boxes.expression(child(box, "satisfies")))


def _table(boxes: Boxes, box: etree._Element) -> tree.Node:
    from apps.kernel.dmn.table_reader import table_of

    node = table_of(boxes, box)
    if not isinstance(node, Table):
        return node
    boxes.tables.append(node)
    wanted = boxes.type_of(box)
    if node.collects and wanted.name not in {"list", "Any"}:
        wanted = tree.Type("list", (wanted,))  # a table that collects may name what it collects
    return boxes.of_type(node, wanted, box)


READERS: dict[str, Callable[[Boxes, etree._Element], tree.Node]] = {
    "literalExpression": _literal,
    "context": _context,
    "relation": _relation,
    "list": _list,
    "invocation": _invocation,
    "functionDefinition": function_of,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "decisionTable": _table,
}
