"""Money and words of RTGS Shenzhen without a run: rows, fates, sums, lines, and the simulated day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.files.store import catalogue
from apps.lines.core.layouts import BadRow, Row
from apps.lines.rtgs.core.queue import need_at_end_of_day
from apps.lines.rtgs_shenzhen.core.lines import Refusal, decisions_in, transfers_in
from apps.lines.rtgs_shenzhen.core.outcomes import fates_of, quantity_items, settled_cash
from apps.lines.rtgs_shenzhen.core.rows import FEES, Outcome, against, details_in, instructions_in, told_in
from apps.lines.rtgs_shenzhen.core.simulated import FEWEST, SHORT, Fate, Fault, build_world
from apps.lines.rtgs_shenzhen.core.simulated_files import LAYOUTS, STAGES, files_of
from apps.lines.rtgs_shenzhen.selectors import packaged_terms
from apps.recon.core.matcher import compare

DAY, BEFORE = date(2025, 11, 20), date(2025, 11, 19)
amounts = st.decimals("-1000000000", "1000000000", places=2)
quantities = st.integers(-(10**9), 10**9)


def an_outcome(cash, *, settled=True, mode="N", trade="1", account="A", moved=None):
    cash = Decimal(cash)
    quantity = against(100, cash)
    return Outcome(
        row_no=1,
        biz_type="JY01",
        serial=f"S{trade}",
        trade_no=trade,
        account=account,
        unit="391011",
        security="112001",
        cash_account=SHORT,
        mode=mode,
        quantity=quantity,
        settled_qty=(quantity if settled else 0) if moved is None else moved,
        net_cash=cash,
        is_settled=settled,
        code="" if settled else "9001",
    )


outcomes = st.lists(
    st.builds(an_outcome, amounts, settled=st.booleans(), mode=st.sampled_from("RN"), trade=st.sampled_from("123456")),
    max_size=12,
)


def a_detail(**changed):
    day = f"{DAY:%Y%m%d}"
    columns = [name for names in FEES.values() for name in names]
    said = dict.fromkeys(columns, "") | {"MXJSFS": "R", "MXQSBJ": "-100.00", "MXSFJE": "-100.00", "MXQSSL": "10.00"}
    texts = ("MXJYFS", "MXJSZH", "MXTGDY", "MXZQZH", "MXZQDM", "MXYWLB", "MXBFZH", "MXZXBH", "MXDDBH", "MXYWLSH", "MXFJSM")
    said |= dict.fromkeys(texts, "x") | dict.fromkeys(("MXCJRQ", "MXQSRQ", "MXJSRQ", "MXFSRQ"), day)
    return Row(1, said | changed, "sjsmx0")


def test_the_vector_of_the_fact_book_settles_five_million_and_leaves_one_failed_trade_to_decide():
    rows = [
        an_outcome("-6000000", mode="R", trade="1"),
        an_outcome("-2500000", settled=False, trade="2"),
        an_outcome("1000000", trade="3"),
    ]

    assert settled_cash(rows) == {SHORT: Decimal("-5000000")}
    fates = fates_of([(number, (str(number), "A")) for number in (1, 2, 3)], rows)
    assert (fates.in_day, fates.at_end, dict(fates.failed), fates.unanswered) == ([1], [3], {"9001": [2]}, [])
    assert compare(*quantity_items(rows)).differences == []


@given(outcomes)
def test_what_failed_moves_no_money_and_what_settled_moves_all_of_its_own(rows):
    sums = settled_cash(rows)

    assert sum(sums.values(), Decimal(0)) == sum((one.net_cash for one in rows if one.is_settled), Decimal(0))
    assert settled_cash([one for one in rows if not one.is_settled]) == {}


@given(outcomes)
def test_every_result_has_exactly_one_fate_and_one_bad_leg_fails_the_whole_trade(rows):
    keys = [(number, (trade, "A")) for number, trade in enumerate("1234567")]

    fates = fates_of(keys, rows)

    failed = [number for numbers in fates.failed.values() for number in numbers]
    assert sorted([*fates.in_day, *fates.at_end, *failed, *fates.unanswered]) == list(range(7))
    for number, key in keys:
        mine = [one for one in rows if (one.trade_no, one.account) == key]
        assert (number in failed) == any(not one.is_settled for one in mine)
        assert (number in fates.unanswered) == (not mine)


@given(quantity=quantities, cash=amounts)
def test_securities_go_against_the_cash_and_keep_their_number(quantity, cash):
    moved = against(quantity, cash)

    assert abs(moved) == abs(quantity)
    assert moved * cash <= 0 or cash == 0


@given(principal=amounts, fees=st.lists(st.decimals("-9999", "0", places=2), min_size=8, max_size=8))
def test_a_row_whose_fees_explain_its_net_amount_is_in_order_and_one_fen_off_is_not(principal, fees):
    columns = dict(zip((name for names in FEES.values() for name in names), map(str, fees), strict=True))
    net = principal + sum(fees)
    facts = {**columns, "MXQSBJ": str(principal)}

    assert details_in([a_detail(**facts, MXSFJE=str(net))], DAY).odd_sums == []
    assert details_in([a_detail(**facts, MXSFJE=str(net + Decimal("0.01")))], DAY).odd_sums == [1]


@pytest.mark.parametrize("column", ["MXCJRQ", "MXQSRQ", "MXJSRQ", "MXFSRQ"])
def test_each_of_the_four_dates_must_be_the_day(column):
    assert details_in([a_detail()], DAY).odd_days == []
    assert details_in([a_detail(**{column: "20251121"})], DAY).odd_days == [1]
    assert details_in([a_detail(**{column: ""})], DAY).odd_days == [1]


def test_details_of_other_modes_are_none_of_this_line():
    assert details_in([a_detail(MXJSFS=mode) for mode in "AYZ"], DAY).legs == []
    assert [leg.guarantee.value for leg in details_in([a_detail(), a_detail(MXJSFS="N")], DAY).legs] == [
        "gross_rtgs",
        "gross_batch",
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Quantity": "1.5"}, "Quantity “1.5”: is no whole quantity"),
        ({"Quantity": "0"}, "Cash “-1.00”: does not go with side and quantity"),
        ({"Side": "S"}, "Cash “-1.00”: does not go with side and quantity"),
        ({"Cash": "1e5"}, "Cash “1e5”: is no amount"),
        ({"Amount": "-1"}, "Amount “-1”: is no amount of fen from 0"),
        ({"Amount": "1.001"}, "Amount “1.001”: is no amount of fen from 0"),
        ({"Mode": "Z"}, "Mode “Z”: is none of N, R"),
    ],
)
def test_an_instruction_that_cannot_be_read_names_file_row_column_and_rule(changed, said):
    columns = ("Type", "Mode", "Participant", "CashAccount", "Unit", "Account", "Security", "Trade", "Order", "Time")
    row = dict.fromkeys(columns, "x") | {"Mode": "R", "Side": "B", "Quantity": "10", "Amount": "1.00", "Cash": "-1.00"}
    assert instructions_in([Row(3, row, "szrtzl")], DAY)[0].quantity == 10

    with pytest.raises(BadRow) as refused:
        instructions_in([Row(3, row | changed, "szrtzl")], DAY)

    assert str(refused.value) == f"szrtzl: row 3, {said}"


def test_a_settled_result_without_a_time_is_refused():
    with pytest.raises(BadRow, match="row 1, Time “9:30”: is no time"):
        told_in([Row(1, {"Trade": "1", "Account": "A", "State": "settled", "Time": "9:30"}, "szrtjg")])


@given(st.dictionaries(st.sampled_from(["B1", "B2", "B3"]), st.decimals("0", "1000000", places=2), min_size=1))
def test_transfers_are_what_the_lines_say_or_what_is_needed_and_never_a_mixture(needs):
    assert transfers_in(" \n", needs) == (needs, [])
    lines = "\n".join(f"{account} {need + 1}" for account, need in needs.items())
    assert transfers_in(lines, needs) == ({account: need + 1 for account, need in needs.items()}, [])
    found, refused = transfers_in(lines + "\nB9 1", needs)
    assert (found, [one.reason for one in refused]) == ({}, [Refusal.NO_ACCOUNT])


def test_decisions_name_failed_trades_once_and_leave_none_out():
    failed = {("1", "A"), ("2", "A")}

    assert decisions_in("1 A keep", failed, others="release")[0] == {("1", "A"): "keep", ("2", "A"): "release"}
    for text, reasons in (
        ("1 A keep", [Refusal.UNDECIDED]),
        ("1 A keep\n1 A release\n2 A keep", [Refusal.TWICE]),
        ("3 A keep\n1 A keep\n2 A keep", [Refusal.NOT_FAILED]),
        ("1 A drop\n2 A keep", [Refusal.NO_WORDS, Refusal.UNDECIDED]),
    ):
        found, refused = decisions_in(text, failed, others="each")
        assert (found, [one.reason for one in refused]) == ({}, reasons)


@given(seed=st.integers(0, 10**6), instructions=st.integers(FEWEST, 40))
def test_a_simulated_day_is_the_same_for_the_same_seed_and_its_money_fits_together(seed, instructions):
    world = build_world(day=DAY, previous_day=BEFORE, seed=seed, instructions=instructions)

    again = build_world(day=DAY, previous_day=BEFORE, seed=seed, instructions=instructions)
    assert [files_of(world, stage) for stage in STAGES] == [files_of(again, stage) for stage in STAGES]
    short = [one.cash for one in world.trades if one.listed == "R" and one.cash_account == SHORT]
    pays = -sum((one for one in short if one < 0), Decimal(0))
    receives = sum((one for one in short if one > 0), Decimal(0))
    assert need_at_end_of_day(pays, receives, world.balances[SHORT]) == Decimal(400000)
    assert all(one.mode == ("R" if one.fate is Fate.IN_DAY else "N") for one in world.trades)


def test_the_simulated_layouts_are_those_of_the_official_files():
    families = catalogue().families
    for code, columns in LAYOUTS.items():
        official = families[code].layouts[0].columns
        assert [(one.name, str(one)) for one in columns] == [(one.name, str(one)) for one in official]


def test_every_fault_changes_the_files_of_the_day():
    plain = build_world(day=DAY, previous_day=BEFORE, seed=1, instructions=FEWEST)
    before = {stage: files_of(plain, stage) for stage in STAGES}
    for fault in Fault:
        world = build_world(day=DAY, previous_day=BEFORE, seed=1, instructions=FEWEST, faults=[fault])
        assert {stage: files_of(world, stage) for stage in STAGES} != before, fault
    with pytest.raises(ValueError, match="8 instructions"):
        build_world(day=DAY, previous_day=BEFORE, seed=1, instructions=FEWEST - 1)


def test_a_type_and_a_code_hold_from_their_first_to_their_last_day():
    terms = packaged_terms()
    kind = terms.types[0].model_copy(update={"valid_to": DAY})
    ended = terms.model_copy(update={"types": [kind]})

    assert {"JY01", "JY03", "SGXZ", "GZCS"} <= terms.types_on(DAY).keys()
    assert list(ended.types_on(DAY)) == [kind.code]
    assert ended.types_on(DAY + timedelta(days=1)) == {}
    known = terms.code_on("9001", DAY)
    assert known is not None
    assert known.zh == "资金不足"
    assert terms.code_on("M99", DAY) is None
