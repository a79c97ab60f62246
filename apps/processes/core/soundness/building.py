"""Turns one play of a plan into a net of stations and arcs."""

import re

from apps.processes.core.plan import Event, EventKind, Node, NodeKind, Plan
from apps.processes.core.soundness.net import ABORT, END, NOTHING, SOURCE, Gate, Net, Station
from apps.processes.core.soundness.plays import Play, joined_by_link

JOINS = {NodeKind.PARALLEL: Gate.ALL, NodeKind.INCLUSIVE: Gate.SOME, NodeKind.COMPLEX: Gate.SOME}
CHOICES = frozenset({NodeKind.EXCLUSIVE, NodeKind.EVENT_BASED})
SUBSETS = frozenset({NodeKind.INCLUSIVE, NodeKind.COMPLEX})
ABORTING = frozenset({EventKind.TERMINATE, EventKind.ERROR, EventKind.CANCEL})


_COUNTED = re.compile(r"activationCount\s*(?P<sign>>=|>|=)\s*(?P<count>\d{1,4})")


def awaited(node: Node) -> int | None:
    """How many flows a complex gateway waits for, where its activation condition is a simple count; None where it is not."""
    found = _COUNTED.fullmatch((node.activation or "").strip())
    if found is None:
        return None
    return int(found["count"]) + (found["sign"] == ">")


def is_counted(node: Node) -> bool:
    """Whether its count alone tells what a joining complex gateway waits for: any one of its flows, or every one."""
    return awaited(node) in (1, len(node.incoming))


def comes_back(plan: Plan, node: Node) -> bool:
    """Whether a path of flows leads from the node to itself: then tokens of two rounds may meet in it."""
    before = {one for flow in node.incoming for one in plan.upstream(flow)}
    return any(plan.flows[flow].target in before for flow in node.outgoing)


def gate_of(node: Node, *, waits_for_all: bool = False) -> Gate:
    """How the node joins. A complex gateway that any one flow activates takes the others away later: one goes on in the end."""
    if node.kind is NodeKind.COMPLEX and (awaited(node) == len(node.incoming) or (waits_for_all and not is_counted(node))):
        return Gate.ALL
    return JOINS.get(node.kind, Gate.ONE)


def net_of(plan: Plan, play: Play, *, waits_for_all: bool = False) -> Net:
    """With `waits_for_all`, complex gateways about which the count says nothing are taken for parallel joins."""
    return NetBuilder(plan, play, waits_for_all).build()


class NetBuilder:
    def __init__(self, plan: Plan, play: Play, waits_for_all: bool = False) -> None:
        self.plan, self.play, self.waits_for_all = plan, play, waits_for_all
        self.net = Net(play.starts[0].id)
        self.part = {node.id for node in play.nodes}
        self.entry = {node.id: self.net.add(node.id, self._gate(node)) for node in play.nodes if not self._only_ends(node)}

    def build(self) -> Net:
        self.net.stations[SOURCE].split = Gate.ALL if self.play.together else Gate.ONE
        for node in self.play.starts:
            self._to(SOURCE, node.id)
        for node in self.play.nodes:
            if node.id in self.entry:
                self._leave(self._boundaries(self.entry[node.id], node), node)
                self._missing(node)
        self.net.mark_loops()
        return self.net

    def _gate(self, node: Node) -> Gate:
        return gate_of(node, waits_for_all=self.waits_for_all)

    def _only_ends(self, node: Node) -> bool:
        """Whether a token that comes here is gone at once; such an element needs no station of its own."""
        if self._gate(node) is not Gate.ONE or joined_by_link(self.plan, node):
            return False
        events = any(event.id in self.part for event in self.plan.boundaries_of(node.id))
        return not events and (not node.outgoing or self._aborts(node))

    def _to(self, station: int, element: str) -> None:
        if element in self.entry:
            self.net.connect(station, self.entry[element].number)
        else:
            self.net.connect(station, ABORT if self._aborts(self.plan.nodes[element]) else END, (element,))

    def _missing(self, node: Node) -> None:
        """A join waits also for flows that no token of this play can ever come by."""
        for flow in node.incoming:
            if self.plan.flows[flow].source not in self.part and node.kind in JOINS:
                self.net.connect(self.net.add(node.id).number, self.entry[node.id].number)

    def _then(self, before: Station, element: str) -> Station:
        """One more station of the same element, behind that one."""
        station = self.net.add(element)
        self.net.connect(before.number, station.number)
        return station

    def _boundaries(self, station: Station, node: Node) -> Station:
        """Puts the events on an activity behind it: an exit instead of the usual one, or a token more. Returns the usual exit."""
        events = [event for event in self.plan.boundaries_of(node.id) if event.id in self.part]
        for event in events:
            if event.interrupting:
                continue
            usual, added = self._then(station, node.id), self._then(station, node.id)
            station.split = Gate.ONE
            self._to(added.number, event.id)
            self.net.connect(added.number, usual.number)
            station = usual
        exits = [event for event in events if event.interrupting]
        if exits:
            usual = self._then(station, node.id)
            station.split = Gate.ONE
            for event in exits:
                self._to(station.number, event.id)
            station = usual
        return station

    def _leave(self, station: Station, node: Node) -> None:
        links = joined_by_link(self.plan, node)
        if links:
            self._to(station.number, links[0].id)
        elif not node.outgoing:
            self.net.connect(station.number, END)
        elif node.kind in CHOICES:
            station.split = Gate.ALL if node.kind is NodeKind.EVENT_BASED and node.all_events else Gate.ONE
            self._along(station, node.outgoing)
        elif node.kind is NodeKind.PARALLEL:
            self._along(station, node.outgoing)
        else:
            self._conditional(station, node)

    def _along(self, station: Station, flows: tuple[str, ...]) -> None:
        for flow in flows:
            self._to(station.number, self.plan.flows[flow].target)

    def _conditional(self, station: Station, node: Node) -> None:
        """Flows without condition always, of those with one any, the default flow when there is none of those."""
        default = node.default_flow if node.default_flow in node.outgoing else None
        others = tuple(flow for flow in node.outgoing if flow != default)
        asked = tuple(flow for flow in others if node.kind in SUBSETS or self.plan.flows[flow].condition)
        always = tuple(flow for flow in others if flow not in asked)
        if always and asked:
            self._along(station, always)
            station = self._then(station, node.id)
        elif always and default is None:
            self._along(station, always)
            return
        if default is not None and asked:
            station.split = Gate.ONE
            self._along(station, (default,))
            station = self._then(station, node.id)
        elif default is not None:
            self._along(station, (*always, default))
            return
        elif always:
            station.split = Gate.ONE
            self.net.connect(station.number, NOTHING)
            station = self._then(station, node.id)
        station.split = Gate.SOME
        self._along(station, asked)

    def _aborts(self, node: Node) -> bool:
        """Whether a token that comes here ends its scope."""
        throws = node.kind in (NodeKind.END, NodeKind.THROW)
        return throws and any(event.kind in ABORTING or self._is_caught(event) for event in node.events)

    def _is_caught(self, event: Event) -> bool:
        """Whether this escalation ends the scope, because what catches it outside interrupts."""
        if event.kind is not EventKind.ESCALATION or not self.play.scope:
            return False
        for boundary in self.plan.boundaries_of(self.play.scope):
            caught = boundary.event_of(EventKind.ESCALATION)
            if caught and boundary.interrupting and caught.code in (None, event.code):
                return True
        return False
