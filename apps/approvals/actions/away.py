"""Who decides instead of somebody who is away: named for a period by that person, or by an administrator of the line."""

from collections.abc import Collection
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.approvals.errors import UnusableStandIn
from apps.approvals.events import StandInEnded, StandInNamed
from apps.approvals.models import StandIn
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.states import Right


@transaction.atomic
def name_stand_in(
    *,
    owner: User,
    stand_in: User,
    lines: Collection[BusinessLine],
    valid_from_date: date,
    valid_until_date: date,
    reason: str,
    actor: User,
) -> list[StandIn]:
    """One row per line, all or none; both days are included. Raises UnusableStandIn, and NotPermitted to who is not in charge."""
    if owner.pk == stand_in.pk:
        raise UnusableStandIn(problem=_("nobody stands in for themselves"))
    if valid_until_date < max(valid_from_date, clock.market_date()):
        raise UnusableStandIn(problem=_("it would be over before it begins"))
    if not lines:
        raise UnusableStandIn(problem=_("there is no line that both may see"))
    for line in lines:
        if actor.pk != owner.pk:
            require(actor, Right.ADMINISTER, line)
        for person in (owner, stand_in):
            if not may(person, Right.VIEW, line):
                raise UnusableStandIn(problem=_("{person} may not see {line}").format(person=person, line=line.name))
    facts = {"valid_from_date": valid_from_date, "valid_until_date": valid_until_date, "reason": reason}
    return [_name(StandIn(owner=owner, stand_in=stand_in, line=line, named_by=actor, **facts), actor) for line in lines]


def _name(row: StandIn, actor: User) -> StandIn:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as twice:
        raise UnusableStandIn(problem=_("it is named already from that day on")) from twice
    append(
        StandInNamed(
            line=row.line.code,
            row=row.pk,
            owner=row.owner_id,
            stand_in=row.stand_in_id,
            valid_from_date=row.valid_from_date.isoformat(),
            valid_until_date=row.valid_until_date.isoformat(),
            reason=row.reason,
        ),
        actor=actor,
    )
    return row


@transaction.atomic
def end_stand_in(*, stand_in_id: int, actor: User) -> StandIn:
    """Ends it now, whatever its last day. Raises NotFound to strangers, NotPermitted, and StaleState when it has been ended."""
    row = StandIn.objects.select_for_update(of=("self",)).select_related("line").filter(pk=stand_in_id).first()
    if row is None or (actor.pk != row.owner_id and not may(actor, Right.VIEW, row.line)):
        raise NotFound(what=StandIn._meta.verbose_name)
    if actor.pk != row.owner_id:
        require(actor, Right.ADMINISTER, row.line)
    if row.ended_by_id is not None:
        raise StaleState(what=StandIn._meta.verbose_name, state=_("ended"))
    row.ended_by = actor
    row.save(update_fields=["ended_by"])
    append(StandInEnded(line=row.line.code, row=row.pk, owner=row.owner_id, stand_in=row.stand_in_id), actor=actor)
    return row
