"""Money of funds monitoring without a day: projection, colours, formulas, plans, receipts, simulated days."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.lines.agency.core.funding import Agreed
from apps.lines.core.layouts import BadRow, Row
from apps.lines.funds_monitoring.core.planning import BankShort, beyond, came, rejected, to_send
from apps.lines.funds_monitoring.core.projection import (
    Due,
    Opening,
    nets_of_file,
    project,
    should_be,
    sums_by_mode,
    told_withdrawable,
)
from apps.lines.funds_monitoring.core.reading import (
    Receipt,
    locked_by_account,
    movements,
    shanghai_balances,
    shanghai_summary,
    shenzhen_balances,
    shenzhen_summary,
)
from apps.lines.funds_monitoring.core.simulated import Fault, build_world
from apps.lines.funds_monitoring.core.simulated_files import STAGES, Transfer, files_of
from apps.lines.funds_monitoring.selectors.files import packaged_terms
from apps.lines.funds_monitoring.states import Colour, Mode

DAY = date(2025, 11, 20)
ACCOUNT = "A1"
fen = st.integers(0, 10**12).map(lambda whole: Decimal(whole).scaleb(-2))
signed = st.integers(-(10**12), 10**12).map(lambda whole: Decimal(whole).scaleb(-2))
dues = st.lists(st.builds(Due, mode=st.sampled_from(Mode), amount=signed, is_settled=st.booleans()), max_size=6)
openings = st.builds(
    Opening,
    house=st.just("SZ"),
    account=st.just(ACCOUNT),
    balance=fen,
    min_reserve=fen,
    frozen=fen,
    overdraft=st.just(Decimal(0)),
)


def yuan(text):
    return Decimal(text.replace(",", ""))


def due(mode, amount, **more):
    return Due(mode=mode, amount=yuan(amount), **more)


def an_opening(balance, minimum):
    return Opening(house="SH", account=ACCOUNT, balance=yuan(balance), min_reserve=yuan(minimum))


@pytest.mark.parametrize(
    ("opening", "rows", "shortfall", "withdrawable", "expected_free"),
    [
        (
            an_opening("80,000,000.00", "15,000,000.00"),
            [due(Mode.GUARANTEED, "-22,000,000"), due(Mode.GROSS, "-6,500,000"), due(Mode.AGENCY, "-1,500,000")],
            "0.00",
            "35,000,000.00",
            "35,000,000.00",
        ),
        (
            an_opening("50,000,000.00", "12,000,000.00"),
            [due(Mode.GUARANTEED, "-31,500,000"), due(Mode.GROSS, "-8,200,000")],
            "1,700,000.00",
            "0.00",
            "-1,700,000.00",
        ),
        (
            an_opening("50,000,000.00", "12,000,000.00"),
            [due(Mode.GUARANTEED, "4,000,000"), due(Mode.GROSS, "-8,200,000")],
            "0.00",
            "29,800,000.00",
            "33,800,000.00",
        ),
    ],
)
def test_the_vectors_of_the_fact_book_come_out_to_the_fen(opening, rows, shortfall, withdrawable, expected_free):
    found = project(opening, rows, amber_percent=120)

    assert (found.shortfall, found.withdrawable) == (yuan(shortfall), yuan(withdrawable))
    assert found.expected - opening.min_reserve == yuan(expected_free)


@given(opening=openings, rows=dues, sent=fen)
def test_money_that_has_not_come_is_never_counted_and_a_short_account_has_nothing_to_withdraw(opening, rows, sent):
    found = project(opening, rows, sent=sent, amber_percent=120)

    open_receipts = sum((one.amount for one in rows if one.amount > 0 and not one.is_settled), Decimal(0))
    assert found.expected - found.projected == open_receipts + sent
    assert min(found.shortfall, found.withdrawable) == 0
    assert found.shortfall - found.withdrawable == opening.min_reserve - found.projected
    assert (found.colour == Colour.RED) == (found.shortfall > 0)


@given(opening=openings, rows=dues)
def test_a_transfer_of_the_shortfall_that_arrives_covers_the_account_exactly(opening, rows):
    before = project(opening, rows, amber_percent=120)

    after = project(opening, rows, sent=before.shortfall, arrived=before.shortfall, amber_percent=120)

    assert after.shortfall == 0
    assert after.expected == before.expected + before.shortfall
    if before.shortfall:
        assert (after.have, after.withdrawable) == (after.need, Decimal(0))


@given(opening=openings, rows=dues, arrived=fen)
def test_a_query_that_holds_what_settled_gives_the_same_projection_as_the_evening_before(opening, rows, arrived):
    settled = sum((one.amount for one in rows if one.is_settled), Decimal(0))

    by_evening = project(opening, rows, sent=arrived, arrived=arrived, amber_percent=120)
    by_query = project(
        opening, rows, sent=arrived, arrived=arrived, queried=opening.balance + settled + arrived, amber_percent=120
    )

    assert (by_query.projected, by_query.expected) == (by_evening.projected, by_evening.expected)
    assert by_query.shortfall == by_evening.shortfall


@given(rows=dues)
def test_columns_of_the_screen_add_up_to_what_is_due(rows):
    found = sums_by_mode(rows)

    received = found["guaranteed_net"] + found["gross_receive"] + found["agency_receive"]
    paid = found["gross_pay"] + found["agency_pay"] + found["subscription_pay"]
    assert received - paid == sum((one.amount for one in rows), Decimal(0))


@pytest.mark.parametrize(
    ("balance", "colour"),
    [("119.99", Colour.AMBER), ("120.00", Colour.GREEN), ("100.00", Colour.AMBER), ("99.99", Colour.RED)],
)
def test_colours_change_at_the_limits_to_the_fen(balance, colour):
    assert project(an_opening(balance, "40"), [due(Mode.GROSS, "-60")], amber_percent=120).colour == colour


def test_an_overdrawn_or_locked_account_is_black_however_much_it_has():
    overdrawn = Opening(house="SH", account=ACCOUNT, balance=yuan("1000"), overdraft=yuan("0.01"))

    assert project(overdrawn, [], amber_percent=120).colour == Colour.BLACK
    assert project(an_opening("1000", "0"), [], amber_percent=120, is_locked=True).colour == Colour.BLACK


@given(balance=fen, minimum=fen, rows=dues)
def test_what_shenzhen_should_tell_is_what_we_find_withdrawable_while_nothing_has_settled(balance, minimum, rows):
    unsettled = [Due(mode=one.mode, amount=one.amount) for one in rows]

    opening = Opening(house="SZ", account=ACCOUNT, balance=balance, min_reserve=minimum)

    assert told_withdrawable(balance, minimum, rows) == project(opening, unsettled, amber_percent=120).withdrawable


def test_banks_pay_what_they_have_together_with_what_they_sent_before():
    agreed = [Agreed("A1", Decimal(70), "ICBC"), Agreed("A2", Decimal(30), "CCB"), Agreed("A3", Decimal(1), "BOC")]

    found = beyond(agreed, {"ICBC": Decimal(40)}, {"ICBC": Decimal(100), "CCB": Decimal(30)})

    assert found == [BankShort("BOC", Decimal(1), Decimal(0)), BankShort("ICBC", Decimal(110), Decimal(100))]


@given(shortfall=fen, on_the_way=signed)
def test_a_plan_never_sends_more_than_is_missing_nor_less_than_nothing(shortfall, on_the_way):
    sent = to_send(shortfall, on_the_way)

    assert sent >= 0
    assert sent + on_the_way >= shortfall or sent == 0
    assert sent == 0 or sent + on_the_way == shortfall


def receipt(number, amount, has_arrived=True):
    return Receipt(row_no=1, number=number, account=ACCOUNT, amount=Decimal(amount), has_arrived=has_arrived)


def test_receipts_of_one_transfer_add_up_and_a_rejected_one_brings_nothing():
    rows = [receipt("1", 5), receipt("1", 7), receipt("2", 9, has_arrived=False), receipt("1", 3, has_arrived=False)]

    assert came(rows) == {("1", ACCOUNT): Decimal(12)}
    assert rejected(rows, [("1", ACCOUNT), ("2", ACCOUNT)]) == {"2"}
    assert rejected(rows, [("2", "another")]) == set()


def shanghai(**said):
    blank = dict.fromkeys(("ZJZH", "ZHLB", "ZJYE", "KHKZJ", "DJJE", "TZJE", "ZDBF", "SRYE", "ZJ1", "ZJ2", "RQ"), "")
    return Row(1, blank | {"ZJZH": ACCOUNT, "ZJYE": "10.00"} | said, "zjye")


def test_a_blank_amount_is_not_told_and_a_blank_balance_is_refused_by_place_and_rule():
    one = shanghai_balances([shanghai(ZJ1="-3.00", ZJ2="2.00")], 7)[0]
    assert (one.previous, one.opening.min_reserve) == (None, Decimal("0.00"))
    assert [(two.mode, two.amount, two.file, two.row_no) for two in one.dues] == [
        (Mode.GUARANTEED, Decimal("-3.00"), 7, 1),
        (Mode.SUBSCRIPTION, Decimal("-2.00"), 7, 1),
    ]

    with pytest.raises(BadRow, match="zjye: row 1, ZJYE “”: is blank"):
        shanghai_balances([shanghai(ZJYE="")], 7)


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([shanghai(ZDBF="-1.00")], "ZDBF “-1.00”: is negative"),
        ([shanghai(ZJYE="1.005")], "ZJYE “1.005”: is no amount in fen"),
        ([shanghai(ZJYE="1e3")], "ZJYE “1e3”: is no amount"),
        ([shanghai(), shanghai()], "ZJZH “A1”: is there twice"),
    ],
)
def test_a_row_of_balances_that_cannot_be_meant_so_is_refused_by_place_and_rule(rows, rule):
    with pytest.raises(BadRow, match=rule):
        shanghai_balances(rows, 7)


def test_a_movement_of_another_day_is_refused():
    row = Row(3, {"ZJZH": ACCOUNT, "FSJE": "1.00", "FSRQ": "20251119"}, "zjbd")

    with pytest.raises(BadRow, match="zjbd: row 3, FSRQ “20251119”: is not 20251120"):
        movements([row], "ZJZH", "FSJE", "FSRQ", DAY)


def test_packaged_terms_tell_each_kind_of_money_from_one_place():
    terms = packaged_terms()

    for house in ("SH", "SZ"):
        for mode in Mode:
            told = [origin for origin in ("file", "lines") if terms.tells(house, mode.value, origin, DAY)]
            assert len(told) == (house != "SH" or mode != Mode.SAME_DAY), (house, mode)
    assert not terms.tells("SH", "gross", "lines", date(2019, 12, 31))
    assert terms.look_from < terms.look_until == time(17, 30)


@pytest.mark.parametrize("fault", [None, *Fault])
def test_a_simulated_day_is_the_same_for_the_same_seed_and_its_files_are_whole(fault):
    def files(seed):
        world = build_world(
            day=DAY,
            previous_day=DAY - timedelta(days=1),
            settles=DAY + timedelta(days=1),
            seed=seed,
            faults=[fault] if fault else [],
        )
        sent = [Transfer("1", "ICBC", world.accounts[2].account, Decimal("5.00"))]
        return {name: data for stage in STAGES for name, data in files_of(world, stage, sent).items()}

    once = files(1)

    assert once == files(1)
    assert once != files(2)
    assert {name.split(".")[0].lower()[:5] for name in once} >= {
        "zjye",
        "zjbd",
        "sjsye",
        "sjszj",
        "zcyhj",
        "zchdj",
        "sjsdp",
        "qtslj",
    }


def test_shenzhen_pays_and_receives_by_its_own_columns():
    names = ("YEZJZH", "YEDQYE", "YEZDBF", "YEKTZJ", "YEDBJE", "YEXGSG", "YEFYF", "YEFYS", "YEDYF", "YEDYS", "YEFSRQ")
    values = (ACCOUNT, "100.00", "10.00", "65.00", "-20.00", "1.00", "3.00", "4.00", "1.00", "2.00", "20251120")
    one = shenzhen_balances([Row(1, dict(zip(names, values, strict=True)), "sjsye")], 9)[0]

    assert sum((two.amount for two in one.dues), Decimal(0)) == Decimal("-19.00")
    assert told_withdrawable(one.opening.balance, one.opening.min_reserve, one.dues) == one.withdrawable
    assert datetime.strptime(one.as_of, "%Y%m%d").replace(tzinfo=UTC).date() == DAY


def test_summaries_count_what_settles_on_the_day_by_account_and_kind_of_money():
    modes = packaged_terms().modes_on(DAY)
    sjsqs = [
        {"QSZJZH": ACCOUNT, "QSSFJE": amount, "QSJSFS": mode, "QSJSRQ": day}
        for amount, mode, day in [
            ("-10.00", "A", "20251120"),
            ("-2.00", "Y", "20251120"),
            ("-5.00", "N", "20251120"),
            ("3.00", "N", "20251120"),
            ("-1.00", "Z", "20251120"),
            ("-9.99", "X", "20251119"),
        ]
    ]
    rows = [Row(number, values, "sjsqs") for number, values in enumerate(sjsqs, start=1)]

    assert shenzhen_summary(rows, modes, DAY) == {
        (ACCOUNT, Mode.GUARANTEED): Decimal("-12.00"),
        (ACCOUNT, Mode.GROSS): Decimal("-2.00"),
        (ACCOUNT, Mode.AGENCY): Decimal("-1.00"),
    }
    with pytest.raises(BadRow, match="sjsqs: row 6, QSJSFS"):
        shenzhen_summary(rows, modes, date(2025, 11, 19))
    zjhz = [{"JLLX": kind, "JSRQ": "20251120", "ZJZH": ACCOUNT, "SJSF": "1.50"} for kind in ("001", "001", "003")]
    assert shanghai_summary([Row(1, one, "zjhz") for one in zjhz], ["001"], DAY) == {ACCOUNT: Decimal("3.00")}
    told = [due(Mode.GROSS, "-5.00"), due(Mode.GROSS, "3.00"), due(Mode.SUBSCRIPTION, "-8.00")]
    assert nets_of_file(told) == {Mode.GROSS: Decimal("-2.00")}
    locks = [Row(1, {"JGBFZH": ACCOUNT, "JGJSSL": quantity}, "sjsdvpjg") for quantity in ("1200.00", "5", "0")]
    assert locked_by_account(locks) == {ACCOUNT: 2}


@given(opening=signed, arrived=fen, rows=dues, wrong=signed)
def test_a_query_is_right_with_or_without_the_guaranteed_net_and_with_nothing_else(opening, arrived, rows, wrong):
    settled = sum((one.amount for one in rows if one.is_settled), Decimal(0))
    net = sum((one.amount for one in rows if one.mode == Mode.GUARANTEED and not one.is_settled), Decimal(0))
    before, after = opening + arrived + settled, opening + arrived + settled + net

    assert should_be(opening, arrived, rows, before) == before
    assert should_be(opening, arrived, rows, after) == after
    if wrong not in (0, net):
        assert should_be(opening, arrived, rows, before + wrong) != before + wrong
