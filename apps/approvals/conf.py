"""The kinds of things that are approved. Whoever owns a kind registers it once at start: the approvals know no other app."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.people.states import Right


@dataclass(frozen=True)
class Kind:
    """What approvals ask of the owner of a kind, always inside the transaction of the move.

    `right` names who decides on lines that have no flow of their own. `lock` locks the subject, before the approval is.
    `moved` is told of the new state, of who brought it about and why; it refuses by raising. `address` is the subject's page.
    """

    name: str
    label: Any
    right: Right
    lock: Callable[[int], None]
    moved: Callable[[int, str, Any, str], None]
    address: Callable[[int], str]


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_named(name: str) -> Kind:
    """Raises KeyError for a kind that nobody has registered."""
    return _kinds[name]


def kinds() -> list[Kind]:
    return [_kinds[name] for name in sorted(_kinds)]
