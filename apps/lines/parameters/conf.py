"""Names of this line, and where kinds of parameters are registered. Whoever has one registers it once at start."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.lines.parameters.core.values import Parameter

LINE = "parameters"
PROCESS = "R13"
CALENDAR = "CN-EX"
COMPARISON = "approved / live"
"""The name of the comparison under its step; breaks of R13 are found by it."""
SHOWN = 100


@dataclass(frozen=True)
class Scope:
    """What a check covers: a business date and the codes of business lines."""

    day: date
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of parameter. `read` gives the live ones with a few queries, each name once.

    `address` is where people see the one of a key, or with an empty key all of the kind. `labels` say the names of a value's
    parts in the reader's language, `choices` what their codes mean.
    """

    code: str
    title: Any
    read: Callable[[Scope], Iterable[Parameter]]
    address: Callable[[str, date], str]
    labels: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Adds a kind, or replaces the one of its code."""
    _kinds[kind.code] = kind


def kind_named(code: str) -> Kind | None:
    """None for one that nobody registers any more."""
    return _kinds.get(code)


def kinds() -> list[Kind]:
    """In the order in which they were registered."""
    return list(_kinds.values())
