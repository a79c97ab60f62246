"""What begins runs of a process by itself: triggers that can be waited for, and none that the process pulls itself."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.processes.core.plan import EventKind, Node, NodeKind, Plan
from apps.processes.core.problems import Problem, Severity


def check_beginnings(plan: Plan) -> Iterator[Problem]:
    begins = [*_at_the_start(plan), *_behind_gateways(plan)]
    for node in begins:
        if node.waits_for_all:
            message = _(
                "{element}: a run cannot begin by several triggers that must all have come (parallelMultiple). Begin it by an "
                "event-based gateway with instantiate and eventGatewayType=“Parallel” and one catch event for each trigger."
            )
            yield Problem(node.id, "model.all_triggers", message.format(element=_called(node)))
    yield from _endless(plan, begins)


def _at_the_start(plan: Plan) -> Iterator[Node]:
    return (node for node in plan.inside("") if node.kind is NodeKind.START)


def _behind_gateways(plan: Plan) -> Iterator[Node]:
    for gateway in plan.inside(""):
        if gateway.kind is NodeKind.EVENT_BASED and gateway.instantiate:
            yield from (plan.nodes[plan.flows[flow].target] for flow in gateway.outgoing)


def _endless(plan: Plan, begins: list[Node]) -> Iterator[Problem]:
    """Each run would call for another one, and so on without end."""
    heard = {event.name: node for node in begins for event in node.events if event.kind is EventKind.SIGNAL and event.name}
    for node in plan.nodes.values():
        for event in node.events if node.kind in (NodeKind.THROW, NodeKind.END) else ():
            start = heard.get(event.name or "") if event.kind is EventKind.SIGNAL else None
            if start is None:
                continue
            message = _(
                "{thrower} throws the signal “{signal}”, by which {start} begins this process: each run calls for the next."
            )
            told = message.format(thrower=_called(node), signal=event.name, start=_called(start))
            yield Problem(node.id, "model.begins_itself", told, Severity.WARNING)


def _called(node: Node) -> str:
    return f"“{node.name}” ({node.id})" if node.name and node.name != node.id else f"“{node.id}”"
