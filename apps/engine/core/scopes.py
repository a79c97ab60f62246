"""What goes on inside an activity: sub-processes, loops and instances, ad-hoc choices."""

from typing import Any

from apps.engine.core.expressions import ExpressionFailed, as_json, value_of
from apps.engine.core.gateways import Gateways
from apps.engine.core.marking import ROOT, Scope
from apps.engine.core.model import Block
from apps.processes.core.plan import EventKind, Loop, Node, NodeKind

INSTANCES_LIMIT = 10_000
COMPLETE = "complete"
"""In `then` of an ad-hoc sub-process whose completion condition has held: nothing of it is chosen again."""
BY_PEOPLE = frozenset({NodeKind.USER_TASK, NodeKind.MANUAL_TASK})


class Scopes(Gateways):
    """Opens and closes scopes. Whatever a scope is, it is done when nothing moves in it any more."""

    # -- sub-processes ------------------------------------------------------------------------------------------

    def open_scope(self, node: Node, scope: int, starting: Node | None = None) -> int:
        token = self.put(node, scope)
        self.marking.scopes[token] = Scope(node.id, scope)
        self.fill_scope(token, node, starting)
        return token

    def fill_scope(self, token: int, node: Node, starting: Node | None = None) -> None:
        """Starts what the scope of this token holds."""
        self.quiet[token] = None
        if node.kind is NodeKind.AD_HOC:
            self._start_ad_hoc(token, node)
            return
        self.arm_event_sub_processes(token, node.id)
        for start in [starting] if starting is not None else self.beginnings(node.id):
            self.enter(start, token)

    def beginnings(self, scope_node: str) -> list[Node]:
        """Its start event without a trigger, else its first one, else what first instantiates, else all that nothing leads to."""
        inside = self.plan.inside(scope_node)
        starts = sorted((node for node in inside if node.kind is NodeKind.START), key=lambda node: bool(node.events))
        instantiating = [node for node in inside if node.instantiate and not node.incoming]
        return starts[:1] or instantiating[:1] or self._free(scope_node)

    def _free(self, scope_node: str) -> list[Node]:
        return [node for node in self.plan.inside(scope_node) if not node.incoming and not _is_entered_otherwise(node)]

    def quiet_down(self, scope: int) -> None:
        """Ends a scope in which nothing is left; one whose last tokens wait at a join for ever becomes an incident."""
        marking = self.marking
        self.quiet.pop(scope, None)
        if marking.live.get(scope) or (scope != ROOT and scope not in marking.scopes):
            return
        stuck = next((gateway for there, gateway in marking.joins if there == scope), None)
        if stuck is not None:
            self.block(self.plan.nodes[stuck], scope, "waits for a branch that will never come")
            return
        for place in [place for place in marking.resets if place[0] == scope]:
            del marking.resets[place]
        for beside in list(marking.owned.get(ROOT, ())) if scope == ROOT else ():
            self.drop([beside])
        if scope == ROOT:
            marking.done.clear()
            return
        try:
            self.close(scope)
        except ExpressionFailed as failure:
            token = self.renumber(scope)
            marking.scopes[token].failed = True
            self.commands.append(Block(token, marking.tokens[token][0], str(failure)))

    def close(self, number: int) -> None:
        scope = self.marking.scopes[number]
        node = self.plan.nodes[scope.node]
        if scope.loop is not None:
            self._next_instance(number, node, scope)
        elif scope.todo is not None and self.next_todo(number, node, scope):
            return
        else:
            self.end_scope(number, node, scope)

    def end_scope(self, number: int, node: Node, scope: Scope) -> None:
        """A sub-process, or one instance of it, is done."""
        if node.kind is NodeKind.EVENT_SUB_PROCESS:
            self.release(number)
            self.go(node, scope.parent, ())
            return
        self.assign(self.mapped(node.outputs, number), scope.parent)
        self.complete(number, node, scope.parent)

    def next_todo(self, number: int, node: Node, scope: Scope) -> bool:
        """Starts what is next in a scope that does one thing after the other; False when it is done.

        An ad-hoc sub-process with a completion condition is done only by it: until then its activities come round again.
        """
        if node.kind is not NodeKind.AD_HOC:
            return False
        if not scope.todo and node.ad_hoc is not None and node.ad_hoc.completion is not None and scope.then != COMPLETE:
            self._start_ad_hoc(number, node)
            if not scope.todo:
                return bool(self._free(node.id))
        if not scope.todo:
            return False
        self.enter(self.plan.nodes[scope.todo.pop(0)], number)
        return True

    def renumber(self, number: int) -> int:
        """The scope goes on under a new number, as each step that an operator sees has a token of its own."""
        marking = self.marking
        name, parent = marking.tokens[number]
        token = self.put(self.plan.nodes[name], parent)
        scope, done = marking.scopes[number], marking.done.pop(number, None)
        self.release(number)
        marking.scopes[token] = scope
        if done is not None:
            marking.done[token] = done
        return token

    # -- ad-hoc -------------------------------------------------------------------------------------------------

    def _start_ad_hoc(self, token: int, node: Node) -> None:
        choices = [found.id for found in self._free(node.id)]
        sequential = node.ad_hoc is not None and node.ad_hoc.sequential
        self.marking.scopes[token].todo = choices if sequential else []
        for choice in [] if sequential else choices:
            if token in self.marking.tokens:
                self.enter(self.plan.nodes[choice], token)

    def left(self, node: Node, scope: int) -> None:
        """After each activity of an ad-hoc sub-process its completion condition is asked.

        Until it holds a person may choose an activity again: done, it is offered anew. What works by itself comes round when
        nothing else is left to do.
        """
        inner = self.marking.scopes[scope]
        holder = self.plan.nodes[inner.node]
        if holder.ad_hoc is None or holder.ad_hoc.completion is None:
            return
        try:
            complete = value_of(holder.ad_hoc.completion, self.names(scope), self.now) is True
        except ExpressionFailed as failure:
            self.block(node, scope, str(failure))
            return
        if complete:
            self._complete_ad_hoc(scope, cancels_rest=holder.ad_hoc.cancels_rest)
        elif inner.then != COMPLETE and not holder.ad_hoc.sequential and node.kind in BY_PEOPLE and not node.incoming:
            self.enter(node, scope)

    def end_ad_hoc(self, token: int) -> None:
        """Whatever is left in the ad-hoc sub-process of the token is withdrawn; what has no such token is left alone."""
        inner = self.marking.scopes.get(token)
        if inner is not None and inner.loop is None and self.plan.nodes[inner.node].kind is NodeKind.AD_HOC:
            self._complete_ad_hoc(token, cancels_rest=True)

    def _complete_ad_hoc(self, scope: int, *, cancels_rest: bool) -> None:
        inner = self.marking.scopes[scope]
        inner.todo, inner.then = [], COMPLETE
        if cancels_rest:
            self.clear(scope)

    # -- loops --------------------------------------------------------------------------------------------------

    def open_loop(self, node: Node, scope: int, loop: Loop) -> None:
        """The body is a scope that holds one token for each instance at work."""
        names = self.names(scope)
        state: dict[str, Any] = {"next": 1, "count": 1, "results": []}
        local: dict[str, Any] = {}
        if loop.multi:
            items, count = self._items(loop, names)
            state |= {"count": count, "results": [None] * count if loop.output_collection else []}
            if items is not None:
                state["items"] = items
            local["numberOfInstances"] = count
            local |= {"numberOfActiveInstances": 0, "numberOfCompletedInstances": 0, "numberOfTerminatedInstances": 0}
        elif loop.test_before and value_of(loop.condition or "true", {**names, "loopCounter": 0}, self.now) is not True:
            self.go(node, scope, self.ways(node, scope), traced=True)  # nothing was done, so nothing is told
            return
        body = self.put(node, scope)
        self.marking.scopes[body] = Scope(node.id, scope, local, loop=state)
        self.quiet[body] = None
        self.guard(body, node, scope)
        for _ in range(0 if loop.sequential or not loop.multi else state["count"]):
            if body in self.marking.scopes:
                self._begin_instance(body, node, loop)

    def _items(self, loop: Loop, names: dict[str, Any]) -> tuple[list[Any] | None, int]:
        if loop.collection is not None:
            items = as_json(value_of(loop.collection, names, self.now))
            if not isinstance(items, list):
                raise ExpressionFailed(f"{loop.collection} is not a list")
            count = len(items)
        else:
            items, number = None, as_json(value_of(loop.cardinality or "null", names, self.now))
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise ExpressionFailed(f"{loop.cardinality} is not a number of instances")
            count = number
        if count > INSTANCES_LIMIT:
            raise ExpressionFailed(f"{count} instances are more than {INSTANCES_LIMIT}")
        return items, count

    def _begin_instance(self, body: int, node: Node, loop: Loop) -> None:
        scope = self.marking.scopes[body]
        state = scope.loop or {}
        number = state["next"]
        state["next"] = number + 1
        local = {"loopCounter": number}
        if loop.element and "items" in state:
            local[loop.element] = state["items"][number - 1]
        if loop.multi:
            scope.variables["numberOfActiveInstances"] += 1
        self.begin(node, body, local)

    def instance_done(self, token: int, node: Node, body: int) -> None:
        """Raises ExpressionFailed before anything has changed."""
        scope, loop = self.marking.scopes[body], node.loop or Loop()
        state, own = scope.loop or {}, self.marking.scopes[token].variables
        names = self.names(token, self.brought)
        if loop.multi:
            after = {
                "numberOfActiveInstances": scope.variables["numberOfActiveInstances"] - 1,
                "numberOfCompletedInstances": scope.variables["numberOfCompletedInstances"] + 1,
            }
            result = as_json(value_of(loop.output_element or "null", names, self.now)) if loop.output_collection else None
            complete = self._is_complete(loop, {**names, **after})
            if loop.output_collection:
                state["results"][own["loopCounter"] - 1] = result
            scope.variables |= after
        else:
            complete = not self._goes_round(loop, names, own["loopCounter"])
            state["count"] = state["next"] - (1 if complete else 0)
        self.record(token, node, body)
        self.trace.append(node.id)
        self.release(token)
        if complete:
            state["count"] = state["next"] - 1
            rest = [other for other, place in self.marking.tokens.items() if place[1] == body] if loop.multi else []
            if loop.multi:
                scope.variables["numberOfTerminatedInstances"] = len(rest)
            self.drop(rest)

    def _is_complete(self, loop: Loop, names: dict[str, Any]) -> bool:
        return loop.completion is not None and value_of(loop.completion, names, self.now) is True

    def _goes_round(self, loop: Loop, names: dict[str, Any], passes: int) -> bool:
        if loop.maximum is not None and passes >= loop.maximum:
            return False
        if loop.condition is None:
            return loop.maximum is not None
        return value_of(loop.condition, names, self.now) is True

    def _next_instance(self, number: int, node: Node, scope: Scope) -> None:
        state = scope.loop or {}
        if state["next"] <= state["count"]:
            self.count(node)
            self._begin_instance(number, node, node.loop or Loop())
        else:
            self._end_body(number, node, scope)

    def _end_body(self, number: int, node: Node, scope: Scope) -> None:
        ways = self.ways(node, scope.parent)
        loop, results = node.loop or Loop(), (scope.loop or {})["results"]
        if loop.output_collection:
            self.assign({loop.output_collection: results}, scope.parent)
        inner = self.marking.done.pop(number, None)
        if inner:
            self.marking.done.setdefault(scope.parent, []).extend(inner)
        self.release(number)
        self.go(node, scope.parent, ways, traced=True)  # each instance has been told


def _is_entered_otherwise(node: Node) -> bool:
    return (
        node.kind in (NodeKind.BOUNDARY, NodeKind.EVENT_SUB_PROCESS)
        or node.is_compensation
        or (node.kind is NodeKind.CATCH and node.event_of(EventKind.LINK) is not None)
    )
