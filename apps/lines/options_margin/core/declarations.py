"""Which declarations of combinations are refused, and why (options-margin 5.2 and 11, the first failing check wins)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.market import Basis, Contract, Market
from apps.lines.options_margin.core.strategies import STRATEGIES, Algorithm, Kind, Strategy, lives, strikes_stand


@dataclass(frozen=True, slots=True)
class Refusal:
    """`error` is the code of the check, `combination` the place of the declaration in the list."""

    error: str
    combination: int


def first_refusal(positions: Counter[Holding], combinations: Sequence[Combination], market: Market) -> Refusal | None:
    """Checks the declarations in their order; each takes lots and shares from those after it."""
    lots: Counter[Holding] = Counter(positions)
    shares = {code: underlying.free_shares for code, underlying in market.underlyings.items()}
    for number, combination in enumerate(combinations):
        error = next(_errors(combination, market, lots, shares), None)
        if error is not None:
            return Refusal(error, number)
        for leg in combination.legs:
            lots[Holding(leg.contract, leg.side, False)] -= combination.lots
        if STRATEGIES[combination.strategy].algorithm is Algorithm.COVERED:
            (contract,) = combination.contracts(market)
            shares[contract.underlying] -= contract.unit * combination.lots
    return None


def _errors(combination: Combination, market: Market, lots: Counter[Holding], shares: dict[str, int]) -> Iterator[str]:
    """Every check that fails, in the order of the rules. Later ones need what earlier ones have found to be there."""
    strategy = STRATEGIES.get(combination.strategy)
    if strategy is None:
        yield "unknown_strategy"
        return
    if len(combination.legs) != len(strategy.legs):
        yield "leg_count"
        return
    if any(leg.contract not in market.contracts for leg in combination.legs):
        yield "unknown_contract"
        return
    legs = combination.contracts(market)
    yield from _mismatches(combination, strategy, legs)
    if any(leg.is_covered for leg in combination.legs):
        yield "covered_leg"
    if strategy.kind is not Kind.CONVERSION and not market.rates.allow_adjusted and any(leg.is_adjusted for leg in legs):
        yield "nonstandard_leg"
    if market.basis is Basis.OPEN and not lives(strategy, legs, market):
        yield "too_late"
    wanted = Counter(Holding(leg.contract, leg.side, False) for leg in combination.legs)
    if any(lots[holding] < times * combination.lots for holding, times in wanted.items()):
        yield "qty_exceeds_position"
    if strategy.algorithm is Algorithm.COVERED and shares.get(legs[0].underlying, 0) < legs[0].unit * combination.lots:
        yield "insufficient_shares"


def _mismatches(combination: Combination, strategy: Strategy, legs: tuple[Contract, ...]) -> Iterator[str]:
    """What the legs must have in common, and how they fit the strategy."""
    for name, error in (
        ("exchange", "exchange_differs"),
        ("underlying", "underlying_differs"),
        ("expiry", "expiry_differs"),
        ("unit", "unit_differs"),
    ):
        if len({getattr(leg, name) for leg in legs}) > 1:
            yield error
    if any(leg.option_type is not kind for leg, (kind, _side) in zip(legs, strategy.legs, strict=True)):
        yield "type_mismatch"
    if any(leg.side is not side for leg, (_kind, side) in zip(combination.legs, strategy.legs, strict=True)):
        yield "side_mismatch"
    if len(legs) == 2 and not strikes_stand(strategy, legs[0], legs[1]):
        yield "strike_order"
