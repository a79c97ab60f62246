"""Combination strategies as rows, and what one combination costs (options-margin 5.1; SSE and SZSE guides of 2019)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.lines.options_margin.core.market import EXACT, Basis, Contract, Market, OptionType, Side
from apps.lines.options_margin.core.single import fen_of, single_margin, with_uplift
from apps.lines.uplifts.core.rules import Uplift


class Strikes(StrEnum):
    """How the strike of the first leg stands to that of the second."""

    ANY = "any"
    LOWER = "lower"
    HIGHER = "higher"
    EQUAL = "equal"


class Algorithm(StrEnum):
    """What one combination costs."""

    NOTHING = "nothing"
    STRIKE_DIFFERENCE = "strike difference"
    HIGHER_LEG = "higher leg"  # and the settlement price of the other
    COVERED = "covered"  # shares are locked instead


class Kind(StrEnum):
    """Decides on which day a combination is dissolved."""

    SPREAD = "spread"
    STRADDLE = "straddle"
    CONVERSION = "conversion"


@dataclass(frozen=True, slots=True)
class Strategy:
    code: str
    legs: tuple[tuple[OptionType, Side], ...]
    strikes: Strikes
    algorithm: Algorithm
    kind: Kind


_LONG_CALL, _SHORT_CALL = (OptionType.CALL, Side.LONG), (OptionType.CALL, Side.SHORT)
_LONG_PUT, _SHORT_PUT = (OptionType.PUT, Side.LONG), (OptionType.PUT, Side.SHORT)

STRATEGIES: dict[str, Strategy] = {
    row.code: row
    for row in (
        Strategy("CNSJC", (_LONG_CALL, _SHORT_CALL), Strikes.LOWER, Algorithm.NOTHING, Kind.SPREAD),
        Strategy("CXSJC", (_LONG_CALL, _SHORT_CALL), Strikes.HIGHER, Algorithm.STRIKE_DIFFERENCE, Kind.SPREAD),
        Strategy("PNSJC", (_LONG_PUT, _SHORT_PUT), Strikes.LOWER, Algorithm.STRIKE_DIFFERENCE, Kind.SPREAD),
        Strategy("PXSJC", (_LONG_PUT, _SHORT_PUT), Strikes.HIGHER, Algorithm.NOTHING, Kind.SPREAD),
        Strategy("KS", (_SHORT_CALL, _SHORT_PUT), Strikes.EQUAL, Algorithm.HIGHER_LEG, Kind.STRADDLE),
        Strategy("KKS", (_SHORT_CALL, _SHORT_PUT), Strikes.HIGHER, Algorithm.HIGHER_LEG, Kind.STRADDLE),
        Strategy("ZBD", (_SHORT_CALL,), Strikes.ANY, Algorithm.COVERED, Kind.CONVERSION),
    )
}
"""ZXJ, covered to plain, is no combination that lives: it ends a cover, and was not in force when the rules began."""


def strikes_stand(strategy: Strategy, first: Contract, second: Contract) -> bool:
    match strategy.strikes:
        case Strikes.LOWER:
            return first.strike < second.strike
        case Strikes.HIGHER:
            return first.strike > second.strike
        case Strikes.EQUAL:
            return first.strike == second.strike
    return True


def last_days(strategy: Strategy, market: Market) -> int | None:
    """Trading days to expiry at whose end the combination is dissolved; None: never."""
    if strategy.kind is Kind.CONVERSION:
        return None
    return market.rates.spread_days if strategy.kind is Kind.SPREAD else market.rates.straddle_days


def lives(strategy: Strategy, legs: tuple[Contract, ...], market: Market) -> bool:
    """Whether it would be accepted (opening) or is still there when the day has ended (maintenance)."""
    days = last_days(strategy, market)
    if days is None:
        return True
    left = min(leg.days_to_expiry for leg in legs)
    return left > days if market.basis is Basis.MAINTAIN else left >= days


@dataclass(frozen=True, slots=True)
class CombinationPrice:
    """Fen for one combination, and the uplift that made it."""

    fen: int
    uplift: Uplift


def combination_price(strategy: Strategy, legs: tuple[Contract, ...], market: Market) -> CombinationPrice:
    """One combination of legs that fit it: uplift first, then one rounding. Raises PriceMissing.

    Rules may ask different uplifts of the legs; the combination costs what the dearer of them asks (our convention).
    """
    uplifts = [market.own_uplift] if not market.rules else list({market.uplift_of(leg): None for leg in legs})
    key = (strategy.code, *(leg.number for leg in legs), *(uplift.rule for uplift in uplifts))
    found = market.cache.get(key)
    if isinstance(found, CombinationPrice):
        return found
    prices = [CombinationPrice(_fen_under(uplift, strategy, legs, market), uplift) for uplift in uplifts]
    price = max(prices, key=lambda one: (one.fen, -one.uplift.rule))
    market.cache[key] = price
    return price


def combination_margin(strategy: Strategy, legs: tuple[Contract, ...], market: Market) -> int:
    """Fen for one combination. Raises PriceMissing."""
    return combination_price(strategy, legs, market).fen


def _fen_under(uplift: Uplift, strategy: Strategy, legs: tuple[Contract, ...], market: Market) -> int:
    fen = fen_of(with_uplift(_before_uplift(strategy, legs, market, uplift), uplift.multiple))
    if strategy.kind is Kind.SPREAD and strategy.algorithm is Algorithm.NOTHING:
        return max(fen, uplift.spread_minimum)
    return fen


def _before_uplift(strategy: Strategy, legs: tuple[Contract, ...], market: Market, uplift: Uplift) -> Decimal:
    if strategy.algorithm in (Algorithm.NOTHING, Algorithm.COVERED):
        return Decimal(0)
    first, second = legs
    if strategy.algorithm is Algorithm.STRIKE_DIFFERENCE:
        difference = EXACT.subtract(max(first.strike, second.strike), min(first.strike, second.strike))
        return EXACT.multiply(difference, Decimal(first.unit))
    call, put = single_margin(first, market, uplift), single_margin(second, market, uplift)
    if call.before_uplift == put.before_uplift:  # convention: the larger of the two prices
        other = max(call.settle, put.settle)
    else:
        other = put.settle if call.before_uplift > put.before_uplift else call.settle
    return EXACT.add(max(call.before_uplift, put.before_uplift), EXACT.multiply(other, Decimal(first.unit)))
