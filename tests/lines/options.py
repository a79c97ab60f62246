"""Small option markets for tests: contracts of one underlying around its price."""

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from apps.lines.options_margin.core.book import Combination, Holding, Leg
from apps.lines.options_margin.core.market import Basis, Contract, Market, OptionType, Rates, Side, Underlying

UNDERLYING = "510050"
TYPES = {"C": OptionType.CALL, "P": OptionType.PUT}


def a_contract(number: str, *, strike: str = "3.000", kind: str = "C", unit: int = 10_000, **changes: object) -> Contract:
    facts: dict[str, object] = {
        "exchange": "SSE",
        "underlying": UNDERLYING,
        "is_adjusted": False,
        "expiry": date(2026, 3, 25),
        "days_to_expiry": 8,
        "settle": Decimal("0.0642"),
        "previous_settle": Decimal("0.0785"),
    }
    return Contract(number=number, option_type=TYPES[kind], strike=Decimal(strike), unit=unit, **{**facts, **changes})  # type: ignore[arg-type]


def a_market(*contracts: Contract, basis: Basis = Basis.MAINTAIN, free_shares: int = 0, **rates: object) -> Market:
    ratios = {"call_a": Decimal("0.12"), "call_b": Decimal("0.07"), "put_a": Decimal("0.12"), "put_b": Decimal("0.07")}
    return Market(
        basis=basis,
        rates=Rates(**{**ratios, **rates}),  # type: ignore[arg-type]
        contracts={contract.number: contract for contract in contracts},
        underlyings={UNDERLYING: Underlying(UNDERLYING, Decimal("2.985"), Decimal("3.012"), free_shares)},
    )


def held(**lots: int) -> Counter[Holding]:
    """`short_1=3` holds three short lots of contract 1; `covered_1`, `long_1` likewise."""
    found: Counter[Holding] = Counter()
    for name, number in lots.items():
        side, contract = name.split("_")
        found[Holding(contract, Side.LONG if side == "long" else Side.SHORT, side == "covered")] = number
    return found


def declared(strategy: str, *legs: str, lots: int = 1) -> Combination:
    """Legs as "long 1"; "covered 1" is a covered short leg."""
    parts = [leg.split() for leg in legs]
    sides = {"long": Side.LONG, "short": Side.SHORT, "covered": Side.SHORT}
    return Combination(strategy, tuple(Leg(number, sides[word], word == "covered") for word, number in parts), lots)


@st.composite
def accounts(draw: st.DrawFn, basis: Basis | None = None) -> tuple[Counter[Holding], Market]:
    """A few lots of a few contracts, of two units and two expiries, with or without free shares."""
    contracts = []
    for number in range(draw(st.integers(2, 5))):
        unit = draw(st.sampled_from([10_000, 10_000, 10_159]))
        late = draw(st.booleans())
        contracts.append(
            a_contract(
                str(10_009_000 + number),
                strike=draw(st.sampled_from(["2.900", "2.953", "3.000", "3.100"])),
                kind=draw(st.sampled_from("CP")),
                unit=unit,
                is_adjusted=unit != 10_000,
                expiry=date(2026, 4, 22) if late else date(2026, 3, 25),
                days_to_expiry=27 if late else draw(st.sampled_from([0, 2, 8])),
                settle=Decimal(draw(st.integers(1, 4000))).scaleb(-4),
                previous_settle=Decimal(draw(st.integers(1, 4000))).scaleb(-4),
            )
        )
    market = a_market(
        *contracts,
        basis=basis or draw(st.sampled_from(Basis)),
        free_shares=draw(st.sampled_from([0, 10_000, 20_200, 30_400])),
        uplift=draw(st.sampled_from([Decimal(0), Decimal("0.2")])),
        allow_adjusted=draw(st.booleans()),
        allow_covering=draw(st.booleans()),
    )
    lots: Counter[Holding] = Counter()
    for contract in contracts:
        for side in Side:
            lots[Holding(contract.number, side, False)] = draw(st.integers(0, 2))
    return +lots, market


def every_declaration(market: Market) -> Iterator[Combination]:
    """One lot of whatever names a strategy and contracts of the market, sensible or not."""
    for number in market.contracts:
        yield declared("ZBD", f"short {number}")
    for first, second in itertools.permutations(market.contracts, 2):
        for code in ("CNSJC", "CXSJC", "PNSJC", "PXSJC"):
            yield declared(code, f"long {first}", f"short {second}")
        for code in ("KS", "KKS"):
            yield declared(code, f"short {first}", f"short {second}")
