"""The book of a business date, as it is or as drafts would make it, and the history of its rows."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from apps.changes.models import Change
from apps.changes.states import ChangeState
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.lines.products.core.book import Book, ClassRow, RuleRow, TableRow, book_of
from apps.lines.products.core.contents import ClassContent, RuleContent, TableContent
from apps.lines.products.core.rows import in_force, last_day
from apps.lines.products.models import ProductClass, ProductOutput, ProductRule, ProductTable
from apps.lines.products.states import FIRST_TABLE, PRODUCT_CLASS, PRODUCT_RULE, PRODUCT_TABLE

PAGE = 50
ON_ITS_WAY = (ChangeState.SUBMITTED, ChangeState.APPROVED)
DRAFTED = 10**15
"""Ids of rows that are not written yet begin here: of one day they count last, as they will."""
Content = ClassContent | TableContent | RuleContent
KINDS: dict[str, type[Content]] = {PRODUCT_CLASS: ClassContent, PRODUCT_TABLE: TableContent, PRODUCT_RULE: RuleContent}
Row = TypeVar("Row", ProductClass, ProductTable, ProductRule, ProductOutput)


@dataclass(frozen=True)
class Held:
    """A row as it is in force; `last_day` None: until another one is set."""

    row: Any
    last_day: date | None


def book_on(day: date) -> Book:
    """What is in force on the business date. Three queries."""
    return book_with(day, ())


def book_with(day: date, drafts: Sequence[Content], agreed: Sequence[tuple[date, Content]] = ()) -> Book:
    """The same as if the drafts held from the day on, and those that are agreed on each from its own. Three queries."""
    classes = [row.as_row for row in ProductClass.objects.filter(valid_from__lte=day).order_by()]
    tables = [row.as_row for row in ProductTable.objects.filter(valid_from__lte=day).order_by()]
    rules = [row.as_row for row in ProductRule.objects.filter(valid_from__lte=day).order_by()]
    for number, (first, draft) in enumerate([*agreed, *((day, draft) for draft in drafts)], DRAFTED):
        if isinstance(draft, ClassContent):
            classes.append(class_row(draft, first, number))
        elif isinstance(draft, TableContent):
            tables.append(table_row(draft, first, number))
        else:
            rules.append(rule_row(draft, first, number))
    return book_of(day, classes, tables, rules)


def class_row(draft: ClassContent, day: date, number: int = DRAFTED) -> ClassRow:
    return ClassRow(id=number, code=draft.code, valid_from=day, valid_to=draft.valid_to, is_withdrawn=draft.removed)


def table_row(draft: TableContent, day: date, number: int = DRAFTED) -> TableRow:
    return TableRow(
        id=number,
        code=draft.code,
        hit_policy=draft.hit_policy,
        valid_from=day,
        valid_to=draft.valid_to,
        is_withdrawn=draft.removed,
    )


def rule_row(draft: RuleContent, day: date, number: int = DRAFTED) -> RuleRow:
    return RuleRow(
        id=number,
        table=draft.table,
        code=draft.code,
        position=draft.position,
        cells=draft.cells,
        class_code=draft.class_code or "",
        next_table=draft.next_table or "",
        refusal=draft.refusal or "",
        refusal_en=draft.refusal_en,
        valid_from=day,
        valid_to=draft.valid_to,
        is_withdrawn=draft.removed,
    )


def drafts_in(change: Change) -> list[Content]:
    """Classes, tables and rules that a change carries and has not brought into force yet. One query."""
    if change.state == ChangeState.ACTIVE or change.state == ChangeState.ROLLED_BACK:
        return []
    items = change.items.filter(kind__in=KINDS).order_by("kind", "subject")
    return [KINDS[item.kind].model_validate(item.content) for item in items]


def classes_on(day: date) -> dict[str, ProductClass]:
    """The nodes in force, by code, in their order. One query."""
    return {held.row.code: held.row for held in held_on(ProductClass, day)}


def tables_on(day: date) -> list[tuple[Held, list[Held]]]:
    """The tables in force, that which is asked first before the others, with their rules in the order in which they count.

    Two queries.
    """
    rules: dict[str, list[Held]] = {}
    for held in sorted(held_on(ProductRule, day), key=lambda one: one.row.as_row.order):
        rules.setdefault(held.row.table, []).append(held)
    found = sorted(held_on(ProductTable, day), key=lambda held: (held.row.code != FIRST_TABLE, held.row.code))
    return [(held, rules.get(held.row.code, [])) for held in found]


def rule_for(number: int) -> ProductRule:
    """The rule, or NotFound. One query."""
    found = ProductRule.objects.select_related("change").filter(pk=number).first()
    if found is None:
        raise NotFound(what=ProductRule._meta.verbose_name)
    return found


def rules_by_number(numbers: Iterable[int]) -> dict[int, ProductRule]:
    """By number. One query."""
    return ProductRule.objects.select_related("change").in_bulk(list(numbers))


def history_of(row: Row, before: int | None = None) -> tuple[list[Row], int | None]:
    """A page of the rows of the same key, the one set last first, and behind which number the next page goes on. One query."""
    same: dict[str, Any] = {"table": row.table, "code": row.code} if isinstance(row, ProductRule) else {"code": row.code}
    rows: QuerySet[Any] = type(row)._default_manager.filter(**same).select_related("change").order_by("-id")
    page = cut(rows if before is None else rows.filter(pk__lt=before), PAGE)
    return page.rows, page.last.pk if page.last else None


def row_in_force(model: type[Row], day: date, /, **key: str) -> Row | None:
    """What is in force of a key on the day. One query."""
    rows = {row.pk: row for row in model._default_manager.filter(valid_from__lte=day, **key).order_by()}
    found = list(in_force((row.as_row for row in rows.values()), day).values())
    return rows[found[0].id] if found else None


def rows_in_force(table: type[Row], day: date, keys: Iterable[Hashable]) -> dict[Hashable, Row]:
    """The same of many keys. One query."""
    rows = {row.pk: row for row in table._default_manager.filter(valid_from__lte=day).order_by()}
    wanted = set(keys)
    return {key: rows[row.id] for key, row in in_force((row.as_row for row in rows.values()), day).items() if key in wanted}


def held_on(table: type[Row], day: date) -> list[Held]:
    """What is in force on the day, in the order of the keys, each with its last day. One query."""
    rows = {row.pk: row for row in table._default_manager.order_by()}
    by_key: dict[Hashable, list[Any]] = {}
    for row in rows.values():
        by_key.setdefault(row.as_row.key, []).append(row.as_row)
    counting = in_force((one for same in by_key.values() for one in same), day)
    found = [Held(rows[one.id], last_day(one, by_key[key])) for key, one in counting.items()]
    return sorted(found, key=lambda held: held.row.as_row.key)


def proposed_already(kind: str, subject: str, beside: int = 0) -> Change | None:
    """Another change on its way about the same. One query."""
    found = Change.objects.filter(items__kind=kind, items__subject=subject, state__in=ON_ITS_WAY)
    return found.exclude(pk=beside).order_by("id").first()


def named(model: type[Model]) -> Any:
    return model._meta.verbose_name
