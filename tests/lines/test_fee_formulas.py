"""Fees and reserves: the vectors of the fact book, and what holds for every trade, account and table."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.lines.fees.actions import SHIPPED
from apps.lines.fees.core.rates import Rate, in_force, last_days
from apps.lines.fees.core.reserve import MinimumReserve, Repo, Reserve
from apps.lines.fees.core.trades import Standing, Trade, amount_of, bill_of, charge
from apps.lines.fees.states import Base, ChargedSide, Fee, Side

TODAY = date(2026, 3, 2)


def shipped():
    rows = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return [
        Rate(
            id=number,
            market=row["market"],
            security_class=row["security_class"],
            fee=Fee(row["fee"]),
            side=ChargedSide(row["side"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            base=Base(row.get("base", "amount")),
            per_mille=None if row["per_mille"] is None else Decimal(row["per_mille"]),
            minimum=Decimal(row.get("minimum", "0")),
            contains_market_fees=row.get("contains_market_fees", False),
        )
        for number, row in enumerate(rows, start=1)
    ]


def trade(side, quantity, price, *, day=TODAY, market="SH", security_class="stock", **more):
    return Trade(
        market=market,
        security_class=security_class,
        side=Side(side),
        business_date=day,
        quantity=quantity,
        price=Decimal(price),
        **more,
    )


def bill(side, quantity, price, **more):
    one = trade(side, quantity, price, **more)
    return bill_of(one, in_force(shipped(), one.business_date))


def fees_of(found):
    return {part.fee.value: f"{part.amount:.2f}" for part in found.parts}


# -- the vectors of section 5.3 ---------------------------------------------------------------------------------------


def test_vector_1_a_purchase_and_a_sale_in_shanghai():
    bought, sold = bill("buy", 1000, "10.00"), bill("sell", 2000, "10.05")

    assert fees_of(bought) == {"transfer": "0.10", "handling": "0.34", "regulatory": "0.20"}
    assert bought.net_cash == Decimal("-10000.64")
    assert sold.amount == Decimal("20100.00")
    assert fees_of(sold) == {"stamp": "10.05", "transfer": "0.20", "handling": "0.69", "regulatory": "0.40"}
    assert sold.net_cash == Decimal("20088.66")
    assert bought.net_cash + sold.net_cash == Decimal("10088.02")
    assert (bought.unknown, sold.unknown) == ((), ())


def test_vector_2_a_reserve_account_that_is_short():
    account = Reserve(
        balance=Decimal("50000000.00"),
        minimum=Decimal("12000000.00"),
        guaranteed_net=Decimal("-31500000.00"),
        gross_payable=Decimal("8200000.00"),
    )

    assert account.after_settlement == Decimal("-1700000.00")
    assert (account.top_up, account.withdrawable) == (Decimal("1700000.00"), Decimal(0))


def test_vector_3_what_will_be_received_cannot_be_withdrawn_yet():
    account = Reserve(
        balance=Decimal("50000000.00"),
        minimum=Decimal("12000000.00"),
        guaranteed_net=Decimal("4000000.00"),
        gross_payable=Decimal("8200000.00"),
    )

    assert account.withdrawable == Decimal("29800000.00")
    assert (account.after_settlement, account.top_up) == (Decimal("33800000.00"), Decimal(0))


def test_vector_4_interest_of_a_reverse_repo():
    repo = Repo(amount=Decimal("1000000"), annual_percent=Decimal("2.35"), days=7)

    assert (repo.interest, repo.at_maturity) == (Decimal("450.68"), Decimal("1000450.68"))
    assert repo.interest_working == "1000000.00 × 2.35 % × 7 ÷ 365 = 450.684932 ≈ 450.68"


# -- by date, by side, by base ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "stamp", "transfer", "handling"),
    [
        (date(2022, 4, 28), "100.00", "2.00", "4.87"),
        (date(2022, 4, 29), "100.00", "1.00", "4.87"),
        (date(2023, 8, 27), "100.00", "1.00", "4.87"),
        (date(2023, 8, 28), "50.00", "1.00", "3.41"),
    ],
)
def test_the_rates_of_the_business_date_count(day, stamp, transfer, handling):
    found = fees_of(bill("sell", 10000, "10", day=day))

    assert (found["stamp"], found["transfer"], found["handling"]) == (stamp, transfer, handling)


def test_before_the_table_begins_what_is_not_known_is_said_and_not_added():
    found = bill("buy", 1000, "10", day=date(2015, 7, 31), face_value=Decimal("0.1"))

    (transfer,) = [part for part in found.parts if part.is_charged]
    assert (transfer.fee, transfer.base_amount, transfer.working) == (Fee.TRANSFER, Decimal("100.00"), "100 × 0.6 ‰ = 0.06")
    assert {part.fee for part in found.unknown} == {Fee.STAMP, Fee.HANDLING, Fee.REGULATORY}
    assert found.net_cash == Decimal("-10000.06")


def test_a_commission_has_a_minimum_and_contains_the_fees_of_the_market():
    small, large = bill("buy", 100, "10", with_commission=True), bill("buy", 100000, "10", with_commission=True)

    commission = {part.fee: part for part in small.parts}[Fee.COMMISSION]
    assert (commission.amount, commission.working) == (Decimal("5.00"), "1000 × 0.3 ‰ = 0.30 < 5.00")
    contained = {part.fee for part in small.parts if part.standing == Standing.CONTAINED}
    assert contained == {Fee.HANDLING, Fee.REGULATORY}
    assert small.fees == Decimal("5.01")
    assert fees_of(large)["commission"] == "300.00"


def test_a_bond_is_paid_with_its_accrued_interest_and_without_stamp_duty():
    found = bill("sell", 10, "101.5", security_class="bond", accrued=Decimal("1.234567"))

    assert (found.amount, found.amount_working) == (Decimal("1027.35"), "10 × (101.5 + 1.234567) = 1027.34567 ≈ 1027.35")
    assert fees_of(found)["stamp"] == "0.00"
    assert Fee.HANDLING in {part.fee for part in found.unknown}


def test_exactly_between_two_fen_goes_up():
    half = Rate(
        id=1,
        market="SH",
        security_class="stock",
        fee=Fee.STAMP,
        side=ChargedSide.BOTH,
        valid_from=TODAY,
        per_mille=Decimal("0.5"),
    )

    assert charge(half, Decimal("10.00"))[0] == Decimal("0.01")
    assert charge(half, Decimal("9.99"))[0] == 0


def test_a_minimum_reserve_is_a_share_of_what_was_bought_on_an_average_day():
    (ratio,) = table({(Fee.MINIMUM_RESERVE, ChargedSide.BOTH): Decimal(160)}, contains=False).values()

    found = MinimumReserve(bought=Decimal("2200000000.01"), trading_days=22, rate=ratio)

    assert found.amount == Decimal("16000000.00")
    assert found.working == "2200000000.01 ÷ 22 × 160 ‰ = 16000000.000073 ≈ 16000000.00"


# -- what holds for all -----------------------------------------------------------------------------------------------

YUAN = st.decimals(min_value=0, max_value=Decimal("99999999999999.99"), places=2)
PER_MILLE = st.none() | st.decimals(min_value=0, max_value=1000, places=6)
TABLES = st.dictionaries(st.tuples(st.sampled_from(list(Fee)), st.sampled_from(list(ChargedSide))), PER_MILLE, max_size=12)
TRADES = st.builds(
    trade,
    st.sampled_from(["buy", "sell"]),
    st.integers(min_value=1, max_value=10**12),
    st.decimals(min_value=0, max_value=Decimal("9999999.999999999"), places=9),
    accrued=st.decimals(min_value=0, max_value=100, places=9),
    with_commission=st.booleans(),
)


def table(rates, *, contains):
    found = {}
    for number, ((fee, side), per_mille) in enumerate(rates.items(), start=1):
        minimum = Decimal(5) if fee == Fee.COMMISSION and per_mille is not None else Decimal(0)
        rate = Rate(
            id=number, market="SH", security_class="stock", fee=fee, side=side, valid_from=TODAY, per_mille=per_mille,
            minimum=minimum, contains_market_fees=contains and fee == Fee.COMMISSION,
        )  # fmt: skip
        found[rate.key] = rate
    return found


@given(TRADES, TABLES, st.booleans())
def test_no_fen_appears_or_vanishes_between_the_amount_its_parts_and_the_cash(one, rates, contains):
    found = bill_of(one, table(rates, contains=contains))

    charged = sum(part.amount for part in found.parts if part.is_charged)
    assert found.fees == charged
    assert found.principal == found.net_cash + charged
    assert (abs(found.principal), found.amount) == (found.amount, amount_of(one)[0])
    assert all(part.amount >= 0 and part.amount == part.amount.quantize(Decimal("0.01")) for part in found.parts)
    assert len({part.fee for part in found.parts}) == len(found.parts)


@settings(max_examples=30)
@given(st.lists(st.tuples(TRADES, TABLES), min_size=1, max_size=4))
def test_the_net_of_many_trades_is_what_their_principals_and_fees_come_to(many):
    bills = [bill_of(one, table(rates, contains=False)) for one, rates in many]

    net = sum(found.net_cash for found in bills)
    by_fee = {
        fee: sum(part.amount for found in bills for part in found.parts if part.fee == fee and part.is_charged) for fee in Fee
    }
    assert net == sum(found.principal for found in bills) - sum(by_fee.values())


@given(TRADES)
def test_what_the_buyer_pays_is_what_the_seller_gets_and_the_fees_of_both(one):
    held = in_force(shipped(), TODAY)
    buyer, seller = (bill_of(Trade(**{**vars(one), "side": side}), held) for side in (Side.BUY, Side.SELL))

    assert -buyer.net_cash == seller.net_cash + buyer.fees + seller.fees


@given(YUAN, YUAN, st.decimals(min_value=Decimal("-99999999999.99"), max_value=Decimal("99999999999.99"), places=2), YUAN)
def test_whoever_tops_up_what_is_missing_is_not_short_any_more(balance, minimum, net, gross):
    account = Reserve(balance=balance, minimum=minimum, guaranteed_net=net, gross_payable=gross)
    topped = Reserve(balance=balance + account.top_up, minimum=minimum, guaranteed_net=net, gross_payable=gross)

    assert topped.after_settlement >= 0
    assert topped.top_up == 0
    assert account.top_up == 0 or topped.after_settlement == 0
    if account.withdrawable:
        rest = Reserve(balance=balance - account.withdrawable, minimum=minimum, guaranteed_net=net, gross_payable=gross)
        assert rest.withdrawable == rest.top_up == 0


@given(YUAN, st.integers(min_value=1, max_value=3650))
def test_interest_is_never_further_than_half_a_fen_from_the_exact_one(amount, days):
    repo = Repo(amount=amount, annual_percent=Decimal("2.35"), days=days)

    assert abs(repo.interest * 36500 - amount * Decimal("2.35") * days) <= Decimal("0.005") * 36500
    assert repo.at_maturity - repo.amount == repo.interest


@given(st.lists(st.tuples(st.integers(min_value=0, max_value=30), st.booleans()), max_size=8))
def test_on_each_day_the_rate_counts_whose_days_it_is(sets):
    rates = [
        Rate(
            id=number, market="SH", security_class="stock", fee=Fee.STAMP, side=ChargedSide.SELL,
            valid_from=TODAY + timedelta(days=after), per_mille=Decimal(number), is_withdrawn=withdrawn,
        )
        for number, (after, withdrawn) in enumerate(sets, start=1)
    ]  # fmt: skip
    last = last_days(rates)

    for day in (TODAY + timedelta(days=n) for n in range(-1, 32)):
        theirs = [one for one in rates if one.valid_from <= day <= (last[one.id] or day)]
        assert len(theirs) <= 1
        assert list(in_force(rates, day).values()) == [one for one in theirs if not one.is_withdrawn]
