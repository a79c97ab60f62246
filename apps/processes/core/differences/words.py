"""Differences in sentences, in the reader's language, made from names, labels and values and never from markup."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.processes.core.differences import ORDERS, Change, Difference, Differences, What
from apps.processes.core.differences.decision_words import (
    DECISION_MODEL,
    first_difference,
    shortened,
    tables_in_words,
    tables_named,
)
from apps.processes.core.differences.labels import KINDS, LAYOUT, PROPERTIES, VALUES
from apps.processes.core.differences.reading import Element, Model

_REFERENCES = frozenset({"source", "target", "default_flow", "checks", "attached_to", "compensates", "inside", "lane", "process"})
_TRUTHS = frozenset(
    {
        "interrupting", "all_events", "begins_run", "compensation", "by_event", "executable", "cancels_rest", "tested_before",
        "waits",
    }
)  # fmt: skip
_UNSAID = frozenset({"kind", "name", "english_name", "source", "target", *ORDERS})
"""Of an element that came or went, its title says these."""


@dataclass(frozen=True)
class Lexicon:
    """What people call the handlers and moments that models name by key."""

    handlers: Mapping[str, str] = field(default_factory=dict)
    moments: Mapping[str, str] = field(default_factory=dict)


class Words:
    """Tells the differences of two models."""

    def __init__(self, found: Differences, lexicon: Lexicon | None = None) -> None:
        self.found, self.lexicon = found, lexicon or Lexicon()

    def title(self, item: Difference) -> str:
        """The element by kind and name; a flow without a name by its ends."""
        model = self.found.old if item.what is What.REMOVED else self.found.new
        element = model.elements[item.element]
        return _titled(element, model)

    def sentence(self, item: Difference) -> str:
        """What happened to the element as a whole."""
        sentences = {
            What.ADDED: _("{element} was added."),
            What.REMOVED: _("{element} was removed."),
            What.CHANGED: _("{element} was changed."),
            What.MOVED: _("{element} is only drawn differently."),
        }
        return sentences[item.what].format(element=self.title(item))

    def details(self, item: Difference) -> list[str]:
        """A sentence for each property; what an added or removed element says, without what its title says already."""
        if item.what in (What.ADDED, What.REMOVED):
            told = [change for change in item.changes if change.property not in _UNSAID]
            return [sentence for change in told for sentence in tables_named(change) or [self._fact(change)]]
        return [sentence for change in item.changes for sentence in self._sentences(change)]

    def _sentences(self, change: Change) -> list[str]:
        if change.property == DECISION_MODEL and change.old and change.new:
            return tables_in_words(change.old, change.new) or [self.change(change)]
        return tables_named(change) or [self.change(part) for part in _parts(change)]

    def tables(self, item: Difference) -> list[str]:
        """What the element says otherwise in its decision tables alone."""
        models = [change for change in item.changes if change.property == DECISION_MODEL]
        return [sentence for change in models for sentence in self._sentences(change)]

    def layout(self, item: Difference) -> list[str]:
        """A sentence for each change of the picture."""
        return [_(LAYOUT[change.property]).format(detail=change.detail.strip()) for change in item.layout]

    def change(self, change: Change) -> str:
        """One changed property: what it was and what it is."""
        label = label_of(change)
        if change.property in ORDERS:
            return _("{property}: the order was “{old}” and is now “{new}”.").format(
                property=label, old=_listed(change.old), new=_listed(change.new)
            )
        old, new = self._value(change, change.old, self.found.old), self._value(change, change.new, self.found.new)
        if change.old is None:
            return _("{property} “{value}” is new.").format(property=label, value=shortened(new))
        if change.new is None:
            return _("{property} “{value}” is gone.").format(property=label, value=shortened(old))
        sentence = _("{property} was “{old}” and is now “{new}”.")
        start = first_difference(old, new)
        return sentence.format(property=label, old=shortened(old, start), new=shortened(new, start))

    def _fact(self, change: Change) -> str:
        model = self.found.new if change.old is None else self.found.old
        value = self._value(change, change.new if change.old is None else change.old, model)
        return _("{property}: {value}").format(property=label_of(change), value=shortened(value))

    def _value(self, change: Change, value: str | None, model: Model) -> str:
        """In the words of people where there are any."""
        if value is None:
            return ""
        name = change.property
        if name in _REFERENCES:
            return _referred(model, value)
        if name == "handler" and value in self.lexicon.handlers:
            return f"{self.lexicon.handlers[value]} ({value})"
        if name in ("deadline", "moment") and value in self.lexicon.moments:
            return f"{value} ({self.lexicon.moments[value]})"
        if name == "kind":
            return kind_of(value)
        if name == "form_field" and (schema := _object(value)):
            return _field_title(schema) or value
        if name in ("role", "repeats", "trigger"):
            return ", ".join(_(VALUES[part]) if part in VALUES else part for part in value.split("\n"))
        return _(VALUES[value]) if name in _TRUTHS and value in VALUES else " ".join(value.split())


def kind_of(name: str) -> str:
    """What an element of the standard is called."""
    return _(KINDS[name]) if name in KINDS else name


def label_of(change: Change) -> str:
    """What a property is called, with the parameter or field that it is about."""
    label = _(PROPERTIES[change.property]) if change.property in PROPERTIES else change.property
    return f"{label} {change.detail}".strip()


def name_of(element: Element) -> str:
    """In the reader's language where the model has one; empty for an element without a name."""
    english = element.english_name if (get_language() or "").startswith("en") else ""
    return " ".join((english or element.name).split())


def _parts(change: Change) -> list[Change]:
    """A form field that was there before and after is told fact by fact."""
    old, new = (_object(value) if change.property == "form_field" else {} for value in (change.old, change.new))
    if not old or not new:
        return [change]
    return [
        Change("form_field", f"{change.detail}: {key}", _fact_text(old, key), _fact_text(new, key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "null")
    except ValueError:  # a single fact of a field, as it is written
        return {}
    return found if isinstance(found, dict) else {}


def _fact_text(field: dict[str, Any], key: str) -> str | None:
    if key not in field:
        return None
    return field[key] if isinstance(field[key], str) else json.dumps(field[key], ensure_ascii=False, sort_keys=True)


def _field_title(field: dict[str, Any]) -> str:
    english = field.get("x-title-en") if (get_language() or "").startswith("en") else None
    return str(english or field.get("title") or "")


def _titled(element: Element, model: Model) -> str:
    kind, name = kind_of(element.kind), name_of(element)
    if not name and ("source", "") in element.properties and ("target", "") in element.properties:
        ends = [_end(model, element.properties[side, ""]) for side in ("source", "target")]
        return _("{kind} from “{source}” to “{target}”").format(kind=kind, source=ends[0], target=ends[1])
    return _("{kind} “{name}”").format(kind=kind, name=name or element.id)


def _referred(model: Model, key: str) -> str:
    """An element inside a sentence about another one: its name, or the ends of a flow without a name."""
    ends = model.elements[key].properties if key in model.elements else {}
    if _end(model, key) != key or ("source", "") not in ends or ("target", "") not in ends:
        return _end(model, key)
    return f"{_end(model, ends['source', ''])} → {_end(model, ends['target', ''])}"


def _end(model: Model, key: str) -> str:
    element = model.elements.get(key)
    return (name_of(element) if element else "") or key


def _listed(value: str | None) -> str:
    return ", ".join((value or "").split("\n"))
