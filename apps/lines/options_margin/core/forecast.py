"""What an account will have to pay on the evenings to come, and what it would pay if (options-margin 6, the E-2 cliff)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from apps.lines.options_margin.core.account import AccountMargin, margin_as_declared
from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.declarations import Refusal
from apps.lines.options_margin.core.market import Market


@dataclass(frozen=True, slots=True)
class Evening:
    """`after` trading days from now, at today's prices: fen, and which of today's declarations no longer live."""

    after: int
    fen: int
    gone: tuple[int, ...]


def evenings_of(
    positions: Counter[Holding], declared: Sequence[Combination], market: Market, days: int
) -> list[Evening] | Refusal:
    """Tonight and the `days` evenings after it. Contracts that have expired by then are left out, with their combinations.

    Raises PriceMissing.
    """
    found: list[Evening] = []
    for after in range(days + 1):
        later = _later(market, after)
        kept = [number for number, row in enumerate(declared) if all(leg.contract in later.contracts for leg in row.legs)]
        lots = Counter({holding: number for holding, number in positions.items() if holding.contract in later.contracts})
        margin = margin_as_declared(lots, [declared[number] for number in kept], later)
        if isinstance(margin, Refusal):
            return Refusal(margin.error, kept[margin.combination])
        living = {kept[place] for place in range(len(kept)) if place not in margin.dissolved}
        gone = tuple(number for number in range(len(declared)) if number not in living)
        found.append(Evening(after, margin.fen, gone))
    return found


def what_if(
    positions: Counter[Holding],
    declared: Sequence[Combination],
    market: Market,
    *,
    dissolve: Collection[int] = (),
    close: Counter[Holding] | None = None,
) -> AccountMargin | Refusal:
    """The account without some of its declarations and some of its lots; refused as declarations are when lots are missing."""
    lots = Counter(positions)
    lots.subtract(close or Counter())
    return margin_as_declared(+lots, [row for number, row in enumerate(declared) if number not in dissolve], market)


def _later(market: Market, days: int) -> Market:
    """The same prices with fewer trading days to expiry; only rules of the broker and dissolutions depend on them."""
    contracts = {
        number: replace(contract, days_to_expiry=contract.days_to_expiry - days)
        for number, contract in market.contracts.items()
        if contract.days_to_expiry >= days
    }
    return replace(market, contracts=contracts)
