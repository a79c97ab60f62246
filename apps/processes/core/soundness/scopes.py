"""Soundness of a plan, scope by scope: each sub-process is a scope of its own and counts as one step outside.

A net is made of each play, reduced as far as rules carry, and what is left is played. What the reader is told is the first
fault of each play with the elements that lead to it.
"""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from apps.processes.core.plan import SCOPES, NodeKind, Plan
from apps.processes.core.problems import Problem, Severity
from apps.processes.core.soundness.building import awaited, comes_back, is_counted, net_of
from apps.processes.core.soundness.game import Fault, Game, Step, TooMany
from apps.processes.core.soundness.net import SINKS, SOURCE, Net
from apps.processes.core.soundness.plays import Play, plays_of, takes_part
from apps.processes.core.soundness.reduction import reduce_net

MAX_MARKINGS = 10_000
SHOWN_STEPS = 12


def check_soundness(plan: Plan, limit: int = MAX_MARKINGS) -> list[Problem]:
    """Problems with the path that leads there; beyond the bound the honest answer "not decided" (a warning)."""
    scopes = ["", *(node.id for node in plan.nodes.values() if node.kind in SCOPES)]
    return [problem for scope in scopes for problem in _Scope(plan, scope, limit).problems()]


class _Scope:
    def __init__(self, plan: Plan, scope: str, limit: int) -> None:
        self.plan, self.scope, self.limit = plan, scope, limit
        self.dead: dict[str, None] = {}
        self.played: set[str] = set()
        self.faulty = False
        inside = [node for node in plan.inside(scope) if node.kind is NodeKind.COMPLEX and len(node.incoming) > 1]
        again = {node.id for node in inside if awaited(node) != len(node.incoming) and comes_back(plan, node)}
        self.undecided = [node for node in inside if not is_counted(node) or node.id in again]
        self.waits_for_all = bool(self.undecided) and not again

    def problems(self) -> Iterator[Problem]:
        """A complex gateway waits for no more than all of its flows: what is sound with that is sound, unless it comes round."""
        found = self._all_plays()
        if self.waits_for_all and found:
            self.waits_for_all, self.faulty, self.dead, self.played = False, False, {}, set()
            found = self._all_plays()
        elif self.waits_for_all:
            self.undecided = []
        yield from found
        if self.faulty:
            return
        for node in self.plan.inside(self.scope):
            if takes_part(node) and (node.id in self.dead or node.id not in self.played):
                yield Problem(node.id, "soundness.dead", _("This element can never act."))
        for node in self.undecided:
            message = _("Soundness is not decided: what this gateway waits for shows only when it runs.")
            yield Problem(node.id, "soundness.not_decided", message, Severity.WARNING)

    def _all_plays(self) -> list[Problem]:
        return [problem for play in plays_of(self.plan, self.scope) for problem in self._play(play)]

    def _play(self, play: Play) -> Iterator[Problem]:
        try:
            net, game = self._game(play, keep_aborts=False)
            if any(fault.kind == "endless" for fault in game.faults):
                net, game = self._game(play, keep_aborts=True)
        except TooMany:
            self.faulty = True
            message = _("Soundness is not decided: more than {limit} situations are possible.").format(limit=self.limit)
            yield Problem(self.scope or self.plan.process_id, "soundness.not_decided", message, Severity.WARNING)
            return
        self.played |= {node.id for node in play.nodes}
        self.dead |= dict.fromkeys(_never_acted(net, game))
        for fault in game.faults:
            self.faulty |= fault.kind == "doubled"
            yield self._problem(net, fault)

    def _game(self, play: Play, *, keep_aborts: bool) -> tuple[Net, Game]:
        net = net_of(self.plan, play, waits_for_all=self.waits_for_all)
        reduce_net(net, keep_aborts=keep_aborts)
        game = Game(net, self.limit)
        game.play()
        return net, game

    def _problem(self, net: Net, fault: Fault) -> Problem:
        rule, message = {
            "doubled": (
                "soundness.lack_of_synchronisation",
                _("Two tokens meet on one flow behind this element (lack of synchronisation): {path}."),
            ),
            "stuck": ("soundness.deadlock", _("Deadlock: this element waits for a branch that never comes: {path}.")),
            "left_behind": (
                "soundness.improper_termination",
                _("A branch has ended, and this element waits for ever for one that never comes (improper termination): {path}."),
            ),
            "endless": ("soundness.no_completion", _("From here the process cannot end: {path}.")),
        }[fault.kind]
        return Problem(fault.station.element, rule, message.format(path=self._path(net, fault.path)))

    def _path(self, net: Net, steps: Iterable[Step]) -> str:
        names: list[str] = []
        for station, put in steps:
            acted = [net.stations[station].element] if station not in SINKS else []
            names.extend(dict.fromkeys((*acted, *(element for arc in put for element in net.arcs[arc].via))))
        shown = [name for position, name in enumerate(names) if position == 0 or names[position - 1] != name]
        shown = shown if len(shown) <= SHOWN_STEPS else [shown[0], "…", *shown[-SHOWN_STEPS:]]
        return " → ".join(self._label(name) for name in shown)

    def _label(self, identity: str) -> str:
        node = self.plan.nodes.get(identity)
        return node.name or node.id if node else identity


def _never_acted(net: Net, game: Game) -> Iterator[str]:
    """Elements of stations that never acted and of arcs that never carried a token."""
    for number, station in net.stations.items():
        if number not in game.acted and number not in {SOURCE, *SINKS}:
            yield station.element
    for number, arc in net.arcs.items():
        if number not in game.carried:
            yield from arc.via
