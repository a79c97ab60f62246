"""Compensation: what is done can be undone, in reverse order of completion, with the data as it was."""

from typing import Any

from apps.engine.core.marking import ROOT, Scope
from apps.engine.core.scopes import Scopes
from apps.processes.core.plan import EventKind, Node, NodeKind

Entry = list[Any]
"""[activity, its own variables when it was done, the entries inside it]"""


class Compensation(Scopes):
    """Keeps what can be compensated, and runs the compensation one handler after the other in a scope of its own."""

    def record(self, token: int, node: Node, scope: int) -> None:
        inner = self.marking.done.pop(token, [])
        if node.kind is NodeKind.EVENT_SUB_PROCESS or node.is_compensation:
            return
        if not inner and not node.compensated_by and self._undoing_start(node) is None:
            return
        own = self.marking.scopes.get(token)
        entry: Entry = [node.id, dict(own.variables) if own is not None else {}, inner]
        self.marking.done.setdefault(scope, []).append(entry)

    def compensate(self, node: Node, scope: int, activity: str | None, then: str = "") -> bool:
        """Begins to undo the activity, or all of the scope; False when there is nothing to undo."""
        entries = self._taken_out(scope, activity)
        todo = self._handlers(entries, {})
        if not todo:
            return False
        token = self.put(node, scope)
        self.marking.scopes[token] = Scope(node.id, scope, todo=todo, then=then)
        self.quiet[token] = None
        return True

    def _taken_out(self, scope: int, activity: str | None) -> list[Entry]:
        """An event sub-process undoes what was done in the scope around it; an activity is searched for outwards."""
        done = self.marking.done
        while True:
            entries = done.get(scope, [])
            found = [entry for entry in entries if activity is None or entry[0] == activity]
            if found:
                done[scope] = [entry for entry in entries if entry not in found]
                if not done[scope]:
                    del done[scope]
                return found
            inside = scope != ROOT and self.plan.nodes[self.marking.scopes[scope].node].kind
            if scope == ROOT or (activity is None and inside is not NodeKind.EVENT_SUB_PROCESS):
                return []
            scope = self.marking.scopes[scope].parent

    def _handlers(self, entries: list[Entry], seen: dict[str, Any]) -> list[Entry]:
        """[what undoes, the variables it sees, the entries that it may undo in turn], newest first."""
        handlers: list[Entry] = []
        for activity, variables, inner in reversed(entries):
            node, snapshot = self.plan.nodes[activity], {**seen, **variables}
            start = self._undoing_start(node)
            if node.compensated_by:
                handlers.append([node.compensated_by, snapshot, []])
            elif start is not None:
                handlers.append([start.scope, snapshot, inner])
            else:
                handlers.extend(self._handlers(inner, snapshot))
        return handlers

    def _undoing_start(self, node: Node) -> Node | None:
        """The start of the event sub-process by which a sub-process is compensated."""
        for holder in self.plan.event_sub_processes_of(node.id):
            for start in self.event_starts(holder):
                if start.event_of(EventKind.COMPENSATION) is not None:
                    return start
        return None

    def next_todo(self, number: int, node: Node, scope: Scope) -> bool:
        if node.kind is NodeKind.AD_HOC:
            return super().next_todo(number, node, scope)
        if not scope.todo:
            return False
        handler, scope.variables, inner = scope.todo.pop(0)
        undoing = self.plan.nodes[handler]
        if undoing.kind is NodeKind.EVENT_SUB_PROCESS:
            self.marking.done[number] = inner
            holder = self.plan.nodes[undoing.scope]
            self.open_scope(undoing, number, self._undoing_start(holder))
        else:
            self.enter(undoing, number)
        return True

    def end_scope(self, number: int, node: Node, scope: Scope) -> None:
        if scope.todo is None or node.kind is NodeKind.AD_HOC:
            super().end_scope(number, node, scope)
            return
        if scope.then == "cancel":
            self.release(number)
            self.cancelled(scope.parent)
            return
        ways = self.ways(node, scope.parent) if not scope.then else ()
        self.release(number)
        if not scope.then:
            self.go(node, scope.parent, ways)

    def cancelled(self, transaction: int) -> None:
        """All that the transaction did is undone: its cancel event goes on."""
        name, scope = self.marking.tokens[transaction]
        host = scope if self.is_instance(transaction) else transaction
        for boundary in self.plan.boundaries_of(name):
            if boundary.event_of(EventKind.CANCEL) is not None:
                self.caught_by(boundary, host)
                return
        self.clear(transaction)
        self.block(self.plan.nodes[name], transaction, "the transaction was cancelled and has no cancel event")

    def caught_by(self, boundary: Node, host: int) -> None:
        """A thrown event goes on by the boundary event of the activity that it came out of."""
        scope = self.marking.tokens[host][1]
        ways = self.ways(boundary, scope)
        self.count(boundary)
        if boundary.interrupting:
            self.drop([host])
        self.go(boundary, scope, ways)

    def is_instance(self, token: int) -> bool:
        """The token is one instance in the body of a loop."""
        name, scope = self.marking.tokens[token]
        body = self.marking.scopes.get(scope)
        return body is not None and body.loop is not None and body.node == name
