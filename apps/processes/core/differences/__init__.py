"""What differs between two BPMN models, element by element: meaning and picture apart. Pure data; words are in `words`.

Elements are compared by id. Everything that an element says is a property, those of other tools too, so that no edit goes
unseen; a model need not be runnable to be compared. No difference are: ids of parts of an element, comments, blanks, defaults
written out, the order of elements, and what the document says of itself (namespace, tool).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from apps.processes.core.differences.reading import SPOKEN_BY_USERS, Element, Model, Properties, Property, read_elements

ORDERS = frozenset({"parameter_order", "input_order", "output_order", "form_order"})
"""Values are names, one a line. What came or went is said by itself; only what changed places is a change of order."""


class What(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # only the picture differs


@dataclass(frozen=True)
class Change:
    """One property. `old` None: it is new; `new` None: it is gone. `detail`: which parameter, field or mapping."""

    property: str
    detail: str
    old: str | None
    new: str | None

    def mirrored(self) -> "Change":
        return Change(self.property, self.detail, self.new, self.old)


@dataclass(frozen=True)
class Difference:
    """One element. `changes` of an added or removed element are all that it says; `layout` is about the picture alone."""

    element: str
    what: What
    changes: tuple[Change, ...] = ()
    layout: tuple[Change, ...] = ()

    def mirrored(self) -> "Difference":
        opposite = {What.ADDED: What.REMOVED, What.REMOVED: What.ADDED}.get(self.what, self.what)
        changes, layout = (tuple(each.mirrored() for each in found) for found in (self.changes, self.layout))
        return Difference(self.element, opposite, changes, layout)


@dataclass(frozen=True)
class Differences:
    """Both models as they were read, and what differs: in the order of the new model, then what is gone."""

    old: Model
    new: Model
    items: tuple[Difference, ...]

    @property
    def meaning(self) -> tuple[Difference, ...]:
        """Without the elements of which only the picture differs."""
        return tuple(item for item in self.items if item.what is not What.MOVED)


def differences(old_xml: bytes, new_xml: bytes) -> Differences:
    """Compares two models. Raises Refused (front door) for a document that is no BPMN model."""
    old, new = read_elements(old_xml), read_elements(new_xml)
    spoken = old.referenced | new.referenced
    found = [_difference(old.elements.get(key), element, key in spoken) for key, element in new.elements.items()]
    found += [_difference(element, None, key in spoken) for key, element in old.elements.items() if key not in new.elements]
    return Differences(old, new, tuple(item for item in found if item is not None))


def _difference(old: Element | None, new: Element | None, is_spoken: bool) -> Difference | None:
    """`is_spoken`: a message, signal, error or escalation, of which the elements that use it tell name and code."""
    if old is None or new is None:
        only = new or old
        if only is None or is_spoken:
            return None
        empty: Properties = {}
        sides = (empty, only.properties) if new is not None else (only.properties, empty)
        return Difference(only.id, What.ADDED if new is not None else What.REMOVED, tuple(_changes(*sides)))
    changes = tuple(c for c in _changes(old.properties, new.properties) if not (is_spoken and c.property in SPOKEN_BY_USERS))
    layout = tuple(_changes(old.layout, new.layout))
    if not changes and not layout:
        return None
    return Difference(new.id, What.CHANGED if changes else What.MOVED, changes, layout)


def _changes(old: Properties, new: Properties) -> Iterator[Change]:
    """In the same order from both sides."""
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before != after and not _same_order(key, before, after):
            yield Change(*key, before, after)


def _same_order(key: Property, before: str | None, after: str | None) -> bool:
    if key[0] not in ORDERS:
        return False
    one, other = (before or "").split("\n"), (after or "").split("\n")
    return [name for name in one if name in other] == [name for name in other if name in one]
