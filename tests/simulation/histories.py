"""Random histories of the pure core in the commit protocol: who moves next, what breaks, and what must hold all the while.

A turn ends at a transaction's end or where a message leaves. The seed decides everything: the same seed is the same history.
"""

from collections import Counter, deque
from collections.abc import Callable, Generator
from random import Random

from apps.engine import core
from apps.processes.core.plan import Plan
from tests.factories.engine import PlanText
from tests.simulation.bugs import HEALED_BY_RINGING_AGAIN, Bug
from tests.simulation.elements import EVERY, Elements
from tests.simulation.models import SPINE, random_body
from tests.simulation.protocol import DAY, OPEN, Held, Store, Violation

PACE = (0, 0, 1, 5)
LOSSES = ("message lost", "broker flushed")
TURNS, FAULTY_TURNS = 3000, 150
Turns = Generator[None, None, None]


class Died(Exception):
    """The process that did this is gone."""


def random_plan(seed: int, kinds: tuple[str, ...] = EVERY) -> tuple[Plan, Elements]:
    """A model, and who knows how often each of its tasks must be done. One in two is of the plainest blocks."""
    random = Random(seed)

    def add_task(text: PlanText, name: str, scope: str) -> None:
        kind = random.choices(["service", "user", "timer", "mail"], [6, 2, 2, 1])[0]
        if kind == "service":
            text.service(name, scope=scope)
        elif kind == "user":
            text.user(name, scope=scope)
        elif kind == "timer":
            text.timer(name, duration='duration("PT40S")')
            text.nodes[name]["scope"] = scope
        else:
            text.receive(name, correlation=f'"{name}"', scope=scope)

    builder = Elements(add_task, key=f"SIM{seed}")
    return builder.whole(random_body(random, 1 if seed % 4 < 2 else 2, kinds if seed % 2 else SPINE)), builder


class History:
    """One run of one random model."""

    def __init__(self, seed: int, bug: Bug | None = None) -> None:
        self.random, self.faults, self.calm = Random(seed), Counter[str](), False
        plan, self.model = random_plan(seed)
        self.db = Store(plan, bug)
        self.queue: list[int] = []
        self.followed: list[int] = []
        self.seen: dict[int, str] = {}
        self.makers: list[Callable[[], Turns]] = [
            *(self.worker, self.worker, self.worker, self.dispatcher, self.dispatcher),
            *(self.sweeper, self.sweeper, self.people, self.operator, self.post),
        ]
        self.db.begin()
        self.queue += self.db.unsent
        self.db.unsent.clear()

    def chance(self, fault: str, percent: int) -> bool:
        if self.calm or self.random.random() * 100 >= percent or (fault in LOSSES and self.db.bug in HEALED_BY_RINGING_AGAIN):
            return False
        self.faults[fault] += 1
        return True

    # -- actors -------------------------------------------------------------------------------------------------

    def worker(self) -> Turns:
        while True:
            if not self.queue:
                yield
                continue
            row = self.queue.pop(self.random.randrange(len(self.queue)) if self.chance("reordered", 30) else 0)
            held = None if self.chance("message lost", 8) else self.db.claim(row)
            yield
            while held is not None:
                yield from self.working()
                if self.chance("attempt failed", 8):
                    self.db.fail(held, again=self.random.random() < 0.7)
                    break
                held = yield from self.settling(held)
                yield

    def working(self) -> Turns:
        if self.chance("worker died", 6):
            raise Died
        if self.chance("worker slept past its lease", 6):
            self.db.now += 40
            yield
            yield
        yield
        if self.chance("worker died after its work", 6):
            raise Died

    def settling(self, held: Held) -> Generator[None, None, Held | None]:
        following = None
        for following in self.db.settle(held):
            if following is None and self.db.bug is not None:
                yield
                if self.chance("worker died in its transaction", 10):
                    raise Died
        if self.chance("commit repeated", 5):
            yield
            deque(self.db.settle(held), maxlen=0)
        return following

    def dispatcher(self) -> Turns:
        while True:
            batch = self.db.outbox[:4]
            if self.db.bug is Bug.OUTBOX_DELETED_FIRST and batch:
                del self.db.outbox[: len(batch)]
                yield
                if self.chance("dispatcher died", 10):
                    raise Died
            self.queue += batch * (3 if batch and self.chance("message tripled", 10) else 1)
            if batch and self.chance("dispatcher died before it deleted", 10):
                raise Died
            if self.db.bug is not Bug.OUTBOX_DELETED_FIRST:
                del self.db.outbox[: len(batch)]
            yield

    def sweeper(self) -> Turns:
        while True:
            expired, due = self.db.of_state("running"), self.db.due()
            yield
            for row in expired:
                self.db.recover(row)
            self.db.ring_again()
            for row in due:
                yield
                self.db.fire(row)
            yield

    def people(self) -> Turns:
        while True:
            offered = self.db.of_state("offered")
            yield
            for row in offered:
                if self.random.random() < 0.5:
                    self.db.answer(row)
                    yield
            if self.chance("two answer at once", 10):
                for row in offered:
                    self.db.answer(row)
            yield

    def operator(self) -> Turns:
        while True:
            for row in self.db.of_state("failed"):
                yield
                self.db.retry(row)
            if self.chance("step skipped", 5):
                self.db.skip(self.random.choice([*self.db.rows]))
            if self.chance("a version published", 3):
                self.db.newest_plan = random_plan(self.random.randrange(1000))[0]
            yield

    def post(self) -> Turns:
        """What comes from outside: mail, words that somebody said, called processes that have ended."""
        while True:
            for row in self.db.of_state("waiting"):
                found = self.db.rows[row]
                if found.calls:
                    yield
                    self.db.return_to_caller(row)
                    if self.chance("caller told twice", 10):
                        yield
                        self.db.return_to_caller(row)
                elif found.node.startswith("hears"):
                    self.db.hear(row)
                elif found.due is None and found.state == "waiting" and found.node.startswith("task"):
                    self.db.go_on(row)
                    yield
            yield

    # -- the scheduler ------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Raises Violation, or whatever a bug leads to."""
        actors = [make() for make in self.makers]
        for turn in range(TURNS):
            self.calm = turn > FAULTY_TURNS
            number = int(self.random.random() * len(actors))
            self.db.now += PACE[int(self.random.random() * 4)]
            if self.chance("broker flushed", 1):
                self.queue.clear()
            try:
                next(actors[number])
            except Died:
                actors[number] = self.makers[number]()
            if self.db.unsent and not self.chance("died after its commit", 10):
                self.queue += self.db.unsent
            self.db.unsent.clear()
            if self.db.changed:
                self.db.changed = False
                self.check_now()
            if self.db.ended and turn % 20 == 0:
                break
        self.calm = True
        for actor in actors:  # who is still at it may be late, and must be refused
            for _ in range(6):
                next(actor, None)
        self.check_now()
        self.check_end()

    # -- what must hold -----------------------------------------------------------------------------------------

    def check_now(self) -> None:
        """After every move: each waiting token has one open step, each step one effect, numbers have no gaps."""
        tokens = [row.token for row in self.db.rows.values() if row.state in OPEN]
        marking = self.db.marking
        standing, holders = marking.tokens.keys(), {*marking.scopes, *marking.owners.values()}
        fits = len(tokens) == len(set(tokens)) and standing - holders <= set(tokens) <= standing
        if self.db.bug is not Bug.MARKING_SAVED_LATER and not fits:
            raise Violation(f"open steps {sorted(tokens)}, tokens {sorted(standing)}, holders {sorted(holders)}")
        if any(row.effects > 1 for row in self.db.rows.values()):
            raise Violation("an effect was had twice")
        self.follow()

    def follow(self) -> None:
        """What a reader of the journal sees, by number: no gap, and each move begins where the last one ended."""
        for number, row, before, after in self.db.journal[len(self.followed) :]:
            self.followed.append(number)
            if number != len(self.followed):
                raise Violation(f"entry {number} stands at {len(self.followed)}")
            if self.seen.get(row, "") != before:
                raise Violation(f"step {row} moves from {before}, and was seen {self.seen.get(row)}")
            self.seen[row] = after

    def check_end(self) -> None:
        db = self.db
        if not db.ended:
            raise Violation(f"never ends: {[(row.node, row.state) for row in db.rows.values() if row.state in OPEN]}")
        done = Counter(row.node for row in db.rows.values() if row.state in ("done", "skipped", "woke"))
        ended = [db.rows[row].node for _, row, _, after in db.journal if after in ("done", "skipped")]
        wrong = self.model.differences(done) or self.model.wrong_values(db.variables) or self.model.disorder(ended)
        if wrong:
            raise Violation(wrong)
        left = {said.what[1] for said in db.said if said.what[0] == "message" and not said.consumed}
        if left - self.model.may_stay():
            raise Violation("a message is left")
        if any(row.effects != (row.state == "done") for row in db.rows.values()):
            raise Violation("a step is done without its effect")
        if db.marking.to_json().keys() - {"next", "passes"}:
            raise Violation(f"something is left: {db.marking}")
        if self.seen != {row: found.state for row, found in db.rows.items()}:
            raise Violation("the journal tells of other states")
        marking, variables = core.replayed(db.plan, db.told, business_date=DAY, run={})
        if marking != db.marking or variables != db.variables:
            raise Violation("told again, the run stands elsewhere")


def outcome_of(seed: int, bug: Bug | None = None) -> tuple[Counter[str], str]:
    """The faults of one history, and what was violated in it, "" for nothing."""
    history = History(seed, bug)
    try:
        history.play()
    except Violation as violation:
        return history.faults, str(violation)
    except Exception as failure:
        if bug is None:
            raise
        return history.faults, f"{type(failure).__name__}: {failure}"
    return history.faults, ""
