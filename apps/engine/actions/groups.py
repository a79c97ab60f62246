"""Pure steps, many in one transaction: locked, done, settled and written together, with the pure steps that follow.

Their handlers have no effect, so a group that is lost has not happened. Whatever is not plain success (a failure, outputs that
the model cannot use, a worker that dies) is left to the way of all other steps: claim, work, settle, each on its own.
"""

import logging
import time
from collections.abc import Sequence
from itertools import groupby

from django.db import DatabaseError, transaction

from apps.engine import core, store
from apps.engine.actions.advancing import carry_out, decide, new_step
from apps.engine.actions.working import held, is_draining, work, worker_name
from apps.engine.conf import conf
from apps.engine.handlers import Finished, is_pure
from apps.engine.models import Step
from apps.engine.selectors import plan_of
from apps.engine.states import StepState
from apps.kernel import clock, rows
from apps.kernel.crashpoint import crashpoint

logger = logging.getLogger(__name__)


def do_pure_steps() -> None:
    """Does groups until nothing pure is ready. When there is much, another worker is rung.

    A worker that is to stop, or has been at it for a while, leaves the rest to whoever hears its bell.
    """
    until, shared, runs = time.monotonic() + conf.TURN_SECONDS, False, conf.GROUP_RUNS
    while not is_draining():
        done = do_group(share=not shared, most_runs=runs)
        if done is None:
            return
        shared = shared or done.is_full
        more = 1 if done.is_full else len(done.changes) + 1  # no more are locked than are likely to have their turn
        runs = min(conf.GROUP_RUNS, len(done.changes) + more)
        if time.monotonic() > until:
            break
    store.ring_for_pure_steps()


def do_group(*, share: bool = False, most_runs: int = 64) -> "Group | None":
    """One group, None when nothing was ready. If more was ready than a group holds, then with `share` a bell says so."""
    found: list[Step] = []
    group = Group()
    try:
        with transaction.atomic():
            found = store.lock_pure_steps(most_runs)
            if not found:
                return None
            crashpoint("group.locked")
            group.does(found)
            if group.is_full and share:
                store.ring_for_pure_steps()
            crashpoint("group.written")
    except DatabaseError:
        raise  # the tables are as they were, and the sweeper rings again
    except Exception:
        logger.exception("a group failed: its steps are done one by one")
        store.do_alone([step.pk for step in found])
    crashpoint("group.committed")
    return group


class Group:
    """What one transaction has done so far: steps it found, steps it made, and when it has to end."""

    def __init__(self) -> None:
        self.left = conf.GROUP_STEPS
        self.until = time.thread_time() + conf.GROUP_SECONDS  # of the processor: a busy machine makes no smaller groups
        self.changes: list[store.Change] = []
        self.seen: list[Step] = []
        self.new: list[Step] = []
        self.to_ring: list[Step] = []
        self.keys: list[int] = []
        self.few = conf.GROUP_KEYS  # at first: most groups are small, and keys that nobody takes are lost

    def does(self, found: Sequence[Step]) -> None:
        for _, steps in groupby(found, key=lambda step: step.run_id):
            if self.is_full:
                break
            self.do_run(list(steps))
        self.write_steps()
        store.save_all(self.changes)

    @property
    def is_full(self) -> bool:
        return self.left <= 0 or time.thread_time() >= self.until

    def do_run(self, ready: list[Step]) -> None:
        """Wave after wave: all that is ready, then all that has become ready by it."""
        change = store.Change(ready[0].run, None)
        self.changes.append(change)
        while ready and not self.is_full:
            wave, ready = ready[: self.left], ready[self.left :]
            self.left -= len(wave)
            ready = self.do_wave(change, wave, ready)
        self.keep(change, ready)

    def do_wave(self, change: store.Change, wave: Sequence[Step], rest: list[Step]) -> list[Step]:
        """What is ready afterwards, none when the rest is left to the next group."""
        finished: dict[int, tuple[Step, Finished]] = {}
        for step in wave:
            step.started_at, step.attempt = clock.now(), step.attempt + 1
            answer = work(held(step))
            step.ended_at = clock.now()
            if isinstance(answer, Finished):
                finished[step.token] = (step, answer)
            else:
                self.leave(change, step)
        if not finished:
            return rest
        outcome = decide(change, [core.Finished(token, done.outputs) for token, (_, done) in finished.items()])
        refused = {
            command.token for command in outcome.commands if isinstance(command, core.Block) and not command.new
        } & finished.keys()
        withdrawn = {command.token for command in outcome.commands if isinstance(command, core.Withdraw)}
        for token, (step, done) in finished.items():
            if token in withdrawn:
                rest.append(self.undone(step))
            elif token in refused:
                self.leave(change, step)
            else:
                self.finish(change, step, done)
        commands = [command for command in outcome.commands if command.token not in refused & finished.keys()]
        return self.go_on(change, outcome, commands, rest)

    def go_on(
        self, change: store.Change, outcome: core.Outcome, commands: Sequence[core.Command], rest: list[Step]
    ) -> list[Step]:
        """New steps stay in memory when all of them are pure. Anything else needs tables that are up to date: all is written
        and carried out as always, and the next group looks at what is ready then.
        """
        nodes = plan_of(change.run).nodes
        if all(isinstance(command, core.Do) and is_pure(nodes[command.node].handler) for command in commands):
            now = clock.now()
            steps = [new_step(change, command, now) for command in commands if isinstance(command, core.Do)]
            if all(step.state == StepState.READY for step in steps):
                for step in steps:
                    step.pk = self.new_key()
                carry_out(change, outcome, [])
                return rest + steps
        self.keep(change, rest)
        self.write_steps()
        carry_out(change, outcome, commands)
        return []

    def new_key(self) -> int:
        if not self.keys:
            self.keys = rows.reserve_keys(Step, self.few)[::-1]
            self.few = conf.GROUP_STEPS
        return self.keys.pop()

    def finish(self, change: store.Change, step: Step, done: Finished) -> None:
        before = "" if step._state.adding else step.state
        step.state, step.outputs, step.worker = StepState.DONE, done.outputs, worker_name()
        (self.new if step._state.adding else self.seen).append(step)
        change.say_moved(step, before)

    def undone(self, step: Step) -> Step:
        """As if nobody had touched it."""
        step.attempt, step.started_at, step.ended_at = step.attempt - 1, None, None
        return step

    def leave(self, change: store.Change, step: Step) -> None:
        """Stays ready, to be done on its own."""
        self.undone(step).is_pure = False
        if step._state.adding:
            self.keep(change, [step])
        else:
            self.seen.append(step)
            self.to_ring.append(step)

    def keep(self, change: store.Change, steps: Sequence[Step]) -> None:
        """New steps that this group does not do are ready for the next: whoever did this group goes on with it."""
        for step in steps:
            if step._state.adding:
                self.new.append(step)
                if not step.is_pure:
                    self.to_ring.append(step)
                change.say_moved(step, "")

    def write_steps(self) -> None:
        store.write_group(sorted(self.new, key=lambda step: step.pk), self.seen)
        store.ring(self.to_ring)
        self.new, self.seen, self.to_ring, self.keys = [], [], [], []
