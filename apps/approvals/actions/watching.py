"""What time does to approvals: reminders, what is late, the roster of a new day, and people who are not there any more.

Any number of sweepers may call `watch`: each act locks its approval and looks again.
"""

import logging
from collections.abc import Callable, Iterable

from django.db import transaction

from apps.approvals import store
from apps.approvals.actions.deciding import kept, people_now
from apps.approvals.conf import kind_named
from apps.approvals.core import moves
from apps.approvals.core.moves import MoveRefused
from apps.approvals.events import ApprovalLate, ApprovalReminded
from apps.approvals.models import Approval, Seat
from apps.approvals.selectors import seats_nobody_decides
from apps.approvals.states import ApprovalState
from apps.journal.actions import append
from apps.kernel import clock
from apps.people.selectors import backup_of, people_with
from apps.people.states import Right

logger = logging.getLogger(__name__)

BATCH = 100


def watch() -> int:
    """Looks once for everything that is due; how much there was to do."""
    now, today = clock.now(), clock.market_date()
    waiting = Approval.objects.filter(state=ApprovalState.OPEN).order_by("pk")
    return (
        _each(_remind, waiting.filter(remind_at__lte=now).values_list("pk", flat=True)[:BATCH])
        + _each(_note_late, waiting.filter(due_at__lte=now, late_at=None).values_list("pk", flat=True)[:BATCH])
        + _each(_ask_roster, waiting.filter(duty_date__lt=today).values_list("pk", flat=True)[:BATCH])
        + _each(_stand_by, seats_nobody_decides(today).values_list("pk", flat=True)[:BATCH])
    )


def _each(act: Callable[[int], bool], keys: Iterable[int]) -> int:
    """One transaction each: what goes wrong with one keeps no other from its turn."""
    done = 0
    for key in list(keys):
        try:
            done += act(key)
        except Exception:
            logger.exception("the watch over approvals could not deal with %s", key)
    return done


@transaction.atomic
def _remind(approval_id: int) -> bool:
    approval = store.locked(approval_id)
    if approval.state != ApprovalState.OPEN or approval.remind_at is None or approval.remind_at > clock.now():
        return False
    approval.reminded_at, approval.reminded_stage, approval.remind_at = clock.now(), approval.stage, None
    approval.save(update_fields=["reminded_at", "reminded_stage", "remind_at"])
    append(ApprovalReminded(approval=approval.pk, line=approval.line.code, stage=approval.stage), actor=None)
    return True


@transaction.atomic
def _note_late(approval_id: int) -> bool:
    approval = store.locked(approval_id)
    due, now = approval.due_at, clock.now()
    if approval.state != ApprovalState.OPEN or due is None or due > now or approval.late_at is not None:
        return False
    approval.late_at = now
    approval.save(update_fields=["late_at"])
    append(ApprovalLate(approval=approval.pk, line=approval.line.code, stage=approval.stage, due=due.isoformat()), actor=None)
    return True


@transaction.atomic
def _ask_roster(approval_id: int) -> bool:
    """A new day: who is on duty now gets a voice where any or some of a group may decide."""
    approval = _locked_with_subject(approval_id)
    today = clock.market_date()
    if approval.state != ApprovalState.OPEN or approval.duty_date is None or approval.duty_date >= today:
        return False
    case = store.case_of(approval)
    approval.duty_date = today
    store.save(approval, moves.refreshed(case, people_now(approval, case.makers)))
    return True


@transaction.atomic
def _stand_by(seat_id: int) -> bool:
    """Gives the voice of who is on duty and not there to their backup; without one it stays listed for reassignment."""
    today = clock.market_date()
    approval = _locked_with_subject(Seat.objects.values_list("approval", flat=True).get(pk=seat_id))
    seat = seats_nobody_decides(today).filter(pk=seat_id).first()
    backup = backup_of(seat.holder_id, approval.line, today) if seat is not None else None
    if seat is None or backup is None or not people_with(Right.VIEW, approval.line, approval.process).filter(pk=backup).exists():
        return False
    case = store.case_of(approval)
    try:
        after = moves.hand_over(case, seat.holder_id, backup, in_charge=True)
    except MoveRefused:
        return False  # they made it, or have a voice here already: an administrator reassigns it
    kept(approval, after, "stand-by", None, other=backup, in_place_of=seat.holder_id)
    return True


def _locked_with_subject(approval_id: int) -> Approval:
    seen = Approval.objects.get(pk=approval_id)
    kind_named(seen.kind).lock(seen.subject)
    return store.locked(approval_id)
