"""Which parallel branches an element lies in: what may be jumped to, what a rerun takes back, what lies in between."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from apps.engine.core.marking import Marking
from apps.processes.core.plan import Node, NodeKind, Plan

Branches = tuple[tuple[str, str], ...]
"""From the outside in: (what splits, the flow taken there). Empty: no branch has been entered."""

_SPLITS_MANY = frozenset({NodeKind.PARALLEL, NodeKind.INCLUSIVE, NodeKind.COMPLEX})
_SPLITS_ONE = frozenset({NodeKind.EXCLUSIVE, NodeKind.EVENT_BASED})


def branches_of(plan: Plan, scope: str) -> dict[str, Branches]:
    """For every element of the scope that is always reached in the same branches. What is missing is not block-structured."""
    found: dict[str, Branches] = {}
    doubtful: set[str] = set()
    waiting: list[tuple[str, Branches]] = [(node.id, ()) for node in _beginnings(plan, scope)]
    while waiting:
        node_id, branches = waiting.pop()
        if node_id in doubtful:
            continue
        if node_id in found:
            if found[node_id] != branches:
                doubtful |= {node_id} | reached_from(plan, node_id)
            continue
        found[node_id] = branches
        waiting.extend(_onward(plan, plan.nodes[node_id], branches))
    return {node_id: branches for node_id, branches in found.items() if node_id not in doubtful}


def _beginnings(plan: Plan, scope: str) -> list[Node]:
    return [node for node in plan.inside(scope) if not node.incoming and node.attached_to is None and not node.is_compensation]


def _onward(plan: Plan, node: Node, branches: Branches) -> Iterator[tuple[str, Branches]]:
    splits = len(node.outgoing) > 1 and node.kind not in _SPLITS_ONE
    for flow_id in node.outgoing:
        target = plan.nodes[plan.flows[flow_id].target]
        inner = (*branches, (node.id, flow_id)) if splits else branches
        joins = target.kind in _SPLITS_MANY and len(target.incoming) > 1
        yield target.id, inner[:-1] if joins else inner
    for boundary in plan.boundaries_of(node.id):
        yield boundary.id, branches if boundary.interrupting else (*branches, (boundary.id, ""))


def _after(plan: Plan, node_id: str) -> Iterator[str]:
    for flow_id in plan.nodes[node_id].outgoing:
        yield plan.flows[flow_id].target
    for boundary in plan.boundaries_of(node_id):
        yield boundary.id


def reached_from(plan: Plan, node_id: str) -> set[str]:
    """Everything that a token may come to after it has left this element; the element itself only by a loop."""
    found: set[str] = set()
    waiting = list(_after(plan, node_id))
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting.extend(_after(plan, here))
    return found


def may_come(plan: Plan, places: Collection[str], node_id: str) -> bool:
    """Whether a token may still come to this element, or stands on it, when tokens stand at these places."""
    return node_id in places or _may_be_entered(plan, places, node_id)


def _may_be_entered(plan: Plan, places: Collection[str], node_id: str) -> bool:
    if any(node_id in reached_from(plan, place) for place in places):
        return True
    scope = plan.nodes[node_id].scope
    if not scope:
        return False
    if scope in places and plan.nodes[scope].kind is NodeKind.AD_HOC:
        return True  # its activities wait for their turn without a token
    return _may_be_entered(plan, places, scope)


def passed_over(plan: Plan, source: str, target: str, done: set[str]) -> list[Node]:
    """Elements that a jump lets the run do without: those between, those left behind, and those that should have come first."""
    from_source, from_target = reached_from(plan, source), reached_from(plan, target)
    skipped = []
    for node in plan.inside(plan.nodes[source].scope):
        if node.id == target:
            continue
        leads_to_target = target in reached_from(plan, node.id)
        ahead = node.id == source or node.id in from_source
        if (ahead and (leads_to_target or node.id not in from_target)) or (leads_to_target and node.id not in done):
            skipped.append(node)
    return skipped


def may_jump(plan: Plan, source: str, target: str) -> bool:
    """Same scope, same parallel branches: no token beside this one is lost or waited for in vain."""
    here, there = plan.nodes.get(source), plan.nodes.get(target)
    if here is None or there is None or here.scope != there.scope or not _can_be_entered(there):
        return False
    branches = branches_of(plan, here.scope)
    return source in branches and branches.get(target) == branches[source]


def _can_be_entered(node: Node) -> bool:
    joins = node.kind in _SPLITS_MANY and len(node.incoming) > 1
    return bool(node.incoming) and node.attached_to is None and not joins


@dataclass(frozen=True)
class Rewind:
    """What running again from an element takes back: tokens that go, and what waits at joins afterwards."""

    scope: int
    tokens: tuple[int, ...]
    joins: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]


def rewind(plan: Plan, marking: Marking, node_id: str, token: int) -> Rewind | None:
    """What running again from an element means for the scope in which `token` stands; None where tokens would be lost.

    Everything that stands after the element goes. Where the run is past the join of the element's branch, the other branches
    keep what they did: they wait at the join again.
    """
    node, place = plan.nodes.get(node_id), marking.tokens.get(token)
    if node is None or place is None or plan.nodes[place[0]].scope != node.scope or not _can_be_entered(node):
        return None
    scope = place[1]
    branches = branches_of(plan, node.scope)
    after = reached_from(plan, node_id) | {node_id}
    beside = {other: at for other, (at, where) in marking.tokens.items() if where == scope and other not in marking.owners}
    gone = {other for other, at in beside.items() if at in after}
    if token not in gone or node_id not in branches or any(at not in branches for at in beside.values()):
        return None
    joins: dict[str, dict[str, int]] = {}
    for join in (plan.nodes[name] for name in after if plan.nodes[name].kind is NodeKind.PARALLEL):
        if len(join.incoming) < 2:
            continue
        kept = _kept(plan, marking, join, scope, after, branches, branches[node_id], beside)
        if kept is None:
            return None
        joins[join.id] = kept
    return Rewind(scope, tuple(sorted(gone)), tuple((name, tuple(counts.items())) for name, counts in sorted(joins.items())))


def _kept(
    plan: Plan,
    marking: Marking,
    join: Node,
    scope: int,
    after: set[str],
    branches: dict[str, Branches],
    of_node: Branches,
    beside: dict[int, str],
) -> dict[str, int] | None:
    """Tokens that wait at a join once everything after the element is taken back."""
    counts: dict[str, int] = {}
    waiting = marking.joins.get((scope, join.id), {})
    passed = (
        join.id in branches
        and len(branches[join.id]) < len(of_node)
        and any(at == join.id or at in reached_from(plan, join.id) for at in beside.values())
    )
    for flow in join.incoming:
        if plan.flows[flow].source in after:
            continue  # it will come this way again
        count = waiting.get(flow, 0) + (1 if passed else 0)
        if count > 1:
            return None
        if count:
            counts[flow] = count
    return counts
