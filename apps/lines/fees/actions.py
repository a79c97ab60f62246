"""How rates are set: those that ship with the product once, all others as items of changes."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
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
from apps.lines.fees import events
from apps.lines.fees.core.contents import RateContent
from apps.lines.fees.errors import NoRateToRemove
from apps.lines.fees.models import FeeRate
from apps.lines.fees.selectors import proposed_already, rates_on
from apps.lines.fees.states import FEE_RATE, Base, Fee
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.states import Right

SHIPPED = Path(__file__).parent / "data" / "rates.json"
FIELDS = ("base", "per_mille", "minimum", "contains_market_fees", "source", "is_verified")


class RateItems(PlainItems):
    """Rates hold on every line: who approves the change to the end has to be able to do so everywhere."""

    name = FEE_RATE
    label = gettext_lazy("rate of a fee")
    content = RateContent
    of_every_line = True

    def subject(self, content: RateContent) -> str:
        return " ".join((content.market, content.security_class, content.fee, content.side))

    def require(self, content: RateContent, change: Change, actor: User) -> None:
        if not may(actor, Right.ADMINISTER, change.line):
            require(actor, Right.EDIT, change.line)

    def check(self, content: RateContent, change: Change) -> list[str]:
        if content.removed:
            held = rates_on(change.from_date or today()).get(_key(content))
            return [] if held is not None else [str(NoRateToRemove(name=_name(content)))]
        if content.contains_market_fees and content.fee != Fee.COMMISSION:
            return [_("Only a commission contains other fees.")]
        if content.per_mille is None and content.minimum:
            return [_("A minimum needs a rate.")]
        return []

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        held = rates_on(change.from_date or today())
        found = []
        for item in items:
            row = held.get(_key(item.parsed))
            was = item.before["values"] if item.before is not None else _values(row)
            found.append(_words(item.parsed, was or {}, row))
        return found

    def lock(self, content: RateContent) -> None:
        list(FeeRate.objects.select_for_update().filter(**_columns(content)).values_list("pk", flat=True))

    def apply(self, content: RateContent, effect: Effect) -> Any:
        valid_from = effect.from_date or effect.day
        before = _values(rates_on(valid_from).get(_key(content)))
        if content.removed and before is None:
            raise NoRateToRemove(name=_name(content))
        kept = FIELDS if not content.removed else ("source",)
        row = FeeRate.objects.create(
            **_columns(content),
            **{name: getattr(content, name) for name in kept},
            valid_from=valid_from,
            is_withdrawn=content.removed,
            change_id=effect.change,
            set_at=clock.now(),
        )
        row.refresh_from_db()
        append(_fact(row, before, effect, valid_from), actor=effect.actor)
        return {"values": before}

    def undo(self, content: RateContent, before: Any) -> dict[str, Any]:
        kept = content.model_dump(mode="json")
        return kept | (before["values"] or {}) | {"removed": before["values"] is None}


@transaction.atomic
def propose_rate(*, line_id: int, reason: str, effective_date: date | None, actor: User, **content: Any) -> Change:
    """One change with this rate in it, submitted at once, on the path of the line's changes; without a date an emergency.

    Raises NotPermitted, ItemUnusable, AlreadyProposed, and what submitting raises.
    """
    parsed = RateContent.model_validate(content)
    change = create_change(
        line_id=line_id,
        actor=actor,
        title=_name(parsed),
        reason=reason,
        kind=Urgency.EMERGENCY if effective_date is None else Urgency.NORMAL,
        effective_date=effective_date,
    )
    item = add_item(change_id=change.pk, kind=FEE_RATE, content=content, actor=actor)
    if (other := proposed_already(item.subject, beside=change.pk)) is not None:
        raise AlreadyProposed(what=_name(parsed), change=other.pk)
    return submit_change(change_id=change.pk, actor=actor)


@transaction.atomic
def load_fee_rates() -> int:
    """Adds what is missing of the rates that ship with the product, and never touches what is there; how many are new."""
    there = set(
        FeeRate.objects.filter(change=None).values_list("market", "security_class", "fee", "side", "valid_from").order_by()
    )
    rows = [_shipped(facts) for facts in json.loads(SHIPPED.read_text(encoding="utf-8"))]
    missing = [row for row in rows if (*row.key, row.valid_from) not in there]
    FeeRate.objects.bulk_create(missing)
    if missing:
        append(events.FeeRatesLoaded(rates=len(missing)), actor=None)
    return len(missing)


def line_to_propose_on(actor: User, code: str) -> BusinessLine | None:
    """The line of this code when the person may see it."""
    line = BusinessLine.objects.filter(code=code).first()
    return line if line is not None and may(actor, Right.VIEW, line) else None


def _shipped(facts: dict[str, Any]) -> FeeRate:
    given = {**facts, "valid_from": date.fromisoformat(facts["valid_from"])}
    given["per_mille"] = None if facts["per_mille"] is None else Decimal(facts["per_mille"])
    given["minimum"] = Decimal(facts.get("minimum", "0"))
    return FeeRate(**given, set_at=clock.now())


def _columns(content: RateContent) -> dict[str, str]:
    return {name: getattr(content, name).value for name in ("market", "security_class", "fee", "side")}


def _key(content: RateContent) -> tuple[str, str, str, str]:
    return content.market.value, content.security_class.value, content.fee.value, content.side.value


def _name(content: RateContent) -> str:
    return FeeRate(**_columns(content)).name


def _values(row: FeeRate | None) -> dict[str, Any] | None:
    """A rate as the fields of a content; None when there is none."""
    if row is None:
        return None
    values = {name: getattr(row, name) for name in FIELDS}
    return values | {"per_mille": row.shown or None, "minimum": str(row.minimum)}


def _fact(row: FeeRate, before: dict[str, Any] | None, effect: Effect, valid_from: date) -> events.FeeRateSet:
    after = None if row.is_withdrawn else _values(row)
    return events.FeeRateSet(
        line=effect.line.code,
        rate=row.pk,
        name=" ".join(row.key),
        change=effect.change,
        valid_from=valid_from.isoformat(),
        before=_texts(before),
        values=_texts(after),
    )


def _texts(values: dict[str, Any] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (values or {}).items() if value is not None}


def _words(content: RateContent, was: dict[str, Any], row: FeeRate | None) -> Words:
    address = reverse("fee-rate", args=[row.pk]) if row is not None else reverse("fees")
    name = _name(content)
    if content.removed:
        return Words(_("“{name}”: no rate any more").format(name=name), [], address)
    details = []
    after = content.model_dump(mode="json")
    for field in FIELDS:
        pair = _shown(field, was.get(field)), _shown(field, after[field])
        if pair[0] != pair[1]:
            details.append(moved(label_of(FeeRate, field), *pair))
    return Words(_("“{name}”: another rate").format(name=name), details or [_("nothing differs")], address)


def _shown(field: str, value: Any) -> str:
    if value is None:
        return _("not known") if field == "per_mille" else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "per_mille":
        return f"{FeeRate(per_mille=Decimal(str(value))).shown} ‰"
    if field == "minimum":
        return f"{Decimal(str(value)):.2f}"
    return str(Base(value).label) if field == "base" else str(value)
