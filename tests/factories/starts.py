"""Processes that begin by themselves."""

from datetime import UTC, date, datetime, timedelta

from apps.engine import actions
from apps.engine.models import Run
from apps.engine.states import Verb
from apps.kernel import clock
from apps.processes.core.plan import Event, EventKind, Mapping, NodeKind, Timer
from tests.factories import engine as made
from tests.factories.engine import PlanText

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Monday, 12:00 in Shanghai
MONDAY = date(2026, 3, 2)


def later(seconds: float):
    return clock.fixed_at(NOON + timedelta(seconds=seconds))


def timed(key: str = "P", **when: str) -> PlanText:
    return starting(Event(EventKind.TIMER, timer=Timer(**when)), key=key)


def starting(*events: Event, key: str = "P", outputs: tuple[Mapping, ...] = ()) -> PlanText:
    text = PlanText(key).node("begin", NodeKind.START, events=events, outputs=outputs)
    return text.user("ask").flow("begin", "ask", "end")


def mail(name: str = "mail") -> Event:
    return Event(EventKind.MESSAGE, name=name)


def send(key: str = "k", once: str = "1", name: str = "mail", **payload: object) -> None:
    actions.deliver_message(name=name, key=key, payload=payload, once=once)
    actions.sweep()  # does what the commit would have set going


def begun() -> list[tuple[date, str]]:
    return list(Run.objects.order_by("id").values_list("business_date", "key"))


def end_all() -> None:
    made.alone(Verb.TERMINATE)
    for run in Run.objects.filter(state="running"):
        actions.terminate_run(run_id=run.pk, actor=made.operator(), reason="drill")
