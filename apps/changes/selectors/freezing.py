"""When nothing normal may take effect, what was approved beforehand, and who still has to approve an emergency."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from apps.approvals.models import Approval
from apps.calendars.selectors import is_business_day
from apps.changes.conf import Problem
from apps.changes.core.freezing import is_no_riskier
from apps.changes.models import Change, ChangePolicy, FreezeWindow, StandardChange
from apps.changes.states import AFTER_CHANGE, ChangeState, Risk, Severity, Urgency
from apps.kernel import clock
from apps.people.models import User

FREEZE, STANDARD = "freeze", "standard"


def freezes_over(change: Change) -> list[FreezeWindow]:
    """The windows in which the change would take effect: on its date, or now when it is at once. One query, two by a calendar."""
    return _over(change.line_id, change.effective_date)


def freezes_now(line_id: int) -> list[FreezeWindow]:
    """The windows of a line that hold now. One query, two more by a calendar."""
    return _over(line_id, None)


def _over(line_id: int, day: date | None) -> list[FreezeWindow]:
    at = None
    if day is None:
        here = clock.now().astimezone(clock.SHANGHAI)
        day, at = here.date(), here.time()
    rows = FreezeWindow.objects.filter(Q(line=None) | Q(line=line_id), first_date__lte=day, last_date__gte=day)
    return [row for row in rows.select_related("calendar").order_by("first_date", "id") if _covers(row, day, at)]


def _covers(row: FreezeWindow, day: date, at: time | None) -> bool:
    if row.calendar is None:
        return row.freeze.covers(day, at)
    if at is not None:
        here = clock.now().astimezone(ZoneInfo(row.calendar.zone))
        day, at = here.date(), here.time()
    return row.freeze.covers(day, at, is_open=is_business_day(row.calendar.code, day))


def freeze_requirement(change: Change) -> list[Problem]:
    """A window refuses what is normal or standard; an emergency is told of it."""
    if change.state not in (ChangeState.DRAFT, ChangeState.SUBMITTED):
        return []
    if change.kind == Urgency.EMERGENCY:
        said, severity = _("It takes effect in the freeze window “{name}”: only as an emergency."), Severity.WARNING
    else:
        said, severity = _("It would take effect in the freeze window “{name}” ({first} to {last})."), Severity.SUBMISSION
    return [
        Problem(severity, said.format(name=row.name, first=row.first_date.isoformat(), last=row.last_date.isoformat()), FREEZE)
        for row in freezes_over(change)
    ]


def standard_requirement(change: Change) -> list[Problem]:
    """What calls itself standard is of a kind that was approved beforehand."""
    if change.kind != Urgency.STANDARD or change.state not in (ChangeState.DRAFT, ChangeState.SUBMITTED):
        return []
    carried = set(change.items.values_list("kind", flat=True))
    for row in StandardChange.objects.filter(Q(line=None) | Q(line=change.line_id)).order_by("id"):
        if carried <= set(row.item_kinds) and is_no_riskier(Risk(change.risk), Risk(row.most_risk)):
            return []
    return [
        Problem(Severity.SUBMISSION, _("No standard change covers what it carries and risks: make it a normal one."), STANDARD)
    ]


def policy_of(line_id: int) -> ChangePolicy:
    """The days of a line: its own, else those of all lines, else those of the house. One query."""
    found = ChangePolicy.objects.filter(Q(line=None) | Q(line=line_id)).order_by(F("line").asc(nulls_last=True))
    return found.first() or ChangePolicy()


def after_approvals() -> QuerySet[Approval]:
    return Approval.objects.filter(kind=AFTER_CHANGE)


def unasked_emergencies() -> QuerySet[Change]:
    """Emergencies that have taken effect and that nobody has been asked to approve afterwards yet, oldest first. One query."""
    asked = after_approvals().filter(subject=OuterRef("pk"))
    found = Change.objects.filter(~Exists(asked), kind=Urgency.EMERGENCY, activated_at__isnull=False)
    return found.order_by("activated_at", "id")


def after_section(change: Change, reader: User) -> dict[str, Any] | None:
    """What the page of an emergency shows of its approval afterwards. One query, one more as long as nobody is asked."""
    if change.kind != Urgency.EMERGENCY:
        return None
    approval = after_approvals().filter(subject=change.pk).order_by("-id").first()
    return {"change": change, "after": approval, "missed": approval is not None and _is_missed(approval)} | (
        {} if approval is not None else {"days": policy_of(change.line_id).after_days}
    )


def _is_missed(approval: Approval) -> bool:
    return approval.due_at is not None and (approval.ended_at or clock.now()) > approval.due_at
