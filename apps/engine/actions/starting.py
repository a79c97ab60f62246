"""Runs that begin by themselves: a time, a condition, a message or a signal has come. Each begins once, over restarts."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.calendars.selectors import business_date_at
from apps.engine import core, events, store
from apps.engine.actions.arming import event_of, holds_now, wind_on
from apps.engine.actions.runs import after_changes, begun
from apps.engine.conf import conf
from apps.engine.errors import AlreadyBegun, ChangesWait
from apps.engine.models import Beginning, Message, Run, Start, Subscription
from apps.engine.states import LIVE_RUN
from apps.journal.actions import append
from apps.kernel.crashpoint import crashpoint
from apps.kernel.errors import DomainError
from apps.processes.core.plan import EventKind
from apps.processes.models import Process

# -- times and conditions ------------------------------------------------------------------------------------------


@after_changes
@transaction.atomic
def begin_when_due(start_id: int) -> None:
    """Begins the run of a due timer and sets the timer to its next moment; exactly one caller does it."""
    start, now = _locked(Start.objects.filter(pk=start_id)), store.database_now()
    event = event_of(start) if start is not None else None
    if start is None or event is None or start.due_at is None or start.due_at > now:
        return
    day = start.business_date or business_date_at(conf.BUSINESS_CALENDAR, start.due_at)
    wind_on(start, event, now)
    start.save(update_fields=["due_at", "left", "business_date"])
    crashpoint("start.due")
    _begin_or_refuse(start, day, {})


def turned_conditions() -> list[int]:
    """Conditional start events whose condition is not what it was when it was last looked at. One query, when none turned."""
    now = store.database_now()
    found = Start.objects.filter(kind=EventKind.CONDITIONAL.value).select_related("version")
    pairs = [(start, event_of(start)) for start in found.order_by("id")]
    return [start.pk for start, event in pairs if event is not None and holds_now(start, event, now) != start.holds]


@after_changes
@transaction.atomic
def begin_when_true(start_id: int) -> None:
    """Begins a run when the condition has come true; it must be false again before it counts once more."""
    start, now = _locked(Start.objects.filter(pk=start_id)), store.database_now()
    event = event_of(start) if start is not None else None
    if start is None or event is None or holds_now(start, event, now) == start.holds:
        return
    start.holds = not start.holds
    start.save(update_fields=["holds"])
    if start.holds:
        _begin_or_refuse(start, business_date_at(conf.BUSINESS_CALENDAR, now), {})


# -- messages and signals ------------------------------------------------------------------------------------------


def note_beginnings(message: Message) -> list[int]:
    """Writes down, in the transaction that keeps the message, which processes it is to begin a run of."""
    starts = Start.objects.filter(name=message.name).order_by("process_id")
    processes = list(dict.fromkeys(starts.values_list("process_id", flat=True)))
    day = business_date_at(conf.BUSINESS_CALENDAR, message.received_at) if processes else date.min
    return [Beginning.objects.create(process_id=pk, message=message, business_date=day).pk for pk in processes]


def beginnings_to_make() -> QuerySet[Beginning]:
    """Runs that a message is still to begin and nothing keeps from beginning. One query."""
    key = OuterRef("message__key")
    live = Run.objects.filter(process=OuterRef("process"), parent_step=None, state__in=LIVE_RUN, key=key)
    live = live.filter(~Q(key="") | Q(business_date=OuterRef("business_date")))
    waits = Subscription.objects.filter(name=OuterRef("message__name"), key=key, after__lt=OuterRef("message_id"))
    kept_back = Q(message__retained=False, message__consumed=False) & (Exists(live) | Exists(waits))
    return Beginning.objects.exclude(kept_back).order_by("id")


@after_changes
@transaction.atomic
def begin_by_message(beginning_id: int) -> None:
    """Begins the run that a message is to begin, or nothing when a waiting run has taken it.

    A message is for one receiver: while a run waits for it, or a run that its key has begun is live, it stays. A signal and
    a retained message are for everybody and wait for nobody: they begin a run now or not at all.
    """
    if not beginnings_to_make().filter(pk=beginning_id).exists():
        return
    beginning = Beginning.objects.select_for_update(of=("self",)).filter(pk=beginning_id).first()
    if beginning is None:
        return
    message = Message.objects.select_for_update(of=("self",)).get(pk=beginning.message_id)
    start = _locked(Start.objects.filter(process=beginning.process_id, name=message.name))
    if start is None or message.consumed:
        beginning.delete()
        return
    if message.retained:
        beginning.delete()
        _begin_or_refuse(start, beginning.business_date, message.payload, message)
        return
    try:
        _begin(start, beginning.business_date, message.payload, message)
    except ChangesWait:
        raise
    except AlreadyBegun:
        return  # another message with its key was faster: this one waits until that run has ended
    except DomainError as refusal:
        _say_refused(start, beginning.business_date, refusal)
    beginning.delete()
    Message.objects.filter(pk=message.pk).update(consumed=True)
    crashpoint("start.message")


# -- both ----------------------------------------------------------------------------------------------------------


def due_starts() -> QuerySet[Start]:
    """Timers whose moment has come, the earliest first. One query."""
    return Start.objects.filter(due_at__lte=store.database_now()).order_by(F("due_at").asc())


def _locked(starts: QuerySet[Start]) -> Start | None:
    """The first of these rows. Its process is locked before it, as whoever puts another version in force does."""
    process_id = starts.values_list("process_id", flat=True).first()
    if process_id is None:
        return None
    Process.objects.select_for_update(no_key=True).get(pk=process_id)
    return starts.select_for_update(of=("self",)).select_related("version", "process__line").order_by("id").first()


def _begin(start: Start, day: date, payload: dict[str, Any], message: Message | None = None) -> None:
    key, number = (message.key, message.pk) if message is not None else ("", 0)
    by = core.Started(start.node_id, payload)
    with transaction.atomic():
        begun(start.process, [day], actor=None, by=by, key=key, message=number)


def _begin_or_refuse(start: Start, day: date, payload: dict[str, Any], message: Message | None = None) -> None:
    try:
        _begin(start, day, payload, message)
    except ChangesWait:
        raise
    except DomainError as refusal:
        _say_refused(start, day, refusal)


def _say_refused(start: Start, day: date, refusal: DomainError) -> None:
    process = start.process
    fact = events.StartRefused(
        process=process.key, line=process.line.code, node=start.node_id, business_date=day.isoformat(), problem=str(refusal)
    )
    append(fact, actor=None)
