"""What people do about an approval without deciding: reminders and copies. Who may see it may copy in."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from apps.approvals import store
from apps.approvals.core.moves import Because
from apps.approvals.errors import NobodyToRemind, NotDecidable, RemindedLately
from apps.approvals.events import ApprovalCopied, ApprovalReminded
from apps.approvals.models import Approval, Copy
from apps.approvals.selectors import approval_for
from apps.approvals.states import ApprovalState
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.people.selectors import people_with
from apps.people.states import Right

REMIND_AFTER = timedelta(hours=1)


@transaction.atomic
def remind(*, approval_id: int, actor: User) -> Approval:
    """Marks it for those who have the turn. Raises NotFound, NotDecidable for others than the submitter, NobodyToRemind, and
    RemindedLately within an hour of the last time."""
    approval = _locked(approval_id, actor)
    if approval.submitter_id != actor.pk:
        raise NotDecidable(Because.NOT_THE_SUBMITTER)
    if approval.state != ApprovalState.OPEN:
        raise NobodyToRemind()
    now = clock.now()
    if approval.reminded_at is not None and now - approval.reminded_at < REMIND_AFTER:
        raise RemindedLately(at=approval.reminded_at.astimezone(clock.SHANGHAI).strftime("%H:%M"))
    approval.reminded_at, approval.reminded_stage = now, approval.stage
    approval.save(update_fields=["reminded_at", "reminded_stage"])
    append(ApprovalReminded(approval=approval.pk, line=approval.line.code, stage=approval.stage), actor=actor)
    return approval


@transaction.atomic
def copy_in(*, approval_id: int, people: Sequence[int], actor: User) -> Approval:
    """Lets people know of it; who knows already stays as they are. Raises NotFound for anybody who may not see the line."""
    approval = _locked(approval_id, actor)
    seen = set(people_with(Right.VIEW, approval.line, approval.process).filter(pk__in=people).values_list("pk", flat=True))
    if not people or seen != set(people):
        raise NotFound(what=User._meta.verbose_name)
    new = _copy_in(approval, people, actor)
    if new:
        append(ApprovalCopied(approval=approval.pk, line=approval.line.code, people=new), actor=actor)
    return approval


TELLING: dict[str, Callable[..., Approval]] = {
    "remind": lambda people, **who: remind(**who),
    "copy": lambda people, **who: copy_in(people=people, **who),
}
"""By the names that pages and programs give them; each is given `people`, `approval_id` and `actor`."""


def _locked(approval_id: int, actor: User) -> Approval:
    approval_for(actor, approval_id)
    return store.locked(approval_id)


def _copy_in(approval: Approval, people: Sequence[int], actor: User) -> list[int]:
    known = set(Copy.objects.filter(approval=approval, person__in=people).values_list("person", flat=True)) if people else set()
    new = [person for person in dict.fromkeys(people) if person not in known]
    facts: dict[str, Any] = {"approval": approval, "copied_by": actor, "copied_at": clock.now()}
    Copy.objects.bulk_create(Copy(person_id=person, **facts) for person in new)
    return new
