"""Freeze windows, standard changes and days are data that administrators keep. What was an emergency is approved afterwards."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.approvals.actions import open_approval
from apps.approvals.conf import Kind, business_days_later
from apps.approvals.states import ApprovalState
from apps.changes import events
from apps.changes.conf import item_kinds
from apps.changes.errors import Frozen, OnlyYesOrNo, StandardChangeUnusable
from apps.changes.models import Change, ChangePolicy, FreezeWindow, StandardChange
from apps.changes.selectors.freezing import after_approvals, freezes_now, policy_of, unasked_emergencies
from apps.changes.states import AFTER_CHANGE
from apps.journal.actions import append
from apps.kernel.errors import NotFound, NotPermitted
from apps.kernel.rows import as_texts
from apps.people.actions import require
from apps.people.models import User
from apps.people.selectors import is_superuser
from apps.people.states import Right

Rule = FreezeWindow | StandardChange | ChangePolicy
NAMES: dict[type[Rule], str] = {FreezeWindow: "freeze", StandardChange: "standard", ChangePolicy: "policy"}
BATCH = 50
REMIND_BEFORE = timedelta(days=1)


@transaction.atomic
def save_rule(*, rule: Rule, actor: User) -> Rule:
    """A rule as somebody has written it. One of all lines is nobody's line: only superusers write it."""
    kept = type(rule).objects.select_for_update(of=("self",)).select_related("line").filter(pk=rule.pk).first()
    for row in (rule, *([kept] if kept else [])):
        _require_administrator(actor, row)
    if isinstance(rule, StandardChange) and not _names_kinds(rule):
        raise StandardChangeUnusable
    before = as_texts(kept) if kept else {}
    rule.save()
    _journal(rule, before, as_texts(rule), actor)
    return rule


@transaction.atomic
def remove_rule(*, rule: Rule, actor: User) -> None:
    kept = type(rule).objects.select_for_update(of=("self",)).select_related("line").filter(pk=rule.pk).first()
    if kept is None:
        raise NotFound(what=rule._meta.verbose_name)
    _require_administrator(actor, kept)
    _journal(kept, as_texts(kept), {}, actor)
    kept.delete()


def require_thawed(line_id: int) -> None:
    """Raises Frozen while a window of the line holds: what comes into force at once would pass it by."""
    for row in freezes_now(line_id):
        raise Frozen(name=row.name, first=row.first_date.isoformat(), last=row.last_date.isoformat())


def ask_after_emergencies() -> int:
    """Asks for the approval of emergencies that have taken effect; how many. Who is late is watched with all other approvals."""
    return sum(_ask(key) for key in list(unasked_emergencies().values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _ask(change_id: int) -> bool:
    change = Change.objects.select_for_update(of=("self",)).select_related("line", "author").get(pk=change_id)
    if after_approvals().filter(subject=change_id).exists() or change.activated_at is None:
        return False
    title = f"#{change.pk} {change.title}"
    approval = open_approval(
        kind=AFTER_CHANGE,
        subject=change.pk,
        title_zh=f"紧急变更补审批 {title}",
        title_en=f"Emergency, approved afterwards: {title}",
        line=change.line,
        digest=change.digest,
        makers=[change.author, *change.editors.all()],
        actor=change.author,
    )
    due = business_days_later(change.activated_at, policy_of(change.line_id).after_days)
    approval.due_at, approval.remind_at = due, due - REMIND_BEFORE
    approval.save(update_fields=["due_at", "remind_at"])
    append(events.AfterApprovalAsked(change=change.pk, line=change.line.code, due=due.isoformat()), actor=None)
    return True


def _after_moved(change_id: int, state: str, actor: User, reason: str) -> None:
    if state not in (ApprovalState.APPROVED, ApprovalState.REJECTED):
        raise OnlyYesOrNo
    change = Change.objects.select_related("line").get(pk=change_id)
    fact = events.AfterApprovalGiven if state == ApprovalState.APPROVED else events.AfterApprovalRefused
    append(fact(change=change.pk, line=change.line.code, reason=reason), actor=actor)


def _lock(change_id: int) -> None:
    Change.objects.select_for_update(of=("self",)).get(pk=change_id)


def _address(change_id: int) -> str:
    return reverse("change", args=[change_id])


AFTER_KIND = Kind(AFTER_CHANGE, _("emergency, approved afterwards"), Right.APPROVE, _lock, _after_moved, _address)


def _names_kinds(rule: StandardChange) -> bool:
    known = {kind.name for kind in item_kinds()}
    return isinstance(rule.item_kinds, list) and bool(rule.item_kinds) and set(rule.item_kinds) <= known


def _require_administrator(actor: User, rule: Rule) -> None:
    if rule.line is not None:
        require(actor, Right.ADMINISTER, rule.line)
    elif not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target=rule)


def _journal(rule: Rule, before: dict[str, str], after: dict[str, str], actor: User) -> None:
    if before != after:
        line = rule.line.code if rule.line else ""
        append(events.RuleChanged(line=line, what=NAMES[type(rule)], before=before, after=after), actor=actor)
