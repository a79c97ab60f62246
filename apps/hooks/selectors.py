"""What webhooks a person has, what a webhook may tell now, and what comes next in its feed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.engine.selectors import run_for
from apps.hooks.conf import inbox_count
from apps.hooks.core.courses import Place
from apps.hooks.models import DeadLetter, Hook, IncomingHook, OutgoingHook
from apps.hooks.states import Feed, LetterState
from apps.journal.models import Entry
from apps.journal.selectors import entries_after, entries_of, last_position, placed_after
from apps.kernel.errors import DomainError
from apps.people.models import BusinessLine, ProgramToken, Team, User
from apps.people.selectors import (
    granted_of,
    line_codes_of,
    lines_where,
    people_with,
    person_behind_token,
    process_of_stream,
    standing_tokens,
    team_and_members,
)
from apps.people.selectors import lines_for_tokens as lines_in_reach
from apps.people.states import Right

PAGE = 50
READ_AT_ONCE = 50


# -- of a person ------------------------------------------------------------------------------------------------------


def outgoing_of(person: User, token: ProgramToken | None = None) -> QuerySet[OutgoingHook]:
    """The person's own that have not ended, newest first; through a token those that it made. One query."""
    found = OutgoingHook.objects.filter(person=person, ended_at=None).select_related("line", "team__line", "token", "person")
    return found if token is None else found.filter(token=token)


def incoming_of(person: User, token: ProgramToken | None = None) -> QuerySet[IncomingHook]:
    """The same of senders. One query."""
    found = IncomingHook.objects.filter(person=person, ended_at=None).select_related("token", "person")
    return found if token is None else found.filter(token=token)


def hooks_to_stop(actor: User, model: type[Hook]) -> QuerySet[Any]:
    """Those that have not ended, of people who see a line that the actor administers. Two queries."""
    theirs = Q(pk__in=())
    for line in lines_where(actor, Right.ADMINISTER):
        theirs |= Q(person__in=people_with(Right.VIEW, line).order_by().values("pk"))
    return model._default_manager.filter(theirs, ended_at=None).select_related("person")


def outgoing_shown(person: User, token: ProgramToken | None = None, before: int = 0) -> QuerySet[OutgoingHook]:
    """Outgoing ones with how many of their letters are dead, as `dead`, for a page. One query."""
    dead = Count("letters", filter=Q(letters__state=LetterState.DEAD))
    found = outgoing_of(person, token).annotate(dead=dead)
    return found.filter(pk__lt=before) if before else found


def letters_of(hook: OutgoingHook, before: int = 0) -> QuerySet[DeadLetter]:
    """What was given up or is sent again, newest first. One query."""
    open_ones = [LetterState.DEAD, LetterState.WAITING]
    found = hook.letters.filter(state__in=open_ones).select_related("entry").order_by("-pk")
    return found.filter(pk__lt=before) if before else found


def line_to_follow(person: User, code: str) -> BusinessLine | None:
    """A line of which the person may see all or a process. One query."""
    return lines_in_reach(person).filter(code=code).first()


def teams_to_follow(person: User) -> QuerySet[Team]:
    """Teams of lines of which the person may see all or a process. One query."""
    return Team.objects.filter(line__in=lines_in_reach(person).order_by()).select_related("line")


def tokens_to_act_with(person: User) -> QuerySet[ProgramToken]:
    """The person's own acting tokens that stand, newest first. One query."""
    return standing_tokens().filter(person=person, acts=True).order_by("-pk")


# -- who speaks -------------------------------------------------------------------------------------------------------


def person_of(hook: Hook) -> User | None:
    """The person of a webhook as their rights are now, narrowed by its token; None when either may not be here any more."""
    if hook.token_id is not None:
        return person_behind_token(hook.token_id)
    return User.objects.filter(pk=hook.person_id, is_active=True).first()


@dataclass(frozen=True)
class Reader:
    """What a webhook may tell at this moment: of `lines`, of those `in_part` only what its `processes` say."""

    person: User
    lines: frozenset[str]
    in_part: frozenset[str] = frozenset()
    processes: frozenset[int] = frozenset()
    stream: str = ""
    members: frozenset[int] | None = None
    """Of a team: only what they or the system do."""

    def sees(self, entry: Entry) -> bool:
        """As the feeds decide it. One query for entries of lines that are seen in part."""
        if self.stream:
            return entry.stream == self.stream
        if self.members is not None and entry.actor_id is not None and entry.actor_id not in self.members:
            return False
        if entry.line in self.in_part:
            return process_of_stream(entry.stream) in self.processes
        return entry.line in self.lines


def reader_of(hook: OutgoingHook) -> Reader | None:
    """None when its person may see nothing of its feed any more. Eight queries at most."""
    person = person_of(hook)
    if person is None:
        return None
    if hook.feed == Feed.RUN:
        return Reader(person, frozenset(), stream=hook.stream) if _sees_run(person, hook.run) else None
    whole = line_codes_of(person)
    processes, of_lines = granted_of(person)
    in_part = of_lines - whole
    lines = whole | in_part
    members: frozenset[int] | None = None
    if hook.team is not None:
        found = team_and_members(hook.team.pk)
        members = found[1] if found is not None else frozenset()
    if hook.line_code:
        lines &= {hook.line_code}
    return Reader(person, lines, in_part, processes, members=members) if lines else None


def _sees_run(person: User, run: str) -> bool:
    try:
        run_for(person, int(run))
    except DomainError:
        return False
    return True


# -- what comes next --------------------------------------------------------------------------------------------------


def hooks_behind(now: datetime) -> list[int]:
    """Keys of webhooks that are due and free and behind their feed, who has waited longest first. One query."""
    journal = placed_after(OuterRef("after_transaction"), OuterRef("after_number"))
    in_stream = Entry.objects.filter(stream=OuterRef("stream"), number__gt=OuterRef("after_number"))
    letters = DeadLetter.objects.filter(hook=OuterRef("pk"), state=LetterState.WAITING)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    behind = Q(~Q(feed=Feed.RUN), Exists(journal)) | Q(Q(feed=Feed.RUN), Exists(in_stream)) | Exists(letters)
    due = OutgoingHook.objects.filter(free, behind, is_on=True, ended_at=None, due_at__lte=now)
    return list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:READ_AT_ONCE])


@dataclass(frozen=True)
class Next:
    """What comes next in a feed, and the place that is reached with it; neither `entry` nor `count`: nothing to tell so far."""

    place: Place
    entry: Entry | None = None
    count: tuple[int, bool] | None = None


def next_of(hook: OutgoingHook, reader: Reader) -> Next:
    """The next that the reader sees behind the place of the webhook. Three queries, one more for each entry seen in part."""
    place = hook.course.place
    if hook.feed == Feed.RUN:
        found = entries_of(hook.stream, place[1], 1)
        return Next((0, found[0].number), found[0]) if found else Next(place)
    newest = last_position()  # before the entries: what comes meanwhile comes again
    lines = set(reader.lines)
    if hook.feed == Feed.INBOX:
        if not entries_after(place, lines=lines, limit=1)[0]:
            return Next(max(place, newest))
        count = inbox_count(reader.person)
        return Next(max(place, newest), count=None if hook.told == list(count) else count)
    entries, reached = entries_after(place, lines=lines, limit=READ_AT_ONCE)
    for entry in entries:
        if reader.sees(entry):
            return Next((entry.transaction_id, entry.pk), entry)
    return Next(reached if len(entries) == READ_AT_ONCE else max(reached, newest))
