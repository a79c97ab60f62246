"""Plays a plan from start to end on a simulated clock, without people, workers or a market.

Every wait is over at once, or after the delay that the script gives; timers jump. The script is keyed by element id; a list
under an id is taken visit by visit, its last item for all further visits. An item may say:

`{"results": {...}}`       what the work brings; any other object is the results themselves. What an element brings
                           that has no output mapping becomes variables by name.
`{"error": "CODE"}`        the work ends with this BPMN error; when no error event catches it, it is a problem.
`{"escalation": "CODE"}`   the work raises this escalation and goes on.
`{"message": {...}}`       a message (or `{"signal": {...}}` a signal) with these values arrives at this event.
`{"delay_seconds": 90}`    with any of them: how long it takes.

A called process that is at hand is played inside, on the same clock, unless the script says what its call brings: its mappings,
errors and escalations work as in a run, and its elements stand in the same trace. One that is not at hand is done at once.

Tasks and intermediate catch events are done at once by default; a signal, message or condition
that the model itself brings about is waited for as long as anything else can move. A message, signal or condition at a
boundary, or at the start of an event sub-process, occurs only when the script names the event, and then once, or once for
each item of a list. Their timers occur when time passes them: when an activity's delay is longer. Of an event-based gateway
the event that the script names occurs; else its earliest timer, else its first event.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from apps.engine.core import model as core
from apps.engine.core.advance import EPOCH, advance, catches
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.core.marking import Marking
from apps.processes.core.plan import EventKind, NodeKind, Plan
from apps.processes.core.testing import SAID

MOVES_LIMIT = 20_000
EPOCH_DAY = EPOCH.date()
_SCRIPTABLE = frozenset({NodeKind.SCRIPT_TASK, NodeKind.BUSINESS_RULE_TASK, NodeKind.SEND_TASK})
_SOON, _USUAL, _LATE = range(3)
"""Of what happens at the same moment: first what the script says of an event, last the timers that stand beside something."""

CALL_DEPTH = 20

Observe = Callable[[str, datetime], None]
Await = core.AwaitInstant | core.AwaitMessage | core.AwaitSignal | core.AwaitCondition


@dataclass
class Rehearsal:
    """What `manage.py bpmn rehearse` prints.

    `end_state` is completed, failed (something waits for ever), stopped (at MOVES_LIMIT), or `error:CODE`, without a code only
    `error`, when an error end event that nobody catches has ended the process.
    """

    ended: bool = False
    end_state: str = "failed"
    trace: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)


def rehearse(
    plan: Plan,
    *,
    variables: dict[str, Any] | None = None,
    script: dict[str, Any] | None = None,
    called: Mapping[str, Plan] | None = None,
    business_date: date = EPOCH_DAY,
    began: datetime = EPOCH,
    moves_limit: int = MOVES_LIMIT,
    observe: Observe | None = None,
) -> Rehearsal:
    """Same arguments, same rehearsal: nothing is read from the world. `called`: the processes at hand, by their ids.

    `observe` is told each element that is done, with the moment on the clock of the rehearsal.
    """
    return _Player(script or {}, called or {}, business_date, began, observe).play(plan, variables or {}, moves_limit)


def _says_more_than_when(item: Any) -> bool:
    items = item if isinstance(item, list) else [item]
    return any(not isinstance(one, dict) or set(one) - {"delay_seconds"} for one in items)


def _brought(item: dict[str, Any]) -> dict[str, Any]:
    """What an item of the script brings. Raises ExpressionFailed for what has no JSON form."""
    plain = not item.keys() & SAID
    found = as_json(item if plain else next((item[key] for key in ("results", "message", "signal") if key in item), {}))
    return found if isinstance(found, dict) else {}


@dataclass
class _Run:
    """One process at play: the one that is rehearsed, or one that a token of another has called."""

    plan: Plan
    variables: dict[str, Any]
    caller: "_Run | None" = None
    token: int = 0
    marking: Marking = field(default_factory=Marking)
    waiting: dict[int, core.AwaitSignal | core.AwaitMessage | core.AwaitCondition] = field(default_factory=dict)
    calls: dict[int, "_Run"] = field(default_factory=dict)
    ended: bool = False

    @property
    def depth(self) -> int:
        return 0 if self.caller is None else self.caller.depth + 1

    @property
    def is_over(self) -> bool:
        """By itself, or because its caller has gone another way."""
        return self.ended or (self.caller is not None and (self.caller.is_over or self.caller.calls.get(self.token) is not self))


class _Player:
    def __init__(
        self,
        script: dict[str, Any],
        called: Mapping[str, Plan],
        business_date: date,
        began: datetime,
        observe: Observe | None,
    ) -> None:
        self.script, self.called, self.business_date, self.now = script, called, business_date, began
        self.observe = observe
        self.result = Rehearsal()
        self.visits: dict[str, int] = {}
        self.agenda: list[tuple[datetime, int, int, _Run, core.Happening]] = []
        self.order = count()
        self.runs: list[_Run] = []
        self.thrown: set[tuple[EventKind, str | None]] = set()
        self.scripted: frozenset[str] = frozenset()

    def play(self, plan: Plan, variables: dict[str, Any], moves_limit: int) -> Rehearsal:
        try:
            require_bounded(variables)
        except ExpressionFailed as refusal:
            self.result.problems.append({"element": "", "message": str(refusal)})
            return self.result
        first = self._begin(_Run(plan, variables))
        moves = 0
        while not first.ended and moves < moves_limit and (self.agenda or self._give_way()):
            moves += 1
            due, _, _, run, happening = heapq.heappop(self.agenda)
            if (
                isinstance(happening, core.Started | core.VariablesSet)
                or happening.token not in run.marking.tokens
                or run.is_over
            ):
                continue
            self.now = due
            self._advance(run, happening)
        self.result.ended, self.result.variables = first.ended, first.variables
        if self.result.end_state == "failed":
            self.result.end_state = "completed" if first.ended else "stopped" if self.agenda else "failed"
        return self.result

    def _begin(self, run: _Run) -> _Run:
        self.runs.append(run)
        nodes = run.plan.nodes.values()
        self.thrown |= {(e.kind, e.name) for n in nodes if n.kind in (NodeKind.THROW, NodeKind.END) for e in n.events}
        computed = (node.id for node in nodes if node.id in self.script and node.kind in _SCRIPTABLE)
        self.scripted |= {name for name in computed if _says_more_than_when(self.script[name])}
        self._advance(run, self._beginning(run.plan) if run.caller is None else core.Started())
        return run

    def _beginning(self, plan: Plan) -> core.Started:
        """At the start event that the script names, with what it brings; else where the process begins by itself."""
        starts = [node.id for node in plan.inside("") if node.kind is NodeKind.START]
        named = next((node for node in starts if node in self.script), None)
        if named is None:
            return core.Started()
        item = self._scripted(named)
        try:
            self.now += timedelta(milliseconds=round(item.get("delay_seconds", 0) * 1000))
            return core.Started(named, _brought(item), as_variables=True)
        except (ExpressionFailed, ValueError, TypeError, OverflowError) as refusal:
            self.result.problems.append({"element": named, "message": str(refusal)})
            return core.Started(named)

    def _advance(self, run: _Run, happening: core.Happening) -> None:
        outcome = advance(
            run.plan,
            run.marking,
            [happening],
            variables=run.variables,
            business_date=self.business_date,
            run={"id": 0, "line": "", "key": ""},
            now=self.now,
            scripted=self.scripted,
        )
        run.marking, run.variables, run.ended = outcome.marking, outcome.variables, outcome.ended
        self.result.trace.extend(outcome.trace)
        for done in outcome.trace if self.observe is not None else ():
            self.observe(done, self.now)  # type: ignore[misc]  # asked in the line above
        for token in [token for token in run.calls if token not in run.marking.tokens]:
            del run.calls[token]
        gateways: dict[int, list[Await]] = {}
        for command in outcome.commands:
            owner = run.marking.owners.get(command.token)
            if isinstance(command, Await) and owner is not None and self._is_choice(run, owner):
                gateways.setdefault(owner, []).append(command)
            else:
                self._play(run, command, beside=owner is not None)
        for choices in gateways.values():
            self._choose(run, choices)
        if run.ended and run.caller is not None:
            self._push(self.now, _USUAL, run.caller, core.Finished(run.token, run.variables, as_variables=True))

    def _is_choice(self, run: _Run, owner: int) -> bool:
        place = run.marking.tokens.get(owner)
        return place is not None and run.plan.nodes[place[0]].kind is NodeKind.EVENT_BASED

    # -- what the core asks for -----------------------------------------------------------------------------------

    def _play(self, run: _Run, command: core.Command, *, beside: bool) -> None:
        if isinstance(command, core.Block):
            self._blocked(run, command)
        elif isinstance(command, core.ThrowSignal):
            self._tell(EventKind.SIGNAL, command.name, command.payload)
        elif isinstance(command, core.ThrowMessage):
            self._tell(EventKind.MESSAGE, command.name, command.payload)
        elif isinstance(command, core.Escalate) and run.caller is not None:
            self._push(self.now, _SOON, run.caller, core.Escalated(run.token, command.code))
        elif isinstance(command, core.CallProcess) and command.process in self.called and command.node not in self.script:
            self._call(run, command)
        elif isinstance(command, core.Do | core.AskPerson | core.CallProcess):
            self._plan(run, command.token, command.node, self._scripted(command.node), self.now)
        elif isinstance(command, Await):
            self._await(run, command, beside and run.plan.nodes[command.node].kind in (NodeKind.BOUNDARY, NodeKind.START))

    def _call(self, run: _Run, command: core.CallProcess) -> None:
        if run.depth >= CALL_DEPTH:
            self.result.problems.append({"element": command.node, "message": f"calls are nested deeper than {CALL_DEPTH}"})
            return
        child = _Run(self.called[command.process], command.variables, run, command.token)
        run.calls[command.token] = child
        self._begin(child)

    def _blocked(self, run: _Run, command: core.Block) -> None:
        """An error goes to the caller when any caller catches it; one that an end event of the first process throws ends it."""
        thrown = run.plan.nodes[command.node].kind is NodeKind.END
        if command.error is not None and self._is_caught(run, command.error) and run.caller is not None:
            self._push(self.now, _SOON, run.caller, core.Erred(run.token, command.error, command.problem))
            run.ended = True
            if thrown:
                self.result.trace.append(command.node)
            return
        self.result.problems.append({"element": command.node, "message": command.problem})
        if command.error is not None and run.caller is None and thrown:
            self.result.trace.append(command.node)
            self.result.end_state, run.ended = f"error:{command.error}".rstrip(":"), True

    def _is_caught(self, run: _Run, code: str) -> bool:
        while run.caller is not None:
            token, run = run.token, run.caller
            if catches(run.plan, run.marking, token, code):
                return True
        return False

    def _await(self, run: _Run, command: Await, beside: bool) -> None:
        visited = self.visits.get(command.node, 0)
        item = self._scripted(command.node)
        if not isinstance(command, core.AwaitInstant):
            run.waiting[command.token] = command
        if beside:
            said = self.script.get(command.node)
            if isinstance(command, core.AwaitInstant):
                self._plan(run, command.token, command.node, item, self._due(command), _LATE)
            elif command.node in self.script and visited < (len(said) if isinstance(said, list) else 1):
                self._plan(run, command.token, command.node, item, self.now, _SOON)
        elif isinstance(command, core.AwaitInstant):
            self._plan(run, command.token, command.node, item, self._due(command))
        elif command.node in self.script or not self._may_come(command):
            self._plan(run, command.token, command.node, item, self.now)

    def _may_come(self, command: core.AwaitSignal | core.AwaitMessage | core.AwaitCondition) -> bool:
        """The model itself may bring it about."""
        if isinstance(command, core.AwaitCondition):
            return True
        kind = EventKind.SIGNAL if isinstance(command, core.AwaitSignal) else EventKind.MESSAGE
        return (kind, command.name) in self.thrown

    def _choose(self, run: _Run, choices: list[Await]) -> None:
        """One event of an event-based gateway."""
        named = [choice for choice in choices if choice.node in self.script]
        timers = [choice for choice in choices if isinstance(choice, core.AwaitInstant)]
        for choice in choices:
            if not isinstance(choice, core.AwaitInstant):
                run.waiting[choice.token] = choice
        for choice in named or timers or choices[:1]:
            rank = _SOON if choice in named else _USUAL
            due = self._due(choice) if isinstance(choice, core.AwaitInstant) and choice not in named else self.now
            self._plan(run, choice.token, choice.node, self._scripted(choice.node), due, rank)
        for timer in timers if named else []:
            if timer not in named:
                self._plan(run, timer.token, timer.node, {}, self._due(timer), _LATE)

    def _plan(self, run: _Run, token: int, node: str, item: dict[str, Any], due: datetime, rank: int = _USUAL) -> None:
        """Puts what will happen to the token on the agenda."""
        try:
            delay = item.get("delay_seconds", 0) if item.keys() & SAID else 0
            due += timedelta(milliseconds=round(delay * 1000))
            outputs = _brought(item)
        except (ExpressionFailed, ValueError, TypeError, OverflowError) as refusal:
            self.result.problems.append({"element": node, "message": str(refusal)})
            return
        happening: core.Happening = core.Finished(token, outputs, as_variables=True)
        if "error" in item:
            happening = core.Erred(token, str(item["error"]), str(item["error"]), outputs)
        elif "escalation" in item:
            self._push(due, rank, run, core.Escalated(token, str(item["escalation"]), outputs))
        self._push(due, rank, run, happening)

    def _push(self, due: datetime, rank: int, run: _Run, happening: core.Happening) -> None:
        heapq.heappush(self.agenda, (due, rank, next(self.order), run, happening))

    def _tell(self, kind: EventKind, name: str, payload: dict[str, Any]) -> None:
        """What the model throws reaches every signal wait of the runs, or the first message wait, of that name."""
        wanted = core.AwaitSignal if kind is EventKind.SIGNAL else core.AwaitMessage
        for run in self.runs:
            for token, wait in list(run.waiting.items()):
                if isinstance(wait, wanted) and wait.name == name and token in run.marking.tokens and not run.is_over:
                    del run.waiting[token]
                    self._push(self.now, _SOON, run, core.Finished(token, payload, as_variables=True))
                    if kind is EventKind.MESSAGE:
                        return

    def _give_way(self) -> bool:
        """Nothing else moves: the first intermediate event that was left to the model occurs."""
        for run in self.runs:
            for token in sorted(run.waiting) if not run.is_over else ():
                if token in run.marking.tokens and token not in run.marking.owners:
                    wait = run.waiting.pop(token)
                    self._plan(run, token, wait.node, {}, self.now)
                    return True
        return False

    def _due(self, command: core.AwaitInstant) -> datetime:
        try:
            if command.seconds is not None:
                return self.now + timedelta(seconds=command.seconds)
            if command.instant is not None:
                return max(self.now, datetime.fromisoformat(command.instant))
        except (OverflowError, ValueError) as refusal:
            self.result.problems.append({"element": command.node, "message": str(refusal)})
        return self.now

    def _scripted(self, node: str) -> dict[str, Any]:
        visit = self.visits.get(node, 0)
        self.visits[node] = visit + 1
        item = self.script.get(node, {})
        if isinstance(item, list):
            item = item[min(visit, len(item) - 1)] if item else {}
        return item if isinstance(item, dict) else {"error": f"the script says nothing usable for {node}"}
