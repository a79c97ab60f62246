"""Where changes ask upper floors and their own kinds: what a change may carry, what it has to meet, what its page shows beside.

Whoever owns a kind of item, a requirement or a section registers it once at start.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils.module_loading import import_string
from pydantic import BaseModel

from apps.changes.states import Severity
from apps.people.models import BusinessLine, User
from apps.people.states import Right


@dataclass(frozen=True)
class Problem:
    """Something that stands against a change; `source` is the requirement or the item that says so."""

    severity: Severity
    sentence: str
    source: str = ""


@dataclass(frozen=True)
class Words:
    """An item as people read it: one sentence, what differs in words, and where the differences are shown."""

    sentence: str
    details: Sequence[str] = ()
    address: str = ""
    differences: str = ""


@dataclass(frozen=True)
class Effect:
    """With what an item takes effect: for dates from `from_date` on, or for all of them at once; `day` is the business date now.

    `afterwards` collects what is to be done when all items have been applied, in the same transaction.
    """

    change: int
    line: BusinessLine
    from_date: date | None
    day: date
    actor: User | None
    afterwards: list[Callable[[], None]] = field(default_factory=list)


class ItemKind(Protocol):
    """What changes ask of a kind of things that take effect together; always inside the transaction of the verb.

    `content` is what is stored of an item, as the pydantic model of that name; `change` is the `Change` that carries it.
    `of_every_line`: who approves the change to the end must hold the right to approve on every line.
    """

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> Any: ...

    @property
    def content(self) -> type[BaseModel]: ...

    @property
    def of_every_line(self) -> bool: ...

    def subject(self, content: Any) -> str:
        """What the item is about; a change has one item per subject."""

    def require(self, content: Any, change: Any, actor: User) -> None:
        """Refuses who may not put it into this change, and what belongs to another line."""

    def describe(self, items: Sequence[Any], change: Any) -> list[Words]:
        """In the reader's language; with as many queries for many items (`ChangeItem`) as for one."""

    def makers(self, content: Any) -> Sequence[User]:
        """Who made it or gains by it, and therefore never decides on it."""

    def sealed(self, content: Any) -> Any:
        """What the digest of the change covers beside the content: what the content only points at."""

    def check(self, content: Any, change: Any) -> list[str]:
        """Sentences that say why it could not take effect as things are now."""

    def submitted(self, content: Any, change: Any, actor: User) -> None:
        """The change is on its way; until it comes back nothing in it may change."""

    def returned(self, content: Any, change: Any, actor: User, reason: str) -> None:
        """The change is back with its author, or was taken out of it."""

    def approved(self, content: Any, change: Any, actor: User) -> None:
        """Everybody has agreed; the last of them is `actor`."""

    def lock(self, content: Any) -> None:
        """Locks what `apply` will write."""

    def apply(self, content: Any, effect: Effect) -> Any:
        """Takes effect; answers with what was before, as JSON. Raises DomainError when it cannot."""

    def undo(self, content: Any, before: Any) -> dict[str, Any]:
        """The content of the item that brings back what was before."""


_kinds: dict[str, ItemKind] = {}


def register_item_kind(kind: ItemKind) -> None:
    _kinds[kind.name] = kind


def item_kind(name: str) -> ItemKind:
    """Raises KeyError for a kind that nobody has registered."""
    return _kinds[name]


def item_kinds() -> list[ItemKind]:
    """In the order in which they were registered, which is the order in which they take effect."""
    return list(_kinds.values())


@dataclass(frozen=True)
class KindForm:
    """The form with which people put an item of a kind into a change, for whoever holds one of the rights on its line.

    `form` is a `changes.forms.ItemForm`. A kind without one is put in by programs.
    """

    form: type[Any]
    rights: frozenset[Right]


_tables_of_forms: list[str] = []


def register_item_forms(table: str) -> None:
    """`table`: where a dictionary of forms and rights by kind is, loaded when a page asks first: workers carry no forms."""
    _tables_of_forms.append(table)


def item_form(kind: str) -> KindForm | None:
    for table in _tables_of_forms:
        if (found := import_string(table).get(kind)) is not None:
            return KindForm(*found)
    return None


Requirement = Callable[[Any], Sequence[Problem]]

_requirements: dict[str, Requirement] = {}


def register_requirement(name: str, check: Requirement) -> None:
    """`check` is given a change and says what stands in the way of its submission or approval; asked on its page as well."""
    _requirements[name] = check


def requirements() -> dict[str, Requirement]:
    return dict(_requirements)


@dataclass(frozen=True)
class Section:
    """A part of the page of a change. `context` is given the change and the reader; None: nothing to show."""

    name: str
    template: str
    context: Callable[[Any, User], dict[str, Any] | None]


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    _sections[section.name] = section


def sections() -> list[Section]:
    return list(_sections.values())


@dataclass(frozen=True)
class ImpactPart:
    """What else is touched when processes of some lines change. `things` are names with addresses, of what the person may see."""

    name: str
    title: Any
    things: Callable[[User, Collection[int]], Sequence[tuple[str, str]]]


_impact_parts: dict[str, ImpactPart] = {}


def register_impact_part(part: ImpactPart) -> None:
    _impact_parts[part.name] = part


def impact_parts() -> list[ImpactPart]:
    return list(_impact_parts.values())
