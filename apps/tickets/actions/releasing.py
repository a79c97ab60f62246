"""Planning releases and ending them. Tickets are put into one as everything else that is planned about them is set."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.tickets import events
from apps.tickets.errors import ReasonNeeded, ReleaseNameTaken, StillToDo, TargetTooEarly
from apps.tickets.models import Release, Ticket
from apps.tickets.states import LEFT, ReleaseState


@transaction.atomic
def plan_release(*, line_id: int, name: str, target_date: date, actor: User) -> Release:
    """A release of a line, planned by who writes its processes. Raises NotPermitted, TargetTooEarly, ReleaseNameTaken."""
    line = BusinessLine.objects.filter(pk=line_id).first()
    if line is None:
        raise NotFound(what=_("business line"))
    require(actor, Right.EDIT, line)
    today = clock.market_date()
    if target_date < today:
        raise TargetTooEarly
    facts = {"name": name.strip(), "begin_date": today, "target_date": target_date, "planner": actor}
    try:
        with transaction.atomic():
            release = Release.objects.create(line=line, **facts)
    except IntegrityError as twice:
        raise ReleaseNameTaken(name=name.strip()) from twice
    fact = events.ReleasePlanned(release=release.pk, name=release.name, line=line.code, target_date=target_date.isoformat())
    append(fact, actor=actor)
    return release


@transaction.atomic
def end_release(*, release_id: int, state: str, actor: User, reason: str = "") -> Release:
    """Released by who publishes on the line once nothing in it is left to do, or cancelled with a reason: its tickets are free.

    Raises NotPermitted, StaleState, StillToDo, ReasonNeeded.
    """
    release = Release.objects.select_for_update(of=("self",)).select_related("line").filter(pk=release_id).first()
    if release is None:
        raise NotFound(what=Release._meta.verbose_name)
    require(actor, Right.PUBLISH, release.line)
    if release.state != ReleaseState.PLANNED:
        raise StaleState(what=release.name, state=release.get_state_display())
    delivered: list[str] = []
    if state == ReleaseState.RELEASED:
        delivered = _delivered(release)
        release.release(clock.now())
    else:
        if not reason.strip():
            raise ReasonNeeded
        Ticket.objects.filter(in_release=release).update(in_release=None)
        release.cancel(clock.now())
    release.save()
    fact = events.ReleaseEnded(
        release=release.pk,
        name=release.name,
        line=release.line.code,
        state=str(release.state),
        reason=reason.strip(),
        tickets=delivered,
    )
    append(fact, actor=actor)
    return release


def _delivered(release: Release) -> list[str]:
    tickets = list(Ticket.objects.filter(in_release=release).order_by("pk"))
    left = [ticket for ticket in tickets if ticket.state in LEFT]
    if left:
        raise StillToDo(count=len(left), release=release)
    return [ticket.name for ticket in tickets]
