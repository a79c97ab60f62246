"""Two models that came from one, joined element by element and told in words: a variant with its base, a template with itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.front_door import open_document
from apps.processes.core.differences import Difference, differences
from apps.processes.core.differences.words import Words
from apps.processes.core.merging import ROOT, Decided, Merged, Side, merge
from apps.processes.selectors import lexicon


@dataclass(frozen=True)
class Joined:
    """The models that took part, all under one process id, and what came of them: what was, what it is by now, and one's own."""

    old: str
    new: str
    own: str
    merged: Merged


def join_models(old: str, new: str, own: str, decided: Decided) -> Joined:
    return Joined(old, new, own, merge_on_own(old, new, own, decided))


def merge_on_own(old: str, new: str, own: str, decided: Decided) -> Merged:
    """The change elsewhere is `mine`, one's own `theirs`: it is the ground, and its shapes stay where they are."""
    base, mine, theirs = (open_document(text.encode()) for text in (old, new, own))
    return merge(base, mine, theirs, decided=decided, picture=Side.THEIRS)


@dataclass(frozen=True)
class Conflict:
    """An element that both changed, or that needs what the other removed. `key` is the part of it that is decided."""

    key: str
    element: str
    title: str
    base: list[str]
    own: list[str]
    decided: str


class Told:
    """Says in words what each side changed; parts with ids of their own are told with the element that they belong to."""

    def __init__(self, joined: Joined) -> None:
        names = lexicon()
        self.base = Words(differences(joined.old.encode(), joined.new.encode()), names)
        self.own = Words(differences(joined.old.encode(), joined.own.encode()), names)
        self.models = [self.base.found.old, self.base.found.new, self.own.found.new]
        self.above: dict[str, str] = {}
        for text in (joined.old, joined.new, joined.own):
            for node in open_document(text.encode()).iter(etree.Element):
                if key := node.get("id"):
                    self.above.setdefault(key, self._element(node))

    def _element(self, node: etree._Element) -> str:
        for each in (node, *node.iterancestors()):
            for key in (each.get("id"), each.get("bpmnElement")):
                if key and any(key in model.elements for model in self.models):
                    return str(key)
        return ""

    def element(self, key: str) -> str:
        return "" if key == ROOT else self.above.get(key, "")

    def conflict(self, key: str, decided: Side | None) -> Conflict:
        element = self.element(key)
        title = next((self._title(words, element) for words in (self.own, self.base) if self._item(words, element)), "")
        return Conflict(
            key=key,
            element=element,
            title=title or element or _("The document as a whole"),
            base=self._said(self.base, element),
            own=self._said(self.own, element),
            decided=decided.value if decided else "",
        )

    def _title(self, words: Words, element: str) -> str:
        item = self._item(words, element)
        return words.title(item) if item else ""

    def _item(self, words: Words, element: str) -> Difference | None:
        return next((item for item in words.found.items if item.element == element), None)

    def _said(self, words: Words, element: str) -> list[str]:
        item = self._item(words, element)
        if item is None:
            return [_("Unchanged here, but it belongs to something that is gone on the other side.")]
        return [words.sentence(item), *words.details(item)]

    def sentences(self, words: Words, keys: Iterable[str]) -> list[str]:
        """What differs in meaning of the elements that come from one side."""
        elements = {self.element(key) for key in keys}
        return [words.sentence(item) for item in words.found.meaning if item.element in elements]

    def marks(self, merged: Merged, conflicts: Iterable[str]) -> dict[str, str]:
        changed = {item.element for words in (self.base, self.own) for item in words.found.meaning}
        found = {self.element(key): "own" for key in merged.theirs}
        found |= {self.element(key): "base" for key in merged.mine}
        found = {element: mark for element, mark in found.items() if element in changed}
        found |= {self.element(key): "conflict" for key in conflicts}
        return {element: mark for element, mark in found.items() if element}
