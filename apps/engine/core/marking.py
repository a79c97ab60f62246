"""Where the tokens stand: the whole memory of the core between two happenings, as plain JSON."""

from dataclasses import dataclass, field
from typing import Any

ROOT = 0
"""The scope of the process itself; any other scope has the number of the token that stands on it."""


@dataclass
class Scope:
    """What goes on inside one token: an execution of a sub-process, the body or an instance of a loop, a compensation.

    variables are its own, the outer ones are visible through it. loop: the state of a loop's body. todo: what is still to be
    started in it, one after the other: ids of an ad-hoc sub-process, entries of a compensation. then: what follows when
    it is done: "" its node is left, "forget" nothing, "cancel" the transaction around it ends by its cancel event,
    "complete" the completion condition of this ad-hoc sub-process has held.
    failed: it is done, but its results could not be used.
    """

    node: str
    parent: int
    variables: dict[str, Any] = field(default_factory=dict)
    loop: dict[str, Any] | None = None
    todo: list[Any] | None = None
    then: str = ""
    failed: bool = False

    def copy(self) -> "Scope":
        loop = {**self.loop, "results": list(self.loop["results"])} if self.loop is not None else None
        todo = list(self.todo) if self.todo is not None else None
        return Scope(self.node, self.parent, dict(self.variables), loop, todo, self.then, self.failed)

    def to_json(self) -> list[Any]:
        more = {"loop": self.loop, "todo": self.todo, "then": self.then or None, "failed": self.failed or None}
        said = {name: value for name, value in more.items() if value is not None}
        return [self.node, self.parent, self.variables, *([said] if said else [])]

    @classmethod
    def from_json(cls, data: list[Any]) -> "Scope":
        return cls(data[0], data[1], dict(data[2]), **(data[3] if len(data) > 3 else {})).copy()


Place = tuple[int, str]


@dataclass
class Marking:
    """Where the tokens stand.

    tokens: number -> (node, scope); owners: of a token that only waits beside something else (a boundary event beside its
    activity, the start of an event sub-process beside its scope, an alternative beside its event-based gateway) -> that
    something; such a token keeps no scope open. parts: token -> which of its node's several event definitions it waits for.
    conditions: token -> what its condition was when it was last looked at. cycles: token -> repetitions that remain of its timer.
    joins: (scope, gateway) -> {incoming flow: tokens waiting there}; resets: (scope, complex gateway that has
    fired) -> flows by which it still may be reached before it starts anew. done: scope -> [activity, variables,
    entries inside] of what can be compensated, in order of completion. passes: node -> how often it was entered.
    """

    next_token: int = 1
    tokens: dict[int, tuple[str, int]] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)
    joins: dict[Place, dict[str, int]] = field(default_factory=dict)
    passes: dict[str, int] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)
    parts: dict[int, int] = field(default_factory=dict)
    conditions: dict[int, bool] = field(default_factory=dict)
    cycles: dict[int, int] = field(default_factory=dict)
    resets: dict[Place, list[str]] = field(default_factory=dict)
    done: dict[int, list[list[Any]]] = field(default_factory=dict)
    live: dict[int, int] = field(default_factory=dict, compare=False, repr=False)  # derived: scope -> tokens without owner
    owned: dict[int, list[int]] = field(default_factory=dict, compare=False, repr=False)  # derived: the reverse of owners

    def copy(self) -> "Marking":
        return Marking(
            self.next_token,
            dict(self.tokens),
            {number: scope.copy() for number, scope in self.scopes.items()},
            {place: dict(counts) for place, counts in self.joins.items()},
            dict(self.passes),
            dict(self.owners),
            dict(self.parts),
            dict(self.conditions),
            dict(self.cycles),
            {place: list(flows) for place, flows in self.resets.items()},
            {scope: list(entries) for scope, entries in self.done.items()},
            dict(self.live),
            {owner: list(tokens) for owner, tokens in self.owned.items()},
        )

    def to_json(self) -> dict[str, Any]:
        """Compact; empty parts are left out."""
        parts: dict[str, Any] = {
            "next": self.next_token,
            "tokens": {str(number): list(place) for number, place in self.tokens.items()},
            "scopes": {str(number): scope.to_json() for number, scope in self.scopes.items()},
            "joins": [[scope, gateway, counts] for (scope, gateway), counts in self.joins.items()],
            "passes": self.passes,
            "owners": _written(self.owners),
            "parts": _written(self.parts),
            "conditions": _written(self.conditions),
            "cycles": _written(self.cycles),
            "resets": [[scope, gateway, flows] for (scope, gateway), flows in self.resets.items()],
            "done": _written(self.done),
        }
        return {name: part for name, part in parts.items() if part}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Marking":
        marking = cls(
            next_token=data.get("next", 1),
            tokens={int(number): (place[0], place[1]) for number, place in data.get("tokens", {}).items()},
            scopes={int(number): Scope.from_json(scope) for number, scope in data.get("scopes", {}).items()},
            joins={(scope, gateway): dict(counts) for scope, gateway, counts in data.get("joins", [])},
            passes=dict(data.get("passes", {})),
            owners=_read(data.get("owners", {})),
            parts=_read(data.get("parts", {})),
            conditions=_read(data.get("conditions", {})),
            cycles=_read(data.get("cycles", {})),
            resets={(scope, gateway): list(flows) for scope, gateway, flows in data.get("resets", [])},
            done={scope: list(entries) for scope, entries in _read(data.get("done", {})).items()},
        )
        for token, (_, scope) in marking.tokens.items():
            if token not in marking.owners:
                marking.live[scope] = marking.live.get(scope, 0) + 1
        for token, owner in marking.owners.items():
            marking.owned.setdefault(owner, []).append(token)
        return marking


def _written(part: dict[int, Any]) -> dict[str, Any]:
    return {str(number): value for number, value in part.items()}


def _read(part: dict[str, Any]) -> dict[int, Any]:
    return {int(number): value for number, value in part.items()}
