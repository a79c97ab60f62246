"""A parameter as a check sees it, and how two sets are compared (fact book, section 9, row R13: value and validity, exact).

Pure. What a side says of a parameter is one text, its value and its validity, so that a difference is one break at its key.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.recon.core.matcher import Comparison, Item, compare

_SAID = re.compile(r"(.*) \((\d{4}-\d\d-\d\d|\*) – (\d{4}-\d\d-\d\d|\*)\)", re.DOTALL)
_ALWAYS = "*"
_ESCAPED = re.compile(r"\\([\\;=])")
_PARTS = re.compile(r"(?:[^\\;]|\\.)+", re.DOTALL)
_NAME = re.compile(r"((?:[^\\=]|\\.)*)=(.*)", re.DOTALL)


class TwoOfOneName(ValueError):
    """Two parameters of a set have the same kind and key; the text names them."""


class Change(StrEnum):
    NEW = "new"
    VALUE = "value"
    VALIDITY = "validity"
    VANISHED = "vanished"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`value`: see `spelled`. None as first or last day: no bound is known. `detail` explains the value and is not compared."""

    kind: str
    key: str
    value: str
    holds_from: date | None = None
    holds_until: date | None = None
    detail: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.key}"

    @property
    def said(self) -> str:
        """Value and validity as one text; `heard` reads it."""
        first, last = (day.isoformat() if day else _ALWAYS for day in (self.holds_from, self.holds_until))
        return f"{self.value} ({first} – {last})"

    def holds_on(self, day: date) -> bool:
        """Whether its last day has not passed. What begins later is agreed on already."""
        return self.holds_until is None or self.holds_until >= day


def heard(name: str, said: str) -> Parameter:
    """The parameter that says this, without its detail. ValueError for any other text."""
    found = _SAID.fullmatch(said)
    kind, slash, key = name.partition("/")
    if found is None or not slash:
        raise ValueError(f"{name}: {said}")
    value, *days = found.groups()
    first, last = (None if day == _ALWAYS else date.fromisoformat(day) for day in days)
    return Parameter(kind=kind, key=key, value=value, holds_from=first, holds_until=last)


def spelled(parts: Mapping[str, object]) -> str:
    """Several named parts as one value: `rate=0.5; base=amount`. `parts_of` reads it."""
    return "; ".join(f"{_escaped(name)}={_escaped(str(part))}" for name, part in parts.items())


def parts_of(value: str) -> dict[str, str]:
    """The named parts of a value."""
    found: dict[str, str] = {}
    for number, part in enumerate(_PARTS.findall(value)):
        text = part[1:] if number else part  # the blank behind the semicolon
        if (pair := _NAME.fullmatch(text)) is not None:
            name, said = (_ESCAPED.sub(r"\1", one) for one in pair.groups())
            found[name] = said
    return found


def named(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """Parameters by name. Raises TwoOfOneName."""
    found: dict[str, Parameter] = {}
    for one in parameters:
        if one.name in found:
            raise TwoOfOneName(one.name)
        found[one.name] = one
    return found


def compared(approved: Mapping[str, Parameter], live: Mapping[str, Parameter]) -> Comparison:
    """Approved on the left, live on the right; value and validity have to be the same to the letter."""
    left, right = ({name: Item(state=one.said) for name, one in side.items()} for side in (approved, live))
    return compare(left, right)


def change_of(before: Parameter | None, after: Parameter | None) -> Change:
    """What a difference is; one side is there at least."""
    if before is None:
        return Change.NEW
    if after is None:
        return Change.VANISHED
    return Change.VALIDITY if before.value == after.value else Change.VALUE


def _escaped(text: str) -> str:
    return re.sub(r"([\\;=])", r"\\\1", text)
