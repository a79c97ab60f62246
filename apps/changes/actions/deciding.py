"""A change on its way to approval. What is decided on is its digest; what comes back is a draft and is decided on anew."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.approvals.actions import decide, open_approval, open_approval_of
from apps.approvals.conf import Kind
from apps.approvals.states import ApprovalState
from apps.changes import events
from apps.changes.actions.activating import activate_soon
from apps.changes.actions.common import locked, locked_draft, record, require_editor, require_submitter, transit
from apps.changes.actions.replaying import begin_at_submission
from apps.changes.errors import ContentsChanged, DateUnusable, NotFinal, NothingInIt, ReasonNeeded
from apps.changes.models import Change
from apps.changes.selectors.lifecycle import content_digest, is_open, item_problems, items_in_order, problems_of, today
from apps.changes.states import CHANGE, ChangeState, Severity
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.actions import may
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_where
from apps.people.states import Right


@transaction.atomic
def submit_change(*, change_id: int, actor: User, seen: str | None = None) -> Change:
    """Sends a change on the path of its line. `seen` is the digest of what the person looked at.

    Raises NotFinal with everything that stands against it, DateUnusable, NothingInIt.
    """
    change = locked_draft(change_id, actor)
    require_submitter(actor, change.line)
    items = items_in_order(change)
    if not items:
        raise NothingInIt()
    _require_date_ahead(change)
    _require_no_problems(change, Severity.SUBMISSION)
    for item in items:
        item.owner.submitted(item.parsed, change, actor)
    digest = content_digest(change)
    if seen is not None and seen != digest:
        raise StaleState(what=change.title, state=change.get_state_display())
    transit(change, "submit", digest)
    change.save(update_fields=["state", "digest"])
    makers = {person.pk: person for item in items for person in item.owner.makers(item.parsed)}
    makers |= {person.pk: person for person in (change.author, *change.editors.all())}
    title = f"#{change.pk} {change.title}"
    open_approval(
        kind=CHANGE,
        subject=change.pk,
        title_zh=f"变更 {title}",
        title_en=f"Change {title}",
        line=change.line,
        digest=digest,
        makers=list(makers.values()),
        actor=actor,
    )
    record(events.ChangeSubmitted, change, actor)
    begin_at_submission(change=change, actor=actor)
    return change


@transaction.atomic
def withdraw_change(*, change_id: int, actor: User, reason: str) -> Change:
    """Takes a change back while it has not taken effect: it is a draft again, and whatever was decided on it is void.

    What is being decided is taken back by who submitted it; what was approved, by anybody who may put it together or approve it.
    """
    change = locked(change_id)
    if change.state == ChangeState.SUBMITTED:
        require_editor(actor, change.line)
        approval = open_approval_of(CHANGE, change.pk)
        if approval is None:
            raise StaleState(what=change.title, state=change.get_state_display())
        decide(approval_id=approval.pk, verb="withdraw", actor=actor, reason=reason)
        change.refresh_from_db()
        return change
    if not may(actor, Right.VIEW, change.line):
        raise NotFound(what=Change._meta.verbose_name)
    if not may(actor, Right.APPROVE, change.line):
        require_editor(actor, change.line)
    if not reason.strip():
        raise ReasonNeeded()
    transit(change, "take_back")
    change.save(update_fields=["state", "approver", "approved_at", "problem"])
    _give_back(change, actor, reason)
    record(events.ChangeWithdrawn, change, actor, reason)
    return change


def _approval_moved(change_id: int, state: str, actor: User, reason: str) -> None:
    """What the end of an approval, or its return to the author, makes of the change. It is locked already."""
    change = locked(change_id)
    if state == ApprovalState.WITHDRAWN and change.state == ChangeState.DRAFT:
        return  # it was with its author already
    if state == ApprovalState.APPROVED:
        _approved(change, actor, reason)
        return
    transit(change, "send_back")
    change.save(update_fields=["state"])
    _give_back(change, actor, reason)
    facts: dict[str, type[events.ChangeMoved]] = {
        ApprovalState.WITHDRAWN: events.ChangeWithdrawn,
        ApprovalState.REJECTED: events.ChangeRejected,
    }
    record(facts.get(state, events.ChangeSentBack), change, actor, reason)


def _approved(change: Change, actor: User, reason: str) -> None:
    if content_digest(change) != change.digest:
        raise ContentsChanged()
    _require_date_ahead(change)
    _require_no_problems(change, Severity.APPROVAL)
    items = items_in_order(change)
    if any(item.owner.of_every_line for item in items):
        _require_every_line(actor)
    transit(change, "approve", actor)
    change.approved_at = clock.now()
    change.save(update_fields=["state", "approver", "approved_at"])
    for item in items:
        item.owner.approved(item.parsed, change, actor)
    record(events.ChangeApproved, change, actor, reason)
    if change.is_at_once:
        activate_soon(change.pk)


def _give_back(change: Change, actor: User, reason: str) -> None:
    for item in items_in_order(change):
        item.owner.returned(item.parsed, change, actor, reason)


def _require_date_ahead(change: Change) -> None:
    """A date that has begun can no longer be kept: runs of it may have begun with what is in force now."""
    day = change.effective_date
    if day is None:
        return
    if day <= today():
        raise DateUnusable(problem=_("business date {day} has begun; choose a later one.").format(day=day.isoformat()))
    if not is_open(day):
        raise DateUnusable(problem=_("{day} is not a business day.").format(day=day.isoformat()))


def _require_no_problems(change: Change, blocked: Severity) -> None:
    severities = (Severity.SUBMISSION,) if blocked is Severity.SUBMISSION else (Severity.SUBMISSION, Severity.APPROVAL)
    problems = item_problems(change) + [problem for problem in problems_of(change) if problem.severity in severities]
    if problems:
        raise NotFinal.because_of(problems)


def _require_every_line(actor: User) -> None:
    held = lines_where(actor, Right.APPROVE).values("pk")
    missing = BusinessLine.objects.exclude(pk__in=held).first()
    if missing is not None:
        raise NotPermitted(right=Right.APPROVE.label, target=missing)


def _lock(change_id: int) -> None:
    locked(change_id)


def _address(change_id: int) -> str:
    return reverse("change", args=[change_id])


def _facts(change_id: int) -> dict[str, Any]:
    """What rules of flows may ask: a standard change may be asked of fewer people, a risky one of more."""
    change = Change.objects.select_related("line").get(pk=change_id)
    carried = sorted(set(change.items.values_list("kind", flat=True)))
    return {"kind": change.kind, "risk": change.risk, "line": change.line.code, "at once": change.is_at_once, "items": carried}


SAMPLE = {"kind": "normal", "risk": "low", "line": "rtgs-sh", "at once": False, "items": ["process.version"]}

CHANGE_KIND = Kind(
    CHANGE, gettext_lazy("change"), Right.APPROVE, _lock, _approval_moved, _address, facts=_facts, sample=SAMPLE, topic="change"
)
"""How changes take part in approvals; registered when the app starts."""
