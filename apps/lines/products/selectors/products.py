"""Products as they are known on a business date, with the class that they have then; always those that the person may see."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.lines.products.core.book import Facts, Outcome, ancestors_of
from apps.lines.products.core.moves import NONE, Result
from apps.lines.products.core.patterns import read_pattern
from apps.lines.products.models import Product, ProductClass, ProductClassification, ProductFacts, ProductRule
from apps.lines.products.selectors.books import PAGE, book_on, classes_on, rules_by_number
from apps.lines.products.states import Standing
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_to_view, lines_visible_to

NEVER = "never"
"""The standing of a product that nobody has classified yet."""
WITHOUT = "without"
"""All products without a class, whatever the reason."""
TEXTS = ("name", "declared", "trustee", "settlor")
FROM_TO = ("amount", "other_beneficiaries", "term_months", "established")


@dataclass(frozen=True)
class Shown:
    """A product in a list; `standing` is NEVER and `class_code` empty when nobody has classified it by then."""

    code: str
    line: BusinessLine
    facts: ProductFacts
    standing: str
    class_code: str
    refused_by: str


@dataclass(frozen=True)
class Detail:
    """A product with the why: what the rules of the day say, by which rule and since when, beside the class that it has."""

    product: Product
    facts: ProductFacts | None
    held: ProductClassification | None
    outcome: Outcome | None
    rules: Mapping[int, ProductRule]
    classes: Mapping[str, ProductClass]
    history: list[ProductClassification]
    facts_history: list[ProductFacts]

    @property
    def moves(self) -> bool:
        """Do the rules of the day say something else than the class that it has?"""
        kept = self.held.result if self.held is not None and self.held.standing != Standing.UNDONE else NONE
        return self.outcome is not None and kept != self.outcome.result

    @property
    def way(self) -> list[tuple[str, list[ProductRule]]]:
        """Each table that is asked, with the rules that match."""
        asked = self.outcome.way if self.outcome is not None else ()
        return [(step.table, [self.rules[rule.id] for rule in step.rules]) for step in asked]


def in_force_by(day: date, table: Any) -> QuerySet[Any]:
    """Of each product the row that counts on the day: no later one began by then."""
    later = table.objects.filter(product=OuterRef("product"), valid_from__lte=day).filter(
        Q(valid_from__gt=OuterRef("valid_from")) | Q(valid_from=OuterRef("valid_from"), id__gt=OuterRef("id"))
    )
    found: QuerySet[Any] = table.objects.filter(~Exists(later.order_by()), valid_from__lte=day)
    return found


def facts_on(day: date, lines: Any) -> dict[str, Facts]:
    """What the rules may ask of the products of these lines, by code. One query."""
    rows = in_force_by(day, ProductFacts).filter(product__line__in=lines).select_related("product").order_by("product__code")
    return {row.product.code: row.as_facts(row.product.code) for row in rows}


def results_on(day: date, lines: Any) -> dict[str, Result]:
    """The class of each product of these lines, or why it has none, by code. One query."""
    rows = in_force_by(day, ProductClassification).filter(product__line__in=lines).order_by()
    found = rows.values_list("product__code", "standing", "class_code", "refused_by")
    return {
        code: (standing, class_code, refused_by)
        for code, standing, class_code, refused_by in found
        if standing != Standing.UNDONE
    }


def lines_with_products(person: User) -> QuerySet[BusinessLine]:
    """Lines that the person may see and that own products, in their order. One query."""
    return lines_visible_to(person).filter(Exists(Product.objects.filter(line=OuterRef("pk")).order_by()))


def products_page(
    person: User, day: date, wanted: Mapping[str, Any], *, after: str = "", limit: int = PAGE
) -> tuple[list[Shown], str]:
    """A page of products in the order of their codes and behind which code the next one begins (empty: nowhere). One query.

    `wanted` may name every field: patterns for texts, `<field>_from` and `<field>_to` for numbers and days, `line`, `standing`,
    `class_code` (that node and all below). Raises BadPattern.
    """
    rows = _wanted(person, day, wanted).select_related("product__line").order_by("product__code")
    page = cut(rows.filter(product__code__gt=after) if after else rows, limit)
    shown = [
        Shown(
            row.product.code,
            row.product.line,
            row,
            _standing(getattr(row, "held_standing", None)),
            getattr(row, "held_class", None) or "",
            getattr(row, "held_refused_by", None) or "",
        )
        for row in page.rows
    ]
    return shown, page.last.product.code if page.last else ""


def count_of(person: User, day: date, wanted: Mapping[str, Any]) -> int:
    """How many products the filter finds. One query."""
    return _wanted(person, day, wanted).count()


def _wanted(person: User, day: date, wanted: Mapping[str, Any]) -> QuerySet[ProductFacts]:
    held = in_force_by(day, ProductClassification).filter(product=OuterRef("product")).order_by()
    rows: QuerySet[ProductFacts] = in_force_by(day, ProductFacts).filter(product__line__in=lines_to_view(person, None))
    rows = rows.annotate(
        held_standing=Subquery(held.values("standing")[:1]),
        held_class=Subquery(held.values("class_code")[:1]),
        held_refused_by=Subquery(held.values("refused_by")[:1]),
    )
    if line := wanted.get("line"):
        rows = rows.filter(product__line__code=line)
    for name in ("code", "extended_codes", *TEXTS):
        if text := wanted.get(name):
            rows = rows.filter(_like(name, text))
    for name in FROM_TO:
        if (least := wanted.get(f"{name}_from")) is not None:
            rows = rows.filter(**{f"{name}__gte": least})
        if (most := wanted.get(f"{name}_to")) is not None:
            rows = rows.filter(**{f"{name}__lte": most})
    if wanted.get("is_wound_up") is not None:
        rows = rows.filter(is_wound_up=wanted["is_wound_up"])
    if standing := wanted.get("standing"):
        rows = rows.filter(_of_standing(standing))
    if code := wanted.get("class_code"):
        rows = rows.filter(Q(held_class=code) | Q(held_class__startswith=f"{code}."))
    return rows


def _standing(kept: str | None) -> str:
    return NEVER if kept in (None, "", Standing.UNDONE.value) else str(kept)


def _of_standing(standing: str) -> Q:
    if standing == NEVER:
        return Q(held_standing=None) | Q(held_standing=Standing.UNDONE)
    if standing == WITHOUT:
        return Q(held_standing=None) | ~Q(held_standing=Standing.CLASSIFIED)
    return Q(held_standing=standing)


def _like(name: str, text: str) -> Q:
    """A pattern as the rules read it, asked of the database."""
    pattern = read_pattern(text)
    if pattern.passes_all:
        return Q()
    column = "product__code" if name == "code" else name
    if name == "extended_codes":
        found = Q(extended_codes__iregex=f"(^| )({pattern.expression('[^ ]')})( |$)")
    else:
        found = Q(**{f"{column}__iregex": f"^({pattern.expression()})$"}) & ~Q(**{column: ""})
    return ~found if pattern.is_negated else found


def class_counts(person: User, day: date) -> tuple[Counter[str], Counter[str]]:
    """How many products stand on each node or below it, and how many have which standing. One query."""
    nodes: Counter[str] = Counter()
    standings: Counter[str] = Counter()
    rows: QuerySet[Any] = _wanted(person, day, {}).order_by()
    found = rows.values_list("held_class", "held_standing")
    for code, standing in found:
        standings[_standing(standing)] += 1
        if code:
            nodes.update([code, *ancestors_of(code)])
    return nodes, standings


def product_for(person: User, code: str) -> Product:
    """The product, or NotFound when it is not there or not for this person. One query."""
    seen = Product.objects.filter(line__in=lines_to_view(person, None)).select_related("line")
    found = seen.filter(code=code).first()
    if found is None:
        raise NotFound(what=Product._meta.verbose_name)
    return found


def detail_of(person: User, code: str, day: date) -> Detail:
    """A product on a business date, with the way through the tables. Nine queries, however many rules there are."""
    product = product_for(person, code)
    facts = in_force_by(day, ProductFacts).filter(product=product).select_related("change").first()
    held = in_force_by(day, ProductClassification).filter(product=product).select_related("change").first()
    outcome = book_on(day).decide(facts.as_facts(code)) if facts is not None else None
    asked = {rule.id for step in (outcome.way if outcome else ()) for rule in step.rules}
    return Detail(
        product,
        facts,
        held,
        outcome,
        rules_by_number(asked),
        classes_on(day),
        list(product.classifications.select_related("change").order_by("-valid_from", "-id")[:PAGE]),
        list(product.facts.select_related("change").order_by("-valid_from", "-id")[:PAGE]),
    )


def lines_of_products(codes: Collection[str]) -> dict[str, int]:
    """Which line each known product belongs to, by code. One query."""
    return dict(Product.objects.filter(code__in=codes).values_list("code", "line_id"))
