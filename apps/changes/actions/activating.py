"""A change takes effect: all of it in one transaction, or nothing of it. Any number of sweepers and beginners may ask for it."""

import logging
from datetime import date
from functools import partial

from django.db import InterfaceError, OperationalError, transaction

from apps.changes import events
from apps.changes.actions.common import locked, record, transit
from apps.changes.conf import Effect
from apps.changes.errors import ContentsChanged, ItemFails
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import content_digest, due_changes, items_in_order, latest_date_to_begin, today
from apps.changes.states import ChangeState
from apps.kernel import clock
from apps.kernel.crashpoint import crashpoint
from apps.kernel.errors import DomainError, StaleState

logger = logging.getLogger(__name__)


def take_effect(business_date: date | None = None) -> list[int]:
    """Activates what is due, one after the other: by date, and for one date in the order of approval.

    Due is what holds by today, and, when a run of the next business day is to begin before its day has, by then. Answers with
    the changes that were dealt with.
    """
    day = today()
    if business_date is not None and business_date > day:
        day = business_date if business_date <= latest_date_to_begin() else day
    due = list(due_changes(day).values_list("pk", flat=True))
    return [change_id for change_id in due if activate_change(change_id=change_id)]


def take_effect_before(business_date: date) -> None:
    """What the engine asks for before the first run of a date begins."""
    take_effect(business_date)


def activate_soon(change_id: int) -> None:
    """Once what was approved is committed; should that be the last thing this process does, a sweeper does it."""
    transaction.on_commit(partial(activate_change, change_id=change_id), robust=True)


def activate_change(*, change_id: int) -> bool:
    """Lets an approved change take effect; True when it was dealt with here. What it cannot do leaves everything as it was, and
    an incident on the change that names the item."""
    try:
        with transaction.atomic():
            return _activated(change_id)
    except (OperationalError, InterfaceError):
        raise  # the database could not be reached: it is tried again
    except DomainError as refusal:
        problem = str(refusal)
    except Exception as fault:
        logger.exception("change %s could not take effect", change_id)
        problem = f"{type(fault).__name__}: {fault}"
    return _failed(change_id, problem)


def _activated(change_id: int) -> bool:
    change = locked(change_id)
    if change.state != ChangeState.APPROVED:
        return False
    items = items_in_order(change)
    for item in items:
        item.owner.lock(item.parsed)
    if content_digest(change) != change.digest:
        raise ContentsChanged()
    effect = Effect(change.pk, change.line, change.from_date, today(), None)
    for item in items:
        _apply(item, effect)
    for act in dict.fromkeys(effect.afterwards):
        act()
    crashpoint("change.applied")
    transit(change, "activate")
    change.activated_at = clock.now()
    change.save(update_fields=["state", "activated_at"])
    if change.rolls_back is not None:
        _rolled_back(change.rolls_back.pk, change)
    record(events.ChangeActivated, change, None)
    crashpoint("change.activated")
    return True


def _apply(item: ChangeItem, effect: Effect) -> None:
    try:
        item.before = item.owner.apply(item.parsed, effect)
    except DomainError as refusal:
        raise ItemFails(item=f"{item.owner.label} {item.subject}", problem=str(refusal)) from refusal
    item.save(update_fields=["before"])


def _rolled_back(change_id: int, by: Change) -> None:
    rolled_back = locked(change_id)
    transit(rolled_back, "roll_back")
    rolled_back.save(update_fields=["state"])
    record(events.ChangeRolledBack, rolled_back, None, f"#{by.pk}")


@transaction.atomic
def _failed(change_id: int, problem: str) -> bool:
    change = locked(change_id)
    try:
        transit(change, "fail", problem)
    except StaleState:
        return False  # somebody took it back in between
    change.save(update_fields=["state", "problem"])
    record(events.ChangeFailed, change, None, problem)
    return True
