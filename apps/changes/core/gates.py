"""Which gates of a model disappear or weaken in another one: steps of people, second pairs of eyes, deadlines, windows. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from apps.changes.states import GateLoss
from apps.processes.core.plan import Node, NodeKind, Plan


@dataclass(frozen=True)
class LostGate:
    """`was` and `now` are roles, deadlines or fields, empty where the sentence says all."""

    element: str
    name: str
    loss: GateLoss
    was: str = ""
    now: str = ""


def lost_gates(old: Plan, new: Plan, windows: Collection[str] = ()) -> list[LostGate]:
    """What of the old model's gates is gone or weaker in the new one, in the old one's order. `windows`: steps that have one."""
    return [lost for node in old.nodes.values() for lost in _lost(old, new, node, node.id in windows)]


def _lost(old: Plan, new: Plan, node: Node, has_window: bool) -> Iterator[LostGate]:
    after = new.nodes.get(node.id)
    if node.human is not None:
        yield from _lost_person(old, new, node, after)
    if node.deadline and after is not None and not after.deadline:
        yield LostGate(node.id, node.name, GateLoss.NO_DEADLINE, was=node.deadline)
    if has_window and after is None:
        yield LostGate(node.id, node.name, GateLoss.NO_WINDOW)


def _lost_person(old: Plan, new: Plan, node: Node, after: Node | None) -> Iterator[LostGate]:
    was = node.human
    if was is None:
        return
    if after is None:
        yield LostGate(node.id, node.name, GateLoss.GONE, was=was.role)
        return
    now = after.human
    if now is None:
        yield LostGate(node.id, node.name, GateLoss.AUTOMATIC, was=was.role)
        return
    if was.checks and not now.checks:
        yield LostGate(node.id, node.name, GateLoss.UNCHECKED, was=was.checks)
    if was.role != now.role:
        yield LostGate(node.id, node.name, GateLoss.OTHER_ROLE, was=was.role, now=now.role)
    missing = set(was.form.get("required", ())) - set(now.form.get("required", ()))
    if missing:
        yield LostGate(node.id, node.name, GateLoss.FEWER_ANSWERS, was=", ".join(sorted(missing)))
    if is_unavoidable(old, node.id) and not is_unavoidable(new, node.id):
        yield LostGate(node.id, node.name, GateLoss.AVOIDABLE)


def is_unavoidable(plan: Plan, element: str) -> bool:
    """Whether every way through the element's scope, and through those that hold it, passes it or what holds it."""
    node = plan.nodes[element]
    return not _way_around(plan, node) and (not node.scope or is_unavoidable(plan, node.scope))


def _way_around(plan: Plan, barred: Node) -> bool:
    """Whether something that begins in the scope can come to one of its ends without this node."""
    inside = plan.inside(barred.scope)
    waiting = [node for node in inside if _begins(node) and node.id != barred.id]
    known = {node.id for node in waiting}
    while waiting:
        node = waiting.pop()
        beside = [boundary.id for boundary in plan.boundaries_of(node.id)]
        behind = [plan.flows[flow].target for flow in node.outgoing] + beside
        if not behind and node.kind is not NodeKind.BOUNDARY:
            return True
        for other in behind:
            if other not in known and other != barred.id:
                known.add(other)
                waiting.append(plan.nodes[other])
    return False


def _begins(node: Node) -> bool:
    """Where tokens of a scope come from: nothing leads to it, it is beside nothing, and it only undoes nothing."""
    return (
        not node.incoming
        and node.attached_to is None
        and not node.is_compensation
        and node.kind is not NodeKind.EVENT_SUB_PROCESS
    )
