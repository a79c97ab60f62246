"""What a run would have done in another model: both models are played with what the run was told, and compared. Pure.

A run's own model is played too: so a difference comes from the models and not from what a rehearsal leaves out. A run that its
own model does not tell again (an operator has intervened, or it was still going on) is said to be untold, not the same.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from apps.processes.core.plan import Node, NodeKind, Plan
from apps.processes.core.testing import Rehearsed

ANSWERED = frozenset(
    {
        NodeKind.USER_TASK,
        NodeKind.MANUAL_TASK,
        NodeKind.SERVICE_TASK,
        NodeKind.SEND_TASK,
        NodeKind.RECEIVE_TASK,
        NodeKind.CALL_ACTIVITY,
    }
)
"""Whoever does these answers from outside: an answer that was not recorded is missing."""
TELLABLE = frozenset({"Started", "Finished", "Erred", "Escalated", "Retried"})
"""What operators do (skip, jump, do again, set variables) has no place in a rehearsal."""
MOVES = 5_000
CANCELLED = "Cancelled"
"""Of an element that something interrupted: it would have gone on for longer."""


class Rehearse(Protocol):
    def __call__(
        self,
        plan: Plan,
        *,
        variables: dict[str, Any],
        script: dict[str, Any],
        business_date: date,
        began: datetime,
        moves_limit: int,
        observe: Callable[[str, datetime], None],
    ) -> Rehearsed: ...


@dataclass(frozen=True)
class Told:
    """What one token was told: which element it stood at, from when until when, and what it was given. `how`: a happening."""

    node: str
    how: str
    seconds: float
    outputs: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    is_timer: bool = False


@dataclass(frozen=True)
class Recorded:
    """A run as its journal tells it. `due`: by element, until when it had to be done; `done`: elements that were."""

    run: int
    business_date: date
    began: datetime
    variables: dict[str, Any]
    told: tuple[Told, ...]
    due: Mapping[str, datetime] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    start: str = ""
    start_outputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Otherwise:
    """In what a run would have gone differently; nothing of it: it would have gone as it did."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    old_end: str = ""
    new_end: str = ""
    unanswered: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    in_time: tuple[str, ...] = ()
    seconds: int = 0
    problems: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return not (self.added or self.dropped or self.late or self.in_time or self.problems or self.old_end != self.new_end)


def replayed_otherwise(old: Plan, new: Plan, run: Recorded, rehearse: Rehearse) -> Otherwise | None:
    """How the run would have gone in the new model; None when its own model does not tell it again."""
    before, was = _play(old, run, rehearse)
    if not before.ended or before.problems or run.done - set(before.trace):
        return None
    after, would = _play(new, run, rehearse)
    gone, come = Counter(before.trace), Counter(after.trace)
    return Otherwise(
        added=tuple(sorted((come - gone).keys())),
        dropped=tuple(sorted((gone - come).keys())),
        old_end=_end(old, before),
        new_end=_end(new, after),
        unanswered=tuple(sorted(_unanswered(new, run, after))),
        late=tuple(sorted(_missed(run, would) - _missed(run, was))),
        in_time=tuple(sorted(_missed(run, was) - _missed(run, would))),
        seconds=round((max(would.values(), default=run.began) - max(was.values(), default=run.began)).total_seconds()),
        problems=tuple(f"{problem['element']}: {problem['message']}".strip(": ") for problem in after.problems),
    )


def script_of(plan: Plan, run: Recorded) -> dict[str, Any]:
    """What the run was told, as a script of a rehearsal of this plan: visit by visit, with how long each of them took."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for told in run.told:
        node = plan.nodes.get(told.node)
        if node is not None and not told.is_timer:
            found[told.node].append(_item(node, told))
    if run.start in plan.nodes:
        found[run.start] = [{"results": _kept(plan.nodes[run.start], run.start_outputs)}]
    return {node: items if len(items) > 1 else items[0] for node, items in found.items()}


def _item(node: Node, told: Told) -> dict[str, Any]:
    item: dict[str, Any] = {"delay_seconds": max(told.seconds, 0)}
    if told.how == "Erred":
        return item | {"error": told.code}
    if told.how == "Escalated":
        return item | {"escalation": told.code}
    return item if told.how == CANCELLED else item | {"results": _kept(node, told.outputs)}


def _kept(node: Node, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """A run drops what no mapping asks for, a rehearsal makes variables of it."""
    return dict(outputs) if node.outputs else {}


def _play(plan: Plan, run: Recorded, rehearse: Rehearse) -> tuple[Rehearsed, dict[str, datetime]]:
    moments: dict[str, datetime] = {}

    def note(element: str, at: datetime) -> None:
        moments[element] = at

    given: dict[str, Any] = {"business_date": run.business_date, "began": run.began, "moves_limit": MOVES, "observe": note}
    return rehearse(plan, variables=dict(run.variables), script=script_of(plan, run), **given), moments


def _end(plan: Plan, played: Rehearsed) -> str:
    """The end events that were reached, in order; how it ended where none was."""
    reached = [name for name in played.trace if name in plan.nodes and plan.nodes[name].kind is NodeKind.END]
    ends = [name for name in reached if not plan.nodes[name].scope]
    return ", ".join(ends) if ends and played.end_state == "completed" else played.end_state


def _unanswered(plan: Plan, run: Recorded, played: Rehearsed) -> Iterable[str]:
    answered = {told.node for told in run.told}
    return {name for name in played.trace if name in plan.nodes and plan.nodes[name].kind in ANSWERED and name not in answered}


def _missed(run: Recorded, moments: Mapping[str, datetime]) -> set[str]:
    return {node for node, due in run.due.items() if node in moments and moments[node] > due}


def tellable(kinds: Collection[str]) -> bool:
    """Whether a run that was told these kinds of happenings can be played again."""
    return set(kinds) <= TELLABLE
