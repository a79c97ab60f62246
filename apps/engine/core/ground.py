"""The ground that all of the core stands on: tokens come, go and are withdrawn; names are found and set."""

from abc import ABC, abstractmethod
from collections import ChainMap, deque
from datetime import datetime
from typing import Any

from apps.engine.core.expressions import ExpressionFailed, mapped, require_bounded, value_of
from apps.engine.core.marking import ROOT, Marking, Scope
from apps.engine.core.model import Block, Command, Withdraw
from apps.processes.core.plan import Mapping, Node, NodeKind, Plan


class Ground(ABC):
    """One call of `advance` in progress.

    pending: flows still to be followed, as (flow, scope); a scope stays open while it has tokens without an owner or
    pending flows, which `marking.live` counts. quiet: scopes that may have ended. own: the token that the happening is
    about; brought: what it brought.
    """

    def __init__(
        self,
        plan: Plan,
        marking: Marking,
        variables: dict[str, Any],
        *,
        fixed: dict[str, Any],
        now: datetime,
        passes_limit: int,
        scripted: frozenset[str],
    ) -> None:
        self.plan, self.marking, self.variables = plan, marking, variables
        self.fixed, self.now, self.passes_limit, self.scripted = fixed, now, passes_limit, scripted
        self.commands: list[Command] = []
        self.trace: list[str] = []
        self.pending: deque[tuple[str, int]] = deque()
        self.quiet: dict[int, None] = {}
        self.own = 0
        self.brought: dict[str, Any] = {}

    # -- what the upper floors do -------------------------------------------------------------------------------

    @abstractmethod
    def begin(self, node: Node, scope: int, local: dict[str, Any] | None = None) -> int:
        """One execution of an activity begins."""

    @abstractmethod
    def complete(self, token: int, node: Node, scope: int) -> None:
        """The activity of the token is done and its outputs are set."""

    @abstractmethod
    def enter(self, node: Node, scope: int, came_by: str | None = None, again: bool = False) -> None:
        """A token arrives at a node."""

    @abstractmethod
    def record(self, token: int, node: Node, scope: int) -> None:
        """Keeps what is needed to compensate an activity that is done."""

    @abstractmethod
    def left(self, node: Node, scope: int) -> None:
        """A node of an ad-hoc sub-process was left."""

    @abstractmethod
    def open_scope(self, node: Node, scope: int, starting: Node | None = None) -> int:
        """A sub-process begins, at its start or at the given event."""

    # -- tokens -------------------------------------------------------------------------------------------------

    def put(self, node: Node, scope: int, owner: int | None = None) -> int:
        """A new token; with an owner it waits beside it and keeps no scope open."""
        marking = self.marking
        token = marking.next_token
        marking.next_token += 1
        marking.tokens[token] = (node.id, scope)
        if owner is None:
            marking.live[scope] = marking.live.get(scope, 0) + 1
        else:
            marking.owners[token] = owner
            marking.owned.setdefault(owner, []).append(token)
        return token

    def take(self, token: int) -> None:
        """The token alone is gone."""
        marking = self.marking
        _, scope = marking.tokens.pop(token)
        marking.scopes.pop(token, None)
        marking.parts.pop(token, None)
        marking.conditions.pop(token, None)
        marking.cycles.pop(token, None)
        owner = marking.owners.pop(token, None)
        if owner is None:
            self.lessen(scope)
            return
        beside = marking.owned[owner]
        beside.remove(token)
        if not beside:
            del marking.owned[owner]

    def lessen(self, scope: int) -> None:
        live = self.marking.live
        if live.get(scope, 0) > 1:
            live[scope] -= 1
        else:
            live.pop(scope, None)
            self.quiet[scope] = None

    def release(self, token: int) -> None:
        """The token is gone as its work is done; what waits beside it, and what is left inside, is withdrawn."""
        marking = self.marking
        if token in marking.scopes and (marking.live.get(token) or any(place[0] == token for place in marking.joins)):
            self.clear(token)
        for beside in list(self.marking.owned.get(token, ())):
            self.drop([beside])
        self.marking.done.pop(token, None)
        self.take(token)

    def drop(self, tokens: list[int]) -> None:
        """Withdraws the tokens and everything inside and beside them."""
        marking, waiting = self.marking, list(reversed(tokens))
        inside: dict[int, list[int]] | None = None
        while waiting:
            token = waiting.pop()
            if token not in marking.tokens:
                continue
            waiting.extend(marking.owned.get(token, ()))
            if token in marking.scopes:
                if inside is None:
                    inside = self._by_scope()
                waiting.extend(inside.get(token, ()))
                self._forget_inside(token)
            node = marking.tokens[token][0]
            self.take(token)
            marking.live.pop(token, None)
            if token != self.own:
                self.commands.append(Withdraw(token, node))

    def clear(self, scope: int) -> None:
        """Withdraws everything inside a scope; the scope itself stays."""
        tokens = [token for token, place in self.marking.tokens.items() if place[1] == scope]
        self._forget_inside(scope)
        self.drop(tokens)
        self.marking.live.pop(scope, None)
        self.quiet[scope] = None

    def _by_scope(self) -> dict[int, list[int]]:
        inside: dict[int, list[int]] = {}
        for token, (_, scope) in self.marking.tokens.items():
            inside.setdefault(scope, []).append(token)
        return inside

    def _forget_inside(self, scope: int) -> None:
        marking = self.marking
        for waiting in (marking.joins, marking.resets):
            for place in [place for place in waiting if place[0] == scope]:
                del waiting[place]
        for pending in [entry for entry in self.pending if entry[1] == scope]:
            self.pending.remove(pending)
            self.lessen(scope)

    def is_open(self, scope: int) -> bool:
        return scope == ROOT or scope in self.marking.scopes

    def block(self, node: Node, scope: int, problem: str, error: str | None = None) -> None:
        self.commands.append(Block(self.put(node, scope), node.id, problem, error=error))

    def count(self, node: Node) -> None:
        """Refuses an entry beyond the limit."""
        passes = self.marking.passes.get(node.id, 0) + 1
        self.marking.passes[node.id] = passes
        if passes > self.passes_limit:
            raise ExpressionFailed(f"entered more than {self.passes_limit} times")

    # -- going on -----------------------------------------------------------------------------------------------

    def follow(self, flow: str, scope: int) -> None:
        self.pending.append((flow, scope))
        self.marking.live[scope] = self.marking.live.get(scope, 0) + 1

    def leave(self, node: Node, scope: int) -> None:
        """By the flows that hold; a mistake in a condition is raised before anything has changed."""
        self.go(node, scope, self.ways(node, scope))

    def go(self, node: Node, scope: int, ways: tuple[str, ...], traced: bool = False) -> None:
        if not traced:
            self.trace.append(node.id)
        for flow in ways:
            self.follow(flow, scope)
        self.quiet[scope] = None
        if scope != ROOT and self.marking.scopes[scope].todo is not None:
            self.left(node, scope)

    def ways(self, node: Node, scope: int) -> tuple[str, ...]:
        """The outgoing flows that are taken: all without a condition and those whose condition holds, else the default."""
        flows = self.plan.flows
        if node.kind is NodeKind.PARALLEL or not any(flows[flow].condition for flow in node.outgoing):
            return node.outgoing
        names = self.names(scope)
        taken, held = [], False
        for flow in node.outgoing:
            condition = flows[flow].condition
            if flow == node.default_flow:
                continue
            if condition is None:
                taken.append(flow)
            elif value_of(condition, names, self.now) is True:
                taken.append(flow)
                held = True
        if not held and node.default_flow is not None:
            taken.append(node.default_flow)
        if not taken:
            raise ExpressionFailed("no condition holds and there is no default flow")
        return tuple(taken)

    # -- names --------------------------------------------------------------------------------------------------

    def home(self, token: int) -> int:
        """The innermost scope that a token sees: its own, or the one it is in."""
        return token if token in self.marking.scopes else self.marking.tokens[token][1]

    def names(self, scope: int, more: dict[str, Any] | None = None) -> dict[str, Any]:
        layers: list[dict[str, Any]] = [more] if more else []
        while scope != ROOT:
            layers.append(self.marking.scopes[scope].variables)
            scope = self.marking.scopes[scope].parent
        return {**self.variables, **dict(ChainMap(*layers)), **self.fixed}

    def mapped(self, mappings: tuple[Mapping, ...], scope: int, more: dict[str, Any] | None = None) -> dict[str, Any]:
        return mapped(mappings, self.names(scope, more), self.now) if mappings else {}

    def assign(self, values: dict[str, Any], scope: int) -> None:
        """A name is set where it is known, from the inside out; a new one becomes a variable of the run."""
        if not values:
            return
        require_bounded({**self.variables, **values})
        outer: dict[str, Any] = {}
        for name, value in values.items():
            known = self._known(name, scope)
            if known is None:
                outer[name] = value
            else:
                known.variables[name] = value
        self.variables = {**self.variables, **outer}

    def _known(self, name: str, scope: int) -> Scope | None:
        while scope != ROOT:
            inner = self.marking.scopes[scope]
            if name in inner.variables:
                return inner
            scope = inner.parent
        return None
