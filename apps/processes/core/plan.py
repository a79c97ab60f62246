"""The Plan: the compiled, immutable form of a process version. Pure data; knows no XML, no Django, no clock.

A plan is stored as JSON with its digest; `plan_to_json` and `plan_from_json` are inverse (property-tested).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any


class NodeKind(StrEnum):
    START = "start"
    END = "end"
    CATCH = "catch"
    THROW = "throw"
    BOUNDARY = "boundary"
    TASK = "task"
    USER_TASK = "user_task"
    MANUAL_TASK = "manual_task"
    SERVICE_TASK = "service_task"
    SCRIPT_TASK = "script_task"
    BUSINESS_RULE_TASK = "business_rule_task"
    SEND_TASK = "send_task"
    RECEIVE_TASK = "receive_task"
    EXCLUSIVE = "exclusive_gateway"
    PARALLEL = "parallel_gateway"
    INCLUSIVE = "inclusive_gateway"
    COMPLEX = "complex_gateway"
    EVENT_BASED = "event_based_gateway"
    SUB_PROCESS = "sub_process"
    EVENT_SUB_PROCESS = "event_sub_process"
    TRANSACTION = "transaction"
    AD_HOC = "ad_hoc_sub_process"
    CALL_ACTIVITY = "call_activity"


SCOPES = frozenset({NodeKind.SUB_PROCESS, NodeKind.EVENT_SUB_PROCESS, NodeKind.TRANSACTION, NodeKind.AD_HOC})
"""Nodes that hold other nodes."""

GATEWAYS = frozenset({NodeKind.EXCLUSIVE, NodeKind.PARALLEL, NodeKind.INCLUSIVE, NodeKind.COMPLEX, NodeKind.EVENT_BASED})
EVENTS = frozenset({NodeKind.START, NodeKind.END, NodeKind.CATCH, NodeKind.THROW, NodeKind.BOUNDARY})


class EventKind(StrEnum):
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    CONDITIONAL = "conditional"
    LINK = "link"
    COMPENSATION = "compensation"
    CANCEL = "cancel"
    TERMINATE = "terminate"


@dataclass(frozen=True)
class Mapping:
    """`target` is the variable that receives the value of the FEEL expression."""

    target: str
    expression: str


@dataclass(frozen=True)
class Timer:
    """When a timer event is due: exactly one of the four is given.

    date: FEEL yielding a date and time; duration: FEEL yielding a days-and-time duration; cycle: FEEL yielding an
    ISO 8601 repeating interval such as R3/PT10M (a text); time_node: a key of the calendars' time nodes, resolved by the
    shell for the run's business date.
    """

    date: str | None = None
    duration: str | None = None
    time_node: str | None = None
    cycle: str | None = None


@dataclass(frozen=True)
class Event:
    """One event definition of an event node.

    name: of the message, signal or link; code: of the error or escalation, None catches every one;
    correlation: FEEL yielding the key by which a message finds its run; condition: FEEL that becomes true;
    activity: id of the activity that a compensation event compensates, None for all of the scope;
    waits: a compensation throw event goes on only when the compensation is done.
    """

    kind: EventKind
    name: str | None = None
    code: str | None = None
    correlation: str | None = None
    condition: str | None = None
    timer: Timer | None = None
    activity: str | None = None
    waits: bool = True


@dataclass(frozen=True)
class Loop:
    """An activity that is done more than once: a standard loop, or one instance for each item or number.

    Standard loop (`multi` is False): condition, test_before, maximum (passes). Multi-instance: cardinality (FEEL yielding a
    number) or collection (FEEL yielding a list), of which each instance sees its own as `element`; with `sequential` one
    after the other; `completion` is asked after each instance and, when true, cancels what is left; the value of
    `output_element` of each instance is gathered in the list variable `output_collection`, in the order of the instances.
    Each instance knows the numbers loopCounter (from 1), numberOfInstances, numberOfActiveInstances,
    numberOfCompletedInstances and numberOfTerminatedInstances, by which `completion` usually speaks.
    """

    multi: bool = True
    sequential: bool = False
    cardinality: str | None = None
    collection: str | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    completion: str | None = None
    condition: str | None = None
    test_before: bool = False
    maximum: int | None = None


@dataclass(frozen=True)
class AdHoc:
    """How the activities of an ad-hoc sub-process are chosen: all at once or one after the other, until `completion` holds."""

    sequential: bool = False
    completion: str | None = None
    cancels_rest: bool = True


@dataclass(frozen=True)
class Decision:
    """The DMN decision that a business rule task asks: the model's own XML, so that a version never changes, and its id.

    result: the variable that receives the value; without it the outputs see it as `result`. `model` None: the model names a
    decision that it does not hold; such a version cannot be submitted, and a rehearsal takes the script's results.
    """

    decision: str
    model: str | None = None
    result: str | None = None


@dataclass(frozen=True)
class Human:
    """What a user or manual task asks of people.

    role: the role on the process's business line that may do it; checks: element id of the maker's task when this
    task is its second pair of eyes (the maker of that task may then never do this one); form: JSON schema of the answer.
    """

    role: str
    checks: str | None = None
    form: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """One element. `scope` is the id of the sub-process that holds it, or "" for the process itself.

    events: the definitions of an event node, none for a plain one; several: any of them, or with `all_events` each of them.
    attached_to: the activity of a boundary event; interrupting: of a boundary event or of an event sub-process's start.
    compensated_by: the activity that undoes this one; `is_compensation` marks that activity, which no flow leads to.
    instantiate: a receive task or event-based gateway that begins the run; with `all_events` the gateway waits for all.
    activation: FEEL of a complex gateway's joining side. lane: name of the innermost lane.
    """

    id: str
    kind: NodeKind
    name: str
    scope: str = ""
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default_flow: str | None = None
    handler: str | None = None
    parameters: tuple[Mapping, ...] = ()
    inputs: tuple[Mapping, ...] = ()
    outputs: tuple[Mapping, ...] = ()
    events: tuple[Event, ...] = ()
    all_events: bool = False
    attached_to: str | None = None
    interrupting: bool = True
    compensated_by: str | None = None
    is_compensation: bool = False
    instantiate: bool = False
    activation: str | None = None
    loop: Loop | None = None
    ad_hoc: AdHoc | None = None
    decision: Decision | None = None
    human: Human | None = None
    message: str | None = None
    correlation: str | None = None
    script: str | None = None
    script_result: str | None = None
    called_process: str | None = None
    deadline: str | None = None
    runbook: str | None = None
    lane: str | None = None

    @property
    def waits_for_all(self) -> bool:
        """Several events of which each must occur; with a single one there is nothing to wait for beside it."""
        return self.all_events and len(self.events) > 1

    def event_of(self, kind: EventKind) -> Event | None:
        """The first definition of that kind."""
        return next((event for event in self.events if event.kind is kind), None)


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `condition` is FEEL."""

    id: str
    source: str
    target: str
    condition: str | None = None


@dataclass(frozen=True)
class Plan:
    """A process as the engine runs it."""

    process_id: str
    name: str
    nodes: dict[str, Node]
    flows: dict[str, Flow]

    def start_of(self, scope: str) -> Node:
        """The one none start event of a scope."""
        return next(node for node in self.inside(scope) if node.kind is NodeKind.START and not node.events)

    def inside(self, scope: str) -> tuple[Node, ...]:
        """The nodes that a scope holds, in the order of the file."""
        return self._index.inside.get(scope, ())

    def boundaries_of(self, activity: str) -> tuple[Node, ...]:
        """The boundary events of an activity."""
        return self._index.boundaries.get(activity, ())

    def event_sub_processes_of(self, scope: str) -> tuple[Node, ...]:
        return tuple(node for node in self.inside(scope) if node.kind is NodeKind.EVENT_SUB_PROCESS)

    def upstream(self, flow: str) -> frozenset[str]:
        """The nodes from which a token can still come over this flow without passing the node that it leads to."""
        known = self._upstream.get(flow)
        if known is None:
            known = self._upstream[flow] = frozenset(self._before(flow))
        return known

    def _before(self, flow: str) -> set[str]:
        goal, found, waiting = self.flows[flow].target, set[str](), [self.flows[flow].source]
        while waiting:
            node = waiting.pop()
            if node not in found and node != goal:
                found.add(node)
                waiting.extend(self.flows[before].source for before in self.nodes[node].incoming)
                waiting.extend(self._jumps.get(node, ()))
        return found

    @cached_property
    def _upstream(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _jumps(self) -> dict[str, list[str]]:
        """Node -> nodes from which a token comes without a flow: the activity of a boundary event, the throwers of a link."""
        jumps: dict[str, list[str]] = {}
        for node in self.nodes.values():
            if node.attached_to is not None:
                jumps.setdefault(node.id, []).append(node.attached_to)
            link = node.event_of(EventKind.LINK) if node.kind is NodeKind.CATCH else None
            for other in self.inside(node.scope) if link is not None else ():
                thrown = other.event_of(EventKind.LINK) if other.kind is NodeKind.THROW else None
                if thrown is not None and link is not None and thrown.name == link.name:
                    jumps.setdefault(node.id, []).append(other.id)
        return jumps

    @cached_property
    def _index(self) -> "_Index":
        inside: dict[str, list[Node]] = {}
        boundaries: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            inside.setdefault(node.scope, []).append(node)
            if node.attached_to is not None:
                boundaries.setdefault(node.attached_to, []).append(node)
        return _Index(_frozen(inside), _frozen(boundaries))


@dataclass(frozen=True)
class _Index:
    inside: dict[str, tuple[Node, ...]]
    boundaries: dict[str, tuple[Node, ...]]


def _frozen(found: dict[str, list[Node]]) -> dict[str, tuple[Node, ...]]:
    return {key: tuple(nodes) for key, nodes in found.items()}
