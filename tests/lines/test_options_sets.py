"""Sets of combinations: the cheapest that changes least, today's practice beside it, and the way from one set to the other."""

import itertools
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.lines.options_margin.core import arithmetic
from apps.lines.options_margin.core.account import margin_as_declared
from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.checking import Wanted, checked
from apps.lines.options_margin.core.declarations import Refusal, first_refusal
from apps.lines.options_margin.core.declaring import Verb, differences, in_order, saving_of
from apps.lines.options_margin.core.greedy import in_order_of_strategies, largest_saving_first
from apps.lines.options_margin.core.least_change import least_change
from apps.lines.options_margin.core.market import Basis, Market, Side
from apps.lines.options_margin.core.optimal import cheapest_set
from tests.lines.options import a_contract, a_market, accounts, declared, every_declaration, held


@st.composite
def books(draw: st.DrawFn) -> tuple[Counter[Holding], list[Combination], Market]:
    """An account with a legal set of declarations, on the maintenance basis and without conversions."""
    lots, market = draw(accounts(basis=Basis.MAINTAIN))
    market = replace(market, rates=replace(market.rates, allow_covering=False))
    legal = [row for row in every_declaration(market) if row.strategy != "ZBD" and not first_refusal(lots, [row], market)]
    taken: list[Combination] = []
    for row in draw(st.lists(st.sampled_from(legal), max_size=3)) if legal else []:
        if not first_refusal(lots, [*taken, row], market):
            taken.append(row)
    return lots, taken, market


def saved(rows: list[Combination], market: Market) -> int:
    return sum(saving_of(row, market) for row in rows)


def kept(before: list[Combination], after: list[Combination]) -> int:
    lots: Counter[tuple[object, ...]] = Counter()
    for row in before:
        lots[row.strategy, row.legs] += row.lots
    return sum(min(row.lots, lots[row.strategy, row.legs]) for row in after)


def changes(before: list[Combination], after: list[Combination]) -> int:
    """Lots that are dissolved or built."""
    return sum(row.lots for row in [*before, *after]) - 2 * kept(before, after)


@settings(max_examples=40, deadline=None)
@given(books())
def test_the_set_that_changes_least_is_as_cheap_and_legal(book):
    lots, before, market = book

    found = least_change(lots, before, market)

    assert saved(found, market) == cheapest_set(lots, market).saving
    assert first_refusal(lots, found, market) is None


@settings(max_examples=40, deadline=None)
@given(books())
def test_no_other_cheapest_set_changes_fewer_lots(book):
    lots, before, market = book
    few: Counter[Holding] = Counter({holding: min(count, 1) for holding, count in lots.items()})
    before = [row for number, row in enumerate(before) if not first_refusal(few, before[: number + 1], market)]
    best = cheapest_set(few, market).saving
    every = [row for row in every_declaration(market) if row.strategy != "ZBD" and not first_refusal(few, [row], market)]

    found = least_change(few, before, market)

    others = (
        list(rows)
        for count in range(4)
        for rows in itertools.combinations(every, count)
        if not first_refusal(few, rows, market) and saved(list(rows), market) == best
    )
    fewest = min((changes(alive(before, market), rows) for rows in others), default=None)
    assert fewest is None or changes(alive(before, market), found) <= fewest


def alive(rows: list[Combination], market: Market) -> list[Combination]:
    margin = margin_as_declared(_all_lots(rows), rows, market)
    assert not isinstance(margin, Refusal)
    return [row for number, row in enumerate(rows) if number not in margin.dissolved]


def _all_lots(rows: list[Combination]) -> Counter[Holding]:
    lots: Counter[Holding] = Counter()
    for row in rows:
        for leg in row.legs:
            lots[Holding(leg.contract, leg.side, False)] += row.lots
    return lots


def test_a_declared_combination_of_a_cheapest_set_is_left_alone():
    contracts = [a_contract("1", strike="2.900"), a_contract("2", strike="3.000"), a_contract("3", strike="3.000")]
    market = a_market(*contracts)
    lots = held(long_1=1, short_2=1, short_3=1)

    for number in ("2", "3"):
        before = [declared("CNSJC", "long 1", f"short {number}")]

        assert least_change(lots, before, market) == before


@settings(max_examples=40, deadline=None)
@given(books())
def test_what_is_done_today_is_legal_and_never_cheaper(book):
    lots, _before, market = book
    best = cheapest_set(lots, market).saving

    for rows in (largest_saving_first(lots, market), in_order_of_strategies(lots, market)):
        assert first_refusal(lots, rows, market) is None
        assert 0 <= saved(rows, market) <= best


def test_the_largest_saving_first_falls_for_the_iron_butterfly():
    contracts = [
        a_contract("1", strike="3.000"),
        a_contract("2", strike="3.000", kind="P"),
        a_contract("3", strike="3.100"),
        a_contract("4", strike="2.900", kind="P"),
    ]
    market = a_market(*contracts)
    lots = held(short_1=1, short_2=1, long_3=1, long_4=1)

    greedy = largest_saving_first(lots, market)

    assert [row.strategy for row in greedy] == ["KS"]
    assert saved(greedy, market) < cheapest_set(lots, market).saving


@settings(max_examples=40, deadline=None)
@given(books())
def test_the_declarations_lead_from_one_set_to_the_other_and_each_is_legal(book):
    lots, before, market = book
    before = alive(before, market)
    wanted = least_change(lots, before, market)
    numbered = [(str(number), row) for number, row in enumerate(before)]
    dissolved, built = differences(numbered, wanted)
    free = lots - _all_lots(before)
    single = 10**12

    steps = in_order(free, dissolved, built, market, required=single, funds=2 * single)

    assert sum(row.combination.lots for row in steps) == changes(before, wanted)
    end = single if not steps else steps[-1].fen_after
    assert end == single + saved(before, market) - saved(wanted, market)
    asked = [
        Wanted(
            step.verb,
            step.combination.strategy,
            tuple(leg.contract for leg in step.combination.legs),
            step.combination.lots,
            step.number,
        )
        for step in steps
    ]
    answer = checked(free, numbered, asked, market, required=single, funds=2 * single)
    assert (answer.error, answer.required) == ("", end)


def test_dissolving_asks_for_the_money_of_the_single_margins_that_come_back():
    market = a_market(a_contract("1", strike="2.900"), a_contract("2", strike="3.000"))
    row = declared("CNSJC", "long 1", "short 2")
    asked = [Wanted(Verb.DISSOLVE, "CNSJC", ("1", "2"), 1, "7")]
    need = saving_of(row, market)

    enough = checked(Counter(), [("7", row)], asked, market, required=0, funds=need)
    short = checked(Counter(), [("7", row)], asked, market, required=0, funds=need - 1)

    assert (enough.error, short.error) == ("", "insufficient_funds")


def test_the_arithmetic_of_each_worked_example_is_what_a_person_would_write():
    straddle = a_market(
        a_contract("1", strike="3.000", settle=Decimal("0.0642")),
        a_contract("2", strike="3.000", kind="P", settle=Decimal("0.0768")),
        a_contract("3", strike="3.100", settle=Decimal("0.0294")),
        uplift=Decimal("0.20"),
    )

    assert arithmetic.of_lot(Holding("1", Side.SHORT, False), straddle) == "0.4074 × 10000 × 1.2"
    assert arithmetic.of_lot(Holding("1", Side.LONG, False), straddle) == ""
    assert arithmetic.of_combination(declared("KS", "short 1", "short 2"), straddle) == "(max(4074, 4350) + 0.0642 × 10000) × 1.2"
    assert arithmetic.of_combination(declared("CXSJC", "long 3", "short 1"), straddle) == "(3.1 − 3) × 10000 × 1.2"
    assert arithmetic.of_combination(declared("CNSJC", "long 1", "short 3"), straddle) == ""


def test_a_declaration_is_refused_by_the_rule_of_the_next_trading_day():
    near = a_market(a_contract("1", strike="2.900", days_to_expiry=2), a_contract("2", strike="3.000", days_to_expiry=2))
    lots = held(long_1=1, short_2=1)

    def error(*rows: Wanted, free: Counter[Holding] = lots, market: Market = near) -> str:
        return checked(free, [], rows, market, required=0, funds=0).error

    assert error(Wanted(Verb.BUILD, "CNSJC", ("1", "2"), 1)) == "too_late"
    far = a_market(a_contract("1", strike="2.900"), a_contract("2", strike="3.000"))
    assert error(Wanted(Verb.BUILD, "CNSJC", ("1", "2"), 1), market=far) == ""
    assert error(Wanted(Verb.BUILD, "CNSJC", ("1", "2"), 2), market=far) == "qty_exceeds_position"
    assert error(Wanted(Verb.BUILD, "CXSJC", ("1", "2"), 1), market=far) == "strike_order"
    assert error(Wanted(Verb.BUILD, "KS", ("1",), 1), market=far) == "leg_count"
    assert error(Wanted(Verb.BUILD, "NONE", ("1",), 1), market=far) == "unknown_strategy"
    assert error(Wanted(Verb.BUILD, "CNSJC", ("1", "9"), 1), market=far) == "unknown_contract"
    assert error(Wanted(Verb.DISSOLVE, "", (), 1, "5"), market=far) == "qty_exceeds_combination"
