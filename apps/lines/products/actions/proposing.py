"""The shortest way to another class, table or rule, or to what a sheet says: one change, submitted at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.changes.actions import add_item, create_change, submit_change
from apps.changes.errors import AlreadyProposed
from apps.changes.models import Change
from apps.changes.selectors.lifecycle import today
from apps.changes.states import Urgency
from apps.kernel.errors import NotFound
from apps.lines.products.actions.facts import values_by_code
from apps.lines.products.actions.items import COMMON, ClassItems, OutputItems, RuleItems, TableItems
from apps.lines.products.core.contents import ProductContent
from apps.lines.products.core.sheets import BadCell, BadSheet, read_numbered
from apps.lines.products.errors import NothingDiffers, SheetRefused
from apps.lines.products.selectors.accounts import RowResult, results_of
from apps.lines.products.selectors.books import proposed_already, rows_in_force
from apps.lines.products.selectors.sheets import problem_in_words
from apps.lines.products.states import (
    PRODUCT_ACCOUNTS,
    PRODUCT_CLASS,
    PRODUCT_FACTS,
    PRODUCT_OUTPUT,
    PRODUCT_RULE,
    PRODUCT_TABLE,
)
from apps.people.actions import may
from apps.people.models import BusinessLine, User
from apps.people.states import Right

KINDS: Mapping[str, Any] = {
    PRODUCT_CLASS: ClassItems(),
    PRODUCT_TABLE: TableItems(),
    PRODUCT_RULE: RuleItems(),
    PRODUCT_OUTPUT: OutputItems(),
}
OF_SHEETS = {"classes": PRODUCT_CLASS, "tables": PRODUCT_TABLE, "rules": PRODUCT_RULE, "outputs": PRODUCT_OUTPUT}


@transaction.atomic
def propose_row(
    *, kind: str, line_code: str, reason: str, effective_date: date | None, actor: User, content: dict[str, Any]
) -> Change:
    """One change with this class, table or rule in it, submitted at once; without a date an emergency.

    Raises NotFound, NotPermitted, ItemUnusable, AlreadyProposed, and what submitting raises.
    """
    change = _change(line_code, str(KINDS[kind].label), reason, effective_date, actor)
    item = add_item(change_id=change.pk, kind=kind, content=content, actor=actor)
    if (other := proposed_already(kind, item.subject, beside=change.pk)) is not None:
        raise AlreadyProposed(what=item.subject, change=other.pk)
    change.title = f"{KINDS[kind].label} {item.subject}"[:200]
    change.save(update_fields=["title"])
    return submit_change(change_id=change.pk, actor=actor)


@transaction.atomic
def propose_sheet(*, what: str, data: bytes, line_code: str, reason: str, effective_date: date | None, actor: User) -> Change:
    """A sheet of classes, tables, rules or products as one change with what differs from what is in force, submitted at once.

    Raises SheetRefused with row and column of everything that is wrong, NothingDiffers, and what `propose_row` raises. Nothing of
    a sheet that is refused is kept.
    """
    change = _change(line_code, what, reason, effective_date, actor)  # refuses whoever may not, before anything is read
    numbered = _read(what, data)
    rows = [content for _row, content in numbered]
    change.title = _("Sheet of {what}: {count} rows").format(what=what, count=len(rows))
    change.save(update_fields=["title"])
    day = effective_date or today()
    if what == "products":
        differing = _differing_products(rows, day)
        content = {"products": [product.model_dump(mode="json") for product in differing]}
        _require_some(differing)
        add_item(change_id=change.pk, kind=PRODUCT_FACTS, content=content, actor=actor)
        return submit_change(change_id=change.pk, actor=actor)
    if what == "accounts":
        results = results_of(numbered, change.line_id, day)
        _refuse_rows([result for result in results if result.problem])
        moving = [result.content.model_dump(mode="json") for result in results if result.standing != "same"]
        _require_some(moving)
        add_item(change_id=change.pk, kind=PRODUCT_ACCOUNTS, content={"accounts": moving}, actor=actor)
        return submit_change(change_id=change.pk, actor=actor)
    kind = OF_SHEETS[what]
    differing = _differing(kind, rows, day)
    _require_some(differing)
    for row in differing:
        item = add_item(change_id=change.pk, kind=kind, content=row.model_dump(mode="json"), actor=actor)
        if (other := proposed_already(kind, item.subject, beside=change.pk)) is not None:
            raise AlreadyProposed(what=item.subject, change=other.pk)
    return submit_change(change_id=change.pk, actor=actor)


def rows_of_sheet(what: str, data: bytes) -> list[Any]:
    """What a sheet says. Raises SheetRefused; `problems` are its sentences with rows and columns."""
    return [content for _row, content in _read(what, data)]


def results_of_sheet(data: bytes, line: BusinessLine, day: date) -> list[RowResult]:
    """What would become of each account of a sheet on a line; nothing is kept. Raises SheetRefused for what cannot be read."""
    return results_of(_read("accounts", data), line.pk, day)


def _read(what: str, data: bytes) -> list[tuple[int, Any]]:
    try:
        return read_numbered(what, data)
    except BadSheet as refusal:
        told = [problem_in_words(problem) for problem in refusal.problems]
        cells = [
            {"row": each.row, "column": each.column, "problem": word} for each, word in zip(refusal.problems, told, strict=True)
        ]
        raise SheetRefused(first=told[0], problems=cells) from refusal


def _refuse_rows(refused: Sequence[RowResult]) -> None:
    """Of a sheet that is refused nothing is kept, and every bad row is told."""
    if refused:
        told = [problem_in_words(BadCell(result.row, "", result.problem)) for result in refused]
        cells = [{"row": result.row, "column": "account", "problem": word} for result, word in zip(refused, told, strict=True)]
        raise SheetRefused(first=told[0], problems=cells)


def line_to_propose_on(actor: User, code: str) -> BusinessLine | None:
    """The line of this code when the person may see it."""
    line = BusinessLine.objects.filter(code=code).first()
    return line if line is not None and may(actor, Right.VIEW, line) else None


def _change(line_code: str, title: str, reason: str, effective_date: date | None, actor: User) -> Change:
    line = line_to_propose_on(actor, line_code)
    if line is None:
        raise NotFound(what=BusinessLine._meta.verbose_name)
    kind = Urgency.EMERGENCY if effective_date is None else Urgency.NORMAL
    return create_change(line_id=line.pk, actor=actor, title=title[:200], reason=reason, kind=kind, effective_date=effective_date)


def _differing(kind: str, rows: Sequence[Any], day: date) -> list[Any]:
    """Rows that say something else than what is in force, those without which others could not stand first."""
    owner = KINDS[kind]
    held = rows_in_force(owner.table, day, [owner._row_key(row) for row in rows])
    return [row for row in rows if _said(row, owner) != owner._values(held.get(owner._row_key(row)))]


def _said(row: Any, owner: Any) -> dict[str, Any] | None:
    if row.removed:
        return None
    return {name: value for name, value in row.model_dump(mode="json").items() if name in (*owner.fields, *COMMON)}


def _differing_products(rows: Sequence[ProductContent], day: date) -> list[ProductContent]:
    held = values_by_code([row.code for row in rows], day)
    return [row for row in rows if row.model_dump(mode="json", exclude={"code"}) != held.get(row.code)]


def _require_some(rows: Sequence[Any]) -> None:
    if not rows:
        raise NothingDiffers()
