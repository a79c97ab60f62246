"""The kinds of things that are approved. Whoever owns a kind registers it once at start: the approvals know no other app."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.approvals.core.due import weekdays_later
from apps.kernel import clock
from apps.people.states import Right


@dataclass(frozen=True)
class Kind:
    """What approvals ask of the owner of a kind, always inside the transaction of the move.

    `right` names who decides on lines that have no flow of their own. `lock` locks the subject, before the approval is.
    `moved` is told of the new state, of who brought it about and why; it refuses by raising. `address` is the subject's page.
    `facts` are what rules see as `subject`, and `sample` is such facts, on which rules are tried when they are written.
    `owners` are keys of the people who own it. `lapsed` is told that an approval ended because things had moved on: `moved`
    says so by raising SubjectLapsed. `shows` says in words what is decided on; what never `goes_back` to its author is refused
    instead. What is not `taken_back` has nobody who could: it was not asked for by a person. `topic`: under which kind people
    comment on the subject, so that what they said before a decision stays as it was.

    Some approvals have a form that whoever decides fills in: `given` are values that it begins with; `answered` is told whether
    they agree, why, and what they filled in, refuses by raising what does not fit, and returns what is kept of it.
    """

    name: str
    label: Any
    right: Right
    lock: Callable[[int], None]
    moved: Callable[[int, str, Any, str], None]
    address: Callable[[int], str]
    facts: Callable[[int], dict[str, Any]] = lambda subject: {}
    sample: dict[str, Any] = field(default_factory=dict)
    owners: Callable[[int], Collection[int]] = lambda subject: ()
    lapsed: Callable[[int], None] = lambda subject: None
    shows: Callable[[int], list[tuple[Any, Any]]] = lambda subject: []
    given: Callable[[int], dict[str, Any]] = lambda subject: {}
    answered: Callable[[int, bool, str, dict[str, Any]], dict[str, Any]] = lambda subject, agreed, reason, answer: answer
    topic: str = ""
    goes_back: bool = True
    taken_back: bool = True


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_named(name: str) -> Kind:
    """Raises KeyError for a kind that nobody has registered."""
    return _kinds[name]


def kinds() -> list[Kind]:
    return [_kinds[name] for name in sorted(_kinds)]


DaysLater = Callable[[datetime, int], datetime]
_days_later: list[DaysLater] = [weekdays_later]


def register_business_days(later: DaysLater) -> None:
    """Who knows the market's calendar says when so many business days have passed; without one, Monday to Friday count."""
    _days_later[:] = [later]


def business_days_later(instant: datetime, days: int) -> datetime:
    return _days_later[0](instant.astimezone(clock.SHANGHAI), days).astimezone(UTC)
