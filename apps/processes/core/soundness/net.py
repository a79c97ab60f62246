"""The net of one play: stations that take tokens from arcs and put tokens on arcs.

Everything that BPMN says about gateways, activities and events becomes a station that takes from ONE, ALL or SOME of its
incoming arcs and puts on ONE, ALL or SOME of its outgoing ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto


class Gate(Enum):
    """How many arcs take part: exactly one, each of them, or any of them but at least one."""

    ONE = auto()
    ALL = auto()
    SOME = auto()


SOURCE, END, NOTHING, ABORT = 0, 1, 2, 3
"""Where the play begins; where a token ends; where none was needed; where all tokens of the scope end at once."""
SINKS = frozenset({END, NOTHING, ABORT})


@dataclass
class Station:
    """`element` is the id of the model element that it stands for. `in_loop` tells that a path leads from it back to it."""

    number: int
    element: str
    join: Gate = Gate.ONE
    split: Gate = Gate.ALL
    incoming: list[int] = field(default_factory=list)
    outgoing: list[int] = field(default_factory=list)
    in_loop: bool = False


@dataclass(frozen=True)
class Arc:
    """`via` are the elements passed between its two stations."""

    source: int
    target: int
    via: tuple[str, ...] = ()


class Net:
    def __init__(self, beginning: str) -> None:
        self.stations: dict[int, Station] = {}
        self.arcs: dict[int, Arc] = {}
        self._next_arc = 0
        for _ in (SOURCE, *SINKS):
            self.add(beginning)

    def add(self, element: str, join: Gate = Gate.ONE, split: Gate = Gate.ALL) -> Station:
        station = Station(len(self.stations), element, join, split)
        self.stations[station.number] = station
        return station

    def connect(self, source: int, target: int, via: tuple[str, ...] = ()) -> int:
        number = self._next_arc
        self._next_arc += 1
        self.arcs[number] = Arc(source, target, via)
        self.stations[source].outgoing.append(number)
        self.stations[target].incoming.append(number)
        return number

    def disconnect(self, number: int) -> Arc:
        arc = self.arcs.pop(number)
        self.stations[arc.source].outgoing.remove(number)
        self.stations[arc.target].incoming.remove(number)
        return arc

    def after(self, station: int) -> Iterator[int]:
        return (self.arcs[arc].target for arc in self.stations[station].outgoing)

    def mark_loops(self) -> None:
        """Sets `in_loop` of each station (Tarjan's strongly connected components, without recursion)."""
        found: dict[int, int] = {}
        low: dict[int, int] = {}
        stack: list[int] = []
        for root in self.stations:
            if root in found:
                continue
            found[root] = low[root] = len(found)
            stack.append(root)
            work = [(root, self.after(root))]
            while work:
                station, neighbours = work[-1]
                for neighbour in neighbours:
                    if neighbour not in found:
                        found[neighbour] = low[neighbour] = len(found)
                        stack.append(neighbour)
                        work.append((neighbour, self.after(neighbour)))
                        break
                    low[station] = min(low[station], low.get(neighbour, found[neighbour]))
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[station])
                    if low[station] == found[station]:
                        self._close_component(station, stack, low)

    def _close_component(self, root: int, stack: list[int], low: dict[int, int]) -> None:
        members = stack[stack.index(root) :]
        del stack[stack.index(root) :]
        for member in members:
            low[member] = len(self.stations) + len(low)
            self.stations[member].in_loop = len(members) > 1 or member in self.after(member)
