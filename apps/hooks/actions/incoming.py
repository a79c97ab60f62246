"""Senders outside: registered by a person for what that person may do, believed when they sign, and heard once."""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.engine.actions import begin_run, broadcast_signal, send_message
from apps.hooks.actions.keeping import locked, moved, new_secret, require_own, require_room, said, tell
from apps.hooks.conf import conf
from apps.hooks.core.signing import is_signed
from apps.hooks.errors import (
    DeedNotAllowed,
    DeliveryDiffers,
    DeliveryInFlight,
    DeliveryTooLong,
    NotSigned,
    SenderPaused,
    TooManyDeliveries,
    UnusableHook,
)
from apps.hooks.events import HookMade
from apps.hooks.models import IncomingHook, TakenDelivery
from apps.hooks.selectors import incoming_of, person_of, tokens_to_act_with
from apps.hooks.states import Deed, HookVerb
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.kernel.ids import stable_key
from apps.people.actions import alone_at, count_one, digest_of
from apps.people.models import ProgramToken, User

NOBODYS_SECRET = new_secret()
"""What signatures for unknown addresses are compared with, so that they take as long as others."""


@transaction.atomic
def make_incoming(
    *, name: str, deeds: Collection[str], actor: User, token_id: int | None = None, token: ProgramToken | None = None
) -> tuple[IncomingHook, str]:
    """A sender and its secret. It acts as the person, narrowed by one of their acting tokens if one is named; what comes with
    a `token` acts by that one. Raises UnusableHook, TooManyHooks, NotByToken, and NotFound for a token that is not theirs.
    """
    require_own(actor, token)
    User.objects.select_for_update().get(pk=actor.pk)
    require_room(IncomingHook.objects.filter(person=actor, ended_at=None))
    wanted = [deed.value for deed in Deed if deed in deeds]
    if not wanted:
        raise UnusableHook(problem=_("say what its sender may do"))
    by = token
    if by is None and token_id is not None:
        by = tokens_to_act_with(actor).filter(pk=token_id).first()
        if by is None:
            raise NotFound(what=ProgramToken._meta.verbose_name)
    hook = IncomingHook.objects.create(
        person=actor, token=by, name=name.strip(), secret=new_secret(), key=secrets.token_urlsafe(24), deeds=wanted,
        created_at=clock.now(),
    )  # fmt: skip
    append(HookMade(**said(hook, "in"), of=wanted), actor=actor)
    return hook, hook.secret


@transaction.atomic
def move_incoming(*, hook_id: int, verb: str, actor: User, token: ProgramToken | None = None) -> tuple[IncomingHook, str]:
    """A verb of HookVerb; with a new secret this one, which is told nowhere else. Raises NotFound, StaleState and NotByToken."""
    require_own(actor, token)
    hook = locked(incoming_of(actor, token), hook_id)
    wanted = HookVerb(verb)
    secret = moved(hook, wanted)
    hook.save()
    tell(wanted, said(hook, "in"), actor)
    return hook, secret


@dataclass(frozen=True)
class Signed:
    """A delivery of which it is certain who signed it, and when; `actor` is whom it acts as."""

    hook: IncomingHook
    actor: User
    delivery: str
    body: bytes


def read_signed(*, key: str, headers: Mapping[str, str], body: bytes) -> Signed:
    """Two queries, two more where a row counts. Raises DeliveryTooLong, NotSigned, TooManyDeliveries, and SenderPaused when
    sender, person or token may not act now. Only what is signed is counted: nobody else can use up what a sender may."""
    if len(body) > conf.MOST_BYTES:
        raise DeliveryTooLong(bytes=conf.MOST_BYTES)
    hook = IncomingHook.objects.select_related("person").filter(key=key, ended_at=None).first()
    delivery, timestamp, signatures = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    good = is_signed(
        hook.secrets if hook is not None else [NOBODYS_SECRET], delivery, timestamp, signatures, body,
        now=clock.now().timestamp(), tolerance=conf.TOLERANCE_SECONDS,
    )  # fmt: skip
    if hook is None or not good:
        raise NotSigned()
    count_one(hook, key=f"sender-{hook.key}", most=conf.DELIVERIES_A_MINUTE, refusal=TooManyDeliveries)
    actor = person_of(hook)
    if actor is None or not hook.is_on:
        raise SenderPaused()
    return Signed(hook, actor, delivery, body)


@transaction.atomic
def take(*, signed: Signed, wanted: Mapping[str, Any]) -> tuple[TakenDelivery, bool]:
    """Does what a delivery asks for, once for each webhook-id, and whether that was before. What is done and the answer are one
    transaction. A refusal is not kept: nothing was done, and the same delivery may be accepted later.

    Raises DeliveryInFlight, DeliveryDiffers, DeedNotAllowed, and what the deed itself refuses.
    """
    hook, delivery = signed.hook, signed.delivery
    if not alone_at(stable_key("hook", hook.pk, delivery)):
        raise DeliveryInFlight(delivery=delivery)
    content = digest_of(signed.body)
    kept = TakenDelivery.objects.filter(hook=hook, delivery=delivery).first()
    if kept is not None:
        if kept.content != content:
            raise DeliveryDiffers(delivery=delivery)
        return kept, True
    deed = Deed(wanted["do"])
    if deed not in hook.deeds:
        raise DeedNotAllowed(deed=deed.label)
    status, done = _DEEDS[deed](wanted, signed.actor, f"hook.{hook.pk}.{delivery}")
    answer = {"id": delivery, "did": deed.value, **done}
    made = TakenDelivery.objects.create(
        hook=hook, delivery=delivery, content=content, deed=deed, status=status, answer=answer, at=clock.now()
    )
    return made, False


Answer = tuple[int, dict[str, Any]]


def _message(wanted: Mapping[str, Any], actor: User, once: str) -> Answer:
    send_message(name=wanted["name"], key=wanted["key"], payload=wanted["payload"], once=once, actor=actor)
    return 202, {}


def _signal(wanted: Mapping[str, Any], actor: User, once: str) -> Answer:
    broadcast_signal(name=wanted["name"], payload=wanted["payload"], once=once, actor=actor)
    return 202, {}


def _begin(wanted: Mapping[str, Any], actor: User, once: str) -> Answer:
    run = begin_run(
        process_key=wanted["process"], business_date=wanted["business_date"], variables=wanted["variables"], actor=actor
    )
    return 201, {"run": run.pk}


_DEEDS: dict[Deed, Callable[[Mapping[str, Any], User, str], Answer]] = {
    Deed.MESSAGE: _message,
    Deed.SIGNAL: _signal,
    Deed.BEGIN: _begin,
}
