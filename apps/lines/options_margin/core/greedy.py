"""How combinations are found without looking for the least margin: what is done today, to be measured against (10.3)."""

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.market import EXACT, Market
from apps.lines.options_margin.core.optimal import ORDER, Group, group_of, grouped

Pair = tuple[int, int]
Order = Callable[[Group, Pair], Any]


def largest_saving_first(free: Counter[Holding], market: Market) -> list[Combination]:
    """Again and again the pair that saves most, as many lots as there are. Raises PriceMissing."""
    return _taken(free, market, lambda group, pair: (-group.pairs.savings[pair], pair))


def in_order_of_strategies(free: Counter[Holding], market: Market) -> list[Combination]:
    """Strategy by strategy as the exchanges list them, nearest strikes first. Raises PriceMissing."""

    def order(group: Group, pair: Pair) -> tuple[int, Decimal, Pair]:
        first, second = (market.contracts[leg.contract] for leg in group.choices[pair].legs)
        return ORDER[group.choices[pair].strategy], abs(EXACT.subtract(first.strike, second.strike)), pair

    return _taken(free, market, order)


def _taken(free: Counter[Holding], market: Market, order: Order) -> list[Combination]:
    found: list[Combination] = []
    for holdings in grouped(free, market):
        group = group_of(holdings, free, market)
        pairs = [pair for pair, choice in group.choices.items() if len(choice.legs) == 2]
        found += _from_group(group, sorted(pairs, key=partial(order, group)))
    return found


def _from_group(group: Group, pairs: Iterable[Pair]) -> Iterable[Combination]:
    left, right = list(group.pairs.left), list(group.pairs.right)
    for i, j in pairs:
        lots = min(left[i], right[j])
        if lots:
            left[i], right[j] = left[i] - lots, right[j] - lots
            choice = group.choices[i, j]
            yield Combination(choice.strategy, choice.legs, lots)
