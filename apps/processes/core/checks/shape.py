"""How elements and flows may be put together."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.processes.core.plan import EVENTS, GATEWAYS, SCOPES, Flow, Node, NodeKind, Plan
from apps.processes.core.problems import Problem, Severity

DECIDING = {NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE, NodeKind.COMPLEX}
NO_CONDITIONS = {NodeKind.PARALLEL, NodeKind.EVENT_BASED, *EVENTS}
UNNAMED = {*EVENTS, *GATEWAYS}


def check_shape(plan: Plan) -> Iterator[Problem]:
    yield from _scopes(plan)
    for node in plan.nodes.values():
        yield from _flows_of(plan, node)
        yield from _loop_of(node)
        if not node.name and node.kind not in UNNAMED:
            yield Problem(node.id, "model.name_missing", _("The step has no name."), Severity.WARNING)


def begins_by_itself(plan: Plan, node: Node) -> bool:
    """Elements to which no flow leads and none need lead."""
    if node.kind in (NodeKind.START, NodeKind.BOUNDARY, NodeKind.EVENT_SUB_PROCESS) or node.is_compensation or node.instantiate:
        return True
    holder = plan.nodes.get(node.scope)
    if holder is not None and holder.kind is NodeKind.AD_HOC:
        return True
    return any(event.kind.value == "link" for event in node.events) and node.kind is NodeKind.CATCH


def _scopes(plan: Plan) -> Iterator[Problem]:
    for holder in ["", *(node.id for node in plan.nodes.values() if node.kind in SCOPES)]:
        inside = plan.inside(holder)
        place = holder or plan.process_id
        plain = sum(node.kind is NodeKind.START and not node.events for node in inside)
        if not inside:
            yield Problem(place, "model.empty", _("There is nothing to be done in here."))
        elif plain > 1:
            yield Problem(
                place, "model.one_start", _("At most one plain start event is possible; there are {n}.").format(n=plain)
            )
        elif not any(begins_by_itself(plan, node) or not node.incoming for node in inside):
            yield Problem(place, "model.no_start", _("Nothing begins in here: every element has a flow that leads to it."))


def _flows_of(plan: Plan, node: Node) -> Iterator[Problem]:
    if node.kind is NodeKind.START and node.incoming:
        yield Problem(node.id, "model.start_incoming", _("A start event has no incoming flow."))
    if node.kind is NodeKind.BOUNDARY and node.incoming:
        yield Problem(node.id, "model.boundary_incoming", _("A boundary event has no incoming flow."))
    if node.kind is NodeKind.END and node.outgoing:
        yield Problem(node.id, "model.end_outgoing", _("An end event has no outgoing flow."))
    if (node.is_compensation or node.kind is NodeKind.EVENT_SUB_PROCESS) and (node.incoming or node.outgoing):
        message = _("No flow leads to or from a compensation activity or an event sub-process.")
        yield Problem(node.id, "model.outside_the_flow", message)
    has_start = any(other.kind is NodeKind.START for other in plan.inside(node.scope))
    if has_start and not node.incoming and not begins_by_itself(plan, node):
        yield Problem(node.id, "model.no_incoming", _("Nothing leads to this element."))
    if not node.outgoing and node.kind in GATEWAYS:
        yield Problem(node.id, "model.no_outgoing", _("Nothing follows this gateway."))
    if node.default_flow and node.default_flow not in node.outgoing:
        yield Problem(node.id, "model.default_flow", _("The default flow does not leave this element."))
    yield from _conditions_of(node, [plan.flows[flow] for flow in node.outgoing])


def _conditions_of(node: Node, flows: list[Flow]) -> Iterator[Problem]:
    decides = node.kind in DECIDING and len(flows) > 1
    for flow in flows:
        is_default = flow.id == node.default_flow
        if flow.condition and node.kind in NO_CONDITIONS:
            message = _("A condition counts only behind an activity or an exclusive, inclusive or complex gateway.")
            yield Problem(flow.id, "model.condition_place", message)
        elif flow.condition and is_default:
            yield Problem(flow.id, "model.default_condition", _("The default flow asks no condition."), Severity.WARNING)
        elif decides and not flow.condition and not is_default:
            message = _("This flow needs a condition, or must be the default flow.")
            yield Problem(flow.id, "model.condition_missing", message)
    if decides and not node.default_flow and all(flow.condition for flow in flows):
        message = _("Without a default flow the run stops here when no condition holds.")
        yield Problem(node.id, "model.no_default", message, Severity.WARNING)


def _loop_of(node: Node) -> Iterator[Problem]:
    loop = node.loop
    if loop is None:
        return
    if loop.multi and not loop.cardinality and not loop.collection:
        yield Problem(node.id, "model.instances", _("Say how often this is done: a cardinality or a collection."))
    if not loop.multi and not loop.condition and loop.maximum is None:
        yield Problem(node.id, "model.endless_loop", _("The loop has neither a condition nor a maximum."))
    if node.is_compensation and node.kind in SCOPES:
        yield Problem(node.id, "model.compensation_loop", _("A compensation activity is done once."))
