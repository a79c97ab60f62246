"""One step of a run's history: what happened goes in, where the tokens stand and what is to be done comes out.

The function is total: whatever a model or its expressions do wrong becomes a Block command, never an exception. Whatever
waits has a token and an open command: Withdraw takes the command back, Woke says that the run itself brought it about.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from apps.engine.core.blocks import rewind
from apps.engine.core.expressions import ExpressionFailed
from apps.engine.core.marking import ROOT, Marking
from apps.engine.core.model import (
    AdHocEnded,
    Block,
    Command,
    Erred,
    Escalated,
    Finished,
    Happening,
    Jumped,
    Outcome,
    Retried,
    Rewound,
    Skipped,
    Started,
    VariablesSet,
    Withdraw,
    Woke,
)
from apps.engine.core.nodes import Nodes
from apps.processes.core.plan import Node, NodeKind, Plan

PASSES_LIMIT = 10_000
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def advance(
    plan: Plan,
    marking: Marking,
    happenings: Sequence[Happening],
    *,
    variables: dict[str, Any],
    business_date: date,
    run: dict[str, Any] | None = None,
    now: datetime = EPOCH,
    passes_limit: int = PASSES_LIMIT,
    scripted: frozenset[str] = frozenset(),
) -> Outcome:
    """Applies the happenings in order and lets every token go as far as it can.

    Nothing that is passed in is changed. A happening for a token that is not there is ignored: the caller's rows
    decide what may happen twice. `business_date` and `run` are what FEEL sees under `business date` and `run`.
    The work of `scripted` elements is asked for (Do) even where the core could do it itself.
    """
    fixed = {"business date": business_date, "run": run or {}}
    engine = Engine(plan, marking.copy(), dict(variables), fixed=fixed, now=now, passes_limit=passes_limit, scripted=scripted)
    for happening in happenings:
        engine.apply(happening)
        engine.settle()
    ended = not engine.marking.tokens and not engine.marking.joins
    return Outcome(engine.marking, engine.variables, settled(engine.commands), engine.trace, ended)


def catches(plan: Plan, marking: Marking, token: int, code: str) -> bool:
    """Would an error event go on if the work of this token ended with that BPMN error?"""
    if token not in marking.tokens:
        return False
    engine = Engine(plan, marking, {}, fixed={}, now=EPOCH, passes_limit=PASSES_LIMIT, scripted=frozenset())
    return engine.has_catcher(token, code)


def settled(commands: list[Command]) -> list[Command]:
    """Without what was asked for and is over again within the same call; what failed at once is only a new failure."""
    over = {command.token for command in commands if isinstance(command, Withdraw | Woke)}
    failed = {command.token for command in commands if isinstance(command, Block) and not command.new}
    if not over and not failed:
        return commands
    opened = {command.token for command in commands if _opens(command)}
    fresh, broken = opened & over, opened & failed
    kept = [command for command in commands if command.token not in fresh and not (_opens(command) and command.token in broken)]
    return [replace(c, new=True) if isinstance(c, Block) and c.token in broken else c for c in kept]


def _opens(command: Command) -> bool:
    return command.new if isinstance(command, Block) else not isinstance(command, Withdraw | Woke)


class Engine(Nodes):
    """What may happen."""

    def apply(self, happening: Happening) -> None:
        if isinstance(happening, Started):
            self._start(happening)
            return
        if isinstance(happening, VariablesSet):
            self.variables = {**self.variables, **happening.values}
            return
        place = self.marking.tokens.get(happening.token)
        if place is None:
            return
        self.own = happening.token
        node, scope = self.plan.nodes[place[0]], place[1]
        try:
            self._apply(happening, node, scope)
        except ExpressionFailed as failure:
            self.commands.append(Block(happening.token, node.id, str(failure), new=False))

    def _apply(
        self, happening: Finished | Skipped | Retried | Erred | Escalated | Jumped | Rewound | AdHocEnded, node: Node, scope: int
    ) -> None:
        token = happening.token
        if isinstance(happening, Finished):
            self._finish(happening, node)
        elif isinstance(happening, Retried):
            self._retry(token, node, scope)
        elif isinstance(happening, Jumped):
            self._jump(token, happening.target, scope)
        elif isinstance(happening, Rewound):
            self._rewind(happening)
        elif isinstance(happening, AdHocEnded):
            self.end_ad_hoc(token)
        elif isinstance(happening, Skipped):
            self._skip(token, node, scope)
        elif isinstance(happening, Escalated):
            self.escalate(node, scope, token, happening.code, happening.outputs)
        elif not self.erred(token, happening.code, happening.outputs):
            problem = happening.problem or f"nothing catches the error {happening.code}"
            self.commands.append(Block(token, node.id, problem, new=False, error=happening.code))

    def settle(self) -> None:
        """Follows every flow, fires what can fire and closes what is done, until nothing moves."""
        while True:
            if self.pending:
                flow, scope = self.pending.popleft()
                self.lessen(scope)
                self.enter(self.plan.nodes[self.plan.flows[flow].target], scope, came_by=flow)
                self._close_finished(scope)
            elif self.look_at_joins():
                continue
            elif self.quiet:
                self.quiet_down(next(iter(self.quiet)))
            elif not self.marking.conditions or not self.look_at_conditions():
                return

    def _close_finished(self, scope: int) -> None:
        """At once, so that the trace tells the end of a sub-process where it ended."""
        if scope != ROOT and not self.marking.live.get(scope) and not self._is_awaited(scope):
            self.quiet_down(scope)

    def _is_awaited(self, scope: int) -> bool:
        return any(place[0] == scope for place in self.marking.joins)

    def _start(self, happening: Started) -> None:
        self.quiet[ROOT] = None
        self.arm_event_sub_processes(ROOT, "")
        if happening.node is None or happening.node not in self.plan.nodes:
            for node in self.beginnings(""):
                self.enter(node, ROOT)
            return
        node = self.plan.nodes[happening.node]
        if node.kind is not NodeKind.START:
            self._start_with(node, happening)
            return
        try:
            self.take_in(node, ROOT, happening.outputs, happening.as_variables)
        except ExpressionFailed as failure:
            self.block(node, ROOT, str(failure))
            return
        self.enter(node, ROOT)

    def _start_with(self, node: Node, happening: Started) -> None:
        """The gateway or receive task that begins the run is entered, and what has begun it has occurred already."""
        gateways = (self.plan.nodes[self.plan.flows[flow].source] for flow in node.incoming)
        self.enter(node if node.instantiate else next((found for found in gateways if found.instantiate), node), ROOT)
        self.own = next((token for token, place in self.marking.tokens.items() if place[0] == node.id), 0)
        if not self.own:
            return
        try:
            self._finish(Finished(self.own, happening.outputs, happening.as_variables), node)
            self.commands.append(Woke(self.own, node.id))
        except ExpressionFailed as failure:
            self.commands.append(Block(self.own, node.id, str(failure), new=False))

    def _finish(self, happening: Finished, node: Node) -> None:
        token, outputs = happening.token, happening.outputs
        self.brought = outputs
        try:
            if node.kind in (NodeKind.CATCH, NodeKind.BOUNDARY, NodeKind.START, NodeKind.RECEIVE_TASK):
                self.occurred(token, outputs, happening.as_variables)
            else:
                self.work_done(token, node, outputs, happening.as_variables)
        finally:
            self.brought = {}

    def _retry(self, token: int, node: Node, scope: int) -> None:
        marking = self.marking
        if marking.passes.get(node.id, 0) > self.passes_limit:
            del marking.passes[node.id]  # the operator grants another round
        if token in marking.owners:
            self.arm_again(token)
        elif token in marking.scopes and marking.scopes[token].failed:
            marking.scopes[token].failed = False
            self.quiet[self.renumber(token)] = None
        elif self.is_instance(token):
            local = marking.scopes[token].variables
            self.release(token)
            self.begin(node, scope, local)
        else:
            self.release(token)
            self.enter(node, scope, again=True)

    def _jump(self, token: int, target: str, scope: int) -> None:
        if token in self.marking.scopes:
            self.clear(token)
        self.release(token)
        self.enter(self.plan.nodes[target], scope, again=True)

    def _rewind(self, happening: Rewound) -> None:
        back = rewind(self.plan, self.marking, happening.target, happening.token)
        if back is None:
            return
        self.own = 0  # the step of every token that goes is withdrawn
        self.drop(list(back.tokens))
        for join, waiting in back.joins:
            self.marking.joins.pop((back.scope, join), None)
            if waiting:
                self.marking.joins[back.scope, join] = dict(waiting)
        self.enter(self.plan.nodes[happening.target], back.scope, again=True)

    def _skip(self, token: int, node: Node, scope: int) -> None:
        """Of a gateway that was stopped, nothing can be chosen: a skip goes by its default flow or its first."""
        marking = self.marking
        if token in marking.owners:
            if node.kind in (NodeKind.BOUNDARY, NodeKind.START):
                self.take(token)
            else:
                self.occurred(token, {})
            return
        marking.joins.pop((scope, node.id), None)
        marking.resets.pop((scope, node.id), None)
        first = (node.default_flow or node.outgoing[0],) if node.outgoing else ()
        if node.kind is NodeKind.EXCLUSIVE:
            self.release(token)
            self.go(node, scope, first)
            return
        try:
            self.complete(token, node, scope)
        except ExpressionFailed:
            self.release(token)
            self.go(node, scope, first)
