"""Contracts, trades and positions of precious metals, by themselves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from apps.lines.precious_metals.core.clearing import Cleared, Inputs, cleared
from apps.lines.precious_metals.core.rows import DayPrice, Delivery, Held, Opening, Trade
from apps.lines.precious_metals.core.terms import Terms
from apps.lines.precious_metals.selectors import packaged_terms
from apps.lines.precious_metals.states import Offset, Side

BEFORE, DAY, NEXT = date(2025, 11, 20), date(2025, 11, 21), date(2025, 11, 24)
CLIENT, GOLD = "0671000001", "Au(T+D)"
NO_CASH = Opening(cash=Decimal("0.00"), metal={})


def the_terms(**changes: object) -> Terms:
    """The packaged ones, unless something else is said."""
    return replace(packaged_terms().known(DAY), **changes)  # type: ignore[arg-type]


def a_trade(**changes: object) -> Trade:
    facts: dict[str, object] = {
        "row_no": 1,
        "number": "M1",
        "client": CLIENT,
        "contract": GOLD,
        "side": Side.BUY,
        "offset": Offset.OPEN,
        "lots": 1,
        "price": Decimal("480.00"),
        "day": DAY,
        "time": "100000",
        "is_night": False,
    }
    return Trade(**{**facts, **changes})  # type: ignore[arg-type]


def a_delivery(side: Side, lots: int, number: str = "D1") -> Delivery:
    return Delivery(number=number, client=CLIENT, contract=GOLD, side=side, lots=lots)


def a_price(**changes: object) -> DayPrice:
    facts: dict[str, object] = {
        "contract": GOLD,
        "previous": Decimal("480.00"),
        "settlement": Decimal("483.20"),
        "deliver": 0,
        "receive": 0,
    }
    return DayPrice(**{**facts, **changes})  # type: ignore[arg-type]


def the_day(
    *trades: Trade,
    held: Held | None = None,
    deliveries: tuple[Delivery, ...] = (),
    price: DayPrice | None = None,
    stock: dict[str, Decimal] | None = None,
    cash: Decimal = Decimal("0.00"),
    terms: Terms | None = None,
) -> Cleared:
    """What becomes of a day in one contract, by the packaged terms unless others are given."""
    said = price or a_price()
    inputs = Inputs(
        trades=trades,
        deliveries=deliveries,
        prices={said.contract: said},
        positions={(CLIENT, said.contract): held} if held else {},
        opening=Opening(cash=cash, metal={(CLIENT, metal): grams for metal, grams in (stock or {}).items()}),
        moves=NO_CASH,
    )
    return cleared(inputs, terms or the_terms(), day=DAY, next_day=NEXT)
