"""What a model looks like together with those that it imports (DMN 1.5, chapter 6.3.3).

An import without a name takes the other model's elements in as if they were written here; what is already there under the same
name stays. An import with a name is a unit of its own that is seen behind this name, and has values of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.dmn.boxed import Boxes, children, name_of, tag
from apps.kernel.front_door import Refused, open_document

MOST_UNITS = 100
NAMESPACES = frozenset(
    f"http{secure}://www.omg.org/spec/DMN/{version}"
    for secure in ("", "s")
    for version in ("20151101/dmn.xsd", "20151101", "20180521/MODEL/", "20191111/MODEL/", "20211108/MODEL/", "20230324/MODEL/")
)


@dataclass
class Unit:
    """One model and what it takes in; `way` are the names of the imports that lead here from the model that is asked."""

    way: tuple[str, ...]
    roots: list[etree._Element] = field(default_factory=list)
    named: dict[str, "Unit"] = field(default_factory=dict)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)  # namespace and id as written -> id in the whole

    @property
    def prefix(self) -> str:
        """Stands before the ids of the unit's elements."""
        return "".join(f"{name}." for name in self.way)

    def namespaces(self) -> set[str]:
        return set(map(namespace_of, self.roots))

    def all(self) -> Iterator["Unit"]:
        """The units behind this one, deepest first, and then itself."""
        for unit in self.named.values():
            yield from unit.all()
        yield self

    def resolved(self, root: etree._Element, href: str) -> str:
        """The id in the whole to which a reference of this unit leads; where it leads nowhere, an id that nothing has."""
        namespace, _hash, written = href.rpartition("#")
        here = self.namespaces()
        for unit in self.named.values():
            if namespace and namespace not in here and namespace in unit.namespaces():
                return unit.ids.get((namespace, written), unit.prefix + written)
        first = namespace if namespace in here else namespace_of(root)
        places = (first, *map(namespace_of, self.roots))
        return next((self.ids[place, written] for place in places if (place, written) in self.ids), self.prefix + written)


def is_model(root: etree._Element) -> bool:
    """Is this the root of a decision model?"""
    return tag(root) == "definitions" and etree.QName(root).namespace in NAMESPACES


def namespace_of(root: etree._Element) -> str:
    """The namespace that a model gives its elements."""
    return (root.get("namespace") or "").strip()


def imports_of(root: etree._Element) -> list[tuple[str, str]]:
    """(namespace, location) of each import; the location may be empty."""
    return [((part.get("namespace") or "").strip(), part.get("locationURI") or "") for part in children(root, "import")]


def library_of(models: tuple[bytes, ...]) -> dict[str, etree._Element]:
    """Models by namespace, the first of each; what cannot be read is not among them."""
    library: dict[str, etree._Element] = {}
    for model in models:
        try:
            root = open_document(model)
        except Refused:
            continue
        if is_model(root):
            library.setdefault(namespace_of(root), root)
    return library


class Gathering:
    """Follows imports; each model is taken in once, and a way never leads through the same model twice."""

    def __init__(self, boxes: Boxes, library: Mapping[str, etree._Element]) -> None:
        self.boxes = boxes
        self.library = library
        self.units = 0

    def unit(self, root: etree._Element, way: tuple[str, ...] = (), above: frozenset[str] = frozenset()) -> Unit:
        """The model with all that it imports; `above` are the namespaces on the way to it."""
        self.units += 1
        unit = Unit(way)
        self._take_in(unit, root, above)
        return unit

    def _take_in(self, unit: Unit, root: etree._Element, above: frozenset[str]) -> None:
        unit.roots.append(root)
        for part in children(root, "import"):
            wanted, name = (part.get("namespace") or "").strip(), name_of(part)
            here = unit.namespaces()
            if (wanted and wanted in here) or name in unit.named:
                continue
            found = self.library.get(wanted)
            if found is None:
                message = _("The model {name} that is imported here is not among the files.").format(name=wanted or name or "?")
                self.boxes.say(part, "dmn.import", message)
            elif not name:
                self._take_in(unit, found, above)
            elif wanted in above or self.units >= MOST_UNITS:
                message = _("The model {name} imports itself on the way over others, or there are too many imports.")
                self.boxes.say(part, "dmn.import", message.format(name=wanted))
            else:
                unit.named[name] = self.unit(found, (*unit.way, name), above | here)
