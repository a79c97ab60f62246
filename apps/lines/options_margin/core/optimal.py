"""The cheapest set of combinations of an account, with its proof (options-margin 10.1)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from apps.lines.options_margin.core.book import Combination, Holding, Leg
from apps.lines.options_margin.core.flow import Pairing, Pairs, proves
from apps.lines.options_margin.core.market import Contract, Market, OptionType, Side
from apps.lines.options_margin.core.single import single_margin
from apps.lines.options_margin.core.strategies import STRATEGIES, Strategy, combination_margin, lives, strikes_stand

_PAIRS = [strategy for strategy in STRATEGIES.values() if len(strategy.legs) == 2]
ORDER = {code: place for place, code in enumerate(STRATEGIES)}
_COVER = "ZBD"


class NotProven(AssertionError):
    """The prices of a set do not prove that it is the cheapest: a fault of the solver, never of the account."""


@dataclass(frozen=True, slots=True)
class GroupProof:
    """Prices in fen of one more lot of each leg, and of one more covered lot: no pairing can save more than all lots at them."""

    legs: dict[str, int]
    covered_lots: int
    covered_price: int
    saving: int


@dataclass(frozen=True, slots=True)
class CheapestSet:
    """`saving` is fen against single margins. Shares of contracts with several units are shared out by trying every split."""

    combinations: tuple[Combination, ...]
    saving: int
    proofs: tuple[GroupProof, ...]


@dataclass
class Group:
    """Legs that may be combined with each other: same exchange, underlying, expiry and unit."""

    underlying: str
    unit: int
    lefts: list[Holding]
    rights: list[Holding]
    choices: dict[tuple[int, int], Combination]  # of one lot
    pairs: Pairs
    lots: list[int]
    covering: int  # place of the shares among the lefts
    gains: list[tuple[int, int]] = field(default_factory=list)  # (gain of a covered lot, lots), falling


def cheapest_set(free: Counter[Holding], market: Market) -> CheapestSet:
    """The combinations of free plain lots that leave the least margin. Raises PriceMissing and, never seen, NotProven."""
    groups = [group_of(holdings, free, market) for holdings in grouped(free, market)]
    for group in groups:
        group.pairs.improve()
    covered = _cover(groups, market) if market.rates.allow_covering else [0] * len(groups)
    combinations: list[Combination] = []
    proofs: list[GroupProof] = []
    for group, lots in zip(groups, covered, strict=True):
        if group.gains:
            group.lots[group.covering] = lots
            group.pairs = Pairs(group.lots, group.pairs.right, group.pairs.savings)
            group.pairs.improve()
        pairing = group.pairs.pairing()
        if not proves(group.pairs, pairing, group.lots):
            raise NotProven(f"{group.underlying} unit {group.unit}")
        combinations += _combinations_of(group, pairing)
        proofs.append(_proof_of(group, pairing, lots))
    combinations.sort(key=lambda row: (ORDER[row.strategy], row.legs))
    return CheapestSet(tuple(combinations), sum(proof.saving for proof in proofs), tuple(proofs))


def grouped(free: Counter[Holding], market: Market) -> Iterable[list[Holding]]:
    groups: dict[tuple[str, str, str, int], list[Holding]] = defaultdict(list)
    for holding in sorted(free):
        if holding.is_covered or free[holding] <= 0:
            continue
        contract = market.contracts[holding.contract]
        groups[contract.exchange, contract.underlying, contract.expiry.isoformat(), contract.unit].append(holding)
    return [groups[key] for key in sorted(groups)]


def group_of(holdings: Sequence[Holding], free: Counter[Holding], market: Market) -> Group:
    def is_left(holding: Holding) -> bool:
        return (market.contracts[holding.contract].option_type is OptionType.CALL) == (holding.side is Side.LONG)

    lefts = [holding for holding in holdings if is_left(holding)]
    rights = [holding for holding in holdings if not is_left(holding)]
    savings: dict[tuple[int, int], int] = {}
    choices: dict[tuple[int, int], Combination] = {}
    for i, left in enumerate(lefts):
        for j, right in enumerate(rights):
            best = _best_pair(left, right, market)
            if best is not None:
                choices[i, j], savings[i, j] = best
    if market.rates.allow_covering:
        for j, right in enumerate(rights):
            if right.side is Side.SHORT:
                choices[len(lefts), j] = Combination(_COVER, (Leg(right.contract, right.side),), 1)
                savings[len(lefts), j] = single_margin(market.contracts[right.contract], market).fen
    first = market.contracts[holdings[0].contract]
    lots = [*(free[holding] for holding in lefts), 0]
    pairs = Pairs(list(lots), [free[holding] for holding in rights], savings)
    return Group(first.underlying, first.unit, lefts, rights, choices, pairs, lots, covering=len(lefts))


def _best_pair(left: Holding, right: Holding, market: Market) -> tuple[Combination, int] | None:
    """The combination of the two that saves most, and what a lot of it saves; None when none does."""
    best: tuple[Combination, int] | None = None
    for strategy in _PAIRS:
        for holdings in ((left, right), (right, left)):
            legs = (market.contracts[holdings[0].contract], market.contracts[holdings[1].contract])
            fits = strategy.legs == ((legs[0].option_type, holdings[0].side), (legs[1].option_type, holdings[1].side))
            if not fits or not _may_be_built(strategy, legs, market):
                continue
            shorts = [leg for leg, holding in zip(legs, holdings, strict=True) if holding.side is Side.SHORT]
            saving = sum(single_margin(leg, market).fen for leg in shorts) - combination_margin(strategy, legs, market)
            if saving > 0 and (best is None or saving > best[1]):
                declared = tuple(Leg(holding.contract, holding.side) for holding in holdings)
                best = Combination(strategy.code, declared, 1), saving
    return best


def _may_be_built(strategy: Strategy, legs: tuple[Contract, Contract], market: Market) -> bool:
    if not market.rates.allow_adjusted and any(leg.is_adjusted for leg in legs):
        return False
    return strikes_stand(strategy, *legs) and lives(strategy, legs, market)


def _cover(groups: list[Group], market: Market) -> list[int]:
    """How many lots each group covers with the free shares of its underlying."""
    covered = [0] * len(groups)
    by_underlying: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, group in enumerate(groups):
        by_underlying[group.underlying][group.unit].append(place)
    for code, by_unit in by_underlying.items():
        underlying = market.underlyings.get(code)
        shares = underlying.free_shares if underlying is not None else 0
        curves = {unit: _curve([groups[place] for place in places], shares // unit) for unit, places in by_unit.items()}
        for unit, lots in _split(curves, shares).items():
            _hand_out(lots, [(place, groups[place]) for place in by_unit[unit]], covered)
    return covered


def _curve(groups: list[Group], most: int) -> list[tuple[int, int]]:
    """What covered lots of one unit gain, the best first: (gain of a lot, lots), at most `most` lots together."""
    for group in groups:
        group.pairs.raise_left(group.covering, most)
        group.gains = group.pairs.improve()
    steps = sorted((step for group in groups for step in group.gains), key=lambda step: -step[0])
    taken: list[tuple[int, int]] = []
    for gain, lots in steps:
        lots = min(lots, most)
        most -= lots
        if lots:
            taken.append((gain, lots))
    return taken


def _split(curves: dict[int, list[tuple[int, int]]], shares: int) -> dict[int, int]:
    """Lots to cover per unit: of all splits of the shares the one that gains most, of equals the one with the fewest shares.

    The last unit takes what is left. Of the others every number of lots is tried, and of two states the one is dropped that
    uses more shares without gaining more.
    """
    units = sorted(curves, reverse=True)
    states: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]  # shares used, gain, lots of the units so far
    for unit in units[:-1]:
        gains = _cumulated(curves[unit])
        grown = (
            (used + lots * unit, gain + more, (*chosen, lots))
            for used, gain, chosen in states
            for lots, more in enumerate(gains[: (shares - used) // unit + 1])
        )
        states = _not_beaten(grown)
    curve, unit = curves[units[-1]], units[-1]
    ended = ((used, gain, chosen, *_best_of(curve, (shares - used) // unit)) for used, gain, chosen in states)
    _used, _gain, chosen, lots, _more = max(ended, key=lambda state: (state[1] + state[4], -state[0] - unit * state[3]))
    return dict(zip(units, (*chosen, lots), strict=True))


def _not_beaten(states: Iterable[tuple[int, int, tuple[int, ...]]]) -> list[tuple[int, int, tuple[int, ...]]]:
    kept: list[tuple[int, int, tuple[int, ...]]] = []
    for state in sorted(states, key=lambda state: (state[0], -state[1])):
        if not kept or state[1] > kept[-1][1]:
            kept.append(state)
    return kept


def _cumulated(curve: list[tuple[int, int]]) -> list[int]:
    """What 0, 1, 2 ... lots gain."""
    return list(accumulate((gain for gain, lots in curve for _ in range(lots)), initial=0))


def _best_of(curve: list[tuple[int, int]], most: int) -> tuple[int, int]:
    """At most so many lots of a curve, the best first: (lots, what they gain)."""
    taken = gained = 0
    for gain, lots in curve:
        lots = min(lots, most - taken)
        taken, gained = taken + lots, gained + gain * lots
    return taken, gained


def _hand_out(lots: int, groups: list[tuple[int, Group]], covered: list[int]) -> None:
    """To the groups of one unit, the best gains first."""
    steps = sorted(
        ((gain, place, most) for place, group in groups for gain, most in group.gains), key=lambda step: (-step[0], step[1])
    )
    for _gain, place, most in steps:
        given = min(lots, most)
        covered[place] += given
        lots -= given


def _combinations_of(group: Group, pairing: Pairing) -> list[Combination]:
    return [replace(group.choices[pair], lots=lots) for pair, lots in sorted(pairing.lots.items())]


def _proof_of(group: Group, pairing: Pairing, covered: int) -> GroupProof:
    prices = {
        f"{holding.contract} {holding.side}": price for holding, price in zip(group.lefts, pairing.left_prices, strict=False)
    }
    prices |= {
        f"{holding.contract} {holding.side}": price for holding, price in zip(group.rights, pairing.right_prices, strict=True)
    }
    return GroupProof(prices, covered, pairing.left_prices[group.covering] if covered else 0, pairing.saving)
