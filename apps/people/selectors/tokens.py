"""Tokens for programs: one's own, and those that reach lines that one administers."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.kernel import clock
from apps.people.conf import process_grants
from apps.people.models import BusinessLine, ProgramToken, User
from apps.people.selectors.rights import granted_processes, lines_visible_to, lines_where
from apps.people.states import Right, TokenScope


def lines_for_tokens(person: User) -> QuerySet[BusinessLine]:
    """Lines of which the person may see all or a process. One query."""
    seen = process_grants().processes.filter(pk__in=granted_processes(person, Right.VIEW)).values("line")
    return BusinessLine.objects.filter(Q(pk__in=lines_visible_to(person).order_by()) | Q(pk__in=seen))


def tokens_to_end(person: User) -> QuerySet[ProgramToken]:
    """Their own, and those that reach a line that they administer. One query."""
    through = ProgramToken.lines.through.objects.filter(
        programtoken=OuterRef("pk"), businessline__in=lines_where(person, Right.ADMINISTER).order_by()
    )
    return ProgramToken.objects.filter(Q(person=person) | Exists(through)).order_by("-pk")


def tokens_shown(person: User, before: int = 0) -> QuerySet[ProgramToken]:
    """The same for a page, newest first, with people and lines. Two queries."""
    rows = tokens_to_end(person).select_related("person", "ended_by").prefetch_related("lines")
    return rows.filter(pk__lt=before) if before else rows


def tokens_that_stand(keys: Iterable[int]) -> set[tuple[int, int]]:
    """(person, token) of those of these tokens that are neither over nor ended. One query."""
    return set(standing_tokens().filter(pk__in=keys).values_list("person_id", "pk"))


def narrowed(token: ProgramToken) -> User:
    """The person of a token as a program that speaks for them: with the scope of the token. One query."""
    person = token.person
    person.scope = TokenScope(frozenset(token.lines.values_list("pk", flat=True)), token.acts)
    return person


def person_behind_token(token: int) -> User | None:
    """The same, as long as the token stands. Two queries."""
    found = standing_tokens().filter(pk=token).select_related("person").first()
    return narrowed(found) if found is not None else None


def standing_tokens() -> QuerySet[ProgramToken]:
    """Tokens that are neither over nor ended, of people who may still sign in."""
    return ProgramToken.objects.filter(ended_at=None, expires_at__gt=clock.now(), person__is_active=True)
