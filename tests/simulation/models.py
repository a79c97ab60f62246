"""Random block-structured models, which are sound by construction, and how often each of their tasks must be done."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from apps.processes.core.plan import Event, EventKind, Loop, NodeKind, Plan, Timer
from tests.factories.engine import PlanText

AddTask = Callable[[PlanText, str, str], Any]


def service(text: PlanText, name: str, scope: str) -> None:
    text.service(name, scope=scope)


def timer(duration: str) -> Event:
    return Event(EventKind.TIMER, timer=Timer(duration=f'duration("{duration}")'))


class Builder:
    """Writes a block tree as a plan; `expected` is found by walking the tree in order.

    A task of `maybe` is done as often or less: time may be over before.
    """

    def __init__(self, add_task: AddTask = service, key: str = "P") -> None:
        self.text, self.add_task, self.count = PlanText(key), add_task, 0
        self.expected: dict[str, int] = {}
        self.maybe = set[str]()

    def differences(self, done: Counter[str]) -> str:
        """What was done too often or too seldom, "" for nothing."""
        often = {name: times for name, times in done.items() if times > self.expected.get(name, times)}
        seldom = {name: done[name] for name, times in self.expected.items() if done[name] < times and name not in self.maybe}
        return f"too often {often}, too seldom {seldom}" if often or seldom else ""

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def whole(self, body: list[Any]) -> Plan:
        self.text.flow("start")
        last = self.sequence("start", body, "", 1)
        self.text.flow(last, "end")
        return self.text.plan()

    def sequence(self, before: str, body: list[Any], scope: str, times: int) -> str:
        for block in body:
            before = getattr(self, block[0])(before, scope, times, *block[1:])
        return before

    def task(self, before: str, scope: str, times: int) -> str:
        name = self.name("task")
        self.add_task(self.text, name, scope)
        self.text.flow(before, name)
        self.expected[name] = times
        return name

    def both(self, before: str, scope: str, times: int, branches: list[list[Any]]) -> str:
        split, join = self.name("split"), self.name("join")
        self.text.fork(split, scope).fork(join, scope).flow(before, split)
        for branch in branches:
            self.text.flow(self.sequence(split, branch, scope, times), join)
        return join

    def either(self, before: str, scope: str, times: int, branches: list[list[Any]], chosen: int) -> str:
        split, merge = self.name("which"), self.name("merge")
        self.text.choice(split, scope).choice(merge, scope).flow(before, split)
        for number, branch in enumerate(branches):
            entry, taken = self.name("task"), number == chosen % len(branches)
            self.text.service(entry, scope=scope)
            self.expected[entry] = times if taken else 0
            self.text.flow(split, entry, when="true" if taken else "false")
            self.text.flow(self.sequence(entry, branch, scope, self.expected[entry]), merge)
        return merge

    def box(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        box, start, end = self.name("box"), self.name("start"), self.name("end")
        self.text.sub(box, scope=scope).flow(before, box)
        self.text.node(start, NodeKind.START, box).node(end, NodeKind.END, box)
        self.text.flow(self.sequence(start, body, box, times), end)
        return box

    def some(self, before: str, scope: str, times: int, branches: list[list[Any]], chosen: list[bool]) -> str:
        """An inclusive split and its join; `chosen` says which branches are taken, at least one."""
        split, join = self.name("some"), self.name("all")
        self.text.node(split, NodeKind.INCLUSIVE, scope).node(join, NodeKind.INCLUSIVE, scope).flow(before, split)
        for branch, taken in zip(branches, chosen, strict=True):
            entry = self.name("task")
            self.text.service(entry, scope=scope)
            self.expected[entry] = times if taken else 0
            self.text.flow(split, entry, when="true" if taken else "false")
            self.text.flow(self.sequence(entry, branch, scope, self.expected[entry]), join)
        return join

    def fan(self, before: str, scope: str, times: int, branches: list[list[Any]]) -> str:
        """Several flows leave a task without a gateway, and meet again."""
        task, join = self.task(before, scope, times), self.name("join")
        self.text.fork(join, scope)
        for branch in branches:
            self.text.flow(self.sequence(task, branch, scope, times), join)
        return join

    def guarded(self, before: str, scope: str, times: int, body: list[Any], interrupting: bool) -> str:
        """A task with an event on it that never comes while a run goes on: an exit, or a path of its own."""
        task, event = self.service(before, scope, times), self.name("event")
        self.event_on(task, event, scope, timer("P9D"), interrupting=interrupting)
        last = self.sequence(event, body, scope, 0)
        behind = self.name("merge") if interrupting else self.name("end")
        self.text.node(behind, NodeKind.EXCLUSIVE if interrupting else NodeKind.END, scope)
        self.text.flow(last, behind)
        if interrupting:
            self.text.flow(task, behind)
        return behind if interrupting else task

    def event_on(self, activity: str, name: str, scope: str, event: Event, *, interrupting: bool = True) -> None:
        self.text.node(name, NodeKind.BOUNDARY, scope, attached_to=activity, interrupting=interrupting, events=(event,))

    def service(self, before: str, scope: str, times: int, **parts: Any) -> str:
        """A task on which an event may be, whatever the other tasks are."""
        name = self.name("task")
        self.text.service(name, scope=scope, **parts).flow(before, name)
        self.expected[name] = times
        return name

    def never(self, before: str, scope: str) -> str:
        """Waits for a message that nobody sends."""
        name = self.name("never")
        self.text.receive(name, correlation=f'"{name}"', scope=scope).flow(before, name)
        self.expected[name] = 0
        return name

    def meeting(self, scope: str, *branches: str) -> str:
        merge = self.name("merge")
        self.text.choice(merge, scope)
        for branch in branches:
            self.text.flow(branch, merge)
        return merge

    def late(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """A wait that is given up when its time is over."""
        task, event = self.never(before, scope), self.name("event")
        self.event_on(task, event, scope, timer("PT30S"))
        return self.meeting(scope, task, self.sequence(event, body, scope, times))

    def reminded(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """A task beside which something more is done when it takes long."""
        task, event, end = self.service(before, scope, times), self.name("event"), self.name("end")
        self.event_on(task, event, scope, timer("PT5S"), interrupting=False)
        known = set(self.expected)
        self.text.node(end, NodeKind.END, scope).flow(self.sequence(event, body, scope, times), end)
        self.maybe |= self.expected.keys() - known
        return task

    def overtime(self, before: str, scope: str, times: int, body: list[Any], after: list[Any]) -> str:
        """A sub-process that never ends by itself: its time is over when much, little or nothing of it is done."""
        box, start, end, event = self.name("box"), self.name("start"), self.name("end"), self.name("event")
        known = set(self.expected)
        self.text.sub(box, scope=scope).flow(before, box)
        self.text.node(start, NodeKind.START, box).node(end, NodeKind.END, box)
        self.text.flow(self.never(self.sequence(start, body, box, times), box), end)
        self.maybe |= self.expected.keys() - known
        self.event_on(box, event, scope, timer("PT25S"))
        return self.meeting(scope, box, self.sequence(event, after, scope, times))

    def first(self, before: str, scope: str, times: int, taken: list[Any], left: list[Any]) -> str:
        """An event-based gateway: a time comes, a message never does."""
        gateway, clock = self.name("first"), self.name("clock")
        self.text.node(gateway, NodeKind.EVENT_BASED, scope).flow(before, gateway)
        self.text.node(clock, NodeKind.CATCH, scope, events=(timer("PT15S"),)).flow(gateway, clock)
        message = self.never(gateway, scope)
        return self.meeting(scope, self.sequence(clock, taken, scope, times), self.sequence(message, left, scope, 0))

    def raised(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """A task whose work always ends with a BPMN error."""
        task, event = self.name("bad"), self.name("event")
        self.text.service(task, "test.bad", scope).flow(before, task)
        self.expected[task] = times
        self.event_on(task, event, scope, Event(EventKind.ERROR, code="E"))
        return self.meeting(scope, task, self.sequence(event, body, scope, times))

    def many(self, before: str, scope: str, times: int, loop: Loop, count: int) -> str:
        return self.service(before, scope, times * count, loop=loop)

    def stop(self, before: str, scope: str, times: int) -> str:
        """A way out that ends everything in the scope, and is not taken."""
        which, end, after = self.name("which"), self.name("end"), self.name("task")
        self.text.choice(which, scope).node(end, NodeKind.END, scope, events=(Event(EventKind.TERMINATE),))
        self.text.service(after, scope=scope).flow(before, which).flow(which, end, when="false")
        self.text.flow(which, after, default=True)
        self.expected[after] = times
        return after

    def loop(self, before: str, scope: str, times: int, body: list[Any], rounds: int) -> str:
        head, again, counter = self.name("head"), self.name("again"), self.name("n")
        reset, count, after = self.name("reset"), self.name("count"), self.name("task")
        self.text.script(reset, "0", counter, scope).choice(head, scope).choice(again, scope)
        self.text.script(count, f"{counter} + 1", counter, scope).flow(before, reset, head)
        self.text.flow(self.sequence(head, body, scope, times * rounds), count, again)
        self.text.flow(again, head, when=f"{counter} < {rounds}").service(after, scope=scope)
        self.text.flow(again, after, default=True)
        self.expected[after] = times
        return after


WIDE = ("task", "both", "either", "some", "fan", "box", "loop", "exit", "beside", "stop")
"""What the token game by brute force knows."""
FULL = (*WIDE, "late", "reminded", "overtime", "first", "raised", "many", "again")
"""Every kind of block."""
SPINE = ("task", "both", "either", "box", "loop")


PARTS = {"box": 1, "late": 1, "raised": 1, "overtime": 2, "first": 2}
PARTS |= {"undone": 1, "deal": 2, "called_off": 2, "noticed": 2, "broken": 2, "becomes": 1, "broadcast": 1, "told": 1}
PARTS |= {"escalated": 2, "given_up": 2, "cut": 1, "enough": 2, "mapped": 1, "misled": 1}
"""Blocks that are made of one or more bodies."""


def random_body(random: Random, depth: int = 2, kinds: tuple[str, ...] = SPINE) -> list[Any]:
    """One to three blocks."""
    return [_random_block(random, depth, kinds) for _ in range(random.randint(1, 3))]


def _random_block(random: Random, depth: int, kinds: tuple[str, ...]) -> Any:
    kind = random.choice(kinds) if depth else "task"

    def bodies(number: int) -> list[list[Any]]:
        return [random_body(random, depth - 1, kinds) for _ in range(number)]

    if kind in PARTS:
        return (kind, *bodies(PARTS[kind]))
    if kind in ("both", "fan"):
        return (kind, bodies(random.randint(2, 3)))
    if kind == "either":
        return (kind, bodies(2), random.randint(0, 1))
    if kind == "some":
        chosen = [random.random() < 0.5 for _ in range(random.randint(2, 3))]
        return (kind, bodies(len(chosen)), chosen if any(chosen) else [True] * len(chosen))
    if kind == "loop":
        return (kind, *bodies(1), random.randint(1, 2))
    if kind == "exit":
        return ("guarded", *bodies(1), True)
    return _random_leaf(random, kind)


def _random_leaf(random: Random, kind: str) -> Any:
    """Blocks with nothing else in them."""
    count = random.randint(1, 3)
    if kind == "many":
        return (kind, Loop(sequential=random.random() < 0.5, cardinality=str(count)), count)
    if kind == "again":
        return ("many", Loop(multi=False, condition="true", maximum=count), count)
    if kind == "beside":
        return ("guarded", [("task",)] * count, False)
    if kind == "reminded":
        return (kind, [("task",)])
    if kind in ("chosen", "gathered"):
        return (kind, count == 1)
    return (kind,)
