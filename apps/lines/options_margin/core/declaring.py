"""From the set that is declared to the set that is wanted: which declarations, in which order (options-margin 5.2 and 10.1)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.market import Market, Side
from apps.lines.options_margin.core.single import single_margin
from apps.lines.options_margin.core.strategies import STRATEGIES, combination_margin

Numbered = tuple[str, Combination]


class Verb(StrEnum):
    BUILD = "build"
    DISSOLVE = "dissolve"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration; `number` is that of the combination that is dissolved. `fen_after` is what the account then requires."""

    verb: Verb
    combination: Combination
    number: str
    fen_after: int
    is_affordable: bool


def differences(declared: Sequence[Numbered], wanted: Sequence[Combination]) -> tuple[list[Numbered], list[Combination]]:
    """(what is dissolved, what is built): lots that both sets have are left alone."""
    missing: Counter[tuple[object, ...]] = Counter()
    for row in wanted:
        missing[row.strategy, row.legs] += row.lots
    dissolved: list[Numbered] = []
    for number, row in declared:
        kept = min(row.lots, missing[row.strategy, row.legs])
        missing[row.strategy, row.legs] -= kept
        if kept < row.lots:
            dissolved.append((number, replace(row, lots=row.lots - kept)))
    built: list[Combination] = []
    for row in wanted:
        lots = min(row.lots, missing[row.strategy, row.legs])
        if lots:
            missing[row.strategy, row.legs] -= lots
            built.append(replace(row, lots=lots))
    return dissolved, built


def in_order(
    free: Counter[Holding],
    dissolved: Sequence[Numbered],
    built: Sequence[Combination],
    market: Market,
    *,
    required: int,
    funds: int,
) -> list[Declaration]:
    """What can be built of free legs first, then dissolved and built anew; fen.

    Dissolving needs money for the single margins that come back (rule 7): of several the one that needs least comes first, and
    one that the money does not reach is marked.
    """
    lots: Counter[Holding] = Counter(free)
    left, waiting = list(dissolved), list(built)
    found: list[Declaration] = []
    while left or waiting:
        ready = next((row for row in waiting if _fits(row, lots)), None)
        if ready is not None:
            waiting.remove(ready)
            required -= saving_of(ready, market)
            _take(ready, lots, -1)
            found.append(Declaration(Verb.BUILD, ready, "", required, True))
            continue
        if not left:
            raise ValueError("the wanted set asks for more lots than there are")
        number, row = min(left, key=lambda one: (saving_of(one[1], market), one[0]))
        left.remove((number, row))
        required += saving_of(row, market)
        _take(row, lots, 1)
        found.append(Declaration(Verb.DISSOLVE, row, number, required, required <= funds))
    return found


def saving_of(row: Combination, market: Market) -> int:
    """What all lots of a combination cost less than their legs alone; fen, negative when they cost more."""
    shorts = [market.contracts[leg.contract] for leg in row.legs if leg.side is Side.SHORT]
    alone = sum(single_margin(contract, market).fen for contract in shorts)
    return (alone - combination_margin(STRATEGIES[row.strategy], row.contracts(market), market)) * row.lots


def _fits(row: Combination, lots: Counter[Holding]) -> bool:
    return all(lots[Holding(leg.contract, leg.side, False)] >= row.lots for leg in row.legs)


def _take(row: Combination, lots: Counter[Holding], sign: int) -> None:
    for leg in row.legs:
        lots[Holding(leg.contract, leg.side, False)] += sign * row.lots
