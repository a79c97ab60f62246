"""Everything that waits for one person, in one list: approvals, steps, signatures, mentions, and voices to reassign."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.approvals import selectors as approvals
from apps.approvals.models import Approval, Seat
from apps.comments import selectors as comments
from apps.comments.models import Mention
from apps.desk.selectors.interventions import asked
from apps.desk.selectors.runs import StepView, named
from apps.engine import selectors as engine
from apps.engine.models import InterventionRequest, Step
from apps.kernel import clock
from apps.people.models import User

MOST = 100
"""Of each kind on a page."""
KINDS: dict[str, tuple[str, Any]] = {
    "approval": ("shield-check", gettext_lazy("Approval")),
    "signature": ("users", gettext_lazy("Signature")),
    "step": ("user", gettext_lazy("Human step")),
    "mention": ("send", gettext_lazy("Mention")),
    "reassign": ("refresh-cw", gettext_lazy("To reassign")),
}


@dataclass(frozen=True)
class Item:
    """One thing that waits. `pick` names an approval with the revision that is shown, `read` a thread with a mention to read.

    An approval that `needs_form` is not picked: it is decided by itself.
    """

    kind: str
    title: str
    line: str
    person: str
    since: datetime
    address: str
    due: datetime | None = None
    is_late: bool = False
    is_reminded: bool = False
    pick: str = ""
    read: int = 0
    needs_form: bool = False

    @property
    def icon(self) -> str:
        return KINDS[self.kind][0]

    @property
    def label(self) -> Any:
        return KINDS[self.kind][1]


@dataclass(frozen=True)
class Inbox:
    """A page of it. `following` are the keys behind which the next page begins, by kind."""

    items: list[Item]
    counts: dict[str, int]
    has_more: bool
    following: dict[str, int]
    is_first: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def by_kind(self) -> list[tuple[Any, int]]:
        return [(KINDS[kind][1], self.counts[kind]) for kind in KINDS if kind in self.counts]

    @property
    def more(self) -> str:
        """The query of the next page; empty on the last one."""
        return urlencode(self.following) if self.has_more else ""


def inbox_of(user: User, behind: Mapping[str, int] | None = None) -> Inbox:
    """`MOST` of each kind behind the keys given: late or due first, then what has waited longest. A fixed number of queries."""
    after = {kind: key for kind, key in (behind or {}).items() if kind in KINDS and key}
    following, items, has_more = dict(after), list[Item](), False
    for kind, (rows_of, items_of) in _READERS.items():
        rows: list[Any] = list(rows_of(user).filter(pk__gt=after.get(kind, 0))[: MOST + 1])
        shown, has_more = rows[:MOST], has_more or len(rows) > MOST
        items += items_of(shown, user)
        if shown:
            following[kind] = shown[-1].pk
    far = datetime.max.replace(tzinfo=clock.SHANGHAI)
    items.sort(key=lambda item: (not item.is_late, item.due or far, item.since))
    return Inbox(items, dict(Counter(item.kind for item in items)), has_more, following, not after)


def inbox_count(user: User) -> tuple[int, bool]:
    """How much waits, counted to `MOST` of each kind, and whether there is more. Keys only; a fixed number of queries."""
    signatures = engine.requests_to_sign(user).values_list("barred", flat=True)[:MOST]
    found = [
        len(approvals.waiting_for(user).values_list("pk", flat=True)[:MOST]),
        sum(user.pk not in barred for barred in signatures),
        len(engine.tasks_for(user).values_list("pk", flat=True)[:MOST]),
        len(comments.mentions_of(user).values_list("pk", flat=True)[:MOST]),
        len(approvals.seats_to_reassign(user).values_list("pk", flat=True)[:MOST]),
    ]
    return sum(found), any(count >= MOST for count in found)


def _approvals(rows: list[Approval], _user: User) -> list[Item]:
    return [
        Item(
            "approval", each.title, each.line.name, str(each.submitter), each.submitted_at, reverse("approval", args=[each.pk]),
            each.due_at, each.late_at is not None, each.is_reminded, "" if each.needs_form else f"{each.pk}:{each.revision}",
            needs_form=each.needs_form,
        )
        for each in rows
    ]  # fmt: skip


def _signatures(rows: list[InterventionRequest], user: User) -> list[Item]:
    return [
        Item(
            "signature", f"{each.label} · {each.name or each.request.run.process.name}", each.request.run.line.name,
            str(each.request.asked_by), each.request.asked_at, reverse("tasks"),
        )
        for each in asked(row for row in rows if user.pk not in row.barred)
    ]  # fmt: skip


def _steps(rows: list[Step], _user: User) -> list[Item]:
    return [_step(named(step)) for step in rows]


def _step(view: StepView) -> Item:
    step, due = view.step, view.due
    address = f"{reverse('run', args=[step.run_id])}?step={step.pk}"
    title = f"{view.name} · {step.run.process.name} {step.run.business_date.isoformat()}"
    made_by = str(step.maker) if step.is_check and step.maker else ""
    moment, is_late = (due.at, due.is_late) if due else (step.deadline_at, step.is_late)
    return Item("step", title, step.run.line.name, made_by, step.created_at, address, moment, is_late)


def _mentions(rows: list[Mention], _user: User) -> list[Item]:
    return [
        Item(
            "mention", each.thread.title, each.thread.line.name, str(each.by), each.mentioned_at,
            f"{each.thread.address}#comments-{each.thread.kind}-{each.thread.key}", read=each.thread_id,
        )
        for each in rows
    ]  # fmt: skip


def _to_reassign(rows: list[Seat], _user: User) -> list[Item]:
    return [
        Item(
            "reassign", _("{person}: {title}").format(person=seat.holder, title=seat.approval.title), seat.approval.line.name,
            str(seat.holder), seat.approval.submitted_at, f"{reverse('approval', args=[seat.approval_id])}#others-title",
            seat.approval.due_at, seat.approval.late_at is not None,
        )
        for seat in rows
    ]  # fmt: skip


_READERS: dict[str, tuple[Callable[[User], QuerySet[Any]], Callable[[list[Any], User], list[Item]]]] = {
    "approval": (approvals.waiting_for, _approvals),
    "signature": (lambda user: engine.requests_to_sign(user).select_related("step"), _signatures),
    "step": (lambda user: engine.tasks_for(user).select_related("taken_by", "maker"), _steps),
    "mention": (comments.mentions_of, _mentions),
    "reassign": (approvals.seats_to_reassign, _to_reassign),
}
"""Of each kind: what waits, oldest first by its key, and how it is shown."""
