"""Which ad-hoc sub-process something is in, as an operator asks who wants to end it. Pure questions about a marking."""

from collections.abc import Iterator

from apps.engine.core.marking import ROOT, Marking
from apps.processes.core.plan import Node, NodeKind, Plan


def may_be_in_ad_hoc(plan: Plan, node_id: str) -> bool:
    """The element lies in an ad-hoc sub-process, however deep."""
    node = plan.nodes.get(node_id)
    while node is not None and node.scope:
        node = plan.nodes[node.scope]
        if node.kind is NodeKind.AD_HOC:
            return True
    return False


def ad_hoc_around(plan: Plan, marking: Marking, token: int) -> int | None:
    """The token of the innermost ad-hoc sub-process that is going on around this one; None when there is none."""
    scope = marking.tokens[token][1] if token in marking.tokens else ROOT
    while scope != ROOT:
        found = marking.scopes[scope]
        if plan.nodes[found.node].kind is NodeKind.AD_HOC and found.loop is None:
            return scope
        scope = found.parent
    return None


def tokens_inside(marking: Marking, scope: int) -> set[int]:
    """Every token in a scope, however deep, with what waits beside them."""
    found, looking = set[int](), {scope}
    while looking:
        inner = {token for token, (_, around) in marking.tokens.items() if around in looking}
        found |= inner
        looking = inner & marking.scopes.keys()
    return found


def nodes_inside(plan: Plan, scope: str) -> Iterator[Node]:
    """Every element of a sub-process, however deep."""
    for node in plan.inside(scope):
        yield node
        yield from nodes_inside(plan, node.id)
