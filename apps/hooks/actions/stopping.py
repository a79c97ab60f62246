"""Webhooks of others, stopped by who administers a line that their person sees; only their person has them go on."""

from typing import Any, Literal

from django.db import transaction

from apps.hooks.actions.keeping import locked, moved, said, tell
from apps.hooks.models import IncomingHook, OutgoingHook
from apps.hooks.selectors import hooks_to_stop
from apps.hooks.states import HookVerb
from apps.people.errors import NotByToken
from apps.people.models import User

Stop = Literal[HookVerb.PAUSE, HookVerb.END]


@transaction.atomic
def stop_outgoing(*, hook_id: int, verb: Stop, actor: User) -> OutgoingHook:
    """Nothing is sent any more. Raises NotByToken, NotFound for what is not theirs to stop, StaleState when it is paused."""
    hook: OutgoingHook = _stopped(OutgoingHook, hook_id, verb, actor)
    if verb is HookVerb.END:
        hook.address = ""
    hook.save()
    tell(verb, said(hook, "out", hook.line_code), actor)
    return hook


@transaction.atomic
def stop_incoming(*, hook_id: int, verb: Stop, actor: User) -> IncomingHook:
    """Nothing is taken any more. Raises as `stop_outgoing` does."""
    hook: IncomingHook = _stopped(IncomingHook, hook_id, verb, actor)
    hook.save()
    tell(verb, said(hook, "in"), actor)
    return hook


def _stopped(model: Any, hook_id: int, verb: Stop, actor: User) -> Any:
    if actor.scope is not None:
        raise NotByToken()
    hook = locked(hooks_to_stop(actor, model), hook_id)
    moved(hook, verb)
    return hook
