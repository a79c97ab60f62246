"""Margin of one short contract (options-margin 2, SSE and SZSE risk rules of 2015; ETF options 12 % and 7 %)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from apps.lines.options_margin.core.market import EXACT, Contract, Market, OptionType
from apps.lines.uplifts.core.rules import Uplift

_ROUND = Context(prec=200, rounding=ROUND_HALF_UP)
_FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SingleMargin:
    """Each number that the margin of one plain short contract was made of; CNY a share unless said otherwise."""

    contract: str
    settle: Decimal
    price: Decimal
    out_of_the_money: Decimal
    ratio_term: Decimal  # a * S - out of the money
    floor_term: Decimal  # b * S for calls, b * K for puts
    per_share: Decimal
    is_floor: bool  # the floor was the larger
    is_capped: bool  # a put costs no more than its strike
    before_uplift: Decimal  # CNY for one contract, not rounded
    fen: int  # of one contract, with uplift, rounded once


def fen_of(amount: Decimal) -> int:
    """CNY to whole fen, half up: the one rounding of a margin."""
    return int(_ROUND.quantize(amount, _FEN).scaleb(2))


def with_uplift(amount: Decimal, uplift: Decimal) -> Decimal:
    return EXACT.multiply(amount, EXACT.add(Decimal(1), uplift))


def single_margin(contract: Contract, market: Market, uplift: Uplift | None = None) -> SingleMargin:
    """What one plain short contract costs on the market's basis, under its own uplift or another one. Raises PriceMissing."""
    asked = uplift or market.uplift_of(contract)
    key = contract.number, asked.rule
    found = market.cache.get(key)
    if isinstance(found, SingleMargin):
        return found
    margin = _single_margin(contract, market, asked)
    market.cache[key] = margin
    return margin


def _single_margin(contract: Contract, market: Market, uplift: Uplift) -> SingleMargin:
    rates, settle, price = market.rates, market.settle_of(contract), market.price_of(contract)
    strike, zero = contract.strike, Decimal(0)
    is_call = contract.option_type is OptionType.CALL
    distance = EXACT.subtract(strike, price) if is_call else EXACT.subtract(price, strike)
    out_of_the_money = max(distance, zero)
    ratio = (rates.call_a if is_call else rates.put_a) if contract.ratio is None else contract.ratio
    floor_ratio = (rates.call_b if is_call else rates.put_b) if contract.floor_ratio is None else contract.floor_ratio
    ratio, floor_ratio = EXACT.add(ratio, uplift.ratio_more), EXACT.add(floor_ratio, uplift.floor_more)
    ratio_term = EXACT.subtract(EXACT.multiply(ratio, price), out_of_the_money)
    floor_term = EXACT.multiply(floor_ratio, price if is_call else strike)
    uncapped = EXACT.add(settle, max(ratio_term, floor_term))
    per_share = uncapped if is_call else min(uncapped, strike)
    before_uplift = EXACT.multiply(per_share, Decimal(contract.unit))
    return SingleMargin(
        contract=contract.number,
        settle=settle,
        price=price,
        out_of_the_money=out_of_the_money,
        ratio_term=ratio_term,
        floor_term=floor_term,
        per_share=per_share,
        is_floor=floor_term > ratio_term,
        is_capped=per_share != uncapped,
        before_uplift=before_uplift,
        fen=fen_of(with_uplift(before_uplift, uplift.multiple)),
    )
