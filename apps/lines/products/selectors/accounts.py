"""Securities accounts of products by business date, and what is wrong with those that come in, row by row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from apps.kernel.pages import cut
from apps.lines.products.core.contents import AccountContent
from apps.lines.products.core.patterns import read_pattern
from apps.lines.products.models import Product, ProductAccount
from apps.lines.products.selectors.books import PAGE
from apps.people.models import User
from apps.people.selectors import lines_to_view

FIELDS = ("client", "kind", "branch")
Key = tuple[str, str]
"""Market and account."""


@dataclass(frozen=True)
class RowResult:
    """What becomes of one row of a sheet: `standing` is new, changed, same, removed or refused, then `problem` says why."""

    row: int
    content: AccountContent
    standing: str
    problem: str = ""


def accounts_on(day: date) -> QuerySet[ProductAccount]:
    """The accounts in force on the day: of each the row that began last, unless it was taken away. Not ordered."""
    later = ProductAccount.objects.filter(market=OuterRef("market"), account=OuterRef("account"), valid_from__lte=day).filter(
        Q(valid_from__gt=OuterRef("valid_from")) | Q(valid_from=OuterRef("valid_from"), id__gt=OuterRef("id"))
    )
    return ProductAccount.objects.filter(~Exists(later.order_by()), valid_from__lte=day, is_withdrawn=False).order_by()


def accounts_page(
    person: User, day: date, wanted: Mapping[str, Any], *, after: str = "", limit: int = PAGE
) -> tuple[list[ProductAccount], str]:
    """A page of accounts of products that the person may see, by market and account, and behind which the next begins. One query.

    `wanted`: patterns for `product` and `account`; `market`, `line`, `kind`. Raises BadPattern.
    """
    rows = _wanted(person, day, wanted).select_related("product__line").order_by("market", "account")
    market, _sign, account = after.partition("-")
    if account:
        rows = rows.filter(Q(market__gt=market) | Q(market=market, account__gt=account))
    page = cut(rows, limit)
    return page.rows, f"{page.last.market}-{page.last.account}" if page.last else ""


def _wanted(person: User, day: date, wanted: Mapping[str, Any]) -> QuerySet[ProductAccount]:
    rows = accounts_on(day).filter(product__line__in=lines_to_view(person, None))
    for name, column in (("product", "product__code"), ("account", "account")):
        pattern = read_pattern(wanted.get(name) or "")
        if not pattern.passes_all:
            found = Q(**{f"{column}__iregex": f"^({pattern.expression()})$"})
            rows = rows.filter(~found if pattern.is_negated else found)
    for name, column in (("market", "market"), ("kind", "kind"), ("line", "product__line__code")):
        if value := wanted.get(name):
            rows = rows.filter(**{column: value})
    return rows


def accounts_of(product: Product, day: date) -> list[ProductAccount]:
    """The accounts of one product on the day, by market and number. One query."""
    return list(accounts_on(day).filter(product=product).select_related("change").order_by("market", "account"))


def values_on(day: date, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    """What is in force of these accounts, as a content stores it. One query."""
    asked = set(keys)
    rows = accounts_on(day).filter(account__in={account for _market, account in asked}).select_related("product")
    return {(row.market, row.account): values_of(row) for row in rows if (row.market, row.account) in asked}


def values_of(row: ProductAccount) -> dict[str, Any]:
    return {"market": row.market, "account": row.account, "product": row.product.code} | {
        name: getattr(row, name) for name in FIELDS
    }


def results_of(
    rows: Sequence[tuple[int, AccountContent]], line_id: int, day: date, coming: Iterable[str] = ()
) -> list[RowResult]:
    """What would become of each row on the day, on this line. `coming` are products that the same change brings. Two queries.

    An account of another product is refused: it has to be taken away there first. Products of other lines are not told from
    products that do not exist.
    """
    held = values_on(day, [content.key for _row, content in rows])
    codes = {content.product for _row, content in rows} | {values["product"] for values in held.values()}
    own = set(Product.objects.filter(line_id=line_id, code__in=codes).values_list("code", flat=True)) | set(coming)
    return [_result(row, content, held.get(content.key), own) for row, content in rows]


def _result(row: int, content: AccountContent, held: dict[str, Any] | None, own: set[str]) -> RowResult:
    account = f"{content.market.value} {content.account}"
    if content.product not in own:
        return RowResult(row, content, "refused", _("{account}: the line has no product {product}").format(
            account=account, product=content.product
        ))  # fmt: skip
    if held is not None and held["product"] != content.product:
        other = held["product"] if held["product"] in own else _("another product")
        return RowResult(row, content, "refused", _("{account} is an account of {other}: take it away there first").format(
            account=account, other=other
        ))  # fmt: skip
    if content.removed:
        if held is None:
            return RowResult(row, content, "refused", _("{account} is no account of any product").format(account=account))
        return RowResult(row, content, "removed")
    if held is None:
        return RowResult(row, content, "new")
    same = content.model_dump(mode="json", exclude={"removed"}) == held
    return RowResult(row, content, "same" if same else "changed")


def standings() -> dict[str, str]:
    """How the results of rows are called."""
    return {
        "new": _("new"),
        "changed": _("changed"),
        "same": _("nothing differs"),
        "removed": _("taken away"),
        "refused": _("refused"),
    }


def rows_to_compare(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """Accounts of the products of a line for reconciliations (R12), without those of products that are of another line."""
    rows = accounts_on(day).filter(product__line__code=line).select_related("product").order_by("market", "account")
    for number, row in enumerate(rows.iterator(chunk_size=2000), start=1):
        values = values_of(row)
        yield (number, *(values[name] for name in names))
