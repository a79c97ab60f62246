"""Three-way merge of BPMN models, element by element: what only one side changed is taken, what both changed is a conflict.

An element is what has an id, in the model as in the picture. Its own part is its tag, attributes, text and the children
that have no id; children with ids are elements of their own. Which flows come in and go out of a node is not compared
but written anew from the flows, and members of lanes are compared member by member. A conflict is also what would lose its
holder or something it refers to. Somebody decides conflicts, element by element; only places in the picture are not asked for.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from apps.processes.core.merging import building
from apps.processes.core.merging.carrying import NotDrawnOnThis, carried
from apps.processes.core.merging.reading import ROOT, Document, Element, own_nodes, read_document
from apps.processes.core.merging.sides import Decided, Side, changed_alone
from apps.processes.core.merging.values import MergedValues, merge_values

__all__ = ["ROOT", "Decided", "Merged", "MergedValues", "NotDrawnOnThis", "Side", "carried", "merge", "merge_values"]


Seats = Mapping[str, frozenset[str] | None]


@dataclass(frozen=True)
class Merged:
    """`model_xml` is None when `conflicts` (ids of elements, in order) is not empty.

    `mine`, `theirs`: the ids of elements that come from that side, those that it removed among them.
    """

    model_xml: str | None
    conflicts: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()


def merge(
    base: etree._Element,
    mine: etree._Element,
    theirs: etree._Element,
    *,
    decided: Decided | None = None,
    picture: Side = Side.MINE,
) -> Merged:
    """Joins two descendants of `base`. The result has theirs as its ground, so that its order of elements is theirs.

    `decided` says which side an element is taken from where both changed it; an element that is wanted brings along what it
    holds and what only hangs on it. `picture`: whose place a shape keeps that both have moved.
    """
    return _Merge(read_document(base), read_document(mine), read_document(theirs), decided or {}, picture).merged()


class _Merge:
    def __init__(self, base: Document, mine: Document, theirs: Document, decided: Decided, picture: Side) -> None:
        self.base, self.picture, self.explicit = base, picture, decided
        self.sides = {Side.MINE: mine, Side.THEIRS: theirs}
        self.keys = list(dict.fromkeys([*mine.elements, *base.elements, *theirs.elements]))
        self.decided = self._with_dependants(decided)

    def merged(self) -> Merged:
        chosen = {key: self._side(key) for key in self.keys}
        seats = {key: self._seats(key) for key in self.keys}
        undecided = [key for key in self.keys if chosen[key] is None or seats[key] is None]
        sides = {key: side or Side.THEIRS for key, side in chosen.items()}
        final = {key: found for key, side in sides.items() if (found := self.sides[side].elements.get(key)) is not None}
        lost = _lost(final, seats)
        held = [key for key in lost if not final[key].is_picture]
        if undecided or held:
            open_ones = {*undecided, *held}
            return Merged(None, tuple(key for key in self.keys if key in open_ones), *self._origins(sides))
        for key in lost:  # a picture of what is gone
            del final[key]
        return Merged(self._written(final, sides, seats), (), *self._origins(sides))

    def _written(self, final: dict[str, Element], sides: Mapping[str, Side], seats: Seats) -> str:
        taken = [key for key in final if sides[key] is Side.MINE and self._differs(key)]
        tree = deepcopy(self.sides[Side.THEIRS].root.getroottree())
        building.build(_by_id(tree.getroot()), final, taken, self.sides[Side.MINE])
        building.link(_by_id(tree.getroot()), {key: seat for key, seat in seats.items() if seat and key in final})
        return etree.tostring(tree, encoding="unicode")

    def _three(self, key: str) -> tuple[Element | None, Element | None, Element | None]:
        return (
            self.base.elements.get(key),
            self.sides[Side.MINE].elements.get(key),
            self.sides[Side.THEIRS].elements.get(key),
        )

    def _side(self, key: str) -> Side | None:
        """Where an element comes from; None when both changed it and nobody has decided."""
        if key in self.decided:
            return self.decided[key]
        was, here, there = self._three(key)
        if (side := changed_alone(*(element.own if element else None for element in (was, here, there)))) is not None:
            return side
        if not any(element.is_picture for element in (was, here, there) if element):
            return None
        if here is None or there is None:  # what one side has erased is not drawn
            return Side.MINE if here is None else Side.THEIRS
        return self.picture

    def _seats(self, key: str) -> frozenset[str] | None:
        """The lanes of an element; None when both moved it to other ones."""
        was, here, there = (side.seats.get(key, frozenset()) for side in (self.base, *self.sides.values()))
        side = self.explicit.get(key) or changed_alone(was, here, there)
        if any(key not in document.elements for document in self.sides.values()):
            side = self._side(key)
        return None if side is None else self.sides[side].seats.get(key, frozenset())

    def _differs(self, key: str) -> bool:
        _was, here, there = self._three(key)
        return here is None or there is None or here.own != there.own

    def _origins(self, sides: Mapping[str, Side]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found: dict[Side, list[str]] = {Side.MINE: [], Side.THEIRS: []}
        for key, side in sides.items():
            was, now = self.base.elements.get(key), self.sides[side].elements.get(key)
            if (was.own if was else None) != (now.own if now else None):
                found[side].append(key)
        return tuple(found[Side.MINE]), tuple(found[Side.THEIRS])

    # -- what somebody decided -------------------------------------------------------------------------------------

    def _with_dependants(self, decided: Decided) -> dict[str, Side]:
        """What only one side has and belongs to a decided element follows it, unless it was decided itself."""
        found: dict[str, Side] = dict(decided)
        waiting = list(decided.items())
        while waiting:
            key, side = waiting.pop()
            for other in self._dependants(key, side):
                if other not in found:
                    found[other] = side
                    waiting.append((other, side))
        return found

    def _dependants(self, key: str, side: Side) -> Iterable[str]:
        documents = list(self.sides.values())
        wanted = self.sides[side].elements.get(key)
        needed = wanted.refers | {wanted.parent} if wanted else frozenset()
        for other in self.keys:
            has = [other in document.elements for document in documents]
            if all(has) or not any(has):
                continue
            element = documents[has.index(True)].elements[other]
            hangs = wanted is None or element.is_picture or element.node.get("attachedToRef") == key
            if element.parent == key or other in needed or (key in element.refers and hangs):
                yield other


def _lost(final: Mapping[str, Element], seats: Seats) -> list[str]:
    """Elements whose holder, lane or counterpart would not be there, however deep."""
    found: dict[str, None] = {}
    kept = dict(final)
    while True:
        gone = [key for key, element in kept.items() if _lacks(key, element, kept, seats)]
        found |= dict.fromkeys(gone)
        without = [key for key in gone if kept[key].is_picture or kept[key].parent not in kept]
        if not without:
            return list(found)
        for key in without:
            del kept[key]


def _lacks(key: str, element: Element, kept: Mapping[str, Element], seats: Seats) -> bool:
    needed = element.refers | (seats.get(key) or frozenset()) | ({element.parent} if element.parent else set())
    return not needed <= kept.keys() or _is_in_a_circle(key, kept)


def _is_in_a_circle(key: str, elements: Mapping[str, Element]) -> bool:
    """Two elements that each side put into the other."""
    seen = {key}
    while (above := elements[key].parent) in elements:
        if above in seen:
            return True
        seen.add(above)
        key = above
    return False


def _by_id(root: etree._Element) -> dict[str, etree._Element]:
    """Every element that has an id. It looks at the whole document, so it is not asked for once per element."""
    return {ROOT: root, **dict(own_nodes(root))}
