"""How the broker's uplifts are set: as items of changes of the line, never otherwise."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.changes.actions import add_item, create_change, submit_change
from apps.changes.actions.kinds.base import PlainItems, label_of, moved
from apps.changes.conf import Effect, Words
from apps.changes.errors import AlreadyProposed
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import today
from apps.changes.states import Urgency
from apps.journal.actions import append
from apps.kernel import clock
from apps.lines.uplifts import events
from apps.lines.uplifts.core.contents import UpliftContent
from apps.lines.uplifts.errors import NoUpliftToRemove
from apps.lines.uplifts.models import MarginUplift
from apps.lines.uplifts.selectors import proposed_already, uplifts_on
from apps.lines.uplifts.states import UPLIFT, Covers, Holder
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right

KEY = ("holder", "who", "covers", "code", "days")
VALUES = ("multiple", "ratio_more", "floor_more", "spread_minimum", "source")


class UpliftItems(PlainItems):
    """A rule is of the line of its change, and paid by that line's clients alone."""

    name = UPLIFT
    label = gettext_lazy("uplift of the broker")
    content = UpliftContent

    def subject(self, content: UpliftContent) -> str:
        return content.key

    def require(self, content: UpliftContent, change: Change, actor: User) -> None:
        if not may(actor, Right.ADMINISTER, change.line):
            require(actor, Right.EDIT, change.line)

    def check(self, content: UpliftContent, change: Change) -> list[str]:
        if (content.holder is Holder.EVERYONE) != (content.who == ""):
            return [_("A group or an account is named; for everyone, none is.")]
        if (content.covers is Covers.ALL) != (content.code == ""):
            return [_("An underlying or a contract is named; for every contract, none is.")]
        if content.removed and content.key not in uplifts_on(change.line_id, change.from_date or today()):
            return [str(NoUpliftToRemove(name=_name(content)))]
        return []

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        held = uplifts_on(change.line_id, change.from_date or today())
        found = []
        for item in items:
            row = held.get(item.parsed.key)
            was = item.before["values"] if item.before is not None else _values(row)
            found.append(_words(item.parsed, was or {}, row))
        return found

    def lock(self, content: UpliftContent) -> None:
        list(MarginUplift.objects.select_for_update().filter(key=content.key).values_list("pk", flat=True))

    def apply(self, content: UpliftContent, effect: Effect) -> Any:
        valid_from = effect.from_date or effect.day
        before = _values(uplifts_on(effect.line.pk, valid_from).get(content.key))
        if content.removed and before is None:
            raise NoUpliftToRemove(name=_name(content))
        kept = VALUES if not content.removed else ("source",)
        row = MarginUplift.objects.create(
            line_id=effect.line.pk,
            **{name: getattr(content, name) for name in (*KEY, *kept)},
            valid_from=valid_from,
            is_withdrawn=content.removed,
            change_id=effect.change,
            set_at=clock.now(),
        )
        row.refresh_from_db()
        append(_fact(row, before, effect, valid_from), actor=effect.actor)
        return {"values": before}

    def undo(self, content: UpliftContent, before: Any) -> dict[str, Any]:
        kept = content.model_dump(mode="json")
        return kept | (before["values"] or {}) | {"removed": before["values"] is None}


@transaction.atomic
def propose_uplift(*, line_id: int, reason: str, effective_date: date | None, actor: User, **content: Any) -> Change:
    """One change of the line with this rule in it, submitted at once; without a date an emergency.

    Raises NotPermitted, ItemUnusable, AlreadyProposed, and what submitting raises.
    """
    parsed = UpliftContent.model_validate(content)
    change = create_change(
        line_id=line_id,
        actor=actor,
        title=_name(parsed),
        reason=reason,
        kind=Urgency.EMERGENCY if effective_date is None else Urgency.NORMAL,
        effective_date=effective_date,
    )
    item = add_item(change_id=change.pk, kind=UPLIFT, content=content, actor=actor)
    if (other := proposed_already(line_id, item.subject, beside=change.pk)) is not None:
        raise AlreadyProposed(what=_name(parsed), change=other.pk)
    return submit_change(change_id=change.pk, actor=actor)


def _name(content: UpliftContent) -> str:
    return MarginUplift(**{name: getattr(content, name) for name in KEY}).name


def _values(row: MarginUplift | None) -> dict[str, Any] | None:
    """A rule as the fields of a content; None when there is none."""
    if row is None:
        return None
    least = None if row.spread_minimum is None else str(row.spread_minimum)
    parts = {name: plain(getattr(row, name)) for name in ("multiple", "ratio_more", "floor_more")}
    return {**parts, "spread_minimum": least, "source": row.source}


def plain(part: Decimal) -> str:
    """Without zeros at the end."""
    return f"{part.normalize():f}"


def _fact(row: MarginUplift, before: dict[str, Any] | None, effect: Effect, valid_from: date) -> events.UpliftSet:
    return events.UpliftSet(
        line=effect.line.code,
        rule=row.pk,
        name=" ".join(part for part in (row.who or row.holder, row.code or row.covers, _days(row)) if part),
        change=effect.change,
        valid_from=valid_from.isoformat(),
        before=_texts(before),
        values=_texts(None if row.is_withdrawn else _values(row)),
    )


def _days(row: MarginUplift) -> str:
    return "" if row.days is None else f"E-{row.days}"


def _texts(values: dict[str, Any] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (values or {}).items() if value is not None}


def _words(content: UpliftContent, was: dict[str, Any], row: MarginUplift | None) -> Words:
    address = reverse("uplift", args=[row.pk]) if row is not None else reverse("uplifts")
    name = _name(content)
    if content.removed:
        return Words(_("“{name}”: no uplift of its own any more").format(name=name), [], address)
    after = content.model_dump(mode="json")
    details = []
    for field in VALUES:
        pair = _shown(field, was.get(field)), _shown(field, after[field])
        if pair[0] != pair[1]:
            details.append(moved(label_of(MarginUplift, field), *pair))
    return Words(_("“{name}”: another uplift").format(name=name), details or [_("nothing differs")], address)


def _shown(field: str, value: Any) -> str:
    if value is None or field == "source":
        return str(value or "")
    if field == "spread_minimum":
        return f"{Decimal(str(value)):.2f}"
    return f"{plain(Decimal(str(value)) * 100)} %"
