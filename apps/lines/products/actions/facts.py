"""Products as items of changes: one, or those of a sheet. They belong to the change's line."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.changes.actions.kinds.base import PlainItems
from apps.changes.conf import Effect, Words
from apps.changes.errors import OtherLine
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import today
from apps.journal.actions import append
from apps.kernel import clock
from apps.lines.products import events
from apps.lines.products.actions.items import require_maker
from apps.lines.products.core.contents import FactsContent, ProductContent
from apps.lines.products.models import Product, ProductFacts
from apps.lines.products.selectors.products import in_force_by, lines_of_products
from apps.lines.products.states import COLUMNS, PRODUCT_FACTS
from apps.people.models import User

MOST_TOLD = 20
FIELDS = tuple(column.name for column in COLUMNS if column.name != "code")


class FactsItems(PlainItems):
    name = PRODUCT_FACTS
    label = gettext_lazy("products")
    content = FactsContent

    def subject(self, content: FactsContent) -> str:
        first, more = content.products[0].code, len(content.products) - 1
        return f"{first} +{more}" if more else first

    def require(self, content: FactsContent, change: Change, actor: User) -> None:
        """Whether another line owns a product is said by what the change becomes, whatever the person sees."""
        require_maker(actor, change)
        self._require_own(content, change.line_id)

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        codes = [product.code for item in items for product in item.parsed.products]
        now = values_by_code(codes, change.from_date or today())
        return [self._words(item, now, change) for item in items]

    def lock(self, content: FactsContent) -> None:
        codes = sorted(product.code for product in content.products)
        list(Product.objects.select_for_update().filter(code__in=codes).order_by("code").values_list("pk", flat=True))

    def apply(self, content: FactsContent, effect: Effect) -> Any:
        valid_from = effect.from_date or effect.day
        self._require_own(content, effect.line.pk)
        codes = [product.code for product in content.products]
        before = values_by_code(codes, valid_from)
        known = set(Product.objects.filter(code__in=codes).values_list("code", flat=True))
        Product.objects.bulk_create(Product(line=effect.line, code=code) for code in codes if code not in known)
        keys = dict(Product.objects.filter(code__in=codes).values_list("code", "pk"))
        moment = clock.now()
        ProductFacts.objects.bulk_create(
            ProductFacts(
                product_id=keys[product.code],
                valid_from=valid_from,
                change_id=effect.change,
                set_at=moment,
                **columns_of(product),
            )
            for product in content.products
        )
        facts: dict[str, Any] = {"line": effect.line.code, "change": effect.change, "valid_from": valid_from.isoformat()}
        append(events.ProductFactsSet(**facts, products=len(codes), codes=codes), actor=effect.actor)
        return {"values": [{"code": code, **before[code]} for code in codes if code in before]}

    def undo(self, content: FactsContent, before: Any) -> dict[str, Any]:
        """What was known before; a product that was new is from then on wound up: it has a history and cannot vanish."""
        known = {values["code"]: values for values in before["values"]}
        gone = [
            product.model_dump(mode="json") | {"is_wound_up": True} for product in content.products if product.code not in known
        ]
        return {"products": [*known.values(), *gone]}

    def _require_own(self, content: FactsContent, line_id: int) -> None:
        owners = lines_of_products([product.code for product in content.products])
        other = next((code for code, owner in sorted(owners.items()) if owner != line_id), None)
        if other is not None:
            raise OtherLine(what=other)

    def _words(self, item: ChangeItem, now: dict[str, dict[str, Any]], change: Change) -> Words:
        content = item.parsed
        was = {each["code"]: each for each in item.before["values"]} if item.before is not None else now
        told = [_told(product, was.get(product.code)) for product in content.products[:MOST_TOLD]]
        if (more := len(content.products) - MOST_TOLD) > 0:
            told.append(_("and {more} more").format(more=more))
        sentence = _("{count} products as follows").format(count=len(content.products))
        return Words(sentence, told, reverse("products"), reverse("product-change", args=[change.pk]))


def columns_of(product: ProductContent) -> dict[str, Any]:
    """A content as the columns of a row."""
    given = product.model_dump(exclude={"code"})
    return given | {"settlor": product.settlor.value if product.settlor else ""}


def values_by_code(codes: Sequence[str], day: Any) -> dict[str, dict[str, Any]]:
    """What is known of products on the day, as a content stores it, by code. One query."""
    rows = in_force_by(day, ProductFacts).filter(product__code__in=codes).select_related("product").order_by()
    return {row.product.code: values_of(row) for row in rows}


def values_of(row: ProductFacts) -> dict[str, Any]:
    """A row as a content stores it, without the code."""
    found = {name: getattr(row, name) for name in FIELDS}
    found["amount"] = str(row.amount) if row.amount is not None else None
    found["settlor"] = row.settlor or None
    found["established"] = row.established.isoformat() if row.established is not None else None
    return found


def _told(product: ProductContent, was: dict[str, Any] | None) -> str:
    now = product.model_dump(mode="json", exclude={"code"})
    if was is None:
        return _("{code}: new, {name}").format(code=product.code, name=product.name)
    labels = {column.name: column.label for column in COLUMNS}
    differ = [
        f"{labels[name]} {_shown(was.get(name))} → {_shown(now[name])}"
        for name in FIELDS
        if _shown(was.get(name)) != _shown(now[name])
    ]
    return f"{product.code}: {', '.join(differ)}" if differ else _("{code}: nothing differs").format(code=product.code)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in (None, "") else str(value)
