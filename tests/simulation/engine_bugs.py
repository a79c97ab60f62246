"""Faults that somebody could build into the shell. The histories on the tables have to find each of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import Any
from unittest import mock

from django.db.models import Q

from apps.engine import core, store
from apps.engine.actions import advancing, messages, reaching, sweeping
from apps.engine.models import Message, Step
from apps.engine.states import STEP_MOVES, StepState
from apps.kernel import clock


class EngineBug(StrEnum):
    FENCE_IGNORED = "a result is kept whatever attempt it comes from"
    FENCE_NOT_RAISED = "a claim does not raise the fence"
    CLAIM_WITHOUT_GUARD = "whoever heard the bell has the step"
    NO_LEASE_SWEEP = "nobody looks for leases that have run out"
    NO_LEASE_FOR_SUCCESSOR = "the step that is claimed with a settled one gets no lease"
    NO_OUTBOX = "no bell is written, and none is rung again"
    RETRY_WITHOUT_BELL = "a failed attempt is offered again, and nobody is told"
    MARKING_NOT_SAVED = "where the tokens stand is not written"
    MARKING_READ_EARLIER = "a settled step decides on the run as it was when the step was claimed"
    TOLD_NOT_KEPT = "the journal does not tell what the core was told"
    JOURNAL_FORGETS = "a move of a step does not stand in the journal"
    JOIN_COUNTS_TWICE = "a token counts twice at a join"
    MESSAGE_KEPT = "a message that has answered a wait can answer another"
    ONCE_IGNORED = "what a sender says twice are two messages"
    SIGNAL_NOT_HEARD = "a signal is written before those who wait for it"
    WITHDRAWN_STAYS_OPEN = "the step of a withdrawn token stays as it is"
    CALLER_NOT_TOLD = "the end of a called run is not looked for"


@contextmanager
def built_in(bug: EngineBug) -> Iterator[None]:
    """The engine with the bug in it."""
    with ExitStack() as stack:
        for where, name, replacement in _REPLACED[bug]():
            stack.enter_context(mock.patch.object(where, name, replacement))
        yield


Replacement = tuple[Any, str, Any]


def _unguarded_move(self: store.Change, step: Step, name: str, *, reason: str = "", **columns: Any) -> None:
    before = step.state
    Step.objects.filter(pk=step.pk).update(state=STEP_MOVES[name].target, **columns)
    for column, value in {**columns, "state": STEP_MOVES[name].target}.items():
        setattr(step, column, value)
    self.say_moved(step, before, reason)


def _without_bell(move: Callable[..., None]) -> Callable[..., None]:
    def moved(self: store.Change, step: Step, name: str, **columns: Any) -> None:
        move(self, step, name, **{**columns, **({"ring_at": None} if name == "offer_again" else {})})

    return moved


def _claim(guard: Q, **more: Any) -> Callable[[int, str], bool]:
    def claim(step_id: int, worker: str) -> bool:
        lease = store.database_now() + timedelta(seconds=30)
        found = Step.objects.filter(guard, pk=step_id)
        return bool(found.update(state="running", worker=worker, started_at=store.database_now(), lease_until=lease, **more))

    return claim


def _insert_without_leases(insert: Callable[..., None]) -> Callable[..., None]:
    def inserted(steps: list[Step]) -> None:
        for step in steps:
            step.lease_until = None
        insert(steps)

    return inserted


def _forgetting(say: Callable[..., None]) -> Callable[..., None]:
    def said(self: store.Change, step: Step, before: str, reason: str = "") -> None:
        if step.state != StepState.READY or not before:
            say(self, step, before, reason)

    return said


def _untold(happenings: Any, **_: Any) -> dict[str, Any]:
    return {"now": clock.now().isoformat(), "happenings": []}


def _counted_twice(arrive: Callable[..., None]) -> Callable[..., None]:
    def arrived(self: Any, node: Any, scope: int, came_by: str | None) -> None:
        if came_by is not None and node.kind.value == "parallel_gateway":
            counts = self.marking.joins.setdefault((scope, node.id), {})
            counts[came_by] = counts.get(came_by, 0) + 1
        arrive(self, node, scope, came_by)

    return arrived


def _not_consumed(wait: Any) -> Any:
    return messages._candidates(wait).order_by("pk").first()


def _kept_twice(deliver: Callable[..., None]) -> Callable[..., None]:
    def delivered(*, once: str, **said: Any) -> None:
        deliver(once=f"{once} {clock.now().timestamp()} {Message.objects.count()}"[-64:], **said)

    return delivered


def _closing_only(*kinds: Any) -> Callable[..., None]:
    close = reaching._close

    def closed(change: store.Change, step: Step, command: Any) -> None:
        if isinstance(command, kinds):
            close(change, step, command)

    return closed


def _nothing(*_: Any, **__: Any) -> None:
    pass


def _replacements() -> dict[EngineBug, Callable[[], list[Replacement]]]:
    bug = EngineBug
    fence, ready = Q(), Q(state="ready")
    from apps.engine.core.gateways import Gateways

    return {
        bug.FENCE_IGNORED: lambda: [(store, "is_still_held", lambda step: True), (store.Change, "move", _unguarded_move)],
        bug.FENCE_NOT_RAISED: lambda: [(store, "claim", _claim(ready, attempt=1))],
        bug.CLAIM_WITHOUT_GUARD: lambda: [(store, "claim", _claim(fence))],
        bug.NO_LEASE_SWEEP: lambda: [(sweeping, "recover_step", _nothing)],
        bug.NO_LEASE_FOR_SUCCESSOR: lambda: [(store, "insert_steps", _insert_without_leases(store.insert_steps))],
        bug.NO_OUTBOX: lambda: [(store, "ring", _nothing)],
        bug.RETRY_WITHOUT_BELL: lambda: [(store.Change, "move", _without_bell(store.Change.move))],
        bug.MARKING_NOT_SAVED: lambda: [(store, "RUN_COLUMNS", ("state", "variables", "ended_at"))],
        bug.MARKING_READ_EARLIER: lambda: [(store, "lock_run_again", lambda seen: seen)],
        bug.TOLD_NOT_KEPT: lambda: [(core, "told", _untold)],
        bug.JOURNAL_FORGETS: lambda: [(store.Change, "say_moved", _forgetting(store.Change.say_moved))],
        bug.JOIN_COUNTS_TWICE: lambda: [(Gateways, "arrive", _counted_twice(Gateways.arrive))],
        bug.MESSAGE_KEPT: lambda: [(messages, "_taken", _not_consumed)],
        bug.ONCE_IGNORED: lambda: [(working_door(), "deliver_message", _kept_twice(messages.deliver_message))],
        bug.SIGNAL_NOT_HEARD: lambda: [(advancing, "_listening", lambda commands: [])],
        bug.WITHDRAWN_STAYS_OPEN: lambda: [(reaching, "_close", _closing_only(core.Woke, core.Block))],
        bug.CALLER_NOT_TOLD: lambda: [(sweeping, "tell_parent", _nothing)],
    }


def working_door() -> Any:
    from apps.engine import actions

    return actions


_REPLACED = _replacements()
