"""How the margin of one lot or one combination was made, as the line of arithmetic that a person can check."""

from decimal import Decimal

from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.market import EXACT, Market, Side
from apps.lines.options_margin.core.single import SingleMargin, single_margin
from apps.lines.options_margin.core.strategies import STRATEGIES, Algorithm, combination_price
from apps.lines.uplifts.core.rules import Uplift


def of_lot(holding: Holding, market: Market) -> str:
    """Of one lot that is in no combination; blank when it costs nothing."""
    if holding.side is Side.LONG or holding.is_covered:
        return ""
    contract = market.contracts[holding.contract]
    single = single_margin(contract, market)
    return _lifted(f"{_plain(single.per_share)} × {contract.unit}", market.uplift_of(contract))


def of_combination(row: Combination, market: Market) -> str:
    """Of one combination; blank when it costs nothing."""
    strategy, contracts = STRATEGIES[row.strategy], row.contracts(market)
    price = combination_price(strategy, contracts, market)
    uplift = price.uplift
    if strategy.algorithm is Algorithm.STRIKE_DIFFERENCE:
        strikes = sorted((contract.strike for contract in contracts), reverse=True)
        return _lifted(f"({_plain(strikes[0])} − {_plain(strikes[1])}) × {contracts[0].unit}", uplift)
    if strategy.algorithm is Algorithm.HIGHER_LEG:
        first, second = (single_margin(contract, market, uplift) for contract in contracts)
        larger = f"max({_plain(first.before_uplift)}, {_plain(second.before_uplift)})"
        return _lifted(f"({larger} + {_other(first, second)} × {contracts[0].unit})", uplift)
    return f"{_plain(Decimal(price.fen).scaleb(-2))}" if price.fen else ""


def _other(one: SingleMargin, two: SingleMargin) -> str:
    """The settlement price that is added: that of the cheaper leg, of equal ones the larger."""
    if one.before_uplift == two.before_uplift:
        return _plain(max(one.settle, two.settle))
    return _plain(two.settle if one.before_uplift > two.before_uplift else one.settle)


def _lifted(text: str, uplift: Uplift) -> str:
    return f"{text} × {_plain(EXACT.add(Decimal(1), uplift.multiple))}" if uplift.multiple else text


def _plain(number: Decimal) -> str:
    """Without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
