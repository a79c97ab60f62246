"""Whether what is left of a scope can still end well when its tokens stand in its midst: after they came from another version."""

from collections.abc import Iterator, Sequence

from apps.processes.core.plan import Node, Plan
from apps.processes.core.soundness.building import JOINS, NetBuilder
from apps.processes.core.soundness.game import Game, TooMany
from apps.processes.core.soundness.net import SOURCE, Net
from apps.processes.core.soundness.plays import Play, play_from, plays_of, takes_part
from apps.processes.core.soundness.reduction import reduce_net

MAX_MARKINGS = 10_000

Arrived = tuple[str, str]
"""(joining gateway, the flow by which a token has arrived there)"""


def faults_from(
    plan: Plan, scope: str, standing: Sequence[str], arrived: Sequence[Arrived], limit: int = MAX_MARKINGS
) -> list[tuple[str, str]]:
    """(element, fault) of what goes wrong from there: doubled, stuck, left_behind, endless, or not_decided beyond the bound."""
    faults: list[tuple[str, str]] = []
    for starts, waiting in _together(plan, scope, standing, arrived):
        faults += _faults(plan, scope, starts, waiting, limit)
    return faults


def _together(
    plan: Plan, scope: str, standing: Sequence[str], arrived: Sequence[Arrived]
) -> Iterator[tuple[list[Node], list[Arrived]]]:
    """Tokens of one play belong together. On a path of its own that never splits each of them goes alone."""
    left, waiting = [node for node in standing if takes_part(plan.nodes[node])], list(arrived)
    for play in list(plays_of(plan, scope))[1:]:
        part = {node.id for node in play.nodes if node.outgoing}
        here, there = [node for node in left if node in part], [pair for pair in waiting if pair[0] in part]
        left, waiting = [node for node in left if node not in part], [pair for pair in waiting if pair[0] not in part]
        if any(node.kind in JOINS for node in plan.inside(scope) if node.id in part):
            yield [plan.nodes[node] for node in here], there
        else:
            yield from (([plan.nodes[node]], []) for node in here)
    yield [plan.nodes[node] for node in left], waiting


def _faults(plan: Plan, scope: str, starts: list[Node], arrived: list[Arrived], limit: int) -> list[tuple[str, str]]:
    if not starts:
        return [(join, "stuck") for join, _ in arrived[:1]]
    play = play_from(plan, scope, tuple(starts))
    part = {node.id for node in play.nodes}
    unreachable = [(join, "stuck") for join, _ in arrived if join not in part]
    if unreachable:
        return unreachable[:1]
    try:
        game = _game(plan, play, arrived, limit, keep_aborts=False)
        if any(fault.kind == "endless" for fault in game.faults):
            game = _game(plan, play, arrived, limit, keep_aborts=True)
    except TooMany:
        return [(scope or plan.process_id, "not_decided")]
    return [(fault.station.element, fault.kind) for fault in game.faults]


def _game(plan: Plan, play: Play, arrived: Sequence[Arrived], limit: int, *, keep_aborts: bool) -> Game:
    net = _Standing(plan, play, arrived).build()
    reduce_net(net, keep_aborts=keep_aborts)
    game = Game(net, limit)
    game.play()
    return game


class _Standing(NetBuilder):
    """A net that begins with tokens on elements, and with tokens that wait at joins already."""

    def __init__(self, plan: Plan, play: Play, arrived: Sequence[Arrived]) -> None:
        super().__init__(plan, play)
        self.arrived = arrived
        self.waiting: set[int] = set()

    def build(self) -> Net:
        net = super().build()
        for join, flow in self.arrived:
            self._put_on(self._arc(join, flow), join)
        net.mark_loops()
        return net

    def _arc(self, join: str, flow: str) -> int:
        """The arc of a flow; a flow whose source acts no more has one that nothing comes by."""
        source, entry = self.plan.flows[flow].source, self.entry[join]
        wanted = source if source in self.part else join
        return next(arc for arc in entry.incoming if self._is_of(self.net.arcs[arc].source, wanted))

    def _is_of(self, station: int, element: str) -> bool:
        return station != SOURCE and station not in self.waiting and self.net.stations[station].element == element

    def _put_on(self, number: int, join: str) -> None:
        arc = self.net.disconnect(number)
        wait = self.net.add(join)
        self.waiting.add(wait.number)
        self.net.connect(arc.source, wait.number, arc.via)
        self.net.connect(SOURCE, wait.number)
        self.net.connect(wait.number, self.entry[join].number)
