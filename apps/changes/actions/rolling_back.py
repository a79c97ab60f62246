"""The way back is a change of its own: decided by somebody else, at once or from a date, all or nothing."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from apps.changes.actions.common import locked, require_editor
from apps.changes.actions.deciding import submit_change
from apps.changes.actions.editing import add_item, create_change
from apps.changes.errors import NotTheNewest, ReasonNeeded
from apps.changes.models import Change
from apps.changes.selectors.lifecycle import items_in_order, later_change_of
from apps.changes.states import ChangeState, Urgency
from apps.kernel.errors import StaleState
from apps.people.models import User


@transaction.atomic
def roll_back_change(*, change_id: int, actor: User, reason: str, effective_date: date | None = None) -> Change:
    """Submits a change that brings back what this one found; without a date it is an emergency that takes effect at once.

    At once means: for the dates for which the change held. Dates before it never saw it, and see no difference.
    """
    change = locked(change_id)
    require_editor(actor, change.line)
    if not reason.strip():
        raise ReasonNeeded()
    if change.state != ChangeState.ACTIVE:
        raise StaleState(what=change.title, state=change.get_state_display())
    later = later_change_of(change)
    if later is not None:
        raise NotTheNewest(later=later[0].pk, what=later[1])
    back = create_change(
        line_id=change.line_id,
        actor=actor,
        rolls_back=change,
        effective_date=effective_date,
        title=_("Roll back #{number} {title}").format(number=change.pk, title=change.title)[:200],
        kind=Urgency.EMERGENCY if effective_date is None else Urgency.NORMAL,
        reason=reason,
        tickets=change.tickets,
        risk=change.risk,
        fallback=_("Change #{number} is put together again.").format(number=change.pk),
    )
    for item in items_in_order(change):
        add_item(change_id=back.pk, kind=item.kind, content=item.owner.undo(item.parsed, item.before), actor=actor)
    return submit_change(change_id=back.pk, actor=actor)
