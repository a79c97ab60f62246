"""Random histories on the real tables: workers, dispatcher, sweeper and people take turns in one thread, and die.

A turn ends at a transaction's end or where a message leaves, so that every interleaving of transactions can be had by
its seed. What is done after a commit never happens here: only the sweeper brings it about.
"""

from collections import Counter
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from django.db import connection, transaction

from apps.engine import actions
from apps.engine.actions.reaching import ERROR as ERROR_OF_CALL
from apps.engine.actions.working import _claimed, settle, work
from apps.engine.dispatch import dispatch_outbox
from apps.engine.handlers import Failed
from apps.engine.models import Message, Run, Step
from apps.engine.selectors import replayed
from apps.engine.states import StepState
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.people.models import User
from tests.factories import engine as made
from tests.factories.engine import PlanText
from tests.simulation.elements import EVERY, Elements, called_texts
from tests.simulation.models import SPINE, random_body

TURNS, FAULTY_TURNS = 4000, 250
STILL_TURNS = 80
"""After so many turns in which nothing changed, nothing ever will."""
ERROR = "this always ends with a BPMN error"
BUSY = (8, 8, 8, 4, 3, 3, 2)  # how often each actor has a turn while workers have something to do
IDLE = (0, 0, 0, 2, 3, 3, 2)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)

Turns = Generator[None, None, None]

_OPEN = """
SELECT s.id, s.node_id, s.state, CASE s.state WHEN 'ready' THEN s.ring_at WHEN 'running' THEN s.lease_until ELSE t.due_at END,
       w.id
FROM engine_step s
LEFT JOIN engine_timer t ON t.step_id = s.id AND NOT t.fired LEFT JOIN engine_subscription w ON w.step_id = s.id
WHERE s.state IN ('waiting', 'ready', 'running', 'offered', 'claimed', 'failed') ORDER BY s.id
"""


class OpenStep(NamedTuple):
    """What the scheduler sees of a step that is not at its end; `due` is when time alone will do something about it."""

    step: int
    node: str
    state: str
    due: datetime | None
    wait: int | None


def open_steps() -> list[OpenStep]:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        return [OpenStep(step, node, state, _instant(due), wait) for step, node, state, due, wait in cursor.fetchall()]


def _instant(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


class Died(Exception):
    """The process that did this is gone."""


class Violation(AssertionError):
    """Something that must never be so."""


class EngineHistory:
    """One random model, one run of it, and everybody who works on it."""

    def __init__(self, seed: int, person: User) -> None:
        self.random, self.now, self.person = Random(seed), NOON, person
        self.faults, self.calm = Counter[str](), False
        self.queue: list[int | None] = []
        self.in_hand = 0
        self.seen: list[OpenStep] = []
        self.builder = Elements(self.add_task, key=f"SIM{seed}")
        self.builder.whole(random_body(self.random, 1 if seed % 3 else 2, EVERY if seed % 2 else SPINE))
        for key in sorted(self.builder.calls):
            made.published(called_texts()[key], startable=False)
        made.published(self.builder.text)
        made.NOTES.clear()
        with clock.fixed_at(self.now):
            self.run = made.begin(self.builder.text.key)

    def add_task(self, text: PlanText, name: str, scope: str) -> None:
        kind = self.random.choices(["service", "pure", "user", "timer", "mail"], [4, 3, 2, 2, 1])[0]
        if kind == "pure":
            text.service(name, "test.pure", scope)
        elif kind == "user":
            text.user(name, scope=scope)
        elif kind == "timer":
            text.timer(name, duration='duration("PT40S")')
            text.nodes[name]["scope"] = scope
        elif kind == "mail":
            text.receive(name, correlation=f'"{name}"')
            text.nodes[name]["scope"] = scope
        else:
            text.service(name, scope=scope)

    def chance(self, fault: str, percent: int) -> bool:
        if self.calm or self.random.randrange(100) >= percent:
            return False
        self.faults[fault] += 1
        return True

    # -- actors -------------------------------------------------------------------------------------------------

    def worker(self) -> Turns:
        while True:
            if not self.queue:
                yield
                continue
            where = self.random.randrange(len(self.queue)) if self.chance("reordered", 30) else 0
            step = self.queue.pop(where)
            if self.chance("message lost", 8):
                continue
            if step is None:
                self.do_pure_steps()
                yield
                continue
            held = _claimed(step)
            self.in_hand += 1
            yield
            while held is not None:
                if self.chance("worker died before work", 6):
                    raise Died
                outcome = work(held)
                yield
                if self.chance("worker died after work", 6):
                    raise Died
                if self.chance("worker slept past its lease", 6):
                    self.now += timedelta(seconds=40)
                    yield
                if self.chance("attempt failed", 8):
                    outcome = Failed(problem="try again", retry_in_seconds=3)
                elif held.context.node_id.startswith("bad"):
                    outcome = Failed(problem=ERROR, error_code="E")
                with clock.fixed_at(self.now):
                    held = settle(held, outcome)
                yield
            self.in_hand -= 1

    def do_pure_steps(self) -> None:
        """A group is one transaction: who dies in it has done nothing."""
        with transaction.atomic():
            actions.do_pure_steps()
            if self.chance("worker died in a group", 10):
                transaction.set_rollback(True)

    def dispatcher(self) -> Turns:
        while True:
            try:
                with transaction.atomic():
                    dispatch_outbox(self.publish)
            except Died:
                self.faults["dispatcher died"] += 1
            yield

    def publish(self, bells) -> None:
        for step, _ in bells:
            self.queue.extend([step] * (3 if self.chance("message tripled", 10) else 1))
        if self.chance("outbox not deleted", 10):
            raise Died

    def sweeper(self) -> Turns:
        """Looks when something is due, and sometimes when nothing is: then it must change nothing."""
        while True:
            due = [seen for seen in self.seen if seen.wait or (seen.due is not None and seen.due <= self.now)]
            if due or self.random.random() < 0.2:
                actions.sweep()
            yield

    def people(self) -> Turns:
        while True:
            for seen in self.seen:
                if seen.state not in ("offered", "claimed", "failed"):
                    continue
                try:
                    self.deal_with(seen)
                except DomainError:
                    self.faults["person was late"] += 1
                yield
            yield

    def deal_with(self, seen: OpenStep) -> None:
        if seen.state == "failed":
            actions.retry_step(step_id=seen.step, actor=self.person, reason="drill")
        elif self.random.randrange(2):
            actions.take_step(step_id=seen.step, actor=self.person)
        else:
            actions.complete_step(step_id=seen.step, actor=self.person, answer={})

    def post(self) -> Turns:
        while True:
            for seen in self.seen:
                if seen.wait is None or not seen.node.startswith("task"):
                    continue
                for _ in range(1 + self.chance("message said twice", 20)):
                    actions.deliver_message(name="files.arrived", key=seen.node, payload={}, once=f"mail {seen.step}")
                yield
            yield

    # -- the scheduler ------------------------------------------------------------------------------------------

    def play(self) -> None:
        makers = [self.worker, self.worker, self.worker, self.dispatcher, self.sweeper, self.people, self.post]
        actors = [make() for make in makers]
        quiet, before = 0, list[OpenStep]()
        for turn in range(TURNS):
            self.calm = turn > FAULTY_TURNS
            busy = bool(self.queue or self.in_hand)
            number = self.random.choices(range(len(makers)), BUSY if busy else IDLE)[0]
            if not busy or makers[number] != self.worker:
                self.seen = open_steps()
            if not busy and not self.seen and not Run.objects.filter(ended_at=None).exists():
                return
            quiet = quiet + 1 if self.seen == before and not busy else 0
            before = self.seen
            if quiet > STILL_TURNS:
                return
            self.pass_time(busy)
            if self.chance("broker flushed", 1):
                self.queue.clear()
            try:
                with clock.fixed_at(self.now):
                    next(actors[number])
            except Died:
                self.in_hand -= 1
                actors[number] = makers[number]()

    def pass_time(self, busy: bool) -> None:
        """Seconds while there is work; else until something is due."""
        due = min((seen.due for seen in self.seen if seen.due is not None), default=self.now)
        if not busy and due > self.now and self.random.randrange(3) == 0:
            self.now = due
        self.now += timedelta(seconds=self.random.choice([0, 0, 1, 5]))

    # -- what must hold -----------------------------------------------------------------------------------------

    def check(self) -> None:
        self.run.refresh_from_db()
        steps = list(self.run.steps.select_related("timer").prefetch_related("attempts"))
        undone = [(step.node_id, step.state) for step in steps if step.state not in (StepState.DONE, StepState.CANCELLED)]
        require(self.run.state == "done" and not undone, f"the run is {self.run.state}: {undone}")
        self.check_model(steps)
        for step in steps:
            timer = getattr(step, "timer", None)
            early = timer is not None and step.state == StepState.DONE and step.ended_at < timer.due_at
            require(not early, f"the timer {step.node_id} has fired too early")
        left = Message.objects.filter(consumed=False, retained=False).exclude(key__in=self.builder.maybe)
        left = left.exclude(name=ERROR_OF_CALL).exclude(name__in=self.builder.may_stay())
        require(not left.exists(), f"messages are left: {list(left.values('name', 'key'))}")
        for run in Run.objects.order_by("id"):
            self.check_run(run, list(run.steps.prefetch_related("attempts")))

    def check_model(self, steps: list[Step]) -> None:
        """What the oracle says must have been done, and what variables must be."""
        ended = [step for step in steps if step.state == StepState.DONE or step.problem == ERROR]
        order = [step.node_id for step in sorted(ended, key=lambda step: (step.ended_at or NOON, step.pk))]
        wrong = self.builder.differences(Counter(order)) or self.builder.wrong_values(self.run.variables)
        require(not wrong, wrong)
        disorder = self.builder.disorder(order)
        require(not disorder, disorder)
        done = Counter(step.node_id for step in ended if step.handler == "test.note")
        keys = Counter(node for node, _ in {(node, key) for node, key, _ in made.NOTES})
        too_few = {name: keys[name] for name in done if keys[name] < done[name]}
        require(not too_few, f"keys that steps worked under: {too_few}")

    def check_run(self, run: Run, steps: list[Step]) -> None:
        """What holds for every run, begun or called: it has ended, nothing is left of it, and its journal tells all of it."""
        require(run.ended_at is not None, f"{run} goes on")
        if run.state == "done":
            require(run.marking.keys() <= {"next", "passes"}, f"something is left: {run.marking}")
        for step in steps:
            if step.state == StepState.DONE and step.handler in ("test.note", "test.pure"):
                self.check_attempts(step)
        self.check_journal(run, {step.pk: step.state for step in steps})
        marking, variables = replayed(run)
        require(marking.to_json() == run.marking, f"told again, the run stands at {marking.to_json()}")
        require(variables == run.variables, f"told again, the variables are {variables}")

    def check_attempts(self, step: Step) -> None:
        """One attempt has finished the step, and it is the newest; what was done in a group was tried once or leaves no trace."""
        outcomes = [attempt.outcome for attempt in sorted(step.attempts.all(), key=lambda found: found.number)]
        in_group = step.handler == "test.pure" and outcomes == [] and step.attempt == 1
        fits = len(outcomes) == step.attempt and outcomes.count("finished") == 1 and outcomes[-1] == "finished"
        require(in_group or fits, f"attempts of {step.node_id} up to {step.attempt}: {outcomes}")

    def check_journal(self, run: Run, states: dict[int, str]) -> None:
        """The numbers are dense, and what the journal tells of each step ends where the step is."""
        told: dict[int, str] = {}
        entries = list(Entry.objects.filter(stream=f"run.{run.pk}").order_by("number"))
        require([entry.number for entry in entries] == list(range(1, len(entries) + 1)), "the journal has gaps")
        for entry in entries:
            if entry.kind == "step.moved":
                before = told.get(entry.data["step"], "")
                require(entry.data["before"] == before, f"entry {entry.number} moves from {entry.data['before']}, not {before}")
                told[entry.data["step"]] = entry.data["after"]
        require(told == states, "the journal tells of other states")
        require([entry.kind for entry in entries].count("run.ended") == 1, "the run has not ended once")


def require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Violation(otherwise)


def outcome_of(seed: int, person: User) -> tuple[Counter[str], str]:
    """The faults of one history, and what was violated in it, "" for nothing; the database is as before."""
    with transaction.atomic():
        history = EngineHistory(seed, person)
        try:
            history.play()
            history.check()
            return history.faults, ""
        except Exception as failure:
            return history.faults, f"{type(failure).__name__}: {failure}"
        finally:
            transaction.set_rollback(True)
