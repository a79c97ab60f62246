"""The most that can be saved by pairing legs, with a proof: a flow of greatest gain on a bipartite graph, in whole numbers.

Every allowed pair has a long call or a short put on its left and a short call or a long put on its right (options-margin 10.1),
so the best pairing is a transportation problem. Each improvement takes the path of greatest gain; the prices that remain prove
that no other pairing saves more.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_OUTSIDE = 0
_UNBOUNDED = 1 << 62
_FAR = -(1 << 200)


@dataclass
class Pairing:
    """How many lots of which pair, what they save, and the price of one more lot of every node."""

    saving: int
    lots: dict[tuple[int, int], int]
    left_prices: list[int]
    right_prices: list[int]


@dataclass
class Pairs:
    """Lots of the nodes on both sides, and what a lot of each pair saves. The graph belongs to one solution at a time.

    `firsts` are lots of pairs that save something else than those after them: (lots, saving of each).
    """

    left: Sequence[int]
    right: Sequence[int]
    savings: dict[tuple[int, int], int]
    firsts: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    _to: list[int] = field(default_factory=list)
    _room: list[int] = field(default_factory=list)
    _gain: list[int] = field(default_factory=list)
    _leaving: list[list[int]] = field(default_factory=list)
    _way_in: list[int] = field(default_factory=list)
    _ways_of: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    saving: int = 0

    def __post_init__(self) -> None:
        self._leaving = [[] for _ in range(1 + len(self.left) + len(self.right))]
        self._way_in = [self._add(_OUTSIDE, self._left(i), lots, 0) for i, lots in enumerate(self.left)]
        for (i, j), saving in self.savings.items():
            if saving > 0:
                self._ways_of[i, j] = [self._add(self._left(i), self._right(j), _UNBOUNDED, saving)]
        for (i, j), (lots, saving) in self.firsts.items():
            self._ways_of.setdefault((i, j), []).append(self._add(self._left(i), self._right(j), lots, saving))
        for j, lots in enumerate(self.right):
            self._add(self._right(j), _OUTSIDE, lots, 0)

    def raise_left(self, node: int, lots: int) -> None:
        """Gives a node on the left more lots; what has been paired stays and is bettered by `improve`."""
        self._room[self._way_in[node]] += lots

    def improve(self, most: int | None = None) -> list[tuple[int, int]]:
        """Pairs on until nothing more is saved, or `most` lots more have been. The steps as (gain of a lot, lots).

        Gains never rise from one step to the next.
        """
        steps: list[tuple[int, int]] = []
        while most is None or most > 0:
            found = self._best_way()
            if found is None:
                break
            gain, ways = found
            lots = min(self._room[way] for way in ways)
            lots = lots if most is None else min(lots, most)
            for way in ways:
                self._room[way] -= lots
                self._room[way ^ 1] += lots
            self.saving += gain * lots
            steps.append((gain, lots))
            most = None if most is None else most - lots
        return steps

    def pairing(self) -> Pairing:
        """What has been paired, with the prices that prove it once `improve` found nothing more."""
        reach, _came_by = self._reach()
        right_prices = [max(0, reach[self._right(j)]) for j in range(len(self.right))]
        left_prices = [0] * len(self.left)
        for (i, j), saving in self.savings.items():
            left_prices[i] = max(left_prices[i], saving - right_prices[j])
        return Pairing(self.saving, self.lots(), left_prices, right_prices)

    def lots(self) -> dict[tuple[int, int], int]:
        """How many lots of which pair have been paired."""
        sums = {pair: sum(self._room[way ^ 1] for way in ways) for pair, ways in self._ways_of.items()}
        return {pair: lots for pair, lots in sums.items() if lots}

    def _left(self, number: int) -> int:
        return 1 + number

    def _right(self, number: int) -> int:
        return 1 + len(self.left) + number

    def _add(self, start: int, end: int, room: int, gain: int) -> int:
        way = len(self._to)
        self._to += [end, start]
        self._room += [room, 0]
        self._gain += [gain, -gain]
        self._leaving[start].append(way)
        self._leaving[end].append(way + 1)
        return way

    def _reach(self) -> tuple[list[int], list[int]]:
        """The greatest gain of a way from outside to each node, and the last way on it."""
        to, room, gain, leaving = self._to, self._room, self._gain, self._leaving
        reach, came_by = [_FAR] * len(leaving), [-1] * len(leaving)
        reach[_OUTSIDE] = 0
        waiting, is_waiting = deque([_OUTSIDE]), [False] * len(leaving)
        while waiting:
            node = waiting.popleft()
            is_waiting[node] = False
            for way in leaving[node]:
                end = to[way]
                if end == _OUTSIDE or not room[way] or reach[node] + gain[way] <= reach[end]:
                    continue
                reach[end], came_by[end] = reach[node] + gain[way], way
                if not is_waiting[end]:
                    is_waiting[end] = True
                    waiting.append(end)
        return reach, came_by

    def _best_way(self) -> tuple[int, list[int]] | None:
        """The way of greatest gain from outside to outside, None when none gains."""
        reach, came_by = self._reach()
        best, last = 0, -1
        for back in self._leaving[_OUTSIDE]:
            way, node = back ^ 1, self._to[back]
            if self._room[way] and reach[node] != _FAR and reach[node] + self._gain[way] > best:
                best, last = reach[node] + self._gain[way], way
        if last < 0:
            return None
        ways = [last]
        node = self._to[last ^ 1]
        while node != _OUTSIDE:
            ways.append(came_by[node])
            node = self._to[came_by[node] ^ 1]
        return best, ways


def proves(pairs: Pairs, pairing: Pairing, left: Sequence[int]) -> bool:
    """Whether the prices bound every pairing from above by what this one saves, with `left` lots on the left."""
    covers = all(
        pairing.left_prices[i] + pairing.right_prices[j] >= saving for (i, j), saving in pairs.savings.items() if saving > 0
    )
    bound = sum(price * lots for price, lots in zip(pairing.left_prices, left, strict=True))
    bound += sum(price * lots for price, lots in zip(pairing.right_prices, pairs.right, strict=True))
    return covers and bound == pairing.saving
