"""Messages come in and answer the steps that wait for them."""

from functools import partial
from typing import Any

from django.apps import apps as django_apps
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.engine import core, events, store
from apps.engine.actions.advancing import advance
from apps.engine.actions.reaching import ERROR, ESCALATION, SIGNAL
from apps.engine.actions.starting import begin_by_message, note_beginnings
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.errors import NobodyWaits, ReservedName, VariablesRefused
from apps.engine.models import Message, Start, Subscription
from apps.engine.states import StepState
from apps.journal.actions import append_all
from apps.kernel import clock
from apps.kernel.crashpoint import crashpoint
from apps.kernel.ids import stable_key
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right
from apps.processes.models import Process


def deliver_message(*, name: str, key: str, payload: dict[str, Any], once: str, retained: bool = False) -> None:
    """Keeps the message in the caller's transaction, once per `once`; after the commit the waiting steps are answered, and
    then the run begins that it is to begin."""
    try:
        with transaction.atomic():
            message = Message.objects.create(
                name=name, key=key, payload=payload, once=once, retained=retained, received_at=clock.now()
            )
    except IntegrityError:
        return  # the sender said it before
    transaction.on_commit(partial(answer_waits, name=name, key=key), robust=True)
    for beginning in note_beginnings(message):
        transaction.on_commit(partial(begin_by_message, beginning), robust=True)


@transaction.atomic
def send_message(*, name: str, key: str, payload: dict[str, Any], once: str, actor: User) -> None:
    """A message from outside, for one receiver: the run that waits for it, else the run that it begins. It is heard once."""
    _require_free_name(name)
    waiting = Subscription.objects.filter(name=name, key=key).values_list("step__run__process", flat=True)
    _say(name, key, payload, once, actor, processes={*waiting, *_begun_by(name)}, called=name)


@transaction.atomic
def broadcast_signal(*, name: str, payload: dict[str, Any], once: str, actor: User) -> None:
    """A signal from outside: to every run that waits for it now, and to every process that begins by it."""
    waiting = Subscription.objects.filter(name=SIGNAL + name, key="").values_list("step__run__process", flat=True)
    processes = {*waiting, *_begun_by(SIGNAL + name)}
    _say(SIGNAL + name, "", payload, once, actor, processes=processes, called=name, retained=True)


def _begun_by(name: str) -> QuerySet[Start, int]:
    return Start.objects.filter(name=name).values_list("process", flat=True)


def _require_free_name(name: str) -> None:
    """What an app of the house says, such as that a market file is here, nobody else may say."""
    house = {config.label for config in django_apps.get_app_configs()}
    if name.startswith(SIGNAL) or name in (ERROR, ESCALATION) or ("." in name and name.split(".")[0] in house):
        raise ReservedName(name=name)


def _say(
    name: str,
    key: str,
    payload: dict[str, Any],
    once: str,
    actor: User,
    *,
    processes: set[int],
    called: str,
    retained: bool = False,
) -> None:
    """Refused unless the actor may intervene in every process that hears it; one that they cannot see hears nothing."""
    once = str(stable_key("sent", actor.pk, once))
    if Message.objects.filter(once=once).exists():
        return
    heard = list(Process.objects.filter(pk__in=processes).select_related("line").order_by("line__code", "key"))
    if not any(may(actor, Right.VIEW, process.line, process.pk) for process in heard):
        raise NobodyWaits(name=called)
    for process in heard:
        require(actor, Right.INTERVENE, process.line, process.pk)
    try:
        payload = as_json(payload)
        require_bounded(payload)
    except ExpressionFailed as refusal:
        raise VariablesRefused(problem=str(refusal)) from refusal
    append_all(
        [events.MessageSent(line=line, name=name, key=key) for line in dict.fromkeys(process.line.code for process in heard)],
        actor=actor,
    )
    deliver_message(name=name, key=key, payload=payload, once=once, retained=retained)


def answer_waits(*, name: str, key: str) -> None:
    """Lets every wait for this message that it can answer go on, oldest first."""
    for wait in list(Subscription.objects.filter(name=name, key=key).order_by("id").values_list("pk", flat=True)):
        answer_wait(subscription_id=wait)


def answerable_waits() -> QuerySet[Subscription]:
    """Waits whose message is here although nobody has told them. One query."""
    fitting = Message.objects.filter(_USABLE, name=OuterRef("name"), key=OuterRef("key"), pk__gt=OuterRef("after"))
    going = Subscription.objects.filter(step__run__is_paused=False, step__run__pause=None)
    return going.filter(Exists(fitting)).order_by("id")


_USABLE = Q(retained=True) | Q(consumed=False)


@transaction.atomic
def answer_wait(*, subscription_id: int) -> None:
    """Gives the newest retained message, or the oldest of the others, to one waiting step; without one nothing happens.

    A retained message answers a node of a run once: a file that was sent back is not picked up again, its replacement is.
    """
    seen = Subscription.objects.select_related("step").filter(pk=subscription_id).first()
    if seen is None or not _candidates(seen).exists():
        return
    run = store.lock_run(seen.step.run_id)
    if run.is_held:
        return  # the message stays; the sweeper brings it once the run goes on
    wait = Subscription.objects.filter(pk=subscription_id).first()
    step = store.step_of(run, seen.step_id)
    message = _taken(wait) if wait is not None and step.state == StepState.WAITING else None
    if wait is None or message is None:
        return
    change = store.Change(run, None)
    change.say(events.MessageReceived, step=step.pk, node=step.node_id, message=message.pk, name=message.name, key=message.key)
    advance(
        change,
        [core.Finished(step.token, message.payload)],
        moving=step,
        move="wake",
        message=message,
        outputs=message.payload,
        ended_at=clock.now(),
    )
    wait.delete()
    change.save()
    crashpoint("message.answered")


def _candidates(wait: Subscription) -> QuerySet[Message]:
    return Message.objects.filter(_USABLE, name=wait.name, key=wait.key, pk__gt=wait.after)


def _taken(wait: Subscription) -> Message | None:
    newest = _candidates(wait).filter(retained=True).order_by("-pk").first()
    if newest is not None:
        return newest
    for message in _candidates(wait).filter(retained=False).order_by("pk"):
        if Message.objects.filter(pk=message.pk, consumed=False).update(consumed=True):
            return message
    return None
