"""Simulated products: most have a class, some are refused, some match no rule, a few match two."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from apps.lines.products.core.contents import AccountContent, ProductContent
from apps.lines.products.states import AccountMarket, Settlor

KINDS = (
    ("固定收益类信托计划", 22), ("权益类信托计划", 8), ("混合类信托计划", 8), ("商品及金融衍生品类信托计划", 3), ("家族信托", 20),
    ("家庭服务信托", 12), ("保险金信托", 6), ("特殊需要信托", 3), ("慈善信托", 4), ("资管产品服务信托", 5),
    ("信贷资产证券化服务信托", 3), ("单一资金信托", 3), ("家族信托（慈善）", 2), ("", 1),
)  # fmt: skip
"""Declared kinds and how often of a hundred. `单一资金信托` is of the time before the notice; the empty one nobody declared."""
TRUSTEES = ("华信信托", "平安信托", "中粮信托", "外贸信托", "五矿信托")
FIRST_DAY = date(2018, 1, 2)


def simulated_products(count: int, seed: int) -> list[ProductContent]:
    """As many products, always the same ones for a seed."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    kinds, weights = zip(*KINDS, strict=True)
    return [_product(number, chance, chance.choices(kinds, weights)[0]) for number in range(1, count + 1)]


def simulated_accounts(products: Sequence[ProductContent]) -> list[AccountContent]:
    """An account in Shanghai and one in Shenzhen for each product, in their order; a client number is the first extended code."""
    return [
        AccountContent(
            market=market,
            account=f"{first}{number:0{10 - len(first)}d}",
            product=product.code,
            client=product.extended_codes.split()[0] if product.extended_codes else "",
        )
        for number, product in enumerate(products, start=1)
        for market, first in ((AccountMarket.SHANGHAI, "B88"), (AccountMarket.SHENZHEN, "08"))
    ]


def _product(number: int, chance: random.Random, declared: str) -> ProductContent:
    of_people = declared.startswith("家") or declared in ("保险金信托", "特殊需要信托")
    trustee = chance.randrange(len(TRUSTEES))
    millions = chance.choice((1, 2, 5, 10, 15, 30, 80)) if of_people else chance.choice((30, 50, 120, 300))
    return ProductContent(
        code=f"XT{trustee + 1}{number:05d}",
        name=f"{TRUSTEES[trustee]}·{declared or '未申报'}{number}号",
        extended_codes=" ".join(f"E{trustee + 1}{number:05d}{letter}" for letter in "AB"[: chance.choice((1, 1, 2))]),
        declared=declared,
        trustee=TRUSTEES[trustee],
        settlor=chance.choice((Settlor.PERSON, Settlor.FAMILY)) if of_people else Settlor.ORGANISATION,
        amount=None if chance.random() < 0.02 else Decimal(millions * 1_000_000) + Decimal(chance.randrange(100)) / 100,
        other_beneficiaries=chance.choice((0, 1, 2, 3)) if of_people else None,
        term_months=chance.choice((24, 36, 60, 120, 360)),
        established=FIRST_DAY + timedelta(days=chance.randrange(3000)),
        is_wound_up=chance.random() < 0.03,
    )
