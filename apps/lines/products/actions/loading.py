"""The tree and the rules that ship with the product, and products to try everything with."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from apps.journal.actions import append
from apps.kernel import clock
from apps.lines.products import events
from apps.lines.products.actions.facts import columns_of
from apps.lines.products.core.simulated import simulated_accounts, simulated_products
from apps.lines.products.models import (
    Product,
    ProductAccount,
    ProductClass,
    ProductFacts,
    ProductOutput,
    ProductRule,
    ProductTable,
)
from apps.people.models import BusinessLine

DATA = Path(__file__).parent.parent / "data" / "products.json"


@transaction.atomic
def load_product_rules() -> int:
    """Adds what is missing of the shipped tree, tables and outputs, and never touches what is there; how many rows are new."""
    shipped = json.loads(DATA.read_text(encoding="utf-8"))
    rows = 0
    for table, name, keys in (
        (ProductClass, "classes", ("code",)),
        (ProductTable, "tables", ("code",)),
        (ProductRule, "rules", ("table", "code")),
        (ProductOutput, "outputs", ("code",)),
    ):
        there = set(table._default_manager.filter(change=None).values_list(*keys, "valid_from").order_by())
        made = [table(**_dated(facts, shipped["sources"]), set_at=clock.now()) for facts in shipped[name]]
        missing = [row for row in made if (*(getattr(row, key) for key in keys), row.valid_from) not in there]
        table._default_manager.bulk_create(missing)  # type: ignore[arg-type]
        rows += len(missing)
    if rows:
        append(events.ProductRulesLoaded(rows=rows), actor=None)
    return rows


@transaction.atomic
def load_demo_products(line: BusinessLine, count: int, seed: int, valid_from: date) -> int:
    """Simulated products of the line with their accounts, unless it has some; how many are new.

    They are not classified: that is for two people.
    """
    if Product.objects.filter(line=line).exists():
        return 0
    contents = simulated_products(count, seed)
    Product.objects.bulk_create(Product(line=line, code=content.code) for content in contents)
    keys = dict(Product.objects.filter(line=line).values_list("code", "pk"))
    moment = clock.now()
    ProductFacts.objects.bulk_create(
        ProductFacts(product_id=keys[content.code], valid_from=valid_from, set_at=moment, **columns_of(content))
        for content in contents
    )
    accounts = simulated_accounts(contents)
    ProductAccount.objects.bulk_create(
        ProductAccount(
            product_id=keys[account.product],
            valid_from=valid_from,
            set_at=moment,
            **account.model_dump(mode="json", exclude={"product", "removed"}),
        )
        for account in accounts
    )
    facts: dict[str, Any] = {"line": line.code, "change": 0, "valid_from": valid_from.isoformat()}
    append(events.ProductFactsSet(**facts, products=count, codes=[]), actor=None)
    append(events.ProductAccountsSet(**facts, accounts=len(accounts), keys=[]), actor=None)
    return len(contents)


def _dated(facts: dict[str, Any], sources: dict[str, str]) -> dict[str, Any]:
    """`source` names one of the sources of the file."""
    return {**facts, "valid_from": date.fromisoformat(facts["valid_from"]), "source": sources[facts["source"]]}
