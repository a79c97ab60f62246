"""The commit protocol in memory: the real core, rows in dictionaries, and one method for each transaction of the shell.

Whatever a method does is one transaction. A bug that tears a transaction in two makes it a generator that yields in between.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from apps.engine import core
from apps.processes.core.plan import Plan
from tests.simulation.bugs import HEALED_BY_RINGING_AGAIN, Bug, miscompiled
from tests.simulation.elements import MISLED

LEASE, RING_AGAIN = 30, 20
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
OPEN = frozenset({"ready", "running", "failed", "waiting", "offered"})


class Violation(AssertionError):
    """Something that must never be so."""


@dataclass(frozen=True, slots=True)
class Held:
    """A claimed step. `grant` is the judge's own count of claims, `seen` the variables as they were."""

    row: int
    attempt: int
    grant: int
    seen: dict[str, Any]


@dataclass(slots=True)
class Row:
    """A step. `granted` counts the claims for the judge, not for the protocol; `known` tells that it is in the journal.

    hears: the kind, name and key of what it waits for, said after the `after`-th word; calls: the process it waits for.
    """

    token: int
    node: str
    state: str
    attempt: int = 0
    granted: int = 0
    lease: int | None = None
    ring_at: int | None = None
    not_before: int = 0
    due: int | None = None
    effects: int = 0
    known: bool = False
    hears: tuple[str, str, str] | None = None
    after: int = 0
    calls: str = ""
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Said:
    """A signal or message. A message answers one wait; a signal all who waited when it came."""

    what: tuple[str, str, str]
    payload: dict[str, Any]
    consumed: bool = False


@dataclass
class Store:
    """What the database holds of one run; time is in seconds."""

    plan: Plan
    bug: Bug | None = None
    now: int = 0
    newest_plan: Plan | None = None
    marking: core.Marking = field(default_factory=core.Marking)
    variables: dict[str, Any] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    outbox: list[int] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)
    journal: list[tuple[int, int, str, str]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    trace: Counter[str] = field(default_factory=Counter)
    ended: bool = False
    changed: bool = True

    # -- pieces of a transaction --------------------------------------------------------------------------------

    def write(self, row: int, state: str) -> None:
        before = self.rows[row].state if self.rows[row].known else ""
        self.rows[row].state, self.rows[row].known, self.changed = state, True, True
        if self.bug is not Bug.JOURNAL_FORGETS or state != "ready":
            self.journal.append((len(self.journal) + 1, row, before, state))

    def ring(self, row: int) -> None:
        (self.unsent if self.bug is Bug.NO_OUTBOX else self.outbox).append(row)
        self.rows[row].ring_at = None if self.bug in HEALED_BY_RINGING_AGAIN else self.now + RING_AGAIN

    def grant(self, row: int, *, lease: bool = True) -> Held:
        found = self.rows[row]
        found.attempt += self.bug is not Bug.CLAIM_KEEPS_FENCE or found.attempt == 0
        found.granted += 1
        found.lease = self.now + LEASE if lease else None
        self.write(row, "running")
        return Held(row, found.attempt, found.granted, self.variables)

    def decide(self, happenings: list[core.Happening], marking: core.Marking | None = None) -> core.Outcome:
        now = NOON + timedelta(seconds=self.now)
        self.told.append(core.told(happenings, variables=self.variables, now=now))
        plan = self.newest_plan if self.bug is Bug.PLAN_NOT_PINNED and self.newest_plan else self.plan
        plan = miscompiled(plan, self.bug) if self.bug else plan
        if self.bug is Bug.UNDONE_IN_ORDER:
            self.marking = self.marking.copy()
            self.marking.done = {scope: sorted(entries, key=_newest_first) for scope, entries in self.marking.done.items()}
        return core.advance(
            plan,
            self.marking if marking is None else marking,
            happenings,
            variables=self.variables,
            business_date=DAY,
            now=now,
        )

    def carry_out(self, outcome: core.Outcome, *, claim: bool = False) -> Held | None:
        """Writes the new steps; with `claim` the first automatic one comes claimed."""
        commands, held = list(outcome.commands), None
        if self.bug is Bug.COMMAND_LOST and len(commands) > 1:
            commands.pop()
        if self.bug is Bug.COMMAND_DOUBLED:
            commands += commands[-1:]
        for command in commands:
            if isinstance(command, core.Withdraw | core.Woke):
                self.close(command)
                continue
            if isinstance(command, core.ThrowSignal | core.ThrowMessage):
                self.say(command)
                continue
            row = len(self.rows) + 1
            self.rows[row] = self._row(command)
            self.write(row, self.rows[row].state)
            if self.rows[row].state != "ready":
                continue
            if claim and held is None:
                held = self.grant(row, lease=self.bug is not Bug.NO_LEASE_FOR_SUCCESSOR)
            else:
                self.ring(row)
        self.trace.update(outcome.trace)
        return held

    def close(self, command: core.Withdraw | core.Woke) -> None:
        """The model went another way, or the run itself brought about what was waited for."""
        for row, found in self.rows.items():
            if found.token == command.token and found.state in OPEN:
                if isinstance(command, core.Withdraw) and self.bug is Bug.WITHDRAWN_STAYS_OPEN:
                    continue
                self.write(row, "cancelled" if isinstance(command, core.Withdraw) else "woke")
                found.lease = None

    def say(self, command: core.ThrowSignal | core.ThrowMessage) -> None:
        what = ("signal", command.name, "") if isinstance(command, core.ThrowSignal) else ("message", command.name, command.key)
        self.said.append(Said(what, command.payload))

    def _row(self, command: core.Command) -> Row:
        if isinstance(command, core.Do):
            return Row(command.token, command.node, "ready")
        if isinstance(command, core.AskPerson):
            return Row(command.token, command.node, "offered")
        if isinstance(command, core.AwaitInstant):
            return Row(command.token, command.node, "waiting", due=self.now + int(command.seconds or 0))
        if isinstance(command, core.AwaitMessage):
            return Row(command.token, command.node, "waiting", hears=("message", command.name, command.key))
        if isinstance(command, core.AwaitSignal):
            return Row(command.token, command.node, "waiting", hears=("signal", command.name, ""), after=len(self.said))
        if isinstance(command, core.AwaitCondition):
            return Row(command.token, command.node, "waiting")
        if isinstance(command, core.CallProcess):
            return Row(command.token, command.node, "waiting", calls=command.process, given=command.variables)
        raise Violation(f"nobody asked for {command}")

    def stand(self, outcome: core.Outcome) -> None:
        self.marking, self.variables, self.ended = outcome.marking, outcome.variables, outcome.ended
        self.changed = True

    # -- transactions -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        outcome = self.decide([core.Started()])
        self.carry_out(outcome)
        self.stand(outcome)

    def claim(self, row: int) -> Held | None:
        found = self.rows[row]
        return self.grant(row) if found.state == "ready" and found.not_before <= self.now else None

    def fail(self, held: Held, *, again: bool) -> None:
        row, found = held.row, self.rows[held.row]
        if found.state != "running" or found.attempt != held.attempt:
            return
        found.lease, found.not_before = None, self.now + 3
        found.ring_at = None if self.bug is Bug.RETRY_WITHOUT_BELL else self.now + 3
        self.write(row, "ready" if again else "failed")

    def settle(self, held: Held) -> Iterator[Held | None]:
        """Yields None where a bug tears the transaction, and last the successor that was claimed with it."""
        row, found, bug = held.row, self.rows[held.row], self.bug
        marking, number = self.marking, len(self.journal) + 1
        if bug is Bug.EFFECT_BEFORE_GUARD:
            found.effects += 1
            self.changed = True
            yield None
        elif bug in (Bug.ADVANCE_OUTSIDE_LOCK, Bug.NUMBER_OUTSIDE):
            yield None
        stale = found.attempt != held.attempt and bug is not Bug.NO_FENCE_CHECK
        if stale or (found.state != "running" and bug is not Bug.NO_STATE_CHECK):
            return
        if held.grant != found.granted:
            raise Violation(f"grant {held.grant} of {found.node} was kept although {found.granted} had been given")
        found.effects += bug is not Bug.EFFECT_BEFORE_GUARD
        if bug is Bug.NUMBER_OUTSIDE:
            self.journal.append((number, row, "running", "done"))
            found.state = "done"
        else:
            self.write(row, "done")
        if bug is Bug.VARIABLES_READ_EARLIER:
            self.variables = held.seen
        happening = core.Erred(found.token, "E") if found.node.startswith("bad") else core.Finished(found.token)
        outcome = self.decide([happening], marking if bug is Bug.ADVANCE_OUTSIDE_LOCK else None)
        following = self.carry_out(outcome, claim=True)
        if bug is Bug.MARKING_SAVED_LATER:
            yield None
        self.stand(outcome)
        yield following

    def go_on(self, row: int, state: str = "done", outputs: dict[str, Any] | None = None, error: str = "") -> None:
        """A wait is over, a person has answered, an operator has skipped."""
        found = self.rows[row]
        if state == "done":
            found.effects += 1
        self.write(row, state)
        happening: core.Happening = core.Finished(found.token, outputs or {})
        if error:
            happening = core.Erred(found.token, error)
        elif state != "done":
            happening = core.Skipped(found.token)
        outcome = self.decide([happening])
        self.carry_out(outcome)
        self.stand(outcome)

    def hear(self, row: int) -> None:
        """Gives a wait the oldest word that is for it, if there is one."""
        found, bug = self.rows[row], self.bug
        if found.state != "waiting" or found.hears is None:
            return
        length = 2 if bug is Bug.KEY_IGNORED else 3
        for said in self.said[found.after :]:
            if said.what[:length] == found.hears[:length] and not said.consumed:
                one = said.what[0] == "message"
                said.consumed = bug is not Bug.MESSAGE_KEPT if one else bug is Bug.SIGNAL_TO_ONE
                self.go_on(row, outputs=said.payload)
                return

    def return_to_caller(self, row: int) -> None:
        """The called process has ended; `n + 1` and the error are what it is known to do."""
        found = self.rows[row]
        if not found.calls or (found.state != "waiting" and self.bug is not Bug.CALLER_TOLD_TWICE):
            return
        if found.calls == MISLED:
            self.go_on(row, error="C")
        else:
            self.go_on(row, outputs={"n": found.given["n"], "m": found.given["n"] + 1})

    def fire(self, row: int) -> None:
        found = self.rows[row]
        if found.state == "waiting" or self.bug is Bug.TIMER_WITHOUT_GUARD:
            if found.due is not None and found.due > self.now:
                raise Violation(f"the timer {found.node} fired {found.due - self.now} s early")
            self.go_on(row)

    def answer(self, row: int) -> None:
        if self.rows[row].state == "offered" or self.bug is Bug.ANSWER_WITHOUT_GUARD:
            self.go_on(row)

    def skip(self, row: int) -> None:
        """Not where work ends with an error: the path of the error is what the model expects."""
        found = self.rows[row]
        if found.node.startswith("bad"):
            return
        if found.state in ("ready", "failed") or (self.bug is Bug.SKIP_LEAVES_WORKER and found.state == "running"):
            self.go_on(row, "skipped")
            if self.bug is Bug.SKIP_LEAVES_WORKER:
                found.state = "running"

    def retry(self, row: int) -> None:
        if self.rows[row].state == "failed":
            self.write(row, "ready")
            self.ring(row)

    def recover(self, row: int) -> None:
        found = self.rows[row]
        if found.state != "running" or found.lease is None or found.lease >= self.now or self.bug is Bug.NO_LEASE_SWEEP:
            return
        if self.bug is Bug.RECOVERY_RESETS_FENCE:
            found.attempt -= 1
        found.lease = None
        self.write(row, "ready")
        self.ring(row)

    def ring_again(self) -> None:
        for row, found in self.rows.items():
            if found.state == "ready" and found.ring_at is not None and found.ring_at <= self.now and row not in self.outbox:
                self.ring(row)

    def due(self) -> list[int]:
        until = self.now + (6 if self.bug is Bug.TIMER_TOO_EARLY else 0)
        return [number for number in self.of_state("waiting") if (self.rows[number].due or until + 1) <= until]

    def of_state(self, state: str) -> list[int]:
        return [row for row, found in self.rows.items() if found.state == state]


def _newest_first(entry: list[Any]) -> int:
    """By the numbers that elements are given along the model."""
    return -int("".join(filter(str.isdigit, entry[0])))
