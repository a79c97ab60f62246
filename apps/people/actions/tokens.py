"""Tokens for programs: made by a person for what they may do themselves, shown once, ended by them or an administrator."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.actions.counting import count_one
from apps.people.conf import conf
from apps.people.errors import NotByToken, TooManyRequests, UnknownToken, UnusableToken
from apps.people.events import TokenCreated, TokenEnded
from apps.people.models import ProgramToken, User
from apps.people.selectors import lines_for_tokens, narrowed, standing_tokens, tokens_to_end

PREFIX = "clearway_"
"""Tells scanners of code what they have found."""
NOTED_EVERY = timedelta(minutes=10)


@transaction.atomic
def create_token(*, name: str, lines: Collection[str], acts: bool, days: int, actor: User) -> tuple[ProgramToken, str]:
    """A new token and its text, which nothing keeps. `lines` are codes of lines where the person may see something.

    Raises NotByToken and UnusableToken.
    """
    if actor.scope is not None:
        raise NotByToken()
    found = list(lines_for_tokens(actor).filter(code__in=lines))
    if not found or len(found) != len(set(lines)) or not 1 <= days <= conf.TOKEN_LONGEST_DAYS:
        raise UnusableToken(days=conf.TOKEN_LONGEST_DAYS)
    text, now = PREFIX + secrets.token_urlsafe(32), clock.now()
    token = ProgramToken.objects.create(
        person=actor, name=name.strip(), digest=_digest(text), acts=acts, created_at=now, expires_at=now + timedelta(days=days)
    )
    token.lines.set(found)
    scope, until = "act" if acts else "read", token.expires_at.isoformat()
    append(TokenCreated(**_facts(token), scope=scope, expires_at=until), actor=actor)
    return token, text


@transaction.atomic
def end_token(*, token_id: int, actor: User) -> ProgramToken:
    """Ends it at once, open feeds within seconds. One's own, or one that reaches a line that one administers.

    Raises NotByToken and NotFound; one that has ended stays as it is.
    """
    if actor.scope is not None:
        raise NotByToken()
    may_be = tokens_to_end(actor).values("pk")
    token = (
        ProgramToken.objects.select_for_update(of=("self",)).select_related("person").filter(pk__in=may_be, pk=token_id).first()
    )
    if token is None:
        raise NotFound(what=ProgramToken._meta.verbose_name)
    if token.ended_at is None:
        token.ended_at, token.ended_by = clock.now(), actor
        token.save(update_fields=["ended_at", "ended_by"])
        append(TokenEnded(**_facts(token)), actor=actor)
    return token


def person_of_token(text: str) -> tuple[User, ProgramToken]:
    """Who speaks by this token, narrowed to its scope. Raises UnknownToken. Two queries, and a note every ten minutes."""
    now = clock.now()
    token = standing_tokens().filter(digest=_digest(text)).select_related("person").first()
    if token is None:
        raise UnknownToken()
    if token.used_at is None or token.used_at < now - NOTED_EVERY:
        ProgramToken.objects.filter(pk=token.pk).update(used_at=now)
    return narrowed(token), token


def count_request(token: ProgramToken) -> None:
    """Counts one more request of this minute, for all web processes together. Raises TooManyRequests."""
    count_one(token, key=f"token-{token.digest}", most=conf.TOKEN_REQUESTS_A_MINUTE, refusal=TooManyRequests)


def _digest(text: str) -> str:
    """Enough for what has 256 random bits: nobody tries them all."""
    return hashlib.sha256(text.encode()).hexdigest()


def _facts(token: ProgramToken) -> dict[str, Any]:
    codes = sorted(token.lines.values_list("code", flat=True))
    return {"user": token.person_id, "username": token.person.username, "token": token.pk, "name": token.name, "lines": codes}
