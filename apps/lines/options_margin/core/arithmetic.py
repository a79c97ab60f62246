"""How the margin of one lot or one combination was made, as the line of arithmetic that a person can check."""

from decimal import Decimal

from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.market import EXACT, Contract, Market, Side
from apps.lines.options_margin.core.single import single_margin
from apps.lines.options_margin.core.strategies import STRATEGIES, Algorithm


def of_lot(holding: Holding, market: Market) -> str:
    """Of one lot that is in no combination; blank when it costs nothing."""
    if holding.side is Side.LONG or holding.is_covered:
        return ""
    single = single_margin(market.contracts[holding.contract], market)
    unit = market.contracts[holding.contract].unit
    return _lifted(f"{_plain(single.per_share)} × {unit}", market)


def of_combination(row: Combination, market: Market) -> str:
    """Of one combination; blank when it costs nothing."""
    algorithm = STRATEGIES[row.strategy].algorithm
    contracts = row.contracts(market)
    if algorithm is Algorithm.STRIKE_DIFFERENCE:
        strikes = sorted((contract.strike for contract in contracts), reverse=True)
        return _lifted(f"({_plain(strikes[0])} − {_plain(strikes[1])}) × {contracts[0].unit}", market)
    if algorithm is Algorithm.HIGHER_LEG:
        first, second = contracts
        larger = f"max({_of(first, market)}, {_of(second, market)})"
        return _lifted(f"({larger} + {_other(first, second, market)} × {first.unit})", market)
    return ""


def _of(contract: Contract, market: Market) -> str:
    return _plain(single_margin(contract, market).before_uplift)


def _other(call: Contract, put: Contract, market: Market) -> str:
    """The settlement price that is added: that of the cheaper leg, of equal ones the larger."""
    one, two = single_margin(call, market), single_margin(put, market)
    if one.before_uplift == two.before_uplift:
        return _plain(max(one.settle, two.settle))
    return _plain(two.settle if one.before_uplift > two.before_uplift else one.settle)


def _lifted(text: str, market: Market) -> str:
    uplift = market.rates.uplift
    return f"{text} × {_plain(EXACT.add(Decimal(1), uplift))}" if uplift else text


def _plain(number: Decimal) -> str:
    """Without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
