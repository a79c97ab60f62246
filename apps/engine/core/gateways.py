"""Gateways: which way a token goes, and how long tokens wait for each other."""

from apps.engine.core.expressions import ExpressionFailed, value_of
from apps.engine.core.waits import Waits
from apps.processes.core.plan import Node, NodeKind

JOINS = frozenset({NodeKind.PARALLEL, NodeKind.INCLUSIVE, NodeKind.COMPLEX})


class Gateways(Waits):
    """Splits and joins. Tokens that have arrived wait as counts in `marking.joins`."""

    def exclusive(self, node: Node, scope: int) -> None:
        """The first flow whose condition holds; one without a condition holds always."""
        names = None
        for flow in node.outgoing:
            condition = self.plan.flows[flow].condition
            if flow == node.default_flow:
                continue
            if condition is not None and names is None:
                names = self.names(scope)
            if condition is None or value_of(condition, names or {}, self.now) is True:
                self.go(node, scope, (flow,))
                return
        if node.default_flow is None and node.outgoing:
            raise ExpressionFailed("no condition holds and there is no default flow")
        self.go(node, scope, (node.default_flow,) if node.default_flow else ())

    def event_based(self, node: Node, scope: int) -> None:
        """Waits for the events behind it: for the first, or as a parallel beginning of a run for each of them."""
        targets = [self.plan.nodes[self.plan.flows[flow].target] for flow in node.outgoing]
        if node.instantiate and node.all_events:
            self.trace.append(node.id)
            for target in targets:
                self.arm(target, scope)
            return
        token = self.put(node, scope)
        for target in targets:
            self.arm(target, scope, token)

    # -- joins --------------------------------------------------------------------------------------------------

    def arrive(self, node: Node, scope: int, came_by: str | None) -> None:
        """A parallel join fires with its last flow; the others are looked at when nothing else can move."""
        place = (scope, node.id)
        counts = self.marking.joins.setdefault(place, {})
        if came_by is not None:
            counts[came_by] = counts.get(came_by, 0) + 1
        if node.kind is NodeKind.PARALLEL:
            if len(counts) == len(node.incoming):
                self._fire(node, scope)
        elif node.kind is NodeKind.COMPLEX:
            self._arrive_complex(node, scope)
        elif len(counts) == len(node.incoming):
            self._fire(node, scope)
        self.quiet[scope] = None

    def _fire(self, node: Node, scope: int) -> None:
        self._consume(node, scope, list(self.marking.joins.get((scope, node.id), ())))
        try:
            self.count(node)
            self.leave(node, scope)
        except ExpressionFailed as failure:
            self.block(node, scope, str(failure))

    def _consume(self, node: Node, scope: int, flows: list[str]) -> None:
        counts = self.marking.joins.get((scope, node.id), {})
        for flow in flows:
            if counts.get(flow, 0) > 1:
                counts[flow] -= 1
            else:
                counts.pop(flow, None)
        if not counts:
            self.marking.joins.pop((scope, node.id), None)

    def _arrive_complex(self, node: Node, scope: int) -> None:
        """Fires when its activation condition holds; what comes afterwards over its other flows is taken away."""
        place = (scope, node.id)
        awaited = self.marking.resets.get(place)
        if awaited is not None:
            late = [flow for flow in self.marking.joins[place] if flow in awaited]
            self._consume(node, scope, late)
            rest = [flow for flow in awaited if flow not in late]
            self.marking.resets[place] = rest
            if not rest:
                self._reset(node, scope)
            return
        arrived = list(self.marking.joins.get(place, ()))
        if not arrived or not self._is_active(node, scope, arrived):
            return
        rest = [flow for flow in node.incoming if flow not in arrived]
        if rest:
            self.marking.resets[place] = rest
        self._fire(node, scope)

    def _is_active(self, node: Node, scope: int, arrived: list[str]) -> bool:
        if node.activation is None:
            return len(arrived) == len(node.incoming)
        try:
            names = {**self.names(scope), "activationCount": len(arrived)}
            return value_of(node.activation, names, self.now) is True
        except ExpressionFailed:
            return False  # told as a join that waits for ever

    def _reset(self, node: Node, scope: int) -> None:
        del self.marking.resets[scope, node.id]
        if (scope, node.id) in self.marking.joins:
            self._arrive_complex(node, scope)

    def look_at_joins(self) -> bool:
        """Fires or resets one gateway whose missing tokens can never come; False when there is none."""
        for scope, gateway in list(self.marking.joins):
            node = self.plan.nodes[gateway]
            if node.kind is NodeKind.INCLUSIVE and self._comes_no_more(node, scope):
                self._fire(node, scope)
                return True
        for (scope, gateway), awaited in list(self.marking.resets.items()):
            node = self.plan.nodes[gateway]
            if not any(self._can_reach(node, scope, flow) for flow in awaited):
                self._reset(node, scope)
                return True
        return False

    def _comes_no_more(self, node: Node, scope: int) -> bool:
        """BPMN 2.0, 13.4.3: no token may still reach an empty flow, unless it can as well reach one that has a token."""
        counts = self.marking.joins[scope, node.id]
        empty = [flow for flow in node.incoming if flow not in counts]
        full = [flow for flow in node.incoming if flow in counts]
        towards_empty = frozenset[str]().union(*(self.plan.upstream(flow) for flow in empty))
        towards_full = frozenset[str]().union(*(self.plan.upstream(flow) for flow in full))
        return towards_empty.isdisjoint(self._standing(scope, node.id) - towards_full)

    def _can_reach(self, node: Node, scope: int, flow: str) -> bool:
        return not self.plan.upstream(flow).isdisjoint(self._standing(scope, node.id))

    def _standing(self, scope: int, but: str) -> set[str]:
        """Nodes of a scope where tokens are, at work or waiting at another gateway."""
        marking = self.marking
        at_work = {node for token, (node, there) in marking.tokens.items() if there == scope and token not in marking.owners}
        return at_work | {gateway for there, gateway in marking.joins if there == scope and gateway != but}
