"""Margin of options accounts: single legs, declarations, day end, and the cheapest set with its proof."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from apps.lines.options_margin.core.account import AccountMargin, least_margin, margin_as_declared
from apps.lines.options_margin.core.book import Combination, Holding, book_of
from apps.lines.options_margin.core.cases import result_of
from apps.lines.options_margin.core.declarations import Refusal, first_refusal
from apps.lines.options_margin.core.market import Basis, Market, Side
from apps.lines.options_margin.core.single import single_margin
from tests.lines.options import a_contract, a_market, accounts, declared, every_declaration, held

EXAMPLES = json.loads((Path(__file__).parent / "data" / "options_margin_cases.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", EXAMPLES, ids=[case["id"] for case in EXAMPLES])
def test_the_worked_examples_come_out_to_the_cent(case: dict[str, object]) -> None:
    assert result_of(case["input"]) == case["expected"]


def test_each_number_of_a_margin_is_kept() -> None:
    contract = a_contract("1", strike="3.100", settle=Decimal("0.0294"))

    margin = single_margin(contract, a_market(contract))

    assert (margin.out_of_the_money, margin.ratio_term, margin.floor_term) == (
        Decimal("0.115"),
        Decimal("0.24320"),
        Decimal("0.20895"),
    )
    assert (margin.is_floor, margin.is_capped, margin.fen) == (False, False, 272_600)


def test_a_call_takes_its_floor_of_the_price_and_a_put_of_the_strike() -> None:
    call, put = a_contract("1", strike="3.900"), a_contract("2", strike="1.900", kind="P")
    market = a_market(call, put)

    assert single_margin(call, market).floor_term == Decimal("0.07") * Decimal("2.985")
    assert single_margin(put, market).floor_term == Decimal("0.07") * Decimal("1.900")


CALLS = (a_contract("1"), a_contract("2", strike="3.100"), a_contract("3", kind="P"))
OTHERS = (
    a_contract("4", strike="3.100", exchange="SZSE"),
    a_contract("5", strike="3.100", underlying="510300"),
    a_contract("6", strike="3.100", expiry=CALLS[0].expiry.replace(month=4)),
    a_contract("7", strike="3.100", unit=10_159),
    a_contract("8", strike="3.200", is_adjusted=True),
)


@pytest.mark.parametrize(
    ("combination", "error"),
    [
        (declared("cnsjc", "long 1", "short 2"), "unknown_strategy"),
        (declared("ZXJ", "covered 1"), "unknown_strategy"),
        (declared("KS", "short 1"), "leg_count"),
        (declared("CNSJC", "long 1", "short 99"), "unknown_contract"),
        (declared("CNSJC", "long 1", "short 4"), "exchange_differs"),
        (declared("CNSJC", "long 1", "short 5"), "underlying_differs"),
        (declared("CNSJC", "long 1", "short 6"), "expiry_differs"),
        (declared("CNSJC", "long 1", "short 7"), "unit_differs"),
        (declared("CNSJC", "long 1", "short 3"), "type_mismatch"),
        (declared("KS", "short 3", "short 1"), "type_mismatch"),
        (declared("CNSJC", "short 1", "long 2"), "side_mismatch"),
        (declared("PNSJC", "short 1", "long 2"), "type_mismatch"),
        (declared("CXSJC", "long 1", "short 2"), "strike_order"),
        (declared("CNSJC", "long 1", "covered 2"), "covered_leg"),
        (declared("CNSJC", "long 1", "short 8"), "nonstandard_leg"),
        (declared("CNSJC", "long 1", "short 2", lots=4), "qty_exceeds_position"),
        (declared("ZBD", "short 1", lots=2), "insufficient_shares"),
    ],
)
def test_a_declaration_is_refused_by_the_first_rule_that_it_breaks(combination: Combination, error: str) -> None:
    market = a_market(*CALLS, *OTHERS, free_shares=19_999)
    positions = held(long_1=9, short_1=9, short_2=3, short_3=3, short_8=3)

    assert first_refusal(positions, [combination], market) == Refusal(error, 0)


def test_earlier_declarations_take_lots_and_shares_from_later_ones() -> None:
    market = a_market(*CALLS, free_shares=30_000)
    positions = held(long_1=2, short_1=9, short_2=2)
    spreads = [declared("CNSJC", "long 1", "short 2"), declared("CNSJC", "long 1", "short 2", lots=2)]
    covers = [declared("ZBD", "short 1", lots=2), declared("ZBD", "short 1", lots=2)]

    assert first_refusal(positions, spreads, market) == Refusal("qty_exceeds_position", 1)
    assert first_refusal(positions, covers, market) == Refusal("insufficient_shares", 1)


@pytest.mark.parametrize(("days", "error"), [(1, "too_late"), (2, None), (3, None)])
def test_a_spread_is_declared_until_the_day_of_its_dissolution(days: int, error: str | None) -> None:
    long, short = a_contract("1", days_to_expiry=days), a_contract("2", strike="3.100", days_to_expiry=days)
    market = a_market(long, short, basis=Basis.OPEN)

    refusal = first_refusal(held(long_1=1, short_2=1), [declared("CNSJC", "long 1", "short 2")], market)

    assert (refusal.error if refusal else None) == error


@pytest.mark.parametrize(("days", "dissolved"), [(2, [0]), (3, [])])
def test_at_day_end_a_spread_is_dissolved_two_trading_days_before_expiry(days: int, dissolved: list[int]) -> None:
    long, short = a_contract("1", days_to_expiry=days), a_contract("2", strike="3.100", days_to_expiry=days)

    book = book_of(held(long_1=1, short_2=1), [declared("CNSJC", "long 1", "short 2")], a_market(long, short))

    assert book.dissolved == dissolved


def test_long_lots_net_plain_shorts_before_covered_ones_and_leave_combinations_alone() -> None:
    market = a_market(*CALLS)
    positions = held(long_1=4, short_1=2, covered_1=3, short_2=1)

    book = book_of(positions, [declared("CNSJC", "long 1", "short 2")], market)

    assert book.free == held(covered_1=2)
    assert book.held == held(covered_1=2, long_1=1, short_2=1)


@settings(max_examples=300, deadline=None)
@given(accounts(basis=Basis.MAINTAIN))
def test_netting_leaves_one_side_of_a_contract_and_the_same_balance(account: tuple[Counter[Holding], Market]) -> None:
    positions, market = account

    after = book_of(positions, (), market).held

    for number in market.contracts:
        assert _balance(after, number) == _balance(positions, number)
        assert len({holding.side for holding in after if holding.contract == number}) <= 1


@settings(max_examples=400, deadline=None)
@given(accounts())
def test_no_set_of_declarations_is_cheaper_than_the_one_that_is_found(account: tuple[Counter[Holding], Market]) -> None:
    positions, market = account

    found = least_margin(positions, market)

    assert found.fen == _least_by_trying(book_of(positions, (), market).free, market)
    assert found.fen == sum(row.fen for row in found.combinations) + sum(leg.fen for leg in found.residual)
    assert found.single_fen == _charged(positions, (), market)


@settings(max_examples=300, deadline=None)
@given(accounts(basis=Basis.OPEN))
def test_the_set_that_is_found_is_accepted_when_it_is_declared(account: tuple[Counter[Holding], Market]) -> None:
    positions, market = account
    found = least_margin(positions, market)

    charged = margin_as_declared(positions, [row.combination for row in found.combinations], market)

    assert isinstance(charged, AccountMargin)
    assert (charged.fen, charged.legs, charged.residual) == (found.fen, found.legs, found.residual)


def test_a_price_is_missed_only_where_it_is_needed() -> None:
    given = json.loads(json.dumps(EXAMPLES[0]["input"]))
    del given["contracts"]["10009001"]["settle"]
    long = {**given, "positions": [{"contract": "10009001", "side": "long", "qty": 2}]}

    assert result_of(long)["total"] == "0.00"
    assert result_of(given) == {"ok": False, "error": "price_missing", "place": "10009001", "rule": "settle"}


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("task", "guess", "input.task"),
        ("basis", None, "input.basis"),
        ("params", [], "input.params"),
        ("positions", [{"contract": "9", "side": "short", "qty": 1}], "input.positions[0].contract"),
        ("positions", [{"contract": "10009001", "side": "short", "qty": -1}], "input.positions[0].qty"),
        ("positions", [{"contract": "10009001", "side": "short", "qty": True}], "input.positions[0].qty"),
        ("positions", [{"contract": "10009001", "side": "long", "covered": True, "qty": 1}], "input.positions[0].covered"),
        ("underlyings", {"510050": {"close": "NaN"}}, "input.underlyings.510050.close"),
        ("underlyings", {"510050": {"close": "1e9"}}, "input.underlyings.510050.close"),
        ("underlyings", {"510050": {"close": "-1"}}, "input.underlyings.510050.close"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_with_its_place(key: str, value: object, place: str) -> None:
    result = result_of({**EXAMPLES[0]["input"], key: value})

    assert (result["ok"], result["error"], result["place"]) == (False, "bad_case", place)


def _balance(lots: Counter[Holding], number: str) -> int:
    """Long lots less short ones."""
    return sum(held if side is Side.LONG else -held for (contract, side, _), held in lots.items() if contract == number)


def _least_by_trying(free: Counter[Holding], market: Market) -> int:
    """The least margin over every multiset of legal declarations, one lot at a time."""
    open_market = Market(Basis.OPEN, market.rates, market.contracts, market.underlyings)
    useful = [row for row in every_declaration(market) if market.rates.allow_covering or row.strategy != "ZBD"]
    seen: set[tuple[Combination, ...]] = set()
    best = _charged(free, (), market)
    waiting: list[tuple[Combination, ...]] = [()]
    while waiting:
        chosen = waiting.pop()
        for row in useful:
            more = tuple(sorted((*chosen, row), key=repr))
            if more in seen or first_refusal(free, more, open_market) is not None or book_of(free, [row], market).dissolved:
                continue
            seen.add(more)
            waiting.append(more)
            best = min(best, _charged(free, more, market))
    return best


def _charged(free: Counter[Holding], chosen: tuple[Combination, ...], market: Market) -> int:
    found = margin_as_declared(free, chosen, market)
    assert isinstance(found, AccountMargin)
    return found.fen
