"""What each kind of node does with a token."""

from collections.abc import Callable
from typing import Any

from apps.engine.core.expressions import ExpressionFailed, decided, value_of
from apps.engine.core.expressions import as_json as to_variable
from apps.engine.core.gateways import JOINS
from apps.engine.core.marking import Scope
from apps.engine.core.model import AskPerson, Block, CallProcess, Do
from apps.engine.core.throwing import Throwing
from apps.processes.core.plan import SCOPES, Event, EventKind, Node, NodeKind


class Nodes(Throwing):
    """Entering a node, doing its work, completing it."""

    def enter(self, node: Node, scope: int, came_by: str | None = None, again: bool = False) -> None:
        if not self.is_open(scope):
            return  # what was entered just before has ended the scope
        if node.kind in JOINS and (came_by is not None or (again and (scope, node.id) in self.marking.joins)):
            self.arrive(node, scope, came_by)
            return
        try:
            self.count(node)
            passing = _PASSING.get(node.kind)
            if passing is not None:
                passing(self, node, scope)
            elif node.loop is not None:
                self.open_loop(node, scope, node.loop)
            else:
                self.begin(node, scope)
        except ExpressionFailed as failure:
            self.block(node, scope, str(failure))

    def catch(self, node: Node, scope: int) -> None:
        if node.event_of(EventKind.LINK) is not None or not node.events:
            self.leave(node, scope)
        else:
            self.arm(node, scope)

    def throw_or_work(self, node: Node, scope: int) -> None:
        if node.handler or node.id in self.scripted:
            self.begin(node, scope)
        else:
            self.throw(node, scope)

    def begin(self, node: Node, scope: int, local: dict[str, Any] | None = None) -> int:
        token = self.put(node, scope)
        if local is not None:
            self.marking.scopes[token] = Scope(node.id, scope, local)
        try:
            self._work(token, node, scope)
        except ExpressionFailed as failure:
            self.commands.append(Block(token, node.id, str(failure)))
            return token
        if local is None and node.attached_to is None and token in self.marking.tokens:
            self.guard(token, node, scope)
        return token

    def _work(self, token: int, node: Node, scope: int) -> None:
        kind = node.kind
        if kind in SCOPES:
            self._open(token, node, scope)
        elif kind is NodeKind.RECEIVE_TASK:
            self.arm_receive(token, node, scope)
        elif kind is NodeKind.SCRIPT_TASK and node.id not in self.scripted:
            names = {**self.names(self.home(token)), **self.mapped(node.inputs, self.home(token))}
            self._computed(token, node, to_variable(value_of(node.script or "null", names, self.now)))
        elif kind is NodeKind.BUSINESS_RULE_TASK and node.id not in self.scripted and _has_model(node):
            names = {**self.names(self.home(token)), **self.mapped(node.inputs, self.home(token))}
            self._computed(token, node, to_variable(decided(node.decision, names, self.now)))
        elif kind is NodeKind.SEND_TASK and node.message and not node.handler and node.id not in self.scripted:
            self.tell(node, self.home(token), Event(EventKind.MESSAGE, name=node.message, correlation=node.correlation))
            self.complete(token, node, scope)
        else:
            self._ask(token, node)

    def _open(self, token: int, node: Node, scope: int) -> None:
        local = self.mapped(node.inputs, self.home(token))
        inner = self.marking.scopes.setdefault(token, Scope(node.id, scope))
        inner.variables.update(local)
        self.fill_scope(token, node)

    def _ask(self, token: int, node: Node) -> None:
        inputs = self.mapped(node.inputs, self.home(token))
        if node.kind in (NodeKind.USER_TASK, NodeKind.MANUAL_TASK):
            self.commands.append(AskPerson(token, node.id, inputs))
        elif node.kind is NodeKind.CALL_ACTIVITY:
            self.commands.append(CallProcess(token, node.id, node.called_process or "", inputs))
        else:
            parameters = self.mapped(node.parameters, self.home(token), inputs)
            self.commands.append(Do(token, node.id, parameters, inputs))

    def _computed(self, token: int, node: Node, value: Any) -> None:
        """The result of a script or decision: its own variable, and what the outputs make of it."""
        target = node.script_result or (node.decision.result if node.decision is not None else None)
        self.brought = {"result": value} if target is None else {target: value}
        own = {} if target is None else {target: value}
        self._results(token, node, self.brought, own)
        self.brought = {}

    def work_done(self, token: int, node: Node, outputs: dict[str, Any], as_variables: bool) -> None:
        """Raises ExpressionFailed when the model cannot use the outputs."""
        target = node.script_result or (node.decision.result if node.decision is not None else None)
        own = {target: outputs[target]} if target in outputs else {}
        if as_variables and not node.outputs:
            own = outputs
        self._results(token, node, outputs, own)

    def _results(self, token: int, node: Node, outputs: dict[str, Any], own: dict[str, Any]) -> None:
        home, before = self.home(token), self.variables
        local = self.mapped(node.inputs, home) if node.outputs else {}  # what came in is known until the work is done
        self.assign({**own, **self.mapped(node.outputs, home, {**local, **outputs})}, home)
        try:
            self.complete(token, node, self.marking.tokens[token][1])
        except ExpressionFailed:
            self.variables = before
            raise

    def complete(self, token: int, node: Node, scope: int) -> None:
        if self.is_instance(token):
            self.instance_done(token, node, scope)
            return
        ways = () if node.kind in (NodeKind.THROW, NodeKind.END) and not node.outgoing else self.ways(node, scope)
        self.record(token, node, scope)
        self.release(token)
        self.go(node, scope, ways)


def _has_model(node: Node) -> bool:
    return node.decision is not None and node.decision.model is not None and not node.handler


_PASSING: dict[NodeKind, Callable[[Nodes, Node, int], None]] = {
    NodeKind.START: Nodes.leave,
    NodeKind.PARALLEL: Nodes.leave,
    NodeKind.INCLUSIVE: Nodes.leave,
    NodeKind.COMPLEX: Nodes.leave,
    NodeKind.EXCLUSIVE: Nodes.exclusive,
    NodeKind.EVENT_BASED: Nodes.event_based,
    NodeKind.CATCH: Nodes.catch,
    NodeKind.THROW: Nodes.throw_or_work,
    NodeKind.END: Nodes.throw_or_work,
}
"""Nodes that are entered without a token of their own; a token is made when something is to be waited for."""
