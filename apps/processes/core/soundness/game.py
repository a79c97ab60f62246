"""The token game on a net: every marking that can be reached is looked at, up to a bound.

A play is sound when from each reachable marking it can end, no arc ever carries two tokens, and every station acts in
some play.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from apps.processes.core.soundness.net import ABORT, END, SOURCE, Gate, Net, Station

Marking = frozenset[int]  # the arcs that carry a token
Step = tuple[int, tuple[int, ...]]  # the station that acted, and the arcs that it put tokens on

BEGINNING: Marking = frozenset({-1})
MOST_OF_SOME = 10  # a station that puts on any of more arcs has too many ways to act


class TooMany(Exception):
    """More markings than the bound: not decided."""


@dataclass
class Fault:
    """`station` is where it shows; `path` are the steps that lead there."""

    kind: str
    station: Station
    path: list[Step]


@dataclass
class Game:
    """Plays a net from its beginning; `faults` and `acted` hold what was seen."""

    net: Net
    limit: int
    came_from: dict[Marking, tuple[Marking, Step] | None] = field(default_factory=dict)
    successors: dict[Marking, list[Marking]] = field(default_factory=dict)
    acted: set[int] = field(default_factory=set)
    carried: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def play(self) -> None:
        """Raises TooMany beyond the bound."""
        self.blockers = {number: _Blockers(self.net, number) for number, s in self.net.stations.items() if s.join is Gate.SOME}
        self.came_from[BEGINNING] = None
        waiting = deque([BEGINNING])
        while waiting:
            marking = waiting.popleft()
            self.successors[marking] = []
            for station, taken, put in self._moves(marking):
                self.acted.add(station.number)
                self.carried.update(put)
                rest = marking - taken
                if not rest.isdisjoint(put):
                    self.faults = [Fault("doubled", station, self._path(marking))]
                    return
                after: Marking = frozenset() if station.number == ABORT else rest | frozenset(put)
                self.successors[marking].append(after)
                if after not in self.came_from:
                    self.came_from[after] = (marking, (station.number, put))
                    waiting.append(after)
            if len(self.came_from) > self.limit:
                raise TooMany
        self.faults = [*self._stuck(), *self._endless()]

    def _moves(self, marking: Marking) -> Iterator[tuple[Station, Marking, tuple[int, ...]]]:
        """Every station that can act: what it takes and what it puts."""
        if marking == BEGINNING:
            source = self.net.stations[SOURCE]
            for put in _choices(source):
                yield source, BEGINNING, put
            return
        for number in sorted({self.net.arcs[arc].target for arc in marking}):
            station = self.net.stations[number]
            for taken in self._takes(station, marking):
                for put in _choices(station):
                    yield station, taken, put

    def _takes(self, station: Station, marking: Marking) -> Iterator[Marking]:
        carrying = marking.intersection(station.incoming)
        if station.join is Gate.ONE:
            for arc in sorted(carrying):
                yield frozenset({arc})
        elif station.join is Gate.ALL:
            if len(carrying) == len(station.incoming):
                yield carrying
        elif not self.blockers[station.number].holds(marking, carrying):
            yield carrying

    def _path(self, marking: Marking) -> list[Step]:
        steps: list[Step] = []
        step = self.came_from[marking]
        while step is not None:
            steps.append(step[1])
            step = self.came_from[step[0]]
        return steps[::-1]

    def _stuck(self) -> Iterator[Fault]:
        for marking, after in self.successors.items():
            if marking and not after:
                path = self._path(marking)
                kind = "left_behind" if any(station == END for station, _ in path) else "stuck"
                yield Fault(kind, self.net.stations[self.net.arcs[min(marking)].target], path)
                return

    def _endless(self) -> Iterator[Fault]:
        """Markings from which no play leads to the end although none is stuck: a loop without a way out."""
        before: dict[Marking, list[Marking]] = {}
        for marking, after in self.successors.items():
            for successor in after:
                before.setdefault(successor, []).append(marking)
        good: set[Marking] = set()
        waiting = [marking for marking in self.came_from if not marking or not self.successors[marking]]
        while waiting:
            marking = waiting.pop()
            if marking not in good:
                good.add(marking)
                waiting.extend(before.get(marking, ()))
        bad = next((marking for marking in self.came_from if marking not in good), None)
        if bad is not None:
            place = SOURCE if bad == BEGINNING else self.net.arcs[min(bad)].target
            yield Fault("endless", self.net.stations[place], self._path(bad))


def _choices(station: Station) -> Iterator[tuple[int, ...]]:
    """The sets of arcs that a station may put tokens on when it acts."""
    arcs = tuple(station.outgoing)
    if station.split is Gate.ALL:
        yield arcs
    elif station.split is Gate.ONE:
        yield from ((arc,) for arc in arcs)
    elif len(arcs) > MOST_OF_SOME:
        raise TooMany
    else:
        for size in range(1, len(arcs) + 1):
            yield from combinations(arcs, size)


class _Blockers:
    """The join of an inclusive gateway by the standard's reachability (BPMN 2.0, 13.4.3).

    It waits while some token could still come by an arc that is empty, and could not as well come by one that is not.
    """

    def __init__(self, net: Net, number: int) -> None:
        self.leads_to: dict[int, set[int]] = {}
        for arc in net.stations[number].incoming:
            seen, waiting = {arc}, [arc]
            while waiting:
                source = net.arcs[waiting.pop()].source
                if source == number:
                    continue
                fresh = [before for before in net.stations[source].incoming if before not in seen]
                seen.update(fresh)
                waiting.extend(fresh)
            for upstream in seen:
                self.leads_to.setdefault(upstream, set()).add(arc)

    def holds(self, marking: Marking, carrying: Marking) -> bool:
        return any(carrying.isdisjoint(self.leads_to[arc]) for arc in marking if arc in self.leads_to)
