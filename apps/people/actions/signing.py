"""The door: failed tries slow down the next ones, per name and address and per address; counters live in the database.

An unknown name is counted and answered exactly like a wrong password.
"""

from datetime import timedelta

from django.db import transaction

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.ids import stable_key
from apps.people.conf import conf
from apps.people.errors import TooManyTries
from apps.people.events import SignedIn, SignedOut, SignInFailed, SignInLocked
from apps.people.models import SignInCounter, User

LONGEST_NAME = 150


def delay_seconds(failures: int, free: int, longest: int) -> int:
    """How long the door stays shut after so many failures: 0 while they are free, then 2, 4, 8 ... up to the longest."""
    if failures < free:
        return 0
    return int(min(2 ** min(failures - free + 1, 30), longest))


def refuse_while_locked(*, username: str, address: str) -> None:
    """Refuses with TooManyTries while the delay for this name or address runs; the password is not even looked at."""
    seconds = _seconds_left(username, address)
    if not seconds:
        return
    append(SignInLocked(username=_cut(username), address=address, seconds=seconds), actor=None)
    raise TooManyTries(seconds=seconds)


@transaction.atomic
def note_failure(*, username: str, address: str) -> int:
    """Counts a failed try and journals it; how many this name has from this address."""
    failures = [_count(key) for key, _ in _keys(username, address)]
    append(SignInFailed(username=_cut(username), address=address, failures=failures[0]), actor=None)
    return failures[0]


@transaction.atomic
def note_success(*, actor: User, address: str) -> None:
    """Journals a sign-in and forgets the failures of this name from this address; those of the address stay."""
    SignInCounter.objects.filter(key=_keys(actor.username, address)[0][0]).delete()
    append(SignedIn(username=actor.username, address=address), actor=actor)


@transaction.atomic
def note_sign_out(*, actor: User, address: str) -> None:
    append(SignedOut(username=actor.username, address=address), actor=actor)


def _keys(username: str, address: str) -> list[tuple[str, int]]:
    """The counters a try belongs to, with their free tries. Names are compared as the sign-in form sees them."""
    return [
        (stable_key("person", username.strip(), address), conf.FREE_TRIES_PER_PERSON),
        (stable_key("address", address), conf.FREE_TRIES_PER_ADDRESS),
    ]


def _seconds_left(username: str, address: str) -> int:
    free = dict(_keys(username, address))
    now = clock.now()
    left = 0
    for counter in SignInCounter.objects.filter(key__in=free):
        if now - counter.last_failed_at > timedelta(seconds=conf.FORGET_AFTER_SECONDS):
            continue
        delay = delay_seconds(counter.failures, free[counter.key], conf.LONGEST_DELAY_SECONDS)
        open_at = counter.last_failed_at + timedelta(seconds=delay)
        if delay and open_at > now:
            left = max(left, int((open_at - now).total_seconds()) + 1)
    return left


def _count(key: str) -> int:
    now = clock.now()
    counter, new = SignInCounter.objects.select_for_update().get_or_create(
        key=key, defaults={"failures": 1, "last_failed_at": now}
    )
    if new:
        return 1
    forgotten = now - counter.last_failed_at > timedelta(seconds=conf.FORGET_AFTER_SECONDS)
    counter.failures = 1 if forgotten else counter.failures + 1
    counter.last_failed_at = now
    counter.save(update_fields=["failures", "last_failed_at"])
    return counter.failures


def _cut(username: str) -> str:
    return username[:LONGEST_NAME]
