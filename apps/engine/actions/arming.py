"""Start events of a version in force: when each of them begins a run next. The rules are decision 13."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.calendars.selectors import business_date_at, next_moment
from apps.engine import events, store
from apps.engine.actions.reaching import SIGNAL
from apps.engine.conf import conf
from apps.engine.core.expressions import ExpressionFailed, cycle_of, instant_of, value_of
from apps.engine.errors import MessageTaken, StartUnusable
from apps.engine.models import Start
from apps.journal.actions import append_all
from apps.processes.core.plan import Event, EventKind, Node, NodeKind, Plan
from apps.processes.models import Process, ProcessVersion
from apps.processes.selectors import plan_of
from apps.processes.states import VersionState

_BEGINS = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL})


@transaction.atomic
def arm_starts(*, process_id: int) -> list[Start]:
    """The triggers of the version in force, in place of those of the one before. A trigger that is the same in both goes on
    where it stood: no beat of its timer is lost, and none comes twice."""
    process = Process.objects.select_related("line").get(pk=process_id)
    version = ProcessVersion.objects.filter(process=process, state=VersionState.PUBLISHED).defer("model_xml").first()
    before = list(Start.objects.select_for_update(of=("self",)).filter(process=process).select_related("version"))
    kept = {(start.node_id, start.part): start for start in before}
    armed = []
    for node, part, event in triggers_of(plan_of(version)) if version is not None else ():
        start = Start(process=process, version=version, node_id=node.id, part=part, kind=event.kind.value, name=name_of(event))
        earlier = kept.get((node.id, part))
        if earlier is not None and event_of(earlier) == event:
            start.due_at, start.left, start.business_date = earlier.due_at, earlier.left, earlier.business_date
            start.holds = earlier.holds
        else:
            _begin_schedule(start, event)
        if event.kind is EventKind.MESSAGE:
            _require_free(start)
        armed.append(start)
    Start.objects.filter(process=process).delete()
    Start.objects.bulk_create(armed)
    append_all([armed_fact(start) for start in armed], actor=None)
    return armed


def triggers_of(plan: Plan) -> Iterator[tuple[Node, int, Event]]:
    """What begins runs of this plan: the element that has it, its place among the element's events, and the event."""
    for node in plan.inside(""):
        receives = node.instantiate and node.kind is NodeKind.RECEIVE_TASK
        if receives or (node.kind is NodeKind.START and not node.waits_for_all):
            yield from _of_element(node)
        elif node.instantiate:
            for flow in node.outgoing:
                yield from _behind_gateway(plan.nodes[plan.flows[flow].target])


def _behind_gateway(node: Node) -> Iterator[tuple[Node, int, Event]]:
    """A timer there has no moment to count from before the run has begun, and then it waits in the run."""
    if not node.waits_for_all:
        yield from (found for found in _of_element(node) if found[2].kind is not EventKind.TIMER)


def _of_element(node: Node) -> Iterator[tuple[Node, int, Event]]:
    if node.kind is NodeKind.RECEIVE_TASK:
        yield node, 0, Event(EventKind.MESSAGE, name=node.message)
        return
    for part, event in enumerate(node.events):
        if event.kind in _BEGINS:
            yield node, part, event


def event_of(start: Start) -> Event | None:
    """The event of the model that a row stands for."""
    found = triggers_of(plan_of(start.version))
    return next((event for node, part, event in found if (node.id, part) == (start.node_id, start.part)), None)


def name_of(event: Event) -> str:
    """Under which messages arrive that bring the event about; "" when none do."""
    if event.kind is EventKind.SIGNAL:
        return SIGNAL + (event.name or "")
    return event.name or "" if event.kind is EventKind.MESSAGE else ""


def names_at(instant: datetime) -> dict[str, Any]:
    """What the expressions of a start event see: there is no run yet."""
    return {"business date": business_date_at(conf.BUSINESS_CALENDAR, instant), "run": {}}


def holds_now(start: Start, event: Event, now: datetime) -> bool:
    """Whether the condition of a conditional start event is true; one that cannot be told is not."""
    try:
        return value_of(event.condition or "null", names_at(now), now) is True
    except ExpressionFailed:
        return False


def wind_on(start: Start, event: Event, now: datetime) -> None:
    """Sets a timer that has fired to its next moment after now; what was missed meanwhile is one occurrence, not many."""
    timer = event.timer
    start.left = None if start.left is None else start.left - 1
    if timer is None or start.left == 0 or start.due_at is None:
        start.due_at = None
    elif timer.time_node is not None:
        start.business_date, start.due_at = next_moment(timer.time_node, max(now, start.due_at))
    elif timer.cycle is not None:
        start.due_at, _ = _after(now, start.due_at, _interval(timer.cycle, now))
    else:
        start.due_at = None


def _begin_schedule(start: Start, event: Event) -> None:
    """From publication on: what lies in the past by then never fires."""
    now = store.database_now()
    try:
        if event.kind is EventKind.TIMER:
            _begin_timer(start, event, now)
        elif event.kind is EventKind.CONDITIONAL:
            value_of(event.condition or "null", names_at(now), now)
    except (ExpressionFailed, OverflowError, ValueError) as failure:
        raise StartUnusable(element=start.node_id, problem=str(failure)) from failure


def _begin_timer(start: Start, event: Event, now: datetime) -> None:
    timer = event.timer
    if timer is None:
        return
    if timer.time_node is not None:
        start.business_date, start.due_at = next_moment(timer.time_node, now)
        return
    if timer.cycle is None:
        due = _instant(instant_of(timer, names_at(now), now), now)
        start.left, start.due_at = 1, due if due > now or timer.duration else None
        return
    times, when = cycle_of(timer.cycle, names_at(now), now, first=True)
    due, passed = _instant(when, now), 0
    if due <= now:
        due, passed = _after(now, due, _interval(timer.cycle, now))
    start.left = None if times < 0 else max(times - passed, 0)
    start.due_at = due if start.left != 0 else None


def _instant(when: dict[str, Any], now: datetime) -> datetime:
    return now + timedelta(seconds=when["seconds"]) if "seconds" in when else datetime.fromisoformat(when["instant"])


def _interval(cycle: str, now: datetime) -> timedelta:
    _, when = cycle_of(cycle, names_at(now), now, first=False)
    interval = timedelta(seconds=when["seconds"])
    if interval < timedelta(seconds=1):
        raise ExpressionFailed(f"{cycle} comes more often than once a second")
    return interval


def _after(now: datetime, due: datetime, interval: timedelta) -> tuple[datetime, int]:
    """The first beat after now, and how many beats from `due` on are over by then."""
    over = max((now - due) // interval + 1, 1)
    return due + over * interval, over


def _require_free(start: Start) -> None:
    """A message goes to one receiver: two processes that begin by the same one would leave it to chance."""
    other = Start.objects.filter(name=start.name, kind=EventKind.MESSAGE.value).exclude(process=start.process)
    taken = other.select_related("process").first()
    if taken is not None:
        raise MessageTaken(message=start.name, process=taken.process)


def armed_fact(start: Start) -> events.StartArmed:
    return events.StartArmed(
        process=start.process.key,
        line=start.process.line.code,
        node=start.node_id,
        version=start.version.number,
        trigger=start.kind,
        name=start.name,
        due_at=start.due_at.isoformat() if start.due_at else "",
    )
