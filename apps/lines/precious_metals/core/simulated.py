"""A trade date of the own account at the Gold Exchange as it really is: what was held, traded, delivered, and what it came to.

Everything follows from the days, the seed, the number of trades, the terms and the faults: the same gives the same.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from apps.lines.precious_metals.core.clearing import Cleared, Inputs, cleared
from apps.lines.precious_metals.core.rows import DayPrice, Delivery, Held, Key, Opening, Trade
from apps.lines.precious_metals.core.terms import Contract, Terms
from apps.lines.precious_metals.states import Kind, Offset, Side

DELIVERED = "Au(T+D)"
HELD, IN_STOCK, MOST_LOTS = 400, Decimal(50_000), 3
"""Lots held of each side overnight and grams of each metal, beside what the day's closes and spot sales take."""
TOO_MANY = 300


class Fault(StrEnum):
    """What may go wrong with the day; each is found by the product in its own place."""

    STRANGE_MEMBER = "strange-member"  # a trade of another member is in our file
    STRANGE_CLIENT = "strange-client"  # a trade of a trading code that is not the own account's
    NEXT_NIGHT = "next-night"  # a trade of the night session that belongs to the next trade date
    UNKNOWN_CONTRACT = "unknown-contract"  # a trade in what the table of contracts does not list
    WRONG_SUM = "wrong-sum"  # the balance of the seat is not the sum of its columns
    OVERSOLD = "oversold"  # more is closed than was held
    MISSING_OWN_TRADE = "missing-own-trade"  # the own system lacks a match
    WRONG_OWN_PRICE = "wrong-own-price"  # the own system has another price of a match
    WRONG_FEE = "wrong-fee"  # the exchange takes 1.00 more for a match
    WRONG_VARIATION = "wrong-variation"  # the exchange says 500.00 less of variation
    WRONG_METAL = "wrong-metal"  # the exchange has 0.02 g less in stock
    HARMLESS_CENT = "harmless-cent"  # the exchange rounds a cent differently
    DEFAULT = "delivery-default"  # a delivery without metal in stock
    LATE_SEAT = "late-seat"  # the cash of the seat comes later
    SHORT_MARGIN = "short-margin"  # the seat holds too little for the margin
    UTF8 = "utf-8"  # the exchange writes UTF-8


@dataclass(frozen=True, kw_only=True)
class World:
    day: date
    faults: frozenset[Fault]
    terms: Terms
    inputs: Inputs
    cleared: Cleared
    """What the exchange makes of the day; faults of its files are made when they are written."""

    @property
    def client(self) -> str:
        return min(self.terms.clients)


def build_world(
    *, day: date, previous_day: date, next_day: date, terms: Terms, seed: int, trades: int, faults: Iterable[Fault] = ()
) -> World:
    """The day that follows from these and nothing else. `previous_day` is the one of the night session."""
    chance = random.Random(f"{day.isoformat()}/{seed}/{trades}")  # noqa: S311 - a simulation, not a secret
    chosen, client = frozenset(faults), min(terms.clients)
    prices = {code: _prices(chance, one) for code, one in terms.contracts.items() if one.kind is Kind.DEFERRED}
    made = [_trade(chance, number, client, terms, prices, day, previous_day) for number in range(1, trades + 1)]
    if Fault.UNKNOWN_CONTRACT in chosen:
        made[0] = replace(made[0], contract="Pt99.95", offset=None)
    cash = Decimal("1000000.00") if Fault.SHORT_MARGIN in chosen else Decimal("900000000.00")
    delivered = TOO_MANY if Fault.DEFAULT in chosen else 2
    held = Held(long=HELD + trades * MOST_LOTS, short=HELD + trades * MOST_LOTS)
    inputs = Inputs(
        trades=made,
        deliveries=[
            Delivery(number=f"D{day:%y%m%d}0001", client=client, contract=DELIVERED, side=Side.SELL, lots=delivered),
            Delivery(number=f"D{day:%y%m%d}0002", client=client, contract="mAu(T+D)", side=Side.BUY, lots=3),
        ],
        prices=prices,
        positions={(client, code): held for code in prices},
        opening=Opening(cash=cash, metal=_stock(made, client, terms)),
        moves=Opening(cash=Decimal("250000.00"), metal={(client, "Ag99.99"): Decimal("-1000.00")}),
    )
    known = replace(inputs, trades=[one for one in made if one.contract in terms.contracts])
    return World(day=day, faults=chosen, terms=terms, inputs=inputs, cleared=cleared(known, terms, day=day, next_day=next_day))


def _prices(chance: random.Random, contract: Contract) -> DayPrice:
    """Gold around 480 CNY a gram, silver around 5,800 CNY a kilogram."""
    base = 48_000 if contract.price_grams == 1 else 580_000
    previous = base + chance.randrange(-500, 500)
    deliver, receive = chance.randrange(0, 900), chance.randrange(0, 900)
    return DayPrice(
        contract=contract.code,
        previous=Decimal(previous).scaleb(-2),
        settlement=Decimal(previous + chance.randrange(-400, 400)).scaleb(-2),
        deliver=deliver,
        receive=receive,
    )


def _trade(
    chance: random.Random, number: int, client: str, terms: Terms, prices: dict[str, DayPrice], day: date, before: date
) -> Trade:
    """A third of the night, half of it after midnight; every fourth is spot."""
    spot = number % 4 == 0
    codes = sorted(code for code, one in terms.contracts.items() if (one.kind is Kind.SPOT) == spot)
    code = codes[number // 4 % len(codes)] if spot else codes[number % len(codes)]
    around = prices[code].settlement if code in prices else prices[DELIVERED].settlement
    natural, at = day, f"{9 + number % 2:02}{number % 60:02}{chance.randrange(60):02}"
    if number % 3 == 0:
        late = number % 2 == 0
        natural, at = (before + timedelta(days=1), "011500") if late else (before, f"21{number % 60:02}00")
    return Trade(
        row_no=number,
        number=f"M{day:%y%m%d}{number:08}",
        client=client,
        contract=code,
        side=Side(chance.choice("BS")),
        offset=None if spot else Offset("O" if number % 5 else "C"),
        lots=chance.randint(1, MOST_LOTS),
        price=around + Decimal(chance.randrange(-300, 300)).scaleb(-2),
        day=natural,
        time=at,
        is_night=number % 3 == 0,
    )


def _stock(trades: Iterable[Trade], client: str, terms: Terms) -> dict[Key, Decimal]:
    """Every metal, and what spot sales of the day need of it."""
    stock = {(client, one.metal): IN_STOCK for one in terms.contracts.values()}
    for one in trades:
        contract = terms.contracts.get(one.contract)
        if contract is not None and contract.kind is Kind.SPOT and one.side is Side.SELL:
            stock[client, contract.metal] += contract.grams(one.lots)
    return stock
