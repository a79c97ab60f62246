"""What will hold on a business date as far as it is agreed on: approved changes that take effect by then count as if they had.

Only previews of what is not in a change yet ask this. What a classification does is decided by what is in force when it takes
effect, never by what was expected.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.changes.models import Change
from apps.changes.states import ChangeState
from apps.lines.products.core.book import Book, Facts
from apps.lines.products.core.contents import FactsContent, ProductContent
from apps.lines.products.core.moves import Result
from apps.lines.products.selectors.books import Content, book_with, drafts_in
from apps.lines.products.selectors.products import facts_on, results_on
from apps.lines.products.states import PRODUCT_CLASS, PRODUCT_CLASSIFICATION, PRODUCT_FACTS, PRODUCT_RULE, PRODUCT_TABLE

KINDS = (PRODUCT_CLASS, PRODUCT_TABLE, PRODUCT_RULE, PRODUCT_FACTS, PRODUCT_CLASSIFICATION)


@dataclass(frozen=True)
class Expected:
    """Products and their classes on a day, and the book without any draft; `changes` are those that were counted."""

    facts: dict[str, Facts]
    results: dict[str, Result]
    agreed: tuple[tuple[date, Content], ...] = ()
    changes: tuple[int, ...] = ()

    def book(self, day: date, drafts: Iterable[Content] = ()) -> Book:
        """Three queries."""
        return book_with(day, list(drafts), self.agreed)


def expected_on(day: date, lines: Any) -> Expected:
    """What is expected of the products of these lines. Three queries, and some more for each change that is agreed on."""
    facts, results = facts_on(day, lines), results_on(day, lines)
    waiting = Change.objects.filter(state=ChangeState.APPROVED, effective_date__lte=day, items__kind__in=KINDS)
    changes = list(waiting.distinct().order_by("effective_date", "id"))
    agreed: list[tuple[date, Content]] = []
    own = (
        set(Change.objects.filter(pk__in=[one.pk for one in changes], line__in=lines).values_list("pk", flat=True))
        if changes
        else ()
    )
    for change in changes:
        first = change.effective_date
        assert first is not None  # noqa: S101 - the query asks for it
        agreed += [(first, draft) for draft in drafts_in(change)]
        if change.pk in own:
            _count(change, first, facts, results, agreed)
    return Expected(facts, results, tuple(agreed), tuple(change.pk for change in changes))


def _count(
    change: Change, first: date, facts: dict[str, Facts], results: dict[str, Result], agreed: list[tuple[date, Content]]
) -> None:
    """A row of a later day stays what counts: only what is the same on the change's date is replaced."""
    held = facts_on(first, [change.line_id])
    for content in facts_in(change):
        if facts.get(content.code) == held.get(content.code):
            facts[content.code] = facts_of(content)
    if change.items.filter(kind=PRODUCT_CLASSIFICATION).exists():
        book, kept = book_with(first, (), agreed), results_on(first, [change.line_id])
        codes = {*held, *(content.code for content in facts_in(change))}
        for code in codes & facts.keys():
            if results.get(code) == kept.get(code):
                results[code] = book.decide(facts[code]).result


def facts_in(change: Change) -> list[ProductContent]:
    """Products that a change carries. One query."""
    items = change.items.filter(kind=PRODUCT_FACTS).order_by("subject")
    return [product for item in items for product in FactsContent.model_validate(item.content).products]


def facts_of(content: ProductContent) -> Facts:
    """A product that is not saved yet, as the rules read it."""
    given = content.model_dump(exclude={"settlor", "extended_codes"})
    return Facts(
        **given, settlor=content.settlor.value if content.settlor else "", extended_codes=tuple(content.extended_codes.split())
    )
