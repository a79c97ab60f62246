"""What belongs together in a scope: its main play, and the side plays that events which interrupt nothing may begin.

Such an event may come any number of times. Where its path stays apart from the main one, each of its tokens goes its way
alone, so that one play with one token tells of all of them. Where the path runs into the main one, it is part of the main play.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apps.processes.core.plan import EventKind, Node, NodeKind, Plan


@dataclass(frozen=True)
class Play:
    """The elements of one play and where it begins: at one of `starts`, or with `together` at all of them."""

    scope: str
    nodes: tuple[Node, ...]
    starts: tuple[Node, ...]
    together: bool = False


def plays_of(plan: Plan, scope: str) -> Iterator[Play]:
    """The main play first."""
    inside = [node for node in plan.inside(scope) if takes_part(node)]
    starts, together = _starts(plan, inside)
    if starts:
        yield from _Parts(plan, scope, inside).play(starts, together)


def play_from(plan: Plan, scope: str, starts: tuple[Node, ...]) -> Play:
    """What tokens that stand on these elements together may still come to; paths that stay apart from it are left out."""
    inside = [node for node in plan.inside(scope) if takes_part(node)]
    return next(_Parts(plan, scope, inside).play(starts, True))


def takes_part(node: Node) -> bool:
    """Whether tokens of its scope ever come to it: compensation and event sub-processes are called from elsewhere."""
    if node.kind is NodeKind.BOUNDARY:
        return node.event_of(EventKind.COMPENSATION) is None
    return not node.is_compensation and node.kind is not NodeKind.EVENT_SUB_PROCESS


def link_of(node: Node, kind: NodeKind) -> str | None:
    """The name of the link that leaves (a throw) or arrives (a catch) here."""
    event = node.event_of(EventKind.LINK) if node.kind is kind else None
    return event.name if event else None


def joined_by_link(plan: Plan, node: Node) -> list[Node]:
    """Where a link that is thrown arrives."""
    name = link_of(node, NodeKind.THROW)
    if name is None:
        return []
    return [other for other in plan.inside(node.scope) if link_of(other, NodeKind.CATCH) == name]


def _starts(plan: Plan, inside: list[Node]) -> tuple[tuple[Node, ...], bool]:
    """Start events are alternatives; without any, all begins at once to which nothing leads."""
    sources = [
        node
        for node in inside
        if not node.incoming and node.kind is not NodeKind.BOUNDARY and link_of(node, NodeKind.CATCH) is None
    ]
    alternatives = [node for node in sources if node.kind is NodeKind.START or node.instantiate]
    return (tuple(alternatives), False) if alternatives else (tuple(sources), True)


class _Parts:
    def __init__(self, plan: Plan, scope: str, inside: list[Node]) -> None:
        self.plan, self.scope, self.inside = plan, scope, inside
        self.known = {node.id for node in inside}

    def play(self, starts: tuple[Node, ...], together: bool) -> Iterator[Play]:
        part = self._closure(starts, beside=False)
        apart: list[Node] = []
        grown = True
        while grown:
            grown, apart = False, []
            for event in self._beside(part):
                path = self._closure([event], beside=True)
                if any(self.plan.nodes[name].outgoing for name in path & part):
                    part |= path
                    grown = True
                    break
                apart.append(event)
        yield Play(self.scope, tuple(node for node in self.inside if node.id in part), starts, together)
        for event in apart:
            yield from self.play((event,), False)

    def _beside(self, part: set[str]) -> list[Node]:
        """The events of this part that interrupt nothing and are not in it yet."""
        return [
            node
            for node in self.inside
            if node.attached_to in part and not node.interrupting and node.id not in part and node.kind is NodeKind.BOUNDARY
        ]

    def _closure(self, starts: Iterable[Node], *, beside: bool) -> set[str]:
        seen = {node.id for node in starts}
        waiting = list(seen)
        while waiting:
            node = self.plan.nodes[waiting.pop()]
            following = [self.plan.flows[flow].target for flow in node.outgoing]
            following += [other.id for other in joined_by_link(self.plan, node)]
            following += [event.id for event in self.plan.boundaries_of(node.id) if beside or event.interrupting]
            fresh = {name for name in following if name in self.known and name not in seen}
            seen |= fresh
            waiting.extend(fresh)
        return seen
