"""The token game by brute force, written from the standard and sharing nothing with the checker: the judge of its verdicts.

One scope; every marking is visited, none is merged or left out. A path that an event begins without interrupting, and that
stays apart from the main one, carries one token at a time: how often the event comes makes no difference to it.
"""

from collections.abc import Iterator
from itertools import chain, combinations

from apps.processes.core.plan import Node, NodeKind, Plan

State = frozenset[str]


class TooLarge(Exception):
    """More states than asked for."""


def faults_of(plan: Plan, scope: str = "", limit: int = 10_000) -> set[str]:
    """Which of doubled, stuck, endless and dead (with the element) can be reached; doubled alone when it can."""
    judge = _Judge(plan, scope)
    start = judge.start
    edges: dict[State, set[State]] = {}
    waiting: list[State] = [frozenset(start.outgoing)]
    acted = {start.id}
    while waiting:
        state = waiting.pop()
        if state in edges:
            continue
        edges[state] = set()
        for node, rest, put in judge.moves(state):
            acted.add(node.id)
            if rest & put:
                return {"doubled"}
            after = frozenset[str]() if node.kind is NodeKind.END and node.events else rest | put
            edges[state].add(after)
            waiting.append(after)
        if len(edges) > limit:
            raise TooLarge
    faults = {f"dead {name}" for name in judge.nodes if name not in acted}
    dead_ends = {state for state, after in edges.items() if state and not after}
    if dead_ends:
        faults.add("stuck")
    saved: set[State] = dead_ends | {frozenset()}
    while grown := {state for state, after in edges.items() if state not in saved and after & saved}:
        saved |= grown
    return faults | ({"endless"} if edges.keys() - saved else set())


class _Judge:
    def __init__(self, plan: Plan, scope: str) -> None:
        self.plan = plan
        self.nodes = {name: node for name, node in plan.nodes.items() if node.scope == scope}
        self.start = next(node for node in self.nodes.values() if node.kind is NodeKind.START)
        main = self.closure(self.start)
        self.apart: dict[str, set[str]] = {}
        for node in self.nodes.values():
            if node.kind is NodeKind.BOUNDARY and not node.interrupting:
                path = self.closure(node)
                if all(not plan.nodes[name].outgoing for name in path & main):
                    self.apart[node.id] = {flow for name in path for flow in plan.nodes[name].outgoing}
        for paths in [list(self.apart.values())] * len(self.apart):  # those that meet are one
            for path, other in combinations(paths, 2):
                if path & other:
                    path |= other
                    other |= path

    def closure(self, root: Node) -> set[str]:
        found, waiting = {root.id}, [root]
        while waiting:
            node = waiting.pop()
            near = [self.plan.nodes[self.plan.flows[flow].target] for flow in node.outgoing]
            near += [event for event in self.nodes.values() if event.attached_to == node.id and event.interrupting]
            for other in near:
                if other.id not in found:
                    found.add(other.id)
                    waiting.append(other)
        return found

    def moves(self, state: State) -> Iterator[tuple[Node, State, frozenset[str]]]:
        for node in self.nodes.values():
            for rest in self.taken(node, state):
                for put in self.puts(node):
                    yield node, rest, put
                yield from self.boundary_moves(node, state, rest)

    def boundary_moves(self, node: Node, state: State, rest: State) -> Iterator[tuple[Node, State, frozenset[str]]]:
        """An interrupting event takes the token; any other leaves it where it is, once for each time the activity is entered."""
        events = [event for event in self.nodes.values() if event.attached_to == node.id]
        for event in events:
            if event.interrupting:
                for put in self.puts(event):
                    yield event, rest, put
            elif event.id in self.apart:
                if not state & self.apart[event.id]:
                    for put in self.puts(event):
                        yield event, state, put
            else:
                for put in self.puts(event):
                    for usual in self.puts(node):
                        if put & usual:
                            yield event, put, usual
                        else:
                            yield event, rest, put | usual

    def taken(self, node: Node, state: State) -> Iterator[State]:
        here = [flow for flow in node.incoming if flow in state]
        if node.kind is NodeKind.PARALLEL:
            if node.incoming and len(here) == len(node.incoming):
                yield state - set(here)
        elif node.kind is NodeKind.INCLUSIVE:
            if here and not any(self.still_comes(node, token, here) for token in state - set(here)):
                yield state - set(here)
        else:
            for flow in here:
                yield state - {flow}

    def still_comes(self, join: Node, token: str, here: list[str]) -> bool:
        """Whether the token can reach an empty flow of the join, and none of those that carry a token."""
        found, waiting = {token}, [token]
        while waiting:
            target = self.plan.nodes[self.plan.flows[waiting.pop()].target]
            if target.id == join.id:
                continue
            events = [event for event in self.nodes.values() if event.attached_to == target.id]
            for flow in chain(target.outgoing, *(event.outgoing for event in events)):
                if flow not in found:
                    found.add(flow)
                    waiting.append(flow)
        return bool(found & set(join.incoming)) and not found & set(here)

    def puts(self, node: Node) -> Iterator[frozenset[str]]:
        if node.kind is NodeKind.EXCLUSIVE:
            yield from (frozenset({flow}) for flow in node.outgoing)
        elif node.kind is NodeKind.INCLUSIVE:
            sizes = range(1, len(node.outgoing) + 1)
            yield from map(frozenset, chain.from_iterable(combinations(node.outgoing, size) for size in sizes))
        else:
            yield frozenset(node.outgoing)
