"""Products, their tree and their rules."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.kernel import clock
from apps.lines.products.actions import load_product_rules
from apps.lines.products.models import Product, ProductAccount, ProductFacts, ProductRule
from apps.people.models import BusinessLine

SHIPPED_FROM = date(2023, 6, 1)
FAMILY = "TRUST.SERVICE.WEALTH.FAMILY"
HOUSEHOLD = "TRUST.SERVICE.WEALTH.HOUSEHOLD"
EQUITY = "TRUST.MANAGEMENT.PLAN.EQUITY"


def a_product(line: BusinessLine, code: str = "XT1", **facts: Any) -> Product:
    """A family trust of 10 million with another beneficiary, unless something else is said."""
    product = Product.objects.create(line=line, code=code)
    given: dict[str, Any] = {
        "name": f"product {code}",
        "declared": "家族信托",
        "settlor": "person",
        "amount": Decimal("10000000.00"),
        "other_beneficiaries": 1,
        "valid_from": SHIPPED_FROM,
    }
    ProductFacts.objects.create(product=product, set_at=clock.now(), **{**given, **facts})
    return product


def some_products(line: BusinessLine) -> None:
    """The shipped rules, and one product of each standing that they can have."""
    load_product_rules()
    a_product(line, "XT1")
    a_product(line, "XT2", amount=Decimal("9999999.99"))
    a_product(line, "XT3", declared="单一资金信托")
    a_product(line, "XT4", declared="家族信托（慈善）")
    a_product(line, "ZX5", declared="权益类信托计划", settlor="organisation", extended_codes="E5 F5")


def rule_content(**facts: Any) -> dict[str, Any]:
    """Equity trust plans whose code begins with Z are another class."""
    given = {
        "table": "products",
        "code": "old",
        "position": 500,
        "cells": {"declared": "单一资金信托"},
        "class_code": EQUITY,
        "source": "notice 7",
    }
    return {**given, **facts}


def a_rule() -> ProductRule:
    """Some shipped rule."""
    return ProductRule.objects.order_by("id")[0]


def doors_of_products(line: BusinessLine) -> str:
    """The shipped rules and a product of the line; its code."""
    load_product_rules()
    return str(a_product(line, "XT1").code)


def an_account(line: BusinessLine, code: str, account: str) -> ProductAccount:
    """A securities account of a product that is there, without a change."""
    market = "SH" if account[0].isalpha() else "SZ"
    product = Product.objects.get(line=line, code=code)
    return ProductAccount.objects.create(
        product=product, market=market, account=account, valid_from=SHIPPED_FROM, set_at=clock.now()
    )
