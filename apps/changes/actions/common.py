"""What the verbs of changes begin with and end with."""

from typing import Any

from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from apps.changes import events
from apps.changes.models import Change
from apps.changes.states import ChangeState
from apps.journal.actions import append
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.states import Right


def locked(change_id: int) -> Change:
    """The change as it is now, locked until the transaction ends."""
    rows = Change.objects.select_for_update(of=("self",)).select_related("line", "author", "rolls_back")
    found = rows.filter(pk=change_id).first()
    if found is None:
        raise NotFound(what=Change._meta.verbose_name)
    return found


def require_editor(actor: User, line: BusinessLine) -> None:
    """Who writes versions or keeps the master data of the line puts its changes together."""
    if not may(actor, Right.VIEW, line):
        raise NotFound(what=_("change"))
    if not may(actor, Right.ADMINISTER, line):
        require(actor, Right.EDIT, line)


def require_submitter(actor: User, line: BusinessLine) -> None:
    """Who submits versions or keeps the master data of the line sends its changes on their way."""
    require_editor(actor, line)
    if not may(actor, Right.ADMINISTER, line):
        require(actor, Right.SUBMIT, line)


def locked_draft(change_id: int, actor: User) -> Change:
    """A change that may be edited, by somebody who may. What is on its way is taken back first, which ends its decisions."""
    change = locked(change_id)
    require_editor(actor, change.line)
    if change.state != ChangeState.DRAFT:
        raise StaleState(what=change.title, state=change.get_state_display())
    return change


def transit(change: Change, move: str, *arguments: Any) -> None:
    try:
        getattr(change, move)(*arguments)
    except TransitionNotAllowed as refusal:
        raise StaleState(what=change.title, state=change.get_state_display()) from refusal


def record(fact: type[events.ChangeMoved], change: Change, actor: User | None, reason: str = "") -> None:
    effective = change.effective_date.isoformat() if change.effective_date else ""
    told = fact(change=change.pk, line=change.line.code, digest=change.digest, effective_date=effective, reason=reason)
    append(told, actor=actor)
