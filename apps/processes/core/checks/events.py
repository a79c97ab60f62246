"""Which event may stand where, and what belongs to it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.processes.core.plan import EVENTS, GATEWAYS, Event, EventKind, Node, NodeKind, Plan
from apps.processes.core.problems import Problem, Severity
from apps.processes.core.soundness.building import awaited

_WAITS = {EventKind.MESSAGE, EventKind.TIMER, EventKind.SIGNAL, EventKind.CONDITIONAL}
_RAISED = {EventKind.ERROR, EventKind.ESCALATION}
ALLOWED = {
    NodeKind.START: _WAITS,
    NodeKind.CATCH: _WAITS | {EventKind.LINK},
    NodeKind.THROW: {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION, EventKind.COMPENSATION, EventKind.LINK},
    NodeKind.BOUNDARY: _WAITS | _RAISED | {EventKind.CANCEL, EventKind.COMPENSATION},
    NodeKind.END: _RAISED | {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.COMPENSATION, EventKind.CANCEL, EventKind.TERMINATE},
}
IN_EVENT_SUB_PROCESS = _WAITS | _RAISED | {EventKind.COMPENSATION}


def check_events(plan: Plan) -> Iterator[Problem]:
    for node in plan.nodes.values():
        if node.kind in EVENTS:
            yield from _definitions(plan, node)
        if node.kind is NodeKind.BOUNDARY:
            yield from _boundary(plan, node)
        if node.kind is NodeKind.EVENT_BASED:
            yield from _waiting_gateway(plan, node)
        if node.kind is NodeKind.EVENT_SUB_PROCESS:
            yield from _event_sub_process(plan, node)
        if node.kind is NodeKind.AD_HOC:
            yield from _ad_hoc(plan, node)
        if node.kind is NodeKind.COMPLEX and len(node.incoming) > 1 and not node.activation:
            yield Problem(node.id, "model.activation", _("A complex gateway that joins flows needs an activation condition."))
        if node.kind is NodeKind.COMPLEX and (awaited(node) or 0) > len(node.incoming) > 1:
            message = _("The activation condition counts more flows than lead here.")
            yield Problem(node.id, "model.activation", message)
        if node.is_compensation and not _undoes_something(plan, node):
            message = _("No compensation boundary event leads to this compensation activity (an association does).")
            yield Problem(node.id, "model.compensation", message)
    yield from _links(plan)


def _holder(plan: Plan, node: Node) -> NodeKind | None:
    return plan.nodes[node.scope].kind if node.scope else None


def _definitions(plan: Plan, node: Node) -> Iterator[Problem]:
    holder = _holder(plan, node)
    allowed = ALLOWED[node.kind]
    if node.kind is NodeKind.START and holder is not None:
        allowed = IN_EVENT_SUB_PROCESS if holder is NodeKind.EVENT_SUB_PROCESS else set()
    for event in node.events:
        if event.kind not in allowed:
            message = _("An event of the kind {event} cannot stand here.").format(event=event.kind.value)
            yield Problem(node.id, "model.event_place", message)
        yield from _named(node, event)
    if not node.events and node.kind in (NodeKind.CATCH, NodeKind.BOUNDARY):
        yield Problem(node.id, "model.event_missing", _("The event does not say what it waits for."))
    if node.kind is NodeKind.END and node.event_of(EventKind.CANCEL) and holder is not NodeKind.TRANSACTION:
        yield Problem(node.id, "model.cancel", _("A cancel end event stands in a transaction."))


def _named(node: Node, event: Event) -> Iterator[Problem]:
    if event.kind is EventKind.MESSAGE and not event.name:
        yield Problem(node.id, "model.message", _("The message has no name (messageRef or clearway:message)."))
    if event.kind is EventKind.SIGNAL and not event.name:
        yield Problem(node.id, "model.signal", _("The signal has no name (signalRef)."))
    if event.kind is EventKind.CONDITIONAL and not event.condition:
        yield Problem(node.id, "model.condition", _("The conditional event has no condition."))
    if event.kind in _RAISED and not event.code and node.kind in (NodeKind.THROW, NodeKind.END):
        message = _("Without a code only an event that catches everything catches this.")
        yield Problem(node.id, "model.code_missing", message, Severity.WARNING)


def _boundary(plan: Plan, node: Node) -> Iterator[Problem]:
    activity = plan.nodes.get(node.attached_to or "")
    if activity is None or activity.kind in EVENTS | GATEWAYS or activity.kind is NodeKind.EVENT_SUB_PROCESS:
        yield Problem(node.id, "model.attached_to", _("A boundary event is attached to an activity."))
        return
    if activity.scope != node.scope:
        yield Problem(node.id, "model.attached_to", _("A boundary event stands beside its activity."))
    kinds = {event.kind for event in node.events}
    if not node.interrupting and kinds & {EventKind.ERROR, EventKind.CANCEL}:
        yield Problem(node.id, "model.interrupting", _("An error or a cancellation always interrupts."))
    if EventKind.CANCEL in kinds and activity.kind is not NodeKind.TRANSACTION:
        yield Problem(node.id, "model.cancel", _("A cancel boundary event stands on a transaction."))
    if EventKind.COMPENSATION in kinds:
        if node.outgoing:
            message = _("A compensation boundary event leads to its activity by an association, not by a flow.")
            yield Problem(node.id, "model.compensation", message)
        elif not activity.compensated_by:
            message = _("An association must lead from this event to an activity that is for compensation.")
            yield Problem(node.id, "model.compensation", message)


def _waiting_gateway(plan: Plan, node: Node) -> Iterator[Problem]:
    for flow in node.outgoing:
        target = plan.nodes[plan.flows[flow].target]
        waits = target.kind is NodeKind.RECEIVE_TASK or (
            target.kind is NodeKind.CATCH and all(event.kind in _WAITS for event in target.events)
        )
        if not waits or len(target.incoming) != 1:
            message = _("Behind an event-based gateway stand catch events and receive tasks that only it leads to.")
            yield Problem(target.id, "model.event_gateway", message)
    if node.instantiate and node.incoming:
        yield Problem(node.id, "model.instantiate", _("A gateway that begins the process has no incoming flow."))


def _event_sub_process(plan: Plan, node: Node) -> Iterator[Problem]:
    starts = [inner for inner in plan.inside(node.id) if inner.kind is NodeKind.START]
    if len(starts) != 1 or not starts[0].events:
        yield Problem(node.id, "model.event_sub_process", _("An event sub-process has one start event, with its trigger."))
    elif not starts[0].interrupting and starts[0].event_of(EventKind.ERROR):
        yield Problem(starts[0].id, "model.interrupting", _("An error or a cancellation always interrupts."))


def _ad_hoc(plan: Plan, node: Node) -> Iterator[Problem]:
    for inner in plan.inside(node.id):
        if inner.kind in (NodeKind.START, NodeKind.END):
            yield Problem(inner.id, "model.ad_hoc", _("An ad-hoc sub-process has neither start nor end events."))


def _undoes_something(plan: Plan, node: Node) -> bool:
    return any(other.compensated_by == node.id for other in plan.nodes.values())


def _links(plan: Plan) -> Iterator[Problem]:
    catches: dict[tuple[str, str], int] = {}
    for node in plan.nodes.values():
        link = node.event_of(EventKind.LINK)
        if link is not None and node.kind is NodeKind.CATCH:
            place = (node.scope, link.name or "")
            catches[place] = catches.get(place, 0) + 1
            if catches[place] > 1:
                yield Problem(node.id, "model.link", _("Two catch events have this link name."))
    for node in plan.nodes.values():
        link = node.event_of(EventKind.LINK)
        if link is not None and node.kind is NodeKind.THROW and (node.scope, link.name or "") not in catches:
            yield Problem(
                node.id, "model.link", _("No catch event has the link name “{name}” here.").format(name=link.name or "")
            )
