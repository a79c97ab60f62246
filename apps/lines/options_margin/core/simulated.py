"""A day of the options market as it really is: contracts, prices, accounts, and what the depository makes of them.

Everything follows from the date, the seed, the number of accounts and the faults: the same gives the same.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from apps.lines.options_margin.core.account import AccountMargin
from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.day import Evaluator, accepted
from apps.lines.options_margin.core.greedy import in_order_of_strategies
from apps.lines.options_margin.core.listed import EXCHANGE, Client, Declared
from apps.lines.options_margin.core.market import Basis, Contract, Market, OptionType, Rates, Side, Underlying
from apps.lines.options_margin.core.single import fen_of, single_margin

CLOSES = {
    "510050": (Decimal("2.985"), Decimal("3.012")),
    "510300": (Decimal("3.841"), Decimal("3.828")),
    "510500": (Decimal("5.713"), Decimal("5.745")),
}
NAMES = {"510050": "50ETF", "510300": "300ETF", "510500": "500ETF"}
GROUPS = ("retail", "professional", "institution")
STANDARD_UNIT, ADJUSTED_UNIT = 10_000, 10_159
RATIO, FLOOR_RATIO = Decimal("0.12"), Decimal("0.07")
RATES = Rates(call_a=RATIO, call_b=FLOOR_RATIO, put_a=RATIO, put_b=FLOOR_RATIO, allow_adjusted=True)
_STRIKES_AROUND = 4
_QUARTERS = (3, 6, 9, 12)


class Fault(StrEnum):
    """What can be wrong with a simulated day."""

    WRONG_MARGIN = "wrong-margin"
    MISSING_RECORD = "missing-record"
    LATE_FILE = "late-file"
    WRONG_SETTLE = "wrong-settle"
    WRONG_OPENING = "wrong-opening"
    WRONG_POSITION = "wrong-position"
    WRONG_TOTAL = "wrong-total"


@dataclass(frozen=True)
class Account:
    """A client with what the depository computes for him."""

    client: Client
    living: tuple[Declared, ...]
    margin: AccountMargin


@dataclass(frozen=True)
class World:
    day: date
    faults: frozenset[Fault]
    contracts: dict[str, Contract]
    trading_codes: dict[str, str]
    opening: dict[str, Decimal]
    accounts: tuple[Account, ...]

    @property
    def total_fen(self) -> int:
        return sum(account.margin.fen for account in self.accounts)


def build_world(
    *, day: date, seed: int, accounts: int, trading_days: Callable[[date], int], faults: Iterable[Fault] = ()
) -> World:
    """`trading_days` says how many trading days after the day another day is."""
    dice = random.Random(seed)  # noqa: S311 - a simulation
    contracts, codes = _contracts(day, dice, trading_days)
    evaluator = Evaluator(contracts, {code: closes[0] for code, closes in CLOSES.items()}, RATES, 0)
    found = []
    for number in range(accounts):
        client = _client(f"A{810_000_000 + number:09}"[:10], dice, contracts)
        market = evaluator.market_of(client, Decimal(0))
        client = _with_declarations(client, dice, market, number)
        client.group = GROUPS[number % len(GROUPS)]
        declared, _refused, margin = accepted(client, evaluator.market_of(client, Decimal(0)))
        living = tuple(row for place, row in enumerate(declared) if place not in margin.dissolved)
        funds = Decimal(margin.fen).scaleb(-2) * dice.choice([80, 110, 130, 150, 200, 300]) / 100
        client.funds = funds.quantize(Decimal("0.01")) + dice.randint(0, 5000)
        found.append(Account(client, living, margin))
    return World(day, frozenset(faults), contracts, codes, _opening(contracts), tuple(found))


def expiries_of(day: date) -> list[date]:
    """The fourth Wednesdays of this month, the next, and the next two quarter months, that are not past."""
    found: list[date] = []
    year, month = day.year, day.month
    while len(found) < 4:
        first = date(year, month, 1)
        wednesday = first + timedelta(days=(2 - first.weekday()) % 7 + 21)
        if wednesday >= day and (len(found) < 2 or month in _QUARTERS):
            found.append(wednesday)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _contracts(day: date, dice: random.Random, trading_days: Callable[[date], int]) -> tuple[dict[str, Contract], dict[str, str]]:
    contracts: dict[str, Contract] = {}
    codes: dict[str, str] = {}
    for underlying, (close, _previous) in CLOSES.items():
        step = Decimal("0.05") if close < 3 else Decimal("0.1") if close < 5 else Decimal("0.25")
        middle = (close / step).to_integral_value() * step
        for expiry in expiries_of(day):
            days = trading_days(expiry)
            for place in range(-_STRIKES_AROUND, _STRIKES_AROUND + 1):
                for kind in OptionType:
                    is_adjusted = underlying == "510300" and place == _STRIKES_AROUND
                    strike = middle + place * step + (Decimal("0.003") if is_adjusted else 0)
                    number = str(10_009_001 + len(contracts))
                    inside = max(close - strike if kind is OptionType.CALL else strike - close, Decimal(0))
                    settle = (inside + Decimal(dice.randint(10, 900) + 4 * days).scaleb(-4)).quantize(Decimal("0.0001"))
                    contracts[number] = Contract(
                        number=number,
                        exchange=EXCHANGE,
                        underlying=underlying,
                        option_type=kind,
                        strike=strike.quantize(Decimal("0.001")),
                        unit=ADJUSTED_UNIT if is_adjusted else STANDARD_UNIT,
                        is_adjusted=is_adjusted,
                        expiry=expiry,
                        days_to_expiry=days,
                        settle=settle,
                        previous_settle=max(settle + Decimal(dice.randint(-200, 200)).scaleb(-4), Decimal("0.0001")),
                        ratio=RATIO,
                        floor_ratio=FLOOR_RATIO,
                    )
                    letter = "A" if is_adjusted else "M"
                    codes[number] = f"{underlying}{kind}{expiry:%y%m}{letter}{int(contracts[number].strike * 1000):05}"
    return contracts, codes


def _opening(contracts: dict[str, Contract]) -> dict[str, Decimal]:
    """The exchange's own opening margin of one contract, CNY."""
    market = Market(
        basis=Basis.OPEN,
        rates=RATES,
        contracts=contracts,
        underlyings={code: Underlying(code, None, closes[1]) for code, closes in CLOSES.items()},
    )
    return {
        number: Decimal(fen_of(single_margin(contract, market).before_uplift)).scaleb(-2)
        for number, contract in contracts.items()
    }


def _client(account: str, dice: random.Random, contracts: dict[str, Contract]) -> Client:
    client = Client(account, 0, dice.choice([Decimal("0.00"), Decimal("0.15"), Decimal("0.20")]), Decimal(0))
    near = sorted({contract.expiry for contract in contracts.values()})[: dice.choice([1, 2, 2])]
    codes = dice.sample(sorted(CLOSES), dice.choice([1, 2]))
    choice = [number for number, row in contracts.items() if row.expiry in near and row.underlying in codes]
    for number in dice.sample(choice, min(len(choice), dice.randint(3, 14))):
        side = dice.choice([Side.LONG, Side.SHORT, Side.SHORT])
        client.positions[Holding(number, side, False)] = dice.randint(1, 20)
        if dice.random() < 0.1:
            client.positions[Holding(number, Side.LONG, False)] += dice.randint(1, 3)
        contract = contracts[number]
        if side is Side.SHORT and contract.option_type is OptionType.CALL and dice.random() < 0.15:
            lots = dice.randint(1, 5)
            client.positions[Holding(number, Side.SHORT, True)] += lots
            shares = client.locked.get(contract.underlying, 0) + lots * contract.unit
            client.locked[contract.underlying] = shares
            client.free[contract.underlying] = dice.choice([0, 0, 30_000])
    return client


def _with_declarations(client: Client, dice: random.Random, market: Market, number: int) -> Client:
    """About half of what a counter would declare strategy by strategy, as clients do; not on what is due to be dissolved."""
    plain = Counter({holding: lots for holding, lots in client.positions.items() if not holding.is_covered})
    early = replace(market, rates=replace(market.rates, spread_days=-1, straddle_days=-1))
    for place, row in enumerate(in_order_of_strategies(plain, early)):
        if dice.random() < 0.6:
            lots = dice.randint(1, row.lots)
            name = f"{number:06}{place:04}"
            client.declared.append(Declared(0, name, Combination(row.strategy, row.legs, lots)))
    return client
