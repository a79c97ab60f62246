"""Outgoing webhooks as their people keep them. The secret of a new one is returned and never told again."""

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.engine.selectors import run_for
from apps.hooks.actions.keeping import locked, moved, new_secret, require_own, require_room, said, tell
from apps.hooks.conf import conf
from apps.hooks.core.courses import Place, replayed
from apps.hooks.errors import NotDead, UnusableHook, UnusablePlace
from apps.hooks.events import HookMade, HookReplayed, LetterResent
from apps.hooks.models import DeadLetter, OutgoingHook
from apps.hooks.selectors import line_to_follow, outgoing_of, teams_to_follow
from apps.hooks.states import Feed, HookVerb, LetterState
from apps.journal.actions import append
from apps.journal.models import Stream
from apps.journal.selectors import last_position
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.notices.dispatch import require_usable
from apps.people.models import BusinessLine, ProgramToken, Team, User

MOST_DIGITS = 18


@transaction.atomic
def make_outgoing(
    *,
    name: str,
    address: str,
    feed: str,
    actor: User,
    line: str = "",
    team: int | None = None,
    run: int | None = None,
    after: str = "",
    token: ProgramToken | None = None,
) -> tuple[OutgoingHook, str]:
    """A webhook and its secret. Without `after` it begins now, one of a run at the run's beginning.

    Raises UnusableAddress, UnusableHook, UnusablePlace, TooManyHooks, NotByToken, and NotFound for what one may not see.
    """
    require_own(actor, token)
    User.objects.select_for_update().get(pk=actor.pk)
    require_room(OutgoingHook.objects.filter(person=actor, ended_at=None))
    require_usable(address.strip(), private=conf.PRIVATE_ADDRESSES)
    named = {Feed.LINE: bool(line), Feed.TEAM: team is not None, Feed.RUN: run is not None}
    if any((feed == each) is not is_named for each, is_named in named.items()):
        raise UnusableHook(problem=_("a line, a team or a run is named for the feed of one, nothing for others"))
    place_of = line_to_follow(actor, line) if line else None
    if line and place_of is None:
        raise NotFound(what=BusinessLine._meta.verbose_name)
    team_of = teams_to_follow(actor).filter(pk=team).first() if team is not None else None
    if team is not None and team_of is None:
        raise NotFound(what=Team._meta.verbose_name)
    stream = f"run.{run_for(actor, run).pk}" if run is not None else ""
    hook = OutgoingHook(
        person=actor, token=token, name=name.strip(), address=address.strip(), feed=feed, line=place_of, team=team_of,
        stream=stream, secret=new_secret(), created_at=clock.now(), due_at=clock.now(),
    )  # fmt: skip
    place = _place(hook, after) if after else (0, 0) if stream else last_position()
    hook.course = replayed(hook.course, place, clock.now())
    hook.save()
    append(HookMade(**_said(hook), of=[feed, line or hook.stream or str(team or "")]), actor=actor)
    return hook, hook.secret


@transaction.atomic
def move_outgoing(*, hook_id: int, verb: str, actor: User, token: ProgramToken | None = None) -> tuple[OutgoingHook, str]:
    """A verb of HookVerb; with a new secret this one, which is told nowhere else. Raises NotFound, StaleState and NotByToken."""
    require_own(actor, token)
    hook = locked(outgoing_of(actor, token), hook_id)
    wanted = HookVerb(verb)
    secret = moved(hook, wanted)
    if wanted is HookVerb.RESUME:
        hook.course, hook.problem = replayed(hook.course, hook.course.place, clock.now()), ""
    if wanted is HookVerb.END:
        hook.address = ""
    hook.save()
    tell(wanted, _said(hook), actor)
    return hook, secret


@transaction.atomic
def replay(*, hook_id: int, after: str, actor: User, token: ProgramToken | None = None) -> OutgoingHook:
    """Sends everything behind this place of its feed again. Raises NotFound, UnusablePlace and NotByToken."""
    require_own(actor, token)
    hook = locked(outgoing_of(actor, token), hook_id)
    hook.course = replayed(hook.course, _place(hook, after), clock.now())
    hook.save()
    append(HookReplayed(**_said(hook), after=after), actor=actor)
    return hook


@transaction.atomic
def resend(*, letter_id: int, actor: User, token: ProgramToken | None = None) -> DeadLetter:
    """Has a dead letter sent once more, before what comes next. Raises NotFound, NotDead and NotByToken."""
    require_own(actor, token)
    seen = DeadLetter.objects.filter(pk=letter_id, hook__in=outgoing_of(actor, token).order_by()).first()
    if seen is None:
        raise NotFound(what=DeadLetter._meta.verbose_name)
    hook = locked(outgoing_of(actor, token), seen.hook_id)
    letter = DeadLetter.objects.get(pk=letter_id)
    if letter.state != LetterState.DEAD:
        raise NotDead(state=letter.get_state_display())
    letter.state = LetterState.WAITING
    letter.save(update_fields=["state"])
    append(LetterResent(**_said(hook), entry=letter.entry_id), actor=actor)
    return letter


def _place(hook: OutgoingHook, text: str) -> Place:
    """The place that a feed writes like this; one that it has not reached yet is none."""
    if hook.feed == Feed.INBOX:
        raise UnusablePlace(place=text, problem=_("only the present count is ever told"))
    if hook.feed == Feed.RUN:
        last = Stream.objects.filter(name=hook.stream).values_list("last_number", flat=True).first() or 0
        if not re.fullmatch(rf"[0-9]{{1,{MOST_DIGITS}}}", text):
            raise UnusablePlace(place=text, problem=_("it is a number of an entry of the run"))
        place: Place = (0, int(text))
        newest: Place = (0, last)
    else:
        parts = re.fullmatch(rf"([0-9]{{1,{MOST_DIGITS}}})\.([0-9]{{1,{MOST_DIGITS}}})", text)
        if parts is None:
            raise UnusablePlace(place=text, problem=_("it is a position as the feed gives it, two numbers and a dot"))
        place, newest = (int(parts[1]), int(parts[2])), last_position()
    if place > newest:
        raise UnusablePlace(place=text, problem=_("the feed has not come there yet"))
    return place


def _said(hook: OutgoingHook) -> dict[str, Any]:
    return said(hook, "out", hook.line_code)
