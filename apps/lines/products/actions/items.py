"""Classes, tables and rules as items of changes. They hold on every line: who approves last can do so everywhere."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.changes.actions.kinds.base import PlainItems, label_of, moved
from apps.changes.conf import Effect, Words
from apps.changes.errors import NothingToRemove
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import today
from apps.changes.states import ChangeState
from apps.journal.actions import append
from apps.kernel import clock
from apps.lines.products import events
from apps.lines.products.core.book import Book, ancestors_of, loops_of
from apps.lines.products.core.checks import Finding, cell_problem
from apps.lines.products.core.contents import ClassContent, OutputContent, RuleContent, TableContent
from apps.lines.products.core.outputs import path_problem
from apps.lines.products.core.patterns import BadPattern, read_pattern
from apps.lines.products.models import ProductClass, ProductOutput, ProductRule, ProductTable
from apps.lines.products.selectors.books import book_with, drafts_in, row_in_force, rows_in_force
from apps.lines.products.selectors.findings import sentence_of
from apps.lines.products.states import COLUMNS, PRODUCT_CLASS, PRODUCT_OUTPUT, PRODUCT_RULE, PRODUCT_TABLE, HitPolicy
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right

COMMON = ("valid_to", "source", "is_verified")


class ByDateItems(PlainItems):
    """What classes, tables and rules have in common: a row from the change's date on, never rewritten."""

    label: Any
    table: ClassVar[type[Any]]
    keys: ClassVar[tuple[str, ...]] = ("code",)
    fields: ClassVar[tuple[str, ...]]
    fact: ClassVar[type[events.ProductFact]]
    of_every_line = True

    def subject(self, content: Any) -> str:
        return "/".join(getattr(content, name) for name in self.keys)

    def require(self, content: Any, change: Change, actor: User) -> None:
        require_maker(actor, change)

    def check(self, content: Any, change: Change) -> list[str]:
        day = change.from_date or today()
        if content.removed:
            held = row_in_force(self.table, day, **self._key(content))
            return [] if held is not None else [str(NothingToRemove(what=self.subject(content)))]
        if content.valid_to is not None and content.valid_to < day:
            return [_("The last day {day} lies before the first one.").format(day=content.valid_to.isoformat())]
        return self.check_row(content, change)

    def check_row(self, content: Any, change: Change) -> list[str]:
        return []

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        day = change.from_date or today()
        keys = {self._row_key(item.parsed) for item in items}
        held = rows_in_force(self.table, day, keys)
        return [self._words(item, held.get(self._row_key(item.parsed)), change) for item in items]

    def lock(self, content: Any) -> None:
        list(self.table.objects.select_for_update().filter(**self._key(content)).values_list("pk", flat=True))

    def apply(self, content: Any, effect: Effect) -> Any:
        valid_from = effect.from_date or effect.day
        before = self._values(row_in_force(self.table, valid_from, **self._key(content)))
        if content.removed and before is None:
            raise NothingToRemove(what=self.subject(content))
        row = self.table.objects.create(
            **self._key(content),
            **self._columns(content),
            valid_from=valid_from,
            is_withdrawn=content.removed,
            change_id=effect.change,
            set_at=clock.now(),
        )
        after = self._values(row) if not content.removed else None
        facts: dict[str, Any] = {"line": effect.line.code, "change": effect.change, "valid_from": valid_from.isoformat()}
        facts |= {"code": self.subject(content), "before": before or {}, "values": after or {}}
        append(self.fact(**facts), actor=effect.actor)
        return {"values": before}

    def undo(self, content: Any, before: Any) -> dict[str, Any]:
        kept: dict[str, Any] = content.model_dump(mode="json")
        return kept | (before["values"] or {}) | {"removed": before["values"] is None}

    def _key(self, content: Any) -> dict[str, str]:
        return {name: getattr(content, name) for name in self.keys}

    def _row_key(self, content: Any) -> Any:
        found = tuple(getattr(content, name) for name in self.keys)
        return found if len(found) > 1 else found[0]

    def _columns(self, content: Any) -> dict[str, Any]:
        """What is said of the row; texts that are not said are empty in the table."""
        given = {name: getattr(content, name) for name in (*self.fields, *COMMON)}
        return {name: "" if value is None and name != "valid_to" else value for name, value in given.items()}

    def _values(self, row: Any) -> dict[str, Any] | None:
        """A row as the fields of a content; None when there is none."""
        if row is None:
            return None
        values = {name: getattr(row, name) for name in (*self.fields, *COMMON)}
        texts = {name: value.isoformat() for name, value in values.items() if name == "valid_to" and value is not None}
        empty: dict[str, Any] = {name: None for name, value in values.items() if value == "" and name in RULE_RESULTS}
        return values | texts | empty

    def _words(self, item: ChangeItem, row: Any, change: Change) -> Words:
        content = item.parsed
        was = (item.before["values"] if item.before is not None else self._values(row)) or {}
        address = self.address(row)
        if content.removed:
            return Words(_("{what} “{name}”: none any more").format(what=self.label, name=self.subject(content)), [], address)
        after = content.model_dump(mode="json")
        details = []
        for name in (*self.fields, *COMMON):
            details += self.told(name, was.get(name), after.get(name))
        said = _("{what} “{name}”: as follows") if not was else _("{what} “{name}”: changed")
        return Words(
            said.format(what=self.label, name=self.subject(content)),
            details or [_("nothing differs")],
            address,
            self.preview(change),
        )

    def address(self, row: Any) -> str:
        return reverse("product-rules")

    def preview(self, change: Change) -> str:
        """The page that shows what the change would make."""
        return reverse("product-change", args=[change.pk])

    def told(self, name: str, before: Any, after: Any) -> list[str]:
        if name == "cells":
            return _cells_told(before or {}, after or {})
        pair = spoken(name, before), spoken(name, after)
        return [moved(label_of(self.table, name), *pair)] if pair[0] != pair[1] else []


def _cells_told(was: dict[str, str], now: dict[str, str]) -> list[str]:
    labels = {column.name: column.label for column in COLUMNS}
    differing = [key for key in labels if was.get(key, "") != now.get(key, "")]
    return [moved(labels[key], was.get(key, "-"), now.get(key, "-")) for key in differing]


RULE_RESULTS = ("class_code", "next_table", "refusal")


def spoken(name: str, value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(HitPolicy(value).label) if name == "hit_policy" else str(value)


class ClassItems(ByDateItems):
    name = PRODUCT_CLASS
    label = gettext_lazy("product class")
    content = ClassContent
    table = ProductClass
    fields = ("name_zh", "name_en")
    fact = events.ProductClassSet

    def check_row(self, content: ClassContent, change: Change) -> list[str]:
        book = _book(content, change)
        missing = [above for above in ancestors_of(content.code) if above not in book.classes]
        if missing:
            return [_("The class {above} above it is not in force: put it in first.").format(above=missing[0])]
        return []

    def address(self, row: Any) -> str:
        return reverse("product-classes")


class TableItems(ByDateItems):
    name = PRODUCT_TABLE
    label = gettext_lazy("table of product rules")
    content = TableContent
    table = ProductTable
    fields = ("name_zh", "name_en", "hit_policy")
    fact = events.ProductTableSet


class RuleItems(ByDateItems):
    name = PRODUCT_RULE
    label = gettext_lazy("product rule")
    content = RuleContent
    table = ProductRule
    keys = ("table", "code")
    fields = ("position", "cells", *RULE_RESULTS, "refusal_en")
    fact = events.ProductRuleSet

    def check_row(self, content: RuleContent, change: Change) -> list[str]:
        found = [problem for name, cell in content.cells.items() if (problem := cell_problem(name, cell)) is not None]
        if found:
            return [sentence_of(problem) for problem in found]
        book = _book(content, change)
        place = f"{content.table}/{content.code}"
        if content.table not in book.tables:
            return [sentence_of(Finding("rule_without_table", place))]
        if content.class_code and not book.is_leaf(content.class_code):
            return [sentence_of(Finding("class_not_in_force", place, {"class": content.class_code}))]
        if content.next_table and content.next_table not in book.tables:
            return [sentence_of(Finding("table_not_in_force", place, {"table": content.next_table}))]
        round_ = [way for way in loops_of([rule for rules in book.rules.values() for rule in rules]) if content.table in way]
        if round_:
            return [sentence_of(Finding("tables_go_round", place, {"way": " → ".join([*round_[0], round_[0][0]])}))]
        return []

    def address(self, row: Any) -> str:
        return reverse("product-rule", args=[row.pk]) if row is not None else reverse("product-rules")


class OutputItems(ByDateItems):
    name = PRODUCT_OUTPUT
    label = gettext_lazy("output of products")
    content = OutputContent
    table = ProductOutput
    fields = ("cells", "class_pattern", "files", "split_by", "omits_empty", "path")
    fact = events.ProductOutputSet

    def check_row(self, content: OutputContent, change: Change) -> list[str]:
        return [sentence_of(finding) for finding in output_problems(content)]

    def address(self, row: Any) -> str:
        return reverse("product-outputs")

    def preview(self, change: Change) -> str:
        return reverse("product-outputs-of-change", args=[change.pk])


def output_problems(content: OutputContent) -> list[Finding]:
    """What cannot stand in its conditions, its patterns or its path, each with its place."""
    found = [problem for name, cell in content.cells.items() if (problem := cell_problem(name, cell)) is not None]
    for name, pattern in (("class_pattern", content.class_pattern), ("files", content.files)):
        try:
            read_pattern(pattern)
        except BadPattern as refusal:
            found.append(Finding(f"pattern_{refusal.code}", name, {"place": str(refusal.place)}))
    if (wrong := path_problem(content.path)) is not None:
        found.append(Finding(wrong[0], "path", {"what": wrong[1]}))
    return found


def require_maker(actor: User, change: Change) -> None:
    """Authors and administrators of the change's line put such things together. Raises NotPermitted."""
    if not may(actor, Right.ADMINISTER, change.line):
        require(actor, Right.EDIT, change.line)


def _book(content: Any, change: Change) -> Book:
    """The book as this and everything else in the change would make it."""
    others = drafts_in(change) if change.state != ChangeState.ACTIVE else []
    return book_with(change.from_date or today(), [*others, content])
