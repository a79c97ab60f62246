"""The rest of BPMN as blocks of random models, and what each of them must do, told without the engine.

A sub-process of its own surrounds whatever ends, cancels or undoes a scope, so that each block can stand anywhere.
"""

from typing import Any

from apps.processes.core.plan import AdHoc, Event, EventKind, Loop, NodeKind
from tests.factories.engine import PlanText, mapping
from tests.simulation.models import FULL, PARTS, AddTask, Builder, service

CALLED, MISLED = "CALLED", "MISLED"
"""Processes that are called: one returns m = n + 1, the other ends with the error C."""


class Elements(Builder):
    """Compensation, transactions, event sub-processes, signals, messages, calls and more.

    `bookings` are activities that an enclosing block may still undo; `values` are what variables must be in the end, as
    far as the element named with them has been done; `calls` are the processes that the model needs.
    """

    def __init__(self, add_task: AddTask = service, key: str = "P") -> None:
        super().__init__(add_task, key)
        self.bookings: list[tuple[str, str]] = []
        self.undoing: dict[str, tuple[str, str]] = {}
        self.values: dict[str, tuple[str, Any]] = {}
        self.calls = set[str]()
        self.hearers: dict[str, str] = {}

    # -- what must hold -----------------------------------------------------------------------------------------

    def wrong_values(self, variables: dict[str, Any]) -> str:
        """Variables that are not what the model must have made of them, "" for none."""
        certain = {n: v for n, (element, v) in self.values.items() if self.expected[element] and element not in self.maybe}
        wrong = {name: variables.get(name) for name, value in certain.items() if variables.get(name) != value}
        return f"variables {wrong}, not {[certain[name] for name in wrong]}" if wrong else ""

    def may_stay(self) -> set[str]:
        """Names of messages that nobody may be left to hear: time was over before."""
        return {name for name, hears in self.hearers.items() if hears in self.maybe}

    def disorder(self, ended: list[str]) -> str:
        """Of two activities of one scope the later one is undone first; `ended` are elements in order of completion."""
        last = {name: number for number, name in enumerate(ended) if ended.count(name) == 1} if self.undoing else {}
        undone = [
            (scope, last[task], last[undo]) for undo, (scope, task) in self.undoing.items() if undo in last and task in last
        ]
        for scope, done, back in undone:
            for other, later, sooner in undone:
                if scope == other and done < later and back < sooner:
                    return f"{ended[done]} was done before {ended[later]}, and undone before it"
        return ""

    def _undone_from(self, mark: int, *, for_sure: bool = True) -> None:
        """Whatever was booked since the mark is undone as often as it was done."""
        for task, undo in self.bookings[mark:]:
            self.expected[undo] = self.expected[task]
            if not for_sure:
                self.maybe.add(undo)
        del self.bookings[mark:]

    # -- pieces -------------------------------------------------------------------------------------------------

    def opened(self, before: str, scope: str, kind: NodeKind = NodeKind.SUB_PROCESS, **parts: Any) -> tuple[str, str]:
        """A sub-process and its start event."""
        box, start = self.name("box"), self.name("start")
        self.text.node(box, kind, scope, **parts).flow(before, box).node(start, NodeKind.START, box)
        return box, start

    def ended(self, before: str, scope: str, *events: Event) -> None:
        end = self.name("end")
        self.text.node(end, NodeKind.END, scope, events=events).flow(before, end)

    def thrown(self, before: str, scope: str, event: Event, **parts: Any) -> str:
        name = self.name("says")
        self.text.node(name, NodeKind.THROW, scope, events=(event,), **parts).flow(before, name)
        return name

    def caught(self, before: str, scope: str, times: int, event: Event) -> str:
        name = self.name("hears")
        self.text.node(name, NodeKind.CATCH, scope, events=(event,)).flow(before, name)
        self.expected[name] = times
        return name

    def beside(self, box: str, times: int, event: Event, body: list[Any], *, interrupting: bool) -> None:
        """An event sub-process. What is done in it cannot be undone from outside."""
        sub, start, mark = self.name("handler"), self.name("start"), len(self.bookings)
        self.text.node(sub, NodeKind.EVENT_SUB_PROCESS, box)
        self.text.node(start, NodeKind.START, sub, events=(event,), interrupting=interrupting)
        self.ended(self.sequence(start, body, sub, times), sub)
        del self.bookings[mark:]

    def forked(self, before: str, scope: str) -> tuple[str, str]:
        split, join = self.name("split"), self.name("join")
        self.text.fork(split, scope).fork(join, scope).flow(before, split)
        return split, join

    # -- compensation -------------------------------------------------------------------------------------------

    def booked(self, before: str, scope: str, times: int) -> str:
        """A task with another that undoes it."""
        undo = self.name("undo")
        task = self.service(before, scope, times, compensated_by=undo)
        self.text.service(undo, scope=scope, is_compensation=True)
        self.expected[undo] = 0
        self.bookings.append((task, undo))
        self.undoing[undo] = (scope, task)
        return task

    def undone(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """All that was done in a scope is undone."""
        box, start = self.opened(before, scope)
        mark = len(self.bookings)
        last = self.booked(self.booked(self.sequence(start, body, box, times), box, times), box, times)
        last = self.service(last, box, times)
        self.ended(self.thrown(last, box, Event(EventKind.COMPENSATION)), box)
        self._undone_from(mark)
        return box

    def deal(self, before: str, scope: str, times: int, body: list[Any], after: list[Any]) -> str:
        """A transaction that is not cancelled, as nobody takes the way there."""
        box, start = self.opened(before, scope, NodeKind.TRANSACTION)
        which, off = self.name("which"), self.name("event")
        self.text.choice(which, box).flow(self.booked(self.sequence(start, body, box, times), box, times), which)
        cancel, end = self.name("end"), self.name("end")
        self.text.node(cancel, NodeKind.END, box, events=(Event(EventKind.CANCEL),)).node(end, NodeKind.END, box)
        self.text.flow(which, cancel, when="false").flow(which, end, default=True)
        self.event_on(box, off, scope, Event(EventKind.CANCEL))
        return self.meeting(scope, box, self.sequence(off, after, scope, 0))

    def called_off(self, before: str, scope: str, times: int, body: list[Any], after: list[Any]) -> str:
        """A transaction that is cancelled while something in it still waits."""
        box, start = self.opened(before, scope, NodeKind.TRANSACTION)
        mark, (split, join) = len(self.bookings), self.forked(start, box)
        self.text.flow(self.never(split, box), join)
        self.ended(join, box)
        self.ended(self.booked(self.sequence(split, body, box, times), box, times), box, Event(EventKind.CANCEL))
        self._undone_from(mark)
        off = self.name("event")
        self.event_on(box, off, scope, Event(EventKind.CANCEL))
        return self.meeting(scope, box, self.sequence(off, after, scope, times))

    # -- event sub-processes ------------------------------------------------------------------------------------

    def noticed(self, before: str, scope: str, times: int, body: list[Any], handled: list[Any]) -> str:
        """An escalation is heard beside the work, which goes on."""
        box, start = self.opened(before, scope)
        said = self.thrown(self.sequence(start, body, box, times), box, Event(EventKind.ESCALATION, code="X"))
        self.ended(self.service(said, box, times), box)
        self.beside(box, times, Event(EventKind.ESCALATION, code="X"), [("task",), *handled], interrupting=False)
        return box

    def broken(self, before: str, scope: str, times: int, body: list[Any], handled: list[Any]) -> str:
        """An error ends the work of its scope, where something still waits, and is dealt with there."""
        box, start = self.opened(before, scope)
        mark, (split, join) = len(self.bookings), self.forked(start, box)
        self.text.flow(self.never(split, box), join)
        self.ended(join, box)
        self.ended(self.sequence(split, body, box, times), box, Event(EventKind.ERROR, code="E"))
        self._undone_from(mark, for_sure=False)
        self.beside(box, times, Event(EventKind.ERROR, code="E"), [("task",), *handled], interrupting=True)
        return box

    def becomes(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """A condition comes true by the run's own doing: who waits for it goes on, and beside the work it is dealt with."""
        flag = self.name("flag")
        box, start = self.opened(before, scope, inputs=mapping(**{flag: "0"}))
        (split, join), turn = self.forked(start, box), self.name("turn")
        true = Event(EventKind.CONDITIONAL, condition=f"{flag} = 1")
        self.text.flow(self.caught(split, box, times, true), join)
        self.text.script(turn, "1", flag, box).flow(self.sequence(split, body, box, times), turn)
        self.text.flow(self.service(turn, box, times), join)
        self.ended(join, box)
        self.beside(box, times, true, [("task",)], interrupting=False)
        return box

    # -- signals and messages -----------------------------------------------------------------------------------

    def broadcast(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """Everybody who waits for a signal hears it, in this scope and in another."""
        signal, (split, join) = Event(EventKind.SIGNAL, name=f"{self.text.key} {self.name('signal')}"), self.forked(before, scope)
        self.text.flow(self.caught(split, scope, times, signal), join)
        box, start = self.opened(split, scope)
        self.ended(self.caught(start, box, times, signal), box)
        self.text.flow(box, join)
        self.text.flow(self.thrown(self.sequence(split, body, scope, times), scope, signal), join)
        return join

    def shout(self, before: str, scope: str, times: int) -> str:
        """A signal that comes in the moment in which somebody has begun to wait for it."""
        signal, (split, join) = Event(EventKind.SIGNAL, name=f"{self.text.key} {self.name('signal')}"), self.forked(before, scope)
        self.text.flow(self.caught(split, scope, times, signal), join).flow(self.thrown(split, scope, signal), join)
        return join

    def told(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """Three wait for messages of one name, two of them with the same key: each has what is meant for it, and once."""
        name, (split, join) = self.name("message"), self.forked(before, scope)
        for key in ("one", "two", "two"):
            hears, value = self.name("hears"), self.name("v")
            told = {"outputs": mapping(**{value: "word"})}
            self.text.receive(hears, f"{self.text.key} {name}", f'"{key}"', scope=scope, **told).flow(split, hears)
            self.text.flow(hears, join)
            self.expected[hears] = times
            self.values[value] = (hears, key)
            self.hearers[f"{self.text.key} {name}"] = hears
        last = self.sequence(split, body, scope, times)
        for key in ("two", "one", "two"):
            event = Event(EventKind.MESSAGE, name=f"{self.text.key} {name}", correlation=f'"{key}"')
            last = self.thrown(last, scope, event, inputs=mapping(word=f'"{key}"'))
        self.text.flow(last, join)
        return join

    # -- escalations, ends, links -------------------------------------------------------------------------------

    def escalated(self, before: str, scope: str, times: int, body: list[Any], heard: list[Any]) -> str:
        """A sub-process says something to who stands beside it, and goes on; both have to end."""
        around, outer = self.opened(before, scope)
        box, start = self.opened(outer, around)
        says = self.thrown(self.sequence(start, body, box, times), box, Event(EventKind.ESCALATION, code="X"))
        self.ended(self.service(says, box, times), box)
        self.ended(box, around)
        event = self.name("event")
        self.event_on(box, event, around, Event(EventKind.ESCALATION, code="X"), interrupting=False)
        self.ended(self.sequence(self.service(event, around, times), heard, around, times), around)
        return around

    def given_up(self, before: str, scope: str, times: int, body: list[Any], after: list[Any]) -> str:
        """A sub-process is ended by what it says; what was done in it stays done."""
        box, start = self.opened(before, scope)
        mark = len(self.bookings)
        says = self.thrown(self.sequence(start, body, box, times), box, Event(EventKind.ESCALATION, code="X"))
        self.ended(self.service(says, box, 0), box)
        del self.bookings[mark:]
        event = self.name("event")
        self.event_on(box, event, scope, Event(EventKind.ESCALATION))
        return self.meeting(scope, box, self.sequence(event, after, scope, times))

    def cut(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """An end event ends everything else in its scope."""
        box, start = self.opened(before, scope)
        mark, (split, join) = len(self.bookings), self.forked(start, box)
        self.text.flow(self.never(split, box), join)
        self.ended(join, box)
        self.ended(self.sequence(split, body, box, times), box, Event(EventKind.TERMINATE))
        self._undone_from(mark, for_sure=False)
        return box

    def linked(self, before: str, scope: str, times: int) -> str:
        link, lands = Event(EventKind.LINK, name=self.name("link")), self.name("lands")
        self.thrown(before, scope, link)
        self.text.node(lands, NodeKind.CATCH, scope, events=(link,))
        return self.service(lands, scope, times)

    # -- gateways and activities --------------------------------------------------------------------------------

    def enough(self, before: str, scope: str, times: int, one: list[Any], two: list[Any]) -> str:
        """Two of three branches are enough to go on; the third waits for ever until it is cut off."""
        box, start = self.opened(before, scope)
        split, join = self.name("split"), self.name("enough")
        mark = len(self.bookings)
        self.text.node(split, NodeKind.COMPLEX, box).flow(start, split)
        self.text.node(join, NodeKind.COMPLEX, box, activation="activationCount >= 2")
        for branch in (one, two):
            self.text.flow(self.sequence(self.service(split, box, times), branch, box, times), join)
        self.text.flow(self.never(split, box), join)
        self.ended(self.service(join, box, times), box, Event(EventKind.TERMINATE))
        self._undone_from(mark, for_sure=False)
        return box

    def chosen(self, before: str, scope: str, times: int, sequential: bool) -> str:
        """The activities of an ad-hoc sub-process."""
        box = self.name("box")
        self.text.node(box, NodeKind.AD_HOC, scope, ad_hoc=AdHoc(sequential=sequential)).flow(before, box)
        for _ in range(2):
            task = self.name("task")
            self.text.service(task, scope=box)
            self.expected[task] = times
        return box

    def gathered(self, before: str, scope: str, times: int, sequential: bool) -> str:
        """Once for each item of a list, and a list of what came of it."""
        result = self.name("list")
        items = Loop(sequential=sequential, collection="[3, 1, 2]", element="x", output_collection=result, output_element="x * 2")
        task = self.service(before, scope, times * 3, loop=items)
        self.values[result] = (task, [6, 2, 4])
        return task

    def mapped(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """A sub-process with a variable of its own, which nobody outside sees, and a result."""
        inside, result, more = self.name("inside"), self.name("result"), self.name("more")
        box, start = self.opened(before, scope, inputs=mapping(**{inside: "40 + 1"}), outputs=mapping(**{result: inside}))
        self.text.script(more, f"{inside} + 1", inside, box).flow(self.sequence(start, body, box, times), more)
        task = self.service(more, box, times)
        self.ended(task, box)
        self.values |= {result: (task, 42), inside: (task, None)}
        return box

    def called(self, before: str, scope: str, times: int) -> str:
        """Another process, with a value that goes in and one that comes out."""
        call, result = self.name("call"), self.name("m")
        self.text.call(call, CALLED, scope=scope, inputs=mapping(n="1"), outputs=mapping(**{result: "m"})).flow(before, call)
        self.expected[call] = times
        self.values[result] = (call, 2)
        self.calls.add(CALLED)
        return call

    def misled(self, before: str, scope: str, times: int, body: list[Any]) -> str:
        """Another process that ends with an error."""
        call, event = self.name("call"), self.name("event")
        self.text.call(call, MISLED, scope=scope).flow(before, call)
        self.event_on(call, event, scope, Event(EventKind.ERROR, code="C"))
        self.calls.add(MISLED)
        return self.meeting(scope, call, self.sequence(self.service(event, scope, times), body, scope, times))


def called_texts() -> dict[str, PlanText]:
    """The processes that are called."""
    called = PlanText(CALLED).service("work").script("adds", "n + 1", "m").flow("start", "work", "adds", "end")
    misled = PlanText(MISLED).service("work").event("off", NodeKind.END, Event(EventKind.ERROR, code="C"))
    return {CALLED: called, MISLED: misled.flow("start", "work", "off")}


LEAVES = ("booked", "linked", "shout", "chosen", "gathered", "called")
EVERY = (*FULL, *LEAVES, *(kind for kind in PARTS if kind not in FULL))
"""Every kind of block there is."""
