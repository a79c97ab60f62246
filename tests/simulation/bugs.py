"""Faults that somebody could build into the protocol or the core. The simulation has to find each of them."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from apps.processes.core.plan import EventKind, Loop, Node, NodeKind, Plan


class Bug(StrEnum):
    # what the commit protocol forbids
    NO_FENCE_CHECK = "a result is kept whatever attempt it comes from"
    NO_STATE_CHECK = "a result is kept whatever state the step is in"
    CLAIM_KEEPS_FENCE = "a claim does not raise the fence"
    RECOVERY_RESETS_FENCE = "a lost attempt is not counted"
    NO_LEASE_SWEEP = "nobody looks for leases that have run out"
    NO_LEASE_FOR_SUCCESSOR = "the step that is claimed with a settled one gets no lease"
    NO_OUTBOX = "bells are sent after the commit, from memory"
    OUTBOX_DELETED_FIRST = "bells are deleted before they are published"
    RETRY_WITHOUT_BELL = "a failed attempt is offered again, and nobody is told"
    EFFECT_BEFORE_GUARD = "the effect is written in a transaction of its own"
    NUMBER_OUTSIDE = "the journal's number is taken in a transaction of its own"
    ADVANCE_OUTSIDE_LOCK = "the core decides on a marking that was read earlier"
    VARIABLES_READ_EARLIER = "variables are written back as they were when the step was claimed"
    MARKING_SAVED_LATER = "steps are written in one transaction and the marking in the next"
    TIMER_WITHOUT_GUARD = "whoever saw a due timer fires it"
    TIMER_TOO_EARLY = "a timer is due a little before its time"
    ANSWER_WITHOUT_GUARD = "a person's answer is kept whatever state the step is in"
    SKIP_LEAVES_WORKER = "a step in hand is skipped, and its worker may still finish it"
    PLAN_NOT_PINNED = "the newest version decides, not the one that the run began with"
    JOURNAL_FORGETS = "a move of a step does not stand in the journal"
    KEY_IGNORED = "a message answers whoever waits for its name"
    MESSAGE_KEPT = "a message that has answered a wait answers the next as well"
    SIGNAL_TO_ONE = "the first who hears a signal keeps it for himself"
    CALLER_TOLD_TWICE = "whoever sees that a called run has ended tells the caller"
    WITHDRAWN_STAYS_OPEN = "the step of a withdrawn token stays as it is"
    # what the core itself could do wrong
    JOIN_DOES_NOT_WAIT = "a parallel join lets each token pass"
    SPLIT_LOSES_A_BRANCH = "a parallel split forgets its last flow"
    CONDITIONS_IGNORED = "a choice takes its first flow"
    UNDONE_BY_NOBODY = "what could be undone is not kept"
    UNDONE_IN_ORDER = "what was done first is undone first"
    ESCALATION_ENDS_ALL = "what only listens interrupts"
    ERROR_GOES_ON = "an event sub-process that interrupts only listens"
    TERMINATE_ENDS_ITSELF = "an end event that ends its scope ends its own path only"
    COMPLEX_WAITS_FOR_ALL = "a complex gateway does not look at its condition"
    LOOP_ENDS_EARLY = "a loop over items is content with the first"
    INPUTS_LEAK = "a sub-process has no variables of its own"
    OUTPUTS_IGNORED = "what an activity returns is not mapped"
    COMMAND_LOST = "one of several commands is not written"
    COMMAND_DOUBLED = "a command is written twice"


HEALED_BY_RINGING_AGAIN = frozenset({Bug.NO_OUTBOX, Bug.OUTBOX_DELETED_FIRST})
"""These cost time only, as long as lost bells are rung again: they are looked for where none is, and no message gets lost."""


def miscompiled(plan: Plan, bug: Bug) -> Plan:
    """The plan as a core with one of the last kind of bugs would follow it."""
    nodes, flows = dict(plan.nodes), dict(plan.flows)
    for node in plan.nodes.values():
        if node.kind is NodeKind.EXCLUSIVE and bug is Bug.CONDITIONS_IGNORED and len(node.outgoing) > 1:
            flows[node.outgoing[0]] = replace(flows[node.outgoing[0]], condition=None)
        elif bug in _CHANGES and _CHANGES[bug][0](node):
            nodes[node.id] = replace(node, **_CHANGES[bug][1](node))
    return replace(plan, nodes=nodes, flows=flows)


def _listens(node: Node, kind: EventKind) -> bool:
    """A boundary event, or the start of an event sub-process, for events of this kind."""
    return node.kind in (NodeKind.BOUNDARY, NodeKind.START) and node.event_of(kind) is not None


_CHANGES: dict[Bug, tuple[Callable[[Node], bool], Callable[[Node], dict[str, Any]]]] = {
    Bug.JOIN_DOES_NOT_WAIT: (
        lambda node: node.kind is NodeKind.PARALLEL and len(node.incoming) > 1,
        lambda node: {"kind": NodeKind.EXCLUSIVE},
    ),
    Bug.SPLIT_LOSES_A_BRANCH: (
        lambda node: node.kind is NodeKind.PARALLEL and len(node.outgoing) > 1,
        lambda node: {"outgoing": node.outgoing[:-1]},
    ),
    Bug.UNDONE_BY_NOBODY: (lambda node: node.compensated_by is not None, lambda node: {"compensated_by": None}),
    Bug.ESCALATION_ENDS_ALL: (lambda node: _listens(node, EventKind.ESCALATION), lambda node: {"interrupting": True}),
    Bug.ERROR_GOES_ON: (
        lambda node: node.kind is NodeKind.START and _listens(node, EventKind.ERROR),
        lambda node: {"interrupting": False},
    ),
    Bug.TERMINATE_ENDS_ITSELF: (
        lambda node: node.kind is NodeKind.END and node.event_of(EventKind.TERMINATE) is not None,
        lambda node: {"events": ()},
    ),
    Bug.COMPLEX_WAITS_FOR_ALL: (lambda node: node.activation is not None, lambda node: {"activation": None}),
    Bug.LOOP_ENDS_EARLY: (
        lambda node: node.loop is not None and node.loop.multi,
        lambda node: {"loop": replace(node.loop or Loop(), completion="true")},
    ),
    Bug.INPUTS_LEAK: (lambda node: node.kind is NodeKind.SUB_PROCESS, lambda node: {"inputs": ()}),
    Bug.OUTPUTS_IGNORED: (lambda node: bool(node.outputs), lambda node: {"outputs": ()}),
}
