"""Money and metal of a trade date by themselves: the fact book's vector, every formula, and what never may happen."""

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from apps.lines.core.layouts import BadRow, Row
from apps.lines.precious_metals.core.clearing import CannotClear
from apps.lines.precious_metals.core.comparing import exchange_trades, own_cash, own_trades, seat_in, storage_in
from apps.lines.precious_metals.core.rows import Held, OwnTrade, Reader, number_in
from apps.lines.precious_metals.core.sessions import Sessions
from apps.lines.precious_metals.core.simulated import Fault, build_world
from apps.lines.precious_metals.core.terms import BadTerms, contracts_on, deferral_of, margin_of, topup_of, variation_held
from apps.lines.precious_metals.selectors import packaged_terms
from apps.lines.precious_metals.states import CLEARING_MOVES, ClearingState, Kind, MatchDate, Offset, Payer, Side
from apps.recon.core.matcher import compare
from tests.factories.metals import BEFORE, CLIENT, DAY, GOLD, NEXT, a_delivery, a_price, a_trade, the_day, the_terms

FEW = settings(max_examples=40, deadline=None)
CONTRACT = packaged_terms().known(DAY).contracts[GOLD]
SHANGHAI = ZoneInfo("Asia/Shanghai")
PRICES = st.integers(min_value=30_000, max_value=90_000).map(lambda fen: Decimal(fen).scaleb(-2))
LOTS = st.integers(min_value=0, max_value=500)


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 11, day, hour, minute, tzinfo=SHANGHAI)


SESSIONS = Sessions(business_date=DAY, night=(moment(20, 20), moment(21, 2, 30)), day=(moment(21, 9), moment(21, 15, 30)))


def test_the_vector_of_the_fact_book():
    found = the_day(held=Held(long=5, short=0))

    assert found.cash.variation == Decimal("16000.00")
    assert found.cash.margin == Decimal("289920.00")
    assert CONTRACT.margin_rate == Decimal("0.12")


def test_a_short_position_loses_what_a_long_one_earns():
    assert the_day(held=Held(long=0, short=5)).cash.variation == Decimal("-16000.00")
    assert the_day(held=Held(long=5, short=5)).cash.variation == 0
    assert the_day(held=Held(long=5, short=5)).cash.margin == 2 * Decimal("289920.00")


def test_what_is_opened_today_varies_from_its_own_price_and_what_is_closed_until_its_own_price():
    opened = the_day(a_trade(lots=2, price=Decimal("482.00")))
    closed = the_day(a_trade(side=Side.SELL, offset=Offset.CLOSE, lots=5, price=Decimal("481.00")), held=Held(long=5, short=0))

    assert opened.cash.variation == Decimal("2400.00")
    assert closed.cash.variation == Decimal("5000.00")
    assert (closed.cash.margin, closed.positions[0].long) == (Decimal(0), 0)


def test_silver_is_quoted_for_a_kilogram():
    silver = the_terms().contracts["Ag(T+D)"]

    assert silver.amount(3, Decimal("5812.34")) == Decimal("17437.02")
    assert margin_of(silver, long=1, short=0, settlement=Decimal("5812.00")) == Decimal("813.68")


def test_spot_is_full_cash_against_metal_with_its_fee():
    bought = the_day(a_trade(contract="Au99.99", offset=None, lots=3, price=Decimal("480.10")))
    sold = the_day(
        a_trade(contract="Au99.99", offset=None, side=Side.SELL, lots=3, price=Decimal("480.10")), stock={"Au99.99": Decimal(30)}
    )

    assert (bought.cash.spot, bought.cash.fee, bought.stocks[0].closing) == (Decimal("-14403.00"), Decimal("-5.04"), Decimal(30))
    assert (sold.cash.spot, sold.stocks[0].closing, sold.cash.variation) == (Decimal("14403.00"), Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    ("deliver", "receive", "payer", "long_gets"),
    [(1, 2, Payer.SHORT, 1), (2, 1, Payer.LONG, -1), (2, 2, Payer.NOBODY, 0)],
)
def test_the_deferral_fee_goes_from_the_side_that_the_declarations_say_for_every_natural_day(deliver, receive, payer, long_gets):
    price = a_price(deliver=deliver, receive=receive)
    fee = Decimal("5") * 1000 * Decimal("483.20") * CONTRACT.deferral_rate * 3

    long, short = the_day(held=Held(long=5, short=0), price=price), the_day(held=Held(long=0, short=5), price=price)

    assert long.positions[0].payer is payer
    assert (long.cash.deferral, short.cash.deferral) == (long_gets * fee, -long_gets * fee)


def test_a_delivery_takes_lots_and_metal_at_the_settlement_price():
    handed = the_day(held=Held(long=0, short=5), deliveries=(a_delivery(Side.SELL, 2),), stock={"Au99.95": Decimal("2000.00")})
    taken = the_day(held=Held(long=5, short=0), deliveries=(a_delivery(Side.BUY, 2),))

    assert (handed.cash.delivery, handed.positions[0].short, handed.stocks[0].closing) == (Decimal("966400.00"), 3, Decimal(0))
    assert (taken.cash.delivery, taken.positions[0].long, taken.stocks[0].closing) == (Decimal("-966400.00"), 3, Decimal(2000))
    assert handed.cash.fee == taken.cash.fee == Decimal("-579.84")
    assert handed.cash.penalty == taken.cash.penalty == 0


def test_a_delivery_without_metal_pays_the_penalty_for_the_lots_that_lack():
    found = the_day(held=Held(long=0, short=5), deliveries=(a_delivery(Side.SELL, 3),), stock={"Au99.95": Decimal("1999.99")})

    position = found.positions[0]
    assert (position.delivered, position.failed, position.short) == (1, 2, 2)
    assert found.cash.penalty == -(2 * 1000 * Decimal("483.20") * CONTRACT.penalty_rate)
    assert found.stocks[0].closing == Decimal("999.99")


def test_what_contradicts_itself_is_not_cleared():
    closing = a_trade(side=Side.SELL, offset=Offset.CLOSE, lots=6)
    spot = a_trade(contract="Au99.99", offset=None, side=Side.SELL)
    for trades, held in (
        ([closing], Held(long=5, short=0)),
        ([spot], None),
        ([a_trade(contract="mAu(T+D)")], None),
        ([a_trade(), a_trade(row_no=2)], None),
    ):
        with pytest.raises(CannotClear):
            the_day(*trades, held=held)


@pytest.mark.parametrize(
    ("margin", "balance", "topup"), [("100", "150", "0"), ("100", "149.99", "0.01"), ("0", "-20", "70"), ("0", "50", "0")]
)
def test_the_top_up_brings_the_seat_to_margin_and_least_balance_and_never_takes_away(margin, balance, topup):
    assert topup_of(margin=Decimal(margin), minimum=Decimal(50), balance=Decimal(balance)) == Decimal(topup)


@pytest.mark.parametrize(
    ("day", "at", "is_night"),
    [
        (date(2025, 11, 20), time(20), True),
        (date(2025, 11, 20), time(19, 59, 59), None),
        (date(2025, 11, 21), time(2, 30), True),
        (date(2025, 11, 21), time(2, 30, 1), None),
        (date(2025, 11, 21), time(9), False),
        (date(2025, 11, 21), time(15, 30), False),
        (date(2025, 11, 21), time(20), None),
        (date(2025, 11, 20), time(10), None),
    ],
)
def test_night_trades_belong_to_the_next_trade_date_and_no_other_moment_does(day, at, is_night):
    assert SESSIONS.is_night(day, at, MatchDate.NATURAL) is is_night


@pytest.mark.parametrize(("at", "is_night"), [(time(21), True), (time(1), True), (time(10), False), (time(5), None)])
def test_rows_that_carry_the_trade_date_are_told_by_their_time(at, is_night):
    assert SESSIONS.is_night(DAY, at, MatchDate.TRADE) is is_night
    assert SESSIONS.is_night(BEFORE, at, MatchDate.TRADE) is None


@FEW
@given(LOTS, LOTS, PRICES, PRICES, st.sampled_from(list(Payer)), st.integers(min_value=1, max_value=11))
def test_what_one_side_gets_the_other_pays_to_the_fen(long, short, previous, settlement, payer, days):
    ours = {"long": long, "short": short}
    theirs = {"long": short, "short": long}
    prices = {"previous": previous, "settlement": settlement}
    fee = {"settlement": settlement, "days": days, "payer": payer}

    assert variation_held(CONTRACT, **ours, **prices) + variation_held(CONTRACT, **theirs, **prices) == 0
    assert deferral_of(CONTRACT, **ours, **fee) + deferral_of(CONTRACT, **theirs, **fee) == 0
    assert margin_of(CONTRACT, **ours, settlement=settlement) == margin_of(CONTRACT, **theirs, settlement=settlement) >= 0


@FEW
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9), PRICES), max_size=12), PRICES, PRICES)
def test_variation_is_what_the_position_is_worth_now_less_what_it_was_worth_and_what_was_paid(steps, previous, settlement):
    trades = [
        a_trade(row_no=number, number=f"M{number}", side=Side.BUY if buys else Side.SELL, lots=lots, price=price)
        for number, (buys, lots, price) in enumerate(steps, start=1)
    ]
    found = the_day(*trades, held=Held(long=7, short=2), price=a_price(previous=previous, settlement=settlement))

    net = 5 + sum(one.sign * one.lots for one in trades)
    paid = sum((one.sign * one.lots * 1000 * one.price for one in trades), Decimal(0))
    assert found.cash.variation == net * 1000 * settlement - 5 * 1000 * previous - paid
    assert found.positions[0].long - found.positions[0].short == net
    assert found.cash.fee == -sum(found.fees.values())


@FEW
@given(
    st.integers(min_value=0, max_value=10**6),
    st.integers(min_value=1, max_value=60),
    st.sets(st.sampled_from(sorted(set(Fault) - {Fault.UNKNOWN_CONTRACT}))),
)
def test_on_no_day_cash_or_metal_appears_or_vanishes(seed, trades, faults):
    world = build_world(day=DAY, previous_day=BEFORE, next_day=NEXT, terms=the_terms(), seed=seed, trades=trades, faults=faults)
    cash = world.cleared.cash

    bought = {one.trade.number: one.amount * -one.trade.sign for one in world.cleared.trades if one.kind is Kind.SPOT}
    assert cash.spot == sum(bought.values())
    assert cash.balance - cash.opening - cash.moved == sum(
        (cash.variation, cash.spot, cash.delivery, cash.fee, cash.deferral, cash.penalty)
    )
    for stock in world.cleared.stocks:
        assert stock.closing == stock.opening + stock.moved + stock.received - stock.delivered >= 0
    for one in world.cleared.positions:
        assert min(one.long, one.short, one.failed) >= 0
        assert (one.penalty < 0) == (one.failed > 0)


def test_a_rate_holds_on_the_days_of_its_row_and_two_rows_for_a_day_are_refused():
    old = replace(CONTRACT, valid_until=BEFORE, margin_rate=Decimal("0.10"))
    new = replace(CONTRACT, valid_from=DAY)

    assert contracts_on(BEFORE, [old, new])[GOLD].margin_rate == Decimal("0.10")
    assert contracts_on(DAY, [old, new])[GOLD].margin_rate == Decimal("0.12")
    assert contracts_on(date(2023, 12, 31), [old, new]) == {}
    with pytest.raises(BadTerms, match="two rows"):
        contracts_on(DAY, [CONTRACT, new])


def test_terms_that_leave_something_open_are_refused():
    terms = packaged_terms()

    with pytest.raises(BadTerms, match="fewer"):
        terms.model_copy(update={"payers": [one for one in terms.payers if one.deliveries != "fewer"]}).known(DAY)
    with pytest.raises(BadTerms, match="penalty"):
        terms.model_copy(update={"accounts": [one for one in terms.accounts if one.item != "penalty"]}).known(DAY)
    with pytest.raises(ValidationError):
        type(terms).model_validate({**terms.model_dump(), "match_date": "sometimes"})


TRADE = {
    "matchNo": "M1", "clientID": CLIENT, "instID": GOLD, "memberID": "0671", "buyOrSell": "B", "offsetFlag": "O", "volume": "1",
    "price": "480.00", "matchDate": "20251121", "matchTime": "100000", "orderNo": "O1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("matchNo", ""),
        ("instID", "Au99.99"),
        ("buyOrSell", "X"),
        ("offsetFlag", ""),
        ("volume", "0"),
        ("volume", "1.5"),
        ("volume", "-1"),
        ("price", "0.00"),
        ("price", "480.001"),
        ("price", "10000000.00"),
        ("volume", "12345678"),
        ("matchNo", "M" * 25),
        ("price", "NaN"),
        ("matchDate", "20251131"),
        ("matchTime", "250000"),
        ("matchTime", "1000"),
        ("matchTime", "２１００００"),
    ],
)
def test_a_trade_that_means_nothing_is_refused_with_its_column(column, value):
    with pytest.raises(BadRow, match=f"row 1, {column}"):
        Reader(the_terms(), SESSIONS).trades([Row(1, TRADE | {column: value}, "DEFERMATCH")], Kind.DEFERRED)


def test_a_match_that_is_there_twice_is_refused():
    with pytest.raises(BadRow, match="row 2, matchNo “M1”: is there twice"):
        Reader(the_terms(), SESSIONS).trades([Row(1, TRADE, "f"), Row(2, TRADE, "f")], Kind.DEFERRED)


def test_opening_and_moves_say_what_they_are_of():
    reader = Reader(the_terms(), SESSIONS)
    cash = {"Number": "R1", "Kind": "cash", "Code": "0671", "Metal": "", "Amount": "-5.00"}
    metal = {"Number": "R2", "Kind": "metal", "Code": CLIENT, "Metal": "Au99.99", "Amount": "7.50"}

    found = reader.moves([Row(1, cash, "f"), Row(2, metal, "f")])

    assert (found.cash, found.metal) == (Decimal("-5.00"), {(CLIENT, "Au99.99"): Decimal("7.50")})
    assert reader.opening([Row(1, cash, "f")]).cash == Decimal("-5.00")
    for row in (
        cash | {"Kind": "gold"},
        cash | {"Code": "0999"},
        metal | {"Code": "C1"},
        metal | {"Metal": "Pb"},
        metal | {"Amount": "-0.01"},
    ):
        with pytest.raises(BadRow):
            reader.opening([Row(1, row, "f")])


def test_files_of_the_exchange_that_do_not_add_up_are_refused():
    stock = {
        "clientID": CLIENT,
        "clientName": "",
        "metal": "Au99.99",
        "opening": "10.00",
        "received": "5.00",
        "delivered": "1.00",
    }

    assert storage_in([Row(1, stock | {"closing": "14.00"}, "f")], the_terms())[CLIENT, "Au99.99"]["closing"] == 14
    with pytest.raises(BadRow, match="closing"):
        storage_in([Row(1, stock | {"closing": "14.01"}, "f")], the_terms())
    with pytest.raises(BadRow, match="without a row"):
        seat_in([], the_terms())
    with pytest.raises(BadRow, match="at most two decimals"):
        number_in(Row(1, {"amount": "1e5"}, "f"), "amount")


def test_a_trade_of_the_own_system_matches_by_number_lots_price_contract_and_offset():
    ours = OwnTrade(number="M1", client=CLIENT, contract=GOLD, side="B", offset="O", lots=1, price=Decimal("480.00"))

    def kinds(own: OwnTrade) -> list[str]:
        return [one.kind for one in compare(exchange_trades([a_trade()]), own_trades([own])).differences]

    assert kinds(ours) == []
    assert kinds(replace(ours, side="S")) == ["qty"]
    assert kinds(replace(ours, price=Decimal("480.01"))) == ["amount"]
    assert kinds(replace(ours, offset="C")) == kinds(replace(ours, contract="mAu(T+D)")) == ["state"]
    assert kinds(replace(ours, number="M2")) == ["only_left", "only_right"]


def test_every_item_of_the_seat_is_compared():
    names = {"opening", "moved", "variation", "spot", "delivery", "fee", "deferral", "penalty", "balance", "margin"}

    assert own_cash(the_day().cash).keys() == names


def test_states_move_as_the_fact_book_says():
    state = ClearingState
    ways = {(source, move.target) for name, move in CLEARING_MOVES.items() if name != "load" for source in move.sources}

    assert ways == {
        (state.TRADES_LOADED, state.SELF_CLEARED),
        (state.SELF_CLEARED, state.SGE_MATCHED),
        (state.SELF_CLEARED, state.DIFF),
        (state.SGE_MATCHED, state.CONFIRMED),
        (state.DIFF, state.CONFIRMED),
        (state.CONFIRMED, state.FUNDED),
        (state.FUNDED, state.BOOKED),
    }
    assert not {state.CONFIRMED, state.FUNDED, state.BOOKED} & CLEARING_MOVES["load"].sources
