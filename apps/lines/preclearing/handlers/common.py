"""What several steps of pre-clearing are told."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from pydantic import Field

from apps.lines.core.details import Leg
from apps.lines.handlers import Strict
from apps.lines.preclearing.core.terms import PreclearingTerms
from apps.recon.core.matcher import Item, joined

SHOWN = 20


class WithTerms(Strict):
    terms: PreclearingTerms = Field(description="Units, classes, types, tolerances and banks, as the decision model says")


def by_summary(legs: Iterable[Leg]) -> dict[str, Item]:
    """Net cash of details under the keys of their summary: cash account, unit, settlement date, record type."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in legs:
        settles = f"{one.settle_date:%Y%m%d}" if one.settle_date else ""
        sums[joined(one.cash_account, one.unit, settles, one.record_type)] += one.net_cash
    return {key: Item(amount=amount) for key, amount in sums.items()}
