"""What keeping a webhook means in both directions: whose it is, its secret, its rest and its end."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet

from apps.hooks.conf import conf
from apps.hooks.core.signing import secret_of
from apps.hooks.errors import TooManyHooks
from apps.hooks.events import HookEnded, HookPaused, HookResumed, HookSecretReplaced
from apps.hooks.models import Hook
from apps.hooks.states import HookVerb
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.errors import NotByToken
from apps.people.models import ProgramToken, User

Kept = TypeVar("Kept", bound=Hook)
FACTS: dict[HookVerb, Callable[..., Any]] = {
    HookVerb.PAUSE: HookPaused,
    HookVerb.RESUME: HookResumed,
    HookVerb.ROTATE: HookSecretReplaced,
    HookVerb.END: HookEnded,
}


def new_secret() -> str:
    return secret_of(secrets.token_bytes(32))


def require_own(actor: User, token: ProgramToken | None) -> None:
    """Refuses a program whose token is not named: its webhooks would outlive what the token allows."""
    if actor.scope is not None and token is None:
        raise NotByToken()


def require_room(kept: QuerySet[Any]) -> None:
    """`kept` are all webhooks of a person in one direction; the caller has locked the person, so that nobody else counts now."""
    if kept.count() >= conf.MOST_PER_PERSON:
        raise TooManyHooks(number=conf.MOST_PER_PERSON)


def locked(own: QuerySet[Kept], hook_id: int) -> Kept:
    """One of the person's own that has not ended, or NotFound."""
    found = own.select_for_update(of=("self",)).filter(pk=hook_id).first()
    if found is None:
        raise NotFound(what=own.model._meta.verbose_name)
    return found


def moved(hook: Hook, verb: HookVerb) -> str:
    """Pauses, resumes or ends it, or gives it a new secret, which is returned. The caller saves. Raises StaleState."""
    if verb in (HookVerb.PAUSE, HookVerb.RESUME) and hook.is_on is (verb is HookVerb.RESUME):
        raise StaleState(what=hook, state=verb.label)
    if verb is HookVerb.ROTATE:
        hook.former_secret, hook.secret = hook.secret, new_secret()
        hook.former_until = clock.now() + timedelta(seconds=conf.ROTATION_SECONDS)
        return hook.secret
    if verb is HookVerb.END:
        hook.ended_at, hook.secret, hook.former_secret, hook.former_until = clock.now(), new_secret(), "", None
    hook.is_on = verb is HookVerb.RESUME
    return ""


def said(hook: Hook, direction: str, line: str = "") -> dict[str, Any]:
    """What every fact about it says."""
    return {"line": line, "hook": hook.pk, "direction": direction, "name": hook.name, "username": hook.person.username}


def tell(verb: HookVerb, facts: dict[str, Any], actor: User) -> None:
    append(FACTS[verb](**facts), actor=actor)
