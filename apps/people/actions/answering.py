"""Requests with a key of the program's own are done once: whoever asks the same again gets the first answer again."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction

from apps.kernel import clock
from apps.kernel.ids import stable_key
from apps.people.errors import KeyForAnotherRequest, KeyInFlight, UnusableKey
from apps.people.models import AnsweredRequest, User

KEPT = timedelta(days=1)
LONGEST_KEY = 200
AT_ONCE = 500


def answer_once(*, key: str, request: str, actor: User, answer: Callable[[], AnsweredRequest | None]) -> AnsweredRequest | None:
    """Calls `answer` unless this person's key was answered before; None when its answer is not one to keep.

    `request` is a digest of what is asked. What the answer changed and the answer itself are one transaction: whoever dies
    in between has done neither. `answer` rolls it back by `transaction.set_rollback`.
    Raises UnusableKey, KeyForAnotherRequest, and KeyInFlight while somebody else is at it.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise UnusableKey()
    with transaction.atomic():
        if not alone_at(stable_key("idempotency", actor.pk, key)):
            raise KeyInFlight()
        kept = AnsweredRequest.objects.filter(person=actor, key=key).first()
        if kept is not None:
            if kept.request != request:
                raise KeyForAnotherRequest()
            return kept
        made = answer()
        if made is not None:
            made.person, made.key, made.request, made.at = actor, key, request, clock.now()
            made.save()
        return made


def forget_answers() -> int:
    """Removes answers that are older than a day; how many. Any number may sweep."""
    old = AnsweredRequest.objects.filter(at__lt=clock.now() - KEPT).order_by("at").values_list("pk", flat=True)
    return AnsweredRequest.objects.filter(pk__in=list(old[:AT_ONCE])).delete()[0]


def digest_of(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()


def alone_at(key: str) -> bool:
    """Whether nobody else is at this key until the end of the transaction.

    SQLite has one writer at a time, who waited here until the other's commit.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int(key[:15], 16)])
        return bool(cursor.fetchone()[0])
