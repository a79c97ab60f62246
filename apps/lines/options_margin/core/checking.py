"""Whether declarations may be made tomorrow, one after the other (options-margin 5.2): nothing is sent that would be refused."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apps.lines.options_margin.core.book import Combination, Holding, Leg
from apps.lines.options_margin.core.declarations import first_refusal
from apps.lines.options_margin.core.declaring import Verb, saving_of
from apps.lines.options_margin.core.market import Basis, Market
from apps.lines.options_margin.core.strategies import STRATEGIES


@dataclass(frozen=True, slots=True)
class Wanted:
    """One declaration as somebody asks for it; `number` is that of the combination to dissolve."""

    verb: Verb
    strategy: str
    legs: tuple[str, ...]
    lots: int
    number: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The place of the first declaration that is refused and the rule that it breaks; `error` is blank when none is."""

    place: int
    error: str
    required: int


def combination_of(one: Wanted) -> Combination | None:
    """Sides come from the strategy; None when it is none or has another number of legs."""
    strategy = STRATEGIES.get(one.strategy)
    if strategy is None or len(strategy.legs) != len(one.legs):
        return None
    legs = tuple(Leg(contract, side) for contract, (_kind, side) in zip(one.legs, strategy.legs, strict=True))
    return Combination(one.strategy, legs, one.lots)


def checked(
    free: Counter[Holding],
    living: Sequence[tuple[str, Combination]],
    wanted: Iterable[Wanted],
    market: Market,
    *,
    required: int,
    funds: int,
) -> Checked:
    """Goes through the declarations of an account in their order. Amounts are fen at the client's rates."""
    lots: Counter[Holding] = Counter(free)
    left = dict(living)
    rules = _tomorrow(market)
    for place, one in enumerate(wanted):
        if one.verb is Verb.DISSOLVE:
            held = left.get(one.number)
            if held is None or held.lots < one.lots:
                return Checked(place, "qty_exceeds_combination", required)
            part = replace(held, lots=one.lots)
            left[one.number] = replace(held, lots=held.lots - one.lots)
            required += saving_of(part, market)
            _give(part, lots, 1)
            if required > funds:
                return Checked(place, "insufficient_funds", required)
            continue
        part_or_none = combination_of(one)
        if part_or_none is None:
            return Checked(place, "leg_count" if one.strategy in STRATEGIES else "unknown_strategy", required)
        if one.lots < 1:
            return Checked(place, "no_lots", required)
        refusal = first_refusal(lots, [part_or_none], rules)
        if refusal is not None:
            return Checked(place, refusal.error, required)
        required -= saving_of(part_or_none, market)
        _give(part_or_none, lots, -1)
    return Checked(-1, "", required)


def _tomorrow(market: Market) -> Market:
    """The rules of the next trading day: what expires today is gone, dates count one day less."""
    contracts = {
        number: replace(contract, days_to_expiry=contract.days_to_expiry - 1)
        for number, contract in market.contracts.items()
        if contract.days_to_expiry > 0
    }
    return replace(market, basis=Basis.OPEN, contracts=contracts)


def _give(row: Combination, lots: Counter[Holding], sign: int) -> None:
    for leg in row.legs:
        lots[Holding(leg.contract, leg.side, False)] += sign * row.lots
