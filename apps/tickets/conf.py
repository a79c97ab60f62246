"""Where upper floors say what of theirs belongs to a ticket. Whoever has something registers it once at start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.people.models import User


@dataclass(frozen=True)
class Linked:
    """One thing that belongs to a ticket, as its page shows it."""

    title: str
    address: str
    state: str = ""
    state_label: Any = ""


@dataclass(frozen=True)
class Links:
    """Things of one kind."""

    label: Any
    icon: str
    items: Sequence[Linked]


LinksOf = Callable[[User, int], Sequence[Links]]
_links: dict[str, LinksOf] = {}


def register_links(name: str, links_of: LinksOf) -> None:
    """`links_of` is given the person who looks and the key of the ticket; it shows only what they may see."""
    _links[name] = links_of


def links_of_ticket(person: User, ticket: int) -> list[Links]:
    """By the names of those who registered, without what has nothing."""
    return [links for name in sorted(_links) for links in _links[name](person, ticket) if links.items]
