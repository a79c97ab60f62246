"""What can be reached from what, over flows, boundary events, links and into and out of sub-processes."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.processes.core.checks.shape import begins_by_itself
from apps.processes.core.plan import EventKind, NodeKind, Plan
from apps.processes.core.problems import Problem


def check_paths(plan: Plan) -> Iterator[Problem]:
    """Elements that no path reaches, and elements from which no path leads to an end."""
    edges = _edges(plan)
    begun = [node.id for node in plan.nodes.values() if node.kind is not NodeKind.BOUNDARY and _begins(plan, node.id)]
    forward = _closure(begun, edges)
    ends = [node.id for node in plan.nodes.values() if not node.outgoing and not _throws_link(plan, node.id)]
    backward = _closure(ends, _reversed(edges))
    for node in plan.nodes.values():
        if node.id not in forward:
            yield Problem(node.id, "model.unreachable", _("No path from the start leads here."))
        elif node.id not in backward:
            yield Problem(node.id, "model.no_way_out", _("No path leads from here to an end."))


def precedes(plan: Plan, first: str, second: str) -> bool:
    """Whether a path leads from one to the other, within a scope or into and out of sub-processes."""
    edges = _edges(plan)
    for node in plan.nodes.values():
        if not node.scope:
            continue
        if _begins(plan, node.id):
            edges[node.scope].append(node.id)
        if not node.outgoing:
            edges[node.id] = [*edges[node.id], *(plan.flows[flow].target for flow in plan.nodes[node.scope].outgoing)]
    return second in _closure(list(edges[first]), edges)


def _begins(plan: Plan, identity: str) -> bool:
    node = plan.nodes[identity]
    return not node.incoming or begins_by_itself(plan, node)


def _throws_link(plan: Plan, identity: str) -> bool:
    node = plan.nodes[identity]
    return node.kind is NodeKind.THROW and node.event_of(EventKind.LINK) is not None


def _edges(plan: Plan) -> dict[str, list[str]]:
    """Flows, activity to boundary event, compensation event to what undoes, and link to link."""
    edges = {node.id: [plan.flows[flow].target for flow in node.outgoing] for node in plan.nodes.values()}
    catches = {}
    for node in plan.nodes.values():
        link = node.event_of(EventKind.LINK)
        if link is not None and node.kind is NodeKind.CATCH:
            catches[node.scope, link.name] = node.id
    for node in plan.nodes.values():
        if node.attached_to in edges:
            edges[node.attached_to].append(node.id)
        if node.compensated_by in edges:
            edges[node.id].append(node.compensated_by or "")
        link = node.event_of(EventKind.LINK)
        if link is not None and node.kind is NodeKind.THROW and (node.scope, link.name) in catches:
            edges[node.id].append(catches[node.scope, link.name])
    return edges


def _reversed(edges: dict[str, list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {identity: [] for identity in edges}
    for source, targets in edges.items():
        for target in targets:
            found[target].append(source)
    return found


def _closure(roots: list[str], edges: dict[str, list[str]]) -> set[str]:
    seen, waiting = set(roots), list(roots)
    while waiting:
        for neighbour in edges[waiting.pop()]:
            if neighbour not in seen:
                seen.add(neighbour)
                waiting.append(neighbour)
    return seen
