"""A change is put together: its facts and its items. Only a draft is edited, so nothing that was decided on ever differs."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from apps.changes import events
from apps.changes.actions.common import locked_draft, record, require_editor, transit
from apps.changes.conf import item_kind
from apps.changes.errors import DateUnusable, ItemUnusable, ReasonNeeded, UnknownKind
from apps.changes.models import Change, ChangeItem
from apps.changes.states import Urgency
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine, User
from apps.tickets.actions import name_tickets
from apps.tickets.states import CHANGE

MOST_ITEMS = 100
FIELDS = ("title", "kind", "reason", "tickets", "risk", "evidence", "fallback", "effective_date")


@transaction.atomic
def create_change(
    *, line_id: int, actor: User, rolls_back: Change | None = None, effective_date: date | None = None, **facts: str
) -> Change:
    """A change with nothing in it yet. Raises NotPermitted, DateUnusable for one that is at once without being an emergency."""
    line = BusinessLine.objects.filter(pk=line_id).first()
    if line is None:
        raise NotFound(what=BusinessLine._meta.verbose_name)
    require_editor(actor, line)
    change = Change(
        line=line, author=actor, created_at=clock.now(), effective_date=effective_date, rolls_back=rolls_back, **facts
    )
    _require_dated(change)
    change.save()
    change.editors.add(actor)
    back = rolls_back.pk if rolls_back is not None else 0
    append(events.ChangeCreated(change=change.pk, line=line.code, title=change.title, rolls_back=back), actor=actor)
    if rolls_back is None and change.tickets:  # what brings back a former state is not what the tickets ask for
        name_tickets(kind=CHANGE, subject=change.pk, text=change.tickets, actor=actor)
    return change


@transaction.atomic
def edit_change(*, change_id: int, actor: User, **facts: Any) -> Change:
    """Other facts, by the names of their fields; whoever edits is one of its makers from then on."""
    change = locked_draft(change_id, actor)
    before = {name: str(getattr(change, name) or "") for name in facts if name in FIELDS}
    for name in before:
        setattr(change, name, facts[name])
    _require_dated(change)
    after = {name: str(getattr(change, name) or "") for name in before}
    differ = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if differ:
        change.save()
        change.editors.add(actor)
        append(events.ChangeEdited(change=change.pk, line=change.line.code, fields=differ), actor=actor)
    if "tickets" in differ and change.rolls_back_id is None:
        name_tickets(kind=CHANGE, subject=change.pk, text=change.tickets, actor=actor)
    return change


@transaction.atomic
def add_item(*, change_id: int, kind: str, content: dict[str, Any], actor: User) -> ChangeItem:
    """Puts something into a change, in place of what it carried about the same. Raises ItemUnusable, OtherLine, NotPermitted."""
    change = locked_draft(change_id, actor)
    try:
        owner = item_kind(kind)
    except KeyError as unknown:
        raise UnknownKind(kind=kind) from unknown
    try:
        parsed = owner.content.model_validate(content)
    except ValidationError as refusal:
        first = refusal.errors()[0]
        raise ItemUnusable(problem=f"{'.'.join(str(part) for part in first['loc'])} {first['msg']}".strip()) from refusal
    owner.require(parsed, change, actor)
    change.items.filter(kind=kind, subject=owner.subject(parsed)).delete()
    if change.items.count() >= MOST_ITEMS:
        raise ItemUnusable(problem=_("a change carries at most {most} items.").format(most=MOST_ITEMS))
    item = ChangeItem(change=change, kind=kind, subject=owner.subject(parsed), added_by=actor, added_at=clock.now())
    item.content = parsed.model_dump(mode="json")
    problems = owner.check(parsed, change)
    if problems:
        raise ItemUnusable(problem=problems[0])
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as twice:
        raise ItemUnusable(problem=item.subject) from twice
    change.editors.add(actor)
    _say(events.ItemAdded, change, item, actor)
    return item


@transaction.atomic
def remove_item(*, change_id: int, item_id: int, actor: User) -> Change:
    """Takes something out of a change."""
    change = locked_draft(change_id, actor)
    item = change.items.filter(pk=item_id).first()
    if item is None:
        raise NotFound(what=ChangeItem._meta.verbose_name)
    item.owner.returned(item.parsed, change, actor, "")
    _say(events.ItemRemoved, change, item, actor)
    item.delete()
    change.editors.add(actor)
    return change


@transaction.atomic
def discard_change(*, change_id: int, actor: User, reason: str) -> Change:
    """Gives a draft up for good; it stays to be looked at."""
    change = locked_draft(change_id, actor)
    if not reason.strip():
        raise ReasonNeeded()
    transit(change, "discard")
    change.save(update_fields=["state"])
    record(events.ChangeDiscarded, change, actor, reason)
    return change


def _require_dated(change: Change) -> None:
    if change.effective_date is None and change.kind != Urgency.EMERGENCY:
        raise DateUnusable(problem=_("only an emergency takes effect at once; any other change names a business date."))


def _say(fact: type[events.ItemFact], change: Change, item: ChangeItem, actor: User) -> None:
    told = fact(change=change.pk, line=change.line.code, about=item.kind, subject=item.subject, content=item.content)
    append(told, actor=actor)
