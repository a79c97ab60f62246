"""Of all cheapest sets the one that changes least: fewest declarations, then the latest dissolution (options-margin 10.1).

One flow with three objectives in whole numbers, each heavier than all that the ones after it can add up to: fen, then lots that
are kept or newly declared, then trading days until the lots are dissolved. Nothing is approximated.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.flow import Pairs
from apps.lines.options_margin.core.market import Market, Side
from apps.lines.options_margin.core.optimal import ORDER, Group, group_of, grouped
from apps.lines.options_margin.core.single import single_margin
from apps.lines.options_margin.core.strategies import STRATEGIES, combination_margin, last_days, lives

Pair = tuple[int, int]


def least_change(free: Counter[Holding], declared: Sequence[Combination], market: Market) -> list[Combination]:
    """A cheapest set of the free plain lots that keeps most of what is declared. Conversions are none of it.

    `free` are the lots without any combination. Raises PriceMissing.
    """
    market = replace(market, rates=replace(market.rates, allow_covering=False))
    found: list[Combination] = []
    for holdings in grouped(free, market):
        group = group_of(holdings, free, market)
        kept = _declared_pairs(group, declared, market)
        found += _set_of(group, kept, market)
    return sorted(found, key=lambda row: (ORDER[row.strategy], row.legs))


def _declared_pairs(group: Group, declared: Iterable[Combination], market: Market) -> dict[Pair, int]:
    """Lots that are declared for pairs of the group, as far as they live and do not cost more than their legs."""
    lefts = {holding: place for place, holding in enumerate(group.lefts)}
    rights = {holding: place for place, holding in enumerate(group.rights)}
    lots: Counter[Pair] = Counter()
    for row in declared:
        strategy = STRATEGIES[row.strategy]
        if len(row.legs) != 2 or not lives(strategy, row.contracts(market), market):
            continue
        ends = [Holding(leg.contract, leg.side, leg.is_covered) for leg in row.legs]
        places = [(lefts[one], rights[other]) for one, other in (ends, reversed(ends)) if one in lefts and other in rights]
        if not places:
            continue
        (pair,) = places
        if pair not in group.choices and _saving(row, market) == 0:
            group.choices[pair] = replace(row, lots=1)
        if pair in group.choices:
            lots[pair] += row.lots
    return lots


def _saving(row: Combination, market: Market) -> int:
    shorts = [market.contracts[leg.contract] for leg in row.legs if leg.side is Side.SHORT]
    alone = sum(single_margin(contract, market).fen for contract in shorts)
    return alone - combination_margin(STRATEGIES[row.strategy], row.contracts(market), market)


def _set_of(group: Group, kept: dict[Pair, int], market: Market) -> Iterable[Combination]:
    pairs = [pair for pair, choice in group.choices.items() if len(choice.legs) == 2]
    days = {pair: _days_left(group.choices[pair], market) for pair in pairs}
    most = sum(group.pairs.left) + 1
    change = most * (max(days.values(), default=0) + 1)
    fen = (2 * most + 2) * change
    savings: dict[Pair, int] = {}
    firsts: dict[Pair, tuple[int, int]] = {}
    for pair in pairs:
        gain = group.pairs.savings.get(pair, 0) * fen + days[pair]
        if gain > change:
            savings[pair] = gain - change
        if kept.get(pair):
            firsts[pair] = kept[pair], gain + change
    flow = Pairs(group.pairs.left, group.pairs.right, savings, firsts)
    flow.improve()
    for pair, lots in sorted(flow.lots().items()):
        yield replace(group.choices[pair], lots=lots)


def _days_left(row: Combination, market: Market) -> int:
    contracts = row.contracts(market)
    last = last_days(STRATEGIES[row.strategy], market) or 0
    return max(0, min(contract.days_to_expiry for contract in contracts) - last)
