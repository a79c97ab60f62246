"""The evenings to come, questions of what if, and contracts whose underlying goes ex."""

from decimal import Decimal
from fractions import Fraction

import pytest

from apps.lines.options_margin.core.account import AccountMargin
from apps.lines.options_margin.core.adjustment import Event, NoFactor, Terms, adjusted
from apps.lines.options_margin.core.declarations import Refusal
from apps.lines.options_margin.core.forecast import evenings_of, what_if
from tests.lines.options import a_contract, a_market, declared, held

SPREAD = (a_contract("1", days_to_expiry=4), a_contract("2", strike="3.100", days_to_expiry=4, settle=Decimal("0.0294")))
PUT = a_contract("3", kind="P", days_to_expiry=4, settle=Decimal("0.0768"))


def test_a_spread_that_costs_nothing_tonight_becomes_a_single_leg_two_days_before_expiry() -> None:
    market = a_market(*SPREAD)
    positions, combinations = held(long_1=1, short_2=1), [declared("CNSJC", "long 1", "short 2")]

    evenings = evenings_of(positions, combinations, market, days=4)

    assert not isinstance(evenings, Refusal)
    assert [(evening.after, evening.fen, evening.gone) for evening in evenings] == [
        (0, 0, ()),
        (1, 0, ()),
        (2, 272_600, (0,)),
        (3, 272_600, (0,)),
        (4, 272_600, (0,)),
    ]


def test_a_straddle_lives_until_the_evening_of_expiry_and_expired_contracts_cost_nothing() -> None:
    market = a_market(SPREAD[0], PUT)

    evenings = evenings_of(held(short_1=1, short_3=1), [declared("KS", "short 1", "short 3")], market, days=5)

    assert not isinstance(evenings, Refusal)
    assert [evening.gone for evening in evenings] == [(), (), (), (), (0,), (0,)]
    assert evenings[3].fen < evenings[4].fen
    assert evenings[5].fen == 0


def test_a_forecast_of_declarations_that_are_refused_says_which() -> None:
    market = a_market(*SPREAD, PUT)

    found = evenings_of(held(long_1=1, short_2=1), [declared("CNSJC", "long 1", "short 2", lots=2)], market, days=2)

    assert found == Refusal("qty_exceeds_position", 0)


def test_dissolving_a_spread_shows_the_single_margin_that_comes_back() -> None:
    positions, combinations = held(long_1=1, short_2=1), [declared("CNSJC", "long 1", "short 2")]

    found = what_if(positions, combinations, a_market(*SPREAD), dissolve={0})

    assert isinstance(found, AccountMargin)
    assert found.fen == 272_600


def test_closing_lots_that_a_combination_needs_is_refused() -> None:
    positions, combinations = held(long_1=1, short_2=1), [declared("CNSJC", "long 1", "short 2")]

    found = what_if(positions, combinations, a_market(*SPREAD), close=held(long_1=1))

    assert found == Refusal("qty_exceeds_position", 0)


@pytest.mark.parametrize("factor", ["2.63835", "2.638371"])
def test_a_strike_is_made_from_the_factor_that_is_not_rounded(factor: str) -> None:
    """159922 on 2024-12-02: the exchange published 1.744; the rounded unit would give 1.743."""
    terms = adjusted(Terms(10_000, Decimal("4.600"), Decimal("0.1000")), Fraction(Decimal(factor)))

    assert terms.unit == 26_384
    assert terms.strike == Decimal("1.744")


def test_a_dividend_makes_the_unit_grow_and_the_strike_fall() -> None:
    """510300 in January 2016: unit 10159, strike 3.000 became 2.953."""
    event = Event(close=Decimal("3.1890"), cash=Decimal("0.0499"))

    terms = adjusted(Terms(10_000, Decimal("3.000"), Decimal("0.1035")), event.factor)

    assert (terms.unit, terms.strike) == (10_159, Decimal("2.953"))
    assert terms.previous_settle == Decimal("0.1019")


def test_new_shares_at_no_price_split_the_contract() -> None:
    event = Event(close=Decimal(3), share_change=Decimal(1))

    assert adjusted(Terms(10_000, Decimal("3.000"), Decimal("0.1")), event.factor) == Terms(
        20_000, Decimal("1.500"), Decimal("0.0500")
    )


@pytest.mark.parametrize("cash", ["3", "4"])
def test_a_dividend_of_the_whole_price_has_no_factor(cash: str) -> None:
    with pytest.raises(NoFactor):
        _ = Event(close=Decimal(3), cash=Decimal(cash)).factor
