"""Makes a model unsound, or leaves it sound by luck: gateways change their kind, flows their ends."""

from dataclasses import replace
from random import Random

from apps.processes.core.plan import Flow, Node, NodeKind, Plan

KINDS = (NodeKind.PARALLEL, NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE)


def mutated(plan: Plan, random: Random, scope: str = "") -> Plan | None:
    """The plan with one or two changes within a scope; None when an element lost its last flow."""
    nodes, flows = dict(plan.nodes), dict(plan.flows)
    inside = [node.id for node in plan.inside(scope)]
    sources = [name for name in inside if nodes[name].kind is not NodeKind.END]
    targets = [name for name in inside if nodes[name].kind not in (NodeKind.START, NodeKind.BOUNDARY)]
    gateways = [name for name in inside if nodes[name].kind in KINDS]
    here = [name for name in flows if flows[name].source in inside]
    for _ in range(random.randint(1, 2)):
        change, flow = random.choice(["kind", "source", "target", "more", "less"]), random.choice(here)
        if change == "kind" and gateways:
            name = random.choice(gateways)
            nodes[name] = replace(nodes[name], kind=random.choice(KINDS))
        elif change == "source":
            flows[flow] = replace(flows[flow], source=random.choice(sources), condition=None)
        elif change == "target":
            flows[flow] = replace(flows[flow], target=random.choice(targets))
        elif change == "more":
            name = f"f{len(plan.flows)}"
            flows[name] = Flow(name, random.choice(sources), random.choice(targets))
        elif len(here) > 3:
            flows.pop(flow)
            here.remove(flow)
    return _rewired(plan, nodes, flows)


def _rewired(plan: Plan, nodes: dict[str, Node], flows: dict[str, Flow]) -> Plan | None:
    for name, node in nodes.items():
        incoming = tuple(flow.id for flow in flows.values() if flow.target == name)
        outgoing = tuple(flow.id for flow in flows.values() if flow.source == name)
        lost = (node.incoming and not incoming) or (node.outgoing and not outgoing)
        if lost:
            return None
        nodes[name] = replace(node, incoming=incoming, outgoing=outgoing, default_flow=None)
    return replace(plan, nodes=nodes, flows={key: replace(flow, condition=None) for key, flow in flows.items()})
