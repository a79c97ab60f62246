"""Events that the model throws, and who catches them: outwards from where they are thrown, the nearest first."""

from typing import Any

from apps.engine.core.compensation import Compensation
from apps.engine.core.expressions import ExpressionFailed, value_of
from apps.engine.core.marking import ROOT
from apps.engine.core.model import Escalate, ThrowMessage, ThrowSignal
from apps.processes.core.plan import Event, EventKind, Node, NodeKind

_LAST = (EventKind.COMPENSATION, EventKind.ERROR, EventKind.CANCEL, EventKind.TERMINATE)


class Throwing(Compensation):
    """Throw and end events."""

    def throw(self, node: Node, scope: int) -> None:
        """Throws what the event says and goes on, unless that ended it. An escalation is thrown before anybody catches it."""
        ways, escalates = self.ways(node, scope), node.event_of(EventKind.ESCALATION) is not None
        if escalates:
            self.trace.append(node.id)
        for event in sorted(node.events, key=lambda event: _LAST.index(event.kind) + 1 if event.kind in _LAST else 0):
            if not self._throw_one(node, scope, event):
                return
        self.go(node, scope, ways, traced=escalates)

    def _throw_one(self, node: Node, scope: int, event: Event) -> bool:
        """True: the token goes on."""
        kind = event.kind
        if kind in (EventKind.MESSAGE, EventKind.SIGNAL):
            self.tell(node, scope, event)
        elif kind is EventKind.ESCALATION:
            return self.escalate(node, scope, None, event.code or "", {})
        elif kind is EventKind.LINK:
            self._follow_link(node, scope, event)
            return False
        elif kind is EventKind.COMPENSATION:
            begun = self.compensate(node, scope, event.activity, "" if event.waits else "forget")
            return not begun or not event.waits
        elif kind is EventKind.ERROR:
            self._throw_error(node, scope, event)
            return False
        elif kind is EventKind.CANCEL:
            self._cancel(node, scope)
            return False
        elif kind is EventKind.TERMINATE:
            self.trace.append(node.id)
            self.clear(scope)
            return False
        return True

    def tell(self, node: Node, scope: int, event: Event) -> None:
        payload = self.mapped(node.inputs, scope)
        if event.kind is EventKind.SIGNAL:
            self.commands.append(ThrowSignal(self._number(), node.id, event.name or "", payload))
            return
        key = value_of(event.correlation, self.names(scope), self.now) if event.correlation else ""
        if not isinstance(key, str):
            raise ExpressionFailed(f"{event.correlation} is not a text")
        self.commands.append(ThrowMessage(self._number(), node.id, event.name or "", key, payload))

    def _number(self) -> int:
        self.marking.next_token += 1
        return self.marking.next_token - 1

    def _follow_link(self, node: Node, scope: int, event: Event) -> None:
        for other in self.plan.inside(node.scope):
            link = other.event_of(EventKind.LINK)
            if other.kind is NodeKind.CATCH and link is not None and link.name == event.name:
                self.trace.append(node.id)
                self.enter(other, scope)
                return
        raise ExpressionFailed(f"nothing catches the link {event.name}")

    # -- errors and escalations ---------------------------------------------------------------------------------

    def _throw_error(self, node: Node, scope: int, event: Event) -> None:
        code = event.code or ""
        found = self._catcher(EventKind.ERROR, code, None, scope)
        if found is None:
            self.block(node, scope, f"nothing catches the error {code}", error=code)
            return
        self.trace.append(node.id)
        self._catch(*found, {"code": code})

    def erred(self, token: int, code: str, outputs: dict[str, Any]) -> bool:
        """Lets the nearest error event for the code go on; False when there is none."""
        found = self._catcher(EventKind.ERROR, code, token, self.marking.tokens[token][1])
        if found is not None:
            self._catch(*found, {"code": code, **outputs})
        return found is not None

    def has_catcher(self, token: int, code: str) -> bool:
        return self._catcher(EventKind.ERROR, code, token, self.marking.tokens[token][1]) is not None

    def escalate(self, node: Node, scope: int, token: int | None, code: str, outputs: dict[str, Any]) -> bool:
        """True: whoever raised it goes on, as nothing interrupted it."""
        found = self._catcher(EventKind.ESCALATION, code, token, scope)
        if found is None:
            self.commands.append(Escalate(self._number(), node.id, code))
            return True
        self._catch(*found, {"code": code, **outputs})
        return not found[0].interrupting

    def _catcher(self, kind: EventKind, code: str, token: int | None, scope: int) -> tuple[Node, int] | None:
        """The event and where it stands: beside that activity's token, or as a start in that scope."""
        while True:
            inside = True
            if token is not None:
                name, scope = self.marking.tokens[token]
                found = None if self.is_instance(token) else _match(self.plan.boundaries_of(name), kind, code)
                if found is not None:
                    return found, token
                inside = self.plan.nodes[name].kind is not NodeKind.EVENT_SUB_PROCESS
            if inside and (scope == ROOT or self.marking.scopes[scope].loop is None):
                holders = self.plan.event_sub_processes_of(self.scope_node(scope))
                starts = tuple(start for holder in holders for start in self.event_starts(holder))
                found = _match(starts, kind, code)
                if found is not None:
                    return found, scope
            if scope == ROOT:
                return None
            token = scope

    def _catch(self, node: Node, where: int, outputs: dict[str, Any]) -> None:
        if node.kind is NodeKind.BOUNDARY:
            self.take_in(node, self.marking.tokens[where][1], outputs)
            self.caught_by(node, where)
            return
        self.take_in(node, where, outputs)
        self.count(node)
        self.begin_event_sub_process(node, where)

    # -- transactions -------------------------------------------------------------------------------------------

    def _cancel(self, node: Node, scope: int) -> None:
        """Ends the transaction around: its work is withdrawn, what is done is compensated, its cancel event goes on."""
        around = scope
        while around != ROOT and self.plan.nodes[self.marking.scopes[around].node].kind is not NodeKind.TRANSACTION:
            around = self.marking.scopes[around].parent
        if around == ROOT:
            raise ExpressionFailed("there is no transaction to cancel")
        self.trace.append(node.id)
        self.clear(around)
        if not self.compensate(node, around, None, "cancel"):
            self.cancelled(around)


def _match(nodes: tuple[Node, ...], kind: EventKind, code: str) -> Node | None:
    """The event for exactly this code, else one that catches every code."""
    for wanted in (code, None):
        for node in nodes:
            for event in node.events:
                if event.kind is kind and event.code == wanted:
                    return node
    return None
