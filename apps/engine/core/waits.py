"""Events that are waited for: how a wait is opened, and what happens when its event occurs."""

from typing import Any

from apps.engine.core.expressions import ExpressionFailed, cycle_of, instant_of, value_of
from apps.engine.core.ground import Ground
from apps.engine.core.marking import ROOT
from apps.engine.core.model import AwaitCondition, AwaitInstant, AwaitMessage, AwaitSignal, Block, Woke
from apps.processes.core.plan import Event, EventKind, Node, NodeKind

AWAITED = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL})
"""Kinds that something outside brings about; the others are thrown by the model."""


class Waits(Ground):
    """Arms and fires catch events, boundary events, the starts of event sub-processes and alternatives of a gateway."""

    # -- arming -------------------------------------------------------------------------------------------------

    def arm(self, node: Node, scope: int, owner: int | None = None, cycles: int | None = None) -> None:
        """Opens the waits of an event node; without an owner its token keeps the scope open."""
        if node.kind is NodeKind.RECEIVE_TASK:
            self.arm_receive(self.put(node, scope, owner), node, scope)
            return
        events = [(index, event) for index, event in enumerate(node.events) if event.kind in AWAITED]
        if owner is None and len(events) > 1:
            owner = self.put(node, scope)
        for index, event in events:
            token = self.put(node, scope, owner)
            if len(node.events) > 1:
                self.marking.parts[token] = index
            self._arm_event(token, node, scope, event, cycles)

    def guard(self, token: int, node: Node, scope: int) -> None:
        """Arms the boundary events of an activity that has begun."""
        for boundary in self.plan.boundaries_of(node.id):
            if token in self.marking.tokens:
                self.arm(boundary, scope, token)

    def arm_again(self, token: int) -> None:
        """Opens the wait of a token anew, under a new number."""
        name, scope = self.marking.tokens[token]
        owner, part, node = self.marking.owners[token], self.marking.parts.get(token), self.plan.nodes[name]
        self.take(token)
        fresh = self.put(node, scope, owner)
        if node.kind is NodeKind.RECEIVE_TASK:
            self.arm_receive(fresh, node, scope)
            return
        if part is not None:
            self.marking.parts[fresh] = part
        events = [event for event in node.events if event.kind in AWAITED]
        self._arm_event(fresh, node, scope, node.events[part] if part is not None else events[0], None)

    def arm_receive(self, token: int, node: Node, scope: int) -> None:
        event = Event(EventKind.MESSAGE, name=node.message, correlation=node.correlation)
        self._arm_event(token, node, scope, event, None, self.mapped(node.inputs, self.home(token)))

    def _arm_event(
        self, token: int, node: Node, scope: int, event: Event, cycles: int | None, inputs: dict[str, Any] | None = None
    ) -> None:
        try:
            self.commands.append(self._wait(token, node, event, {**self.names(self.home(token)), **(inputs or {})}, cycles))
        except ExpressionFailed as failure:
            self.commands.append(Block(token, node.id, str(failure)))

    def _wait(
        self, token: int, node: Node, event: Event, names: dict[str, Any], cycles: int | None
    ) -> AwaitInstant | AwaitMessage | AwaitSignal | AwaitCondition:
        if event.kind is EventKind.MESSAGE:
            key = value_of(event.correlation, names, self.now) if event.correlation else ""
            if not isinstance(key, str):
                raise ExpressionFailed(f"{event.correlation} is not a text")
            return AwaitMessage(token, node.id, event.name or "", key)
        if event.kind is EventKind.SIGNAL:
            return AwaitSignal(token, node.id, event.name or "")
        if event.kind is EventKind.CONDITIONAL:
            value_of(event.condition or "null", names, self.now)
            self.marking.conditions[token] = cycles is not None  # armed again: it must fail before it counts
            return AwaitCondition(token, node.id)
        if event.timer is None:
            raise ExpressionFailed("the timer says nothing")
        if event.timer.cycle is None:
            return AwaitInstant(token, node.id, **instant_of(event.timer, names, self.now))
        repetitions, when = cycle_of(event.timer.cycle, names, self.now, first=cycles is None)
        self.marking.cycles[token] = repetitions if cycles is None else cycles
        return AwaitInstant(token, node.id, **when)

    # -- firing -------------------------------------------------------------------------------------------------

    def occurred(self, token: int, outputs: dict[str, Any], as_variables: bool = False) -> None:
        """The event of a waiting token has occurred. Raises ExpressionFailed before anything has changed."""
        name, scope = self.marking.tokens[token]
        node, owner = self.plan.nodes[name], self.marking.owners.get(token)
        self.take_in(node, self.home(token), outputs, as_variables)
        if owner is None:
            self.complete(token, node, scope)
        elif not self._is_enough(token, node, owner):
            self.take(token)
        elif node.kind is NodeKind.BOUNDARY:
            self._boundary(token, node, owner)
        elif node.kind is NodeKind.START and owner == scope:
            self._event_start(token, node, scope)
        else:
            self._alternative(node, scope, owner)

    def take_in(self, node: Node, scope: int, outputs: dict[str, Any], as_variables: bool = False) -> None:
        if node.outputs:
            self.assign(self.mapped(node.outputs, scope, outputs), scope)
        elif as_variables:
            self.assign(outputs, scope)

    def _is_enough(self, token: int, node: Node, owner: int) -> bool:
        """Of a parallel multiple event, every part must have occurred."""
        if not node.all_events:
            return True
        beside = self.marking.owned.get(owner, [])
        return not any(other != token and self.marking.tokens[other][0] == node.id for other in beside)

    def _again(self, token: int, node: Node, scope: int, owner: int) -> None:
        """A not interrupting event waits for its next occurrence; a timer only as often as its cycle says."""
        part = self.marking.parts.get(token, 0)
        cycles = self.marking.cycles.get(token)
        self.take(token)
        event = node.events[part]
        if node.all_events:
            self.arm(node, scope, owner)
            return
        if event.kind is EventKind.TIMER and (cycles is None or cycles == 1):
            return
        fresh = self.put(node, scope, owner)
        if len(node.events) > 1:
            self.marking.parts[fresh] = part
        self._arm_event(fresh, node, scope, event, -1 if cycles is None or cycles < 0 else cycles - 1)

    def _boundary(self, token: int, node: Node, host: int) -> None:
        scope = self.marking.tokens[token][1]
        ways = self.ways(node, scope)
        self.count(node)
        if node.interrupting:
            self.drop([host])
        else:
            self._again(token, node, scope, host)
        self.go(node, scope, ways)

    def _event_start(self, token: int, node: Node, scope: int) -> None:
        self.count(node)
        if not node.interrupting:
            self._again(token, node, scope, scope)
        self.begin_event_sub_process(node, scope)

    def begin_event_sub_process(self, start: Node, scope: int) -> None:
        """An interrupting one withdraws all else in its scope."""
        if start.interrupting:
            self.clear(scope)
        self.open_scope(self.plan.nodes[start.scope], scope, start)

    def _alternative(self, node: Node, scope: int, owner: int) -> None:
        """One part of a multiple event has occurred, or one event of an event-based gateway: the others do not matter."""
        waiting = self.plan.nodes[self.marking.tokens[owner][0]]
        ways = self.ways(node, scope)
        if waiting.id != node.id:
            self.count(node)
            self.trace.append(waiting.id)
        self.release(owner)
        self.go(node, scope, ways)

    # -- conditions ---------------------------------------------------------------------------------------------

    def look_at_conditions(self) -> bool:
        """Fires the first condition that has come true; False when there is none."""
        for token, held in list(self.marking.conditions.items()):
            holds = self._holds(token)
            if holds == held:
                continue
            self.marking.conditions[token] = holds
            if holds:
                node = self.marking.tokens[token][0]
                self.own = token
                try:
                    self.occurred(token, {})
                    self.commands.append(Woke(token, node))
                except ExpressionFailed as failure:
                    self.commands.append(Block(token, node, str(failure), new=False))
                return True
        return False

    def _holds(self, token: int) -> bool:
        node = self.plan.nodes[self.marking.tokens[token][0]]
        event = node.events[self.marking.parts.get(token, 0)]
        try:
            return value_of(event.condition or "null", self.names(self.home(token)), self.now) is True
        except ExpressionFailed:
            return False  # an operator was told when it was armed; here it may wait for a variable

    # -- scopes -------------------------------------------------------------------------------------------------

    def arm_event_sub_processes(self, scope: int, scope_node: str) -> None:
        for holder in self.plan.event_sub_processes_of(scope_node):
            for start in self.event_starts(holder):
                self.arm(start, scope, scope)

    def event_starts(self, holder: Node) -> list[Node]:
        return [node for node in self.plan.inside(holder.id) if node.kind is NodeKind.START and node.events]

    def scope_node(self, scope: int) -> str:
        return "" if scope == ROOT else self.marking.scopes[scope].node
