"""Money and words of pre-clearing without a day: top-up, tolerance, own fees, causes of a variance."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.lines.core.layouts import BadRow, Row
from apps.lines.fees.core.rates import Rate
from apps.lines.fees.states import Base, ChargedSide, Fee, SecurityClass, Side
from apps.lines.preclearing.core.executions import Execution, Flaw, executions_in
from apps.lines.preclearing.core.forecast import Position, tolerance_of
from apps.lines.preclearing.core.own import fees_on, forecast_of
from apps.lines.preclearing.core.simulated import Fault, build_world
from apps.lines.preclearing.core.simulated_files import STAGES, files_of
from apps.lines.preclearing.core.variance import Line, causes_of, within
from apps.lines.preclearing.selectors import packaged_terms
from apps.lines.preclearing.states import Cause
from apps.recon.core.matcher import Item, Kind, compare

DAY = date(2025, 11, 20)
PER_MILLE = {Fee.STAMP: "0.5", Fee.HANDLING: "0.0341", Fee.REGULATORY: "0.02", Fee.TRANSFER: "0.01"}
money = st.decimals("-1e12", "1e12", places=2)
positive = st.decimals("0", "1e12", places=2)


def a_rate(fee, per_mille, base=Base.AMOUNT):
    side = ChargedSide.SELL if fee == Fee.STAMP else ChargedSide.BOTH
    rate = Rate(
        id=1,
        market="SH",
        security_class="stock",
        fee=fee,
        side=side,
        valid_from=date(2023, 8, 28),
        base=base,
        per_mille=Decimal(per_mille),
    )
    return rate.key, rate


HELD = dict(a_rate(fee, per_mille) for fee, per_mille in PER_MILLE.items())


def charged(amount, side, held=HELD):
    return fees_on(Decimal(amount), held=held, security_class=SecurityClass.STOCK, side=side, day=DAY)


def a_position(**said):
    return Position(**({name: Decimal(0) for name in ("balance", "min_reserve", "frozen", "pending")} | said))


def test_the_vector_of_the_fact_book_misses_five_million_and_its_variance_is_inside_the_tolerance():
    position = a_position(balance=Decimal(60_000_000), min_reserve=Decimal(20_000_000), pending=Decimal(3_000_000))
    net, final, terms = Decimal(-42_000_000), Decimal(-42_350_000), packaged_terms()

    tolerance = tolerance_of(Decimal(400_000_000), floor=terms.floor, share=terms.share)

    assert (position.available, position.top_up(net)) == (Decimal(37_000_000), Decimal(5_000_000))
    assert tolerance == Decimal(400_000) >= abs(final - net) == Decimal(350_000)


@given(balance=money, minimum=positive, frozen=positive, pending=positive, net=money)
def test_with_the_top_up_nothing_is_missing_and_with_a_fen_less_something_is(balance, minimum, frozen, pending, net):
    position = a_position(balance=balance, min_reserve=minimum, frozen=frozen, pending=pending)

    top_up = position.top_up(net)

    assert top_up >= 0
    assert balance + top_up >= position.needed(net)
    if top_up:
        assert balance + top_up == position.needed(net)


@given(turnover=positive)
def test_the_tolerance_is_whole_fen_never_below_the_floor_and_never_above_floor_and_share_together(turnover):
    found = tolerance_of(turnover, floor=Decimal(10_000), share=Decimal("0.001"))

    assert found == found.quantize(Decimal("0.01"))
    assert Decimal(10_000) <= found <= Decimal(10_000) + turnover * Decimal("0.001")


def test_the_fees_of_the_fact_book_come_out_of_the_fee_table():
    buy, sell = charged("10000.00", Side.BUY), charged("20100.00", Side.SELL)

    assert (buy.stamp, buy.handling, buy.regulatory, buy.transfer) == tuple(map(Decimal, ("0", "-0.34", "-0.20", "-0.10")))
    assert Decimal("-10000.00") + buy.total == Decimal("-10000.64")
    assert Decimal("20100.00") + sell.total == Decimal("20088.66")
    assert buy.unknown == sell.unknown == ()


@given(amount=st.decimals("0", "1e10", places=2), side=st.sampled_from(Side))
def test_fees_leave_us_are_whole_fen_and_a_buyer_pays_no_stamp_duty(amount, side):
    fees = charged(amount, side)

    assert fees.total <= 0
    assert fees.total == fees.total.quantize(Decimal("0.01"))
    assert (fees.stamp == 0) or side == Side.SELL
    assert -fees.total <= amount * Decimal("0.0005641") + Decimal("0.02")


def test_a_rate_that_is_missing_or_on_the_face_value_is_told_and_not_counted():
    without = {key: rate for key, rate in HELD.items() if rate.fee != Fee.HANDLING}
    on_face = HELD | dict([a_rate(Fee.TRANSFER, "0.6", Base.FACE_VALUE)])

    assert charged("10000", Side.BUY, without).unknown == (Fee.HANDLING,)
    assert charged("10000", Side.BUY, on_face).unknown == (Fee.TRANSFER,)
    assert charged("10000", Side.BUY, on_face).transfer == 0


def an_execution(row=1, **said):
    facts = {"account": "A1", "unit": "00W40", "security": "600001", "code": "B", "quantity": 100, "ref_no": f"{row:08}"}
    return Execution(**({"row_no": row, "amount": Decimal("1000.00"), "day": DAY} | facts | said))


@pytest.mark.parametrize(
    ("said", "flaw"),
    [
        ({"unit": "99999"}, Flaw.UNKNOWN_UNIT),
        ({"code": "9"}, Flaw.UNKNOWN_SIDE),
        ({"code": "7"}, Flaw.UNVERIFIED_SIDE),
        ({"code": "8"}, Flaw.UNVERIFIED_SIDE),
        ({"security": "900901"}, Flaw.UNKNOWN_CLASS),
        ({"day": date(2025, 11, 19)}, Flaw.NOT_TODAY),
        ({"day": None}, Flaw.NOT_TODAY),
    ],
)
def test_an_execution_that_a_table_does_not_know_is_left_out_alone(said, flaw):
    trades, findings = forecast_of([an_execution(1), an_execution(2, **said)], terms=packaged_terms(), held=HELD, day=DAY)

    assert [one.execution.row_no for one in trades] == [1]
    assert [(one.flaw, one.row) for one in findings] == [(flaw, 2)]


@given(st.lists(st.tuples(st.decimals("0", "1e9", places=2), st.sampled_from(["B", "S", "3", "6"])), max_size=20))
def test_the_net_of_a_forecast_is_what_is_sold_less_what_is_bought_less_fees(pairs):
    made = [an_execution(row, amount=amount, code=code) for row, (amount, code) in enumerate(pairs, start=1)]

    trades, findings = forecast_of(made, terms=packaged_terms(), held=HELD, day=DAY)

    gross = sum(amount if code in "S6" else -amount for amount, code in pairs)
    assert findings == []
    assert sum(one.net for one in trades) == gross + sum(one.fees.total for one in trades)


def a_row(**said):
    facts = {"GDDM": "A1", "BCRQ": "20251120", "CJBH": "7", "GSDM": "00W40", "CJSL": "100", "ZQDM": "600001", "BS": "B"}
    return Row(4, facts | {"CJJG": "10.000", "CJJE": "1000.00"} | said, "gh")


def test_an_execution_gets_the_number_that_the_depository_writes():
    assert executions_in([a_row()])[0].ref_no == "00000007"


@pytest.mark.parametrize(
    ("column", "value"),
    [("CJSL", "-1"), ("CJSL", "1.5"), ("CJJE", "x"), ("CJJE", "-1.00"), ("CJJE", "1.001"), ("CJJG", "-1"), ("CJJG", "x")],
)
def test_a_value_that_cannot_be_read_names_file_row_and_column(column, value):
    with pytest.raises(BadRow, match=f"gh: row 4, {column}"):
        executions_in([a_row(**{column: value})])


lines = st.lists(
    st.builds(
        Line,
        account=st.sampled_from(["a", "b"]),
        key=st.tuples(st.sampled_from(["1", "2", "3"]), st.just("A1"), st.just("600001")),
        net=st.decimals("-1e9", "1e9", places=2),
        fees=st.decimals("-1e4", "0", places=2),
        cause=st.sampled_from([Cause.LATER, Cause.BLOCK, Cause.CORPORATE]),
    ),
    max_size=12,
)


@given(pre=lines, final=lines)
def test_the_causes_of_an_account_are_its_variance_to_the_fen(pre, final):
    found = causes_of(pre, final)

    for account in ("a", "b"):
        variance = sum(one.net for one in final if one.account == account) - sum(one.net for one in pre if one.account == account)
        assert sum(found.get(account, {}).values()) == variance
        assert all(found.get(account, {}).values())


@given(rows=lines)
def test_the_same_details_twice_have_no_variance(rows):
    assert not any(causes_of(rows, rows).values())


def test_each_cause_is_told_apart():
    def line(number, net, fees="-1.00", cause=Cause.LATER):
        return Line(account="a", key=(number, "A1", "600001"), net=Decimal(net), fees=Decimal(fees), cause=cause)

    pre = [line("1", "-100.00"), line("2", "50.00"), line("3", "10.00")]
    final = [
        line("1", "-101.00", "-2.00"),
        line("3", "15.00"),
        line("4", "7.00"),
        line("5", "900.00", cause=Cause.BLOCK),
        line("6", "3.00", cause=Cause.CORPORATE),
    ]

    assert causes_of(pre, final) == {
        "a": {
            Cause.FEES: Decimal("-1.00"),
            Cause.GONE: Decimal("-50.00"),
            Cause.AMOUNT: Decimal("5.00"),
            Cause.LATER: Decimal("7.00"),
            Cause.BLOCK: Decimal("900.00"),
            Cause.CORPORATE: Decimal("3.00"),
        }
    }


@pytest.mark.parametrize(("right", "differs"), [("10.00", False), ("9.00", False), ("8.99", True), ("11.01", True)])
def test_a_difference_counts_when_it_is_larger_than_the_tolerance_of_its_own_key(right, differs):
    left = {"a": Item(amount=Decimal("10.00")), "b": Item(amount=Decimal("10.00"))}
    comparison = compare(left, {"a": Item(amount=Decimal(right)), "b": Item(amount=Decimal("9.00"))})

    found = within(comparison, {"a": Decimal("1.00")})

    assert [one.key for one in found.differences] == (["a", "b"] if differs else ["b"])
    assert found.matched + len(found.differences) == 2


def test_a_row_that_one_side_lacks_is_outside_every_tolerance():
    found = within(compare({}, {"a": Item(amount=Decimal("0.01"))}), {"a": Decimal(1_000_000)})

    assert [one.kind for one in found.differences] == [Kind.ONLY_RIGHT]


def test_rows_of_the_terms_hold_between_their_days_and_the_longest_beginning_counts():
    packaged = packaged_terms()
    narrow = packaged.classes[0].model_copy(update={"prefix": "6001", "security_class": SecurityClass.FUND})
    ended = packaged.units[0].model_copy(update={"valid_to": date(2025, 11, 19)})
    terms = packaged.model_copy(update={"classes": [*packaged.classes, narrow], "units": [ended]})

    assert packaged.account_of("00W40", date(2019, 12, 31)) is None
    assert (terms.account_of("00W40", date(2025, 11, 19)), terms.account_of("00W40", DAY)) == (ended.account, None)
    assert (terms.class_of("600999", DAY), terms.class_of("600100", DAY)) == (SecurityClass.STOCK, SecurityClass.FUND)


def a_world(seed, faults):
    return build_world(day=DAY, shift=lambda n: date(2025, 11, 20 + n), seed=seed, trades=6, faults=faults)


@given(seed=st.integers(0, 50), faults=st.sets(st.sampled_from(Fault)))
def test_the_same_day_gives_the_same_files(seed, faults):
    def files():
        return [files_of(a_world(seed, faults), stage) for stage in STAGES]

    assert files() == files()


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_changes_a_file(fault):
    plain = [files_of(a_world(1, ()), stage) for stage in STAGES]

    assert [files_of(a_world(1, (fault,)), stage) for stage in STAGES] != plain
