"""Money of agency payments over days that are made up: needs count payments, no fen appears or vanishes, odd rows are refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from apps.files.core.dbf import read_dbf
from apps.lines.agency.core.checking import HELD, Flaw, checked
from apps.lines.agency.core.funding import Cash, Refusal, agreed_on, needs_of, payable, usable_after
from apps.lines.agency.core.items import (
    Announced,
    Known,
    amount_in,
    fund_money_in,
    known_in,
    next_day_in,
    same_day_in,
    substitutes_in,
    taxes_in,
    totals_in,
)
from apps.lines.agency.core.settling import Open, Outcome, outcome_of, totals_of, verdicts_of
from apps.lines.agency.core.settling import Refusal as NotSettled
from apps.lines.agency.core.simulated import FEWEST, FUND_ACCOUNT, RESERVE, Fault, build_world
from apps.lines.agency.core.simulated_files import STAGES, files_of, moved
from apps.lines.agency.core.terms import AgencyTerms
from apps.lines.agency.selectors import packaged_terms
from apps.lines.agency.states import ITEM_MOVES, ItemState, Verdict
from apps.lines.core.layouts import BadRow, Row
from apps.lines.core.market.files import file_name

DAY = date(2025, 11, 20)
FEW = settings(max_examples=40, deadline=None)
TERMS = packaged_terms()
KNOWN = Known(frozenset({"519001"}), frozenset({"326"}), frozenset({FUND_ACCOUNT, RESERVE}))
MONEY = st.integers(min_value=-5_000_000, max_value=5_000_000).map(lambda fen: Decimal(fen).scaleb(-2))
MOVES = st.lists(
    st.builds(Cash, account=st.sampled_from(["A", "B"]), kind=st.sampled_from(["022", "024"]), amount=MONEY, nets=st.booleans()),
    max_size=30,
)


def shift(days):
    return DAY + timedelta(days=days)


WORLDS = st.builds(
    build_world,
    day=st.just(DAY),
    shift=st.just(shift),
    seed=st.integers(min_value=0, max_value=10**6),
    items=st.integers(min_value=FEWEST, max_value=40),
    faults=st.sets(st.sampled_from(list(Fault))),
)


def cash(*amounts, nets=False, account="A", kind="022"):
    return [Cash(account=account, kind=kind, amount=Decimal(amount), nets=nets) for amount in amounts]


def test_the_vector_of_the_fact_book_the_need_of_an_account_counts_no_receipts():
    (need,) = needs_of(cash("-2000000.00", "-1500000.00", "800000.00"), {"A": Decimal("3000000.00")})

    assert need.need == Decimal("500000.00")
    assert (need.payments, need.receipts) == (Decimal("3500000.00"), Decimal("800000.00"))


def test_a_type_that_nets_counts_its_receipts_and_only_its_own():
    netting = cash("-1000.00", "400.00", nets=True)

    assert payable(netting) == Decimal("600.00")
    assert payable(netting + cash("-50.00", "500.00", kind="024")) == Decimal("650.00")
    assert payable(cash("-1.00", "5.00", nets=True) + cash("-7.00", kind="024", nets=True)) == Decimal("7.00")


def test_the_second_batch_counts_what_was_sent_and_never_the_receipts_of_the_first():
    assert usable_after(Decimal(3_000_000), Decimal(500_000), Decimal(3_500_000)) == 0
    assert usable_after(Decimal(100), Decimal(0), Decimal(150)) == -50


@FEW
@given(MOVES, st.dictionaries(st.sampled_from(["A", "B", "C"]), MONEY))
def test_a_need_covers_every_payment_to_the_fen_and_is_never_more_than_the_payments_or_below_nothing(moves, usable):
    for need in needs_of(moves, usable):
        mine = [one for one in moves if one.account == need.account]
        paid = -sum((one.amount for one in mine if one.amount < 0), Decimal(0))
        net = -sum((one.amount for one in mine), Decimal(0))
        assert max(net, 0) <= need.payments <= paid
        assert need.need >= 0
        assert need.usable + need.need >= need.payments
        assert need.need == 0 or need.usable + need.need == need.payments
        if not any(one.nets for one in mine):
            assert need.payments == paid


@FEW
@given(MOVES)
def test_receipts_more_or_less_change_no_need_of_a_type_that_does_not_net(moves):
    gross = [Cash(account=one.account, kind=one.kind, amount=one.amount) for one in moves]

    assert payable(gross) == payable([one for one in gross if one.amount < 0])


ITEMS = st.lists(
    st.tuples(st.sampled_from(["V1", "V2", "V3"]), MONEY, st.booleans()),
    max_size=12,
).map(
    lambda rows: [
        Open(pk=place, key=(f"S{place}", voucher, "A"), amount=amount, last_chance=last)
        for place, (voucher, amount, last) in enumerate(rows)
    ]
)


@FEW
@given(ITEMS, st.dictionaries(st.sampled_from(["V1", "V2"]), MONEY))
def test_every_item_is_paid_postponed_or_odd_and_only_a_sum_to_the_fen_is_paid(items, said):
    posted = {("A", voucher): amount for voucher, amount in said.items()}

    outcome = outcome_of(items, posted)

    assert sorted(outcome.paid + outcome.postponed + outcome.odd) == [one.pk for one in items]
    totals = totals_of(items)
    for one in items:
        known = posted.get(one.group)
        assert (one.pk in outcome.paid) == (totals[one.group] == (known if known is not None else 0))
        assert one.pk not in outcome.postponed or known is None


@FEW
@given(ITEMS)
def test_without_a_line_what_may_be_retried_waits_and_the_rest_fails(items):
    odd = frozenset(one.pk for one in items[::3])

    found, refused = verdicts_of(items, "", odd=odd)

    assert not refused
    assert found.keys() == {one.pk for one in items} - odd
    for one in items:
        assert one.pk in odd or found[one.pk] is (Verdict.FAIL if one.last_chance else Verdict.WAIT)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("S9 fail", NotSettled.NO_ITEM),
        ("S1 perhaps", NotSettled.NO_VERDICT),
        ("S1", NotSettled.NO_VERDICT),
        ("S1 fail\nS1 return", NotSettled.TWICE),
        ("S1 return\nS2 wait", NotSettled.NO_MORE_RETRY),
    ],
)
def test_a_line_that_cannot_be_followed_decides_nothing_at_all(line, why):
    items = [
        Open(pk=1, key=("S1", "V1", "A"), amount=Decimal(1)),
        Open(pk=2, key=("S2", "V2", "A"), amount=Decimal(1), last_chance=True),
    ]

    found, refused = verdicts_of(items, line, odd=frozenset())

    assert found == {}
    assert [one.reason for one in refused] == [why]


@pytest.mark.parametrize(
    ("text", "bank", "why"),
    [
        ("A 1.00 ICBC", "NOBODY", Refusal.NO_BANK),
        ("A 1.00 NOBODY", "ICBC", Refusal.NO_BANK),
        ("C 1.00", "ICBC", Refusal.NO_ACCOUNT),
        ("A -1.00", "ICBC", Refusal.NO_AMOUNT),
        ("A 1.001", "ICBC", Refusal.NO_AMOUNT),
        ("A", "ICBC", Refusal.NO_AMOUNT),
        ("A 1\nA 2", "ICBC", Refusal.TWICE),
    ],
)
def test_a_line_of_funding_that_cannot_be_followed_sends_nothing_at_all(text, bank, why):
    agreed, refused = agreed_on({"A": Decimal(5), "B": Decimal(7)}, text, bank=bank, banks=["ICBC"])

    assert agreed == []
    assert [one.reason for one in refused] == [why]


def test_an_account_without_a_line_gets_its_need_and_one_that_needs_nothing_gets_nothing():
    needs = {"A": Decimal("5.00"), "B": Decimal("0.00"), "C": Decimal("7.00")}

    agreed, refused = agreed_on(needs, "C 9.50 CCB", bank="ICBC", banks=["ICBC", "CCB"])

    assert refused == []
    assert [(one.account, one.amount, one.bank) for one in agreed] == [
        ("A", Decimal("5.00"), "ICBC"),
        ("C", Decimal("9.50"), "CCB"),
    ]


def test_states_move_as_the_fact_book_says():
    state = ItemState
    ways = {(source, move.target) for move in ITEM_MOVES.values() for source in move.sources}

    assert ways == {
        (state.ANNOUNCED, state.FUNDED),
        (state.ANNOUNCED, state.PAID),
        (state.FUNDED, state.PAID),
        (state.ANNOUNCED, state.POSTPONED),
        (state.FUNDED, state.POSTPONED),
        (state.POSTPONED, state.FAILED),
        (state.POSTPONED, state.RETURNED),
        (state.PAID, state.POSTED),
        (state.FAILED, state.POSTED),
        (state.RETURNED, state.POSTED),
    }


def test_a_code_is_an_item_from_its_first_to_its_last_day_and_its_own_row_wins():
    facts = TERMS.model_dump()
    rows = [
        {"file": "kffzmx", "code": "*", "name": "any", "nets": False, "valid_from": "2025-01-01", "valid_to": None},
        {"file": "kffzmx", "code": "022", "name": "own", "nets": True, "valid_from": "2025-11-20", "valid_to": "2025-11-21"},
    ]
    terms = AgencyTerms.model_validate(facts | {"items": rows})

    assert [terms.nets("kffzmx", "022", shift(days)) for days in (-1, 0, 1, 2)] == [False, True, True, False]
    assert terms.rule_of("kffzmx", "999", DAY) is not None
    assert terms.rule_of("kffzmx", "022", date(2024, 12, 31)) is None
    assert terms.rule_of("zjhz", "01A", DAY) is None


@pytest.mark.parametrize("broken", [{"banks": []}, {"most_days": -1}, {"four_eyes_above": "-1"}, {"items": [{"file": "jsmx"}]}])
def test_a_table_that_is_broken_is_refused_before_money_moves(broken):
    with pytest.raises(ValidationError):
        AgencyTerms.model_validate(TERMS.model_dump() | broken)


def test_the_packaged_table_nets_nothing_and_says_a_source_for_every_code():
    assert not any(one.nets for one in TERMS.items)
    assert {one.code for one in TERMS.items if one.file == "zjhz"} == {"01A", "01B", "01C", "01D", "01E"}
    assert {"351", "390", "419", "109", "693"} <= {one.code for one in TERMS.items if one.file == "jsmx"}
    assert (TERMS.four_eyes_above, TERMS.most_days) == (Decimal("1000000.00"), 3)


ROW = {
    "JJDM": "519001", "DLRM": "326", "YWLX": "022", "ZJLX": "001", "HFLB": "001", "FFZH": FUND_ACCOUNT, "SFZH": "X",
    "HFJE": "100.00", "YJSR": "20251120", "JSRQ": "20251120", "QSLSH": "1", "JSBH": "J1",
}  # fmt: skip


def a_row(**changes):
    return Row(3, ROW | changes, "kffzmxa")


def test_the_payer_pays_the_receiver_receives_and_a_row_of_others_is_nobodys():
    both = fund_money_in([a_row(SFZH=RESERVE)], KNOWN).legs

    assert [(one.account, one.amount) for one in fund_money_in([a_row()], KNOWN).legs] == [(FUND_ACCOUNT, Decimal("-100.00"))]
    assert [(one.account, one.amount) for one in both] == [(FUND_ACCOUNT, Decimal("-100.00")), (RESERVE, Decimal("100.00"))]
    assert fund_money_in([a_row(FFZH="Y")], KNOWN).foreign == [3]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("HFJE", "-1"),
        ("HFJE", "1.001"),
        ("HFJE", "x"),
        ("HFJE", "1" * 17),
        ("YJSR", "20251131"),
        ("JSRQ", ""),
        ("SFZH", FUND_ACCOUNT),
    ],
)
def test_a_row_that_means_nothing_is_refused_with_its_column(column, value):
    with pytest.raises(BadRow, match=f"kffzmxa: row 3, {column}"):
        fund_money_in([a_row(**{column: value})], KNOWN)


def test_what_is_refunded_comes_and_what_is_topped_up_leaves():
    row = {"JJDM": "510050", "ZJLX": "02", "TKJE": "10.00", "BKJE": "12.50", "JSRQ": "20251120", "ZQDM": "600000", "SHCJBH": "E1"}

    (leg,) = substitutes_in([Row(1, row, "cil_kj")], RESERVE).legs

    assert (leg.amount, leg.voucher, leg.account) == (Decimal("-2.50"), "E1", RESERVE)


def test_only_rows_of_the_summary_that_settle_the_same_day_are_items():
    row = {"JSRQ": "20251120", "XWH": "00W40", "ZJZH": RESERVE, "SJSF": "-5.00", "QSBZ": "01C"}
    rows = [Row(n, row | change, "zjhz") for n, change in enumerate([{}, {"QSBZ": "060"}, {"ZJZH": "X"}], start=1)]

    found = same_day_in(rows, ["01C"], KNOWN)

    assert [(one.serial, one.amount) for one in found.legs] == [("01C-00W40", Decimal("-5.00"))]
    assert found.foreign == [3]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("fund", "519001")], "no row names an own account"),
        ([], "no row names an own account"),
        ([("account", "A"), ("account", "A")], "is there twice"),
        ([("person", "A")], "is no kind"),
    ],
)
def test_a_list_of_the_counter_that_contradicts_itself_is_refused(rows, said):
    with pytest.raises(BadRow, match=said):
        known_in(Row(n, {"Kind": kind, "Code": code, "Name": ""}, "dszl") for n, (kind, code) in enumerate(rows, start=1))


def test_a_confirmation_that_is_there_twice_is_refused_and_blank_is_nothing():
    row = {"Serial": "1", "Voucher": "J", "Account": "A", "Amount": "-1.00"}

    with pytest.raises(BadRow, match="row 2, Serial"):
        totals_in([Row(1, row, "dsqr"), Row(2, row, "dsqr")])
    assert amount_in(Row(1, row | {"Amount": ""}, "dsqr"), "Amount") == 0


def a_leg(**changes):
    facts = {
        "file": "kffzmx", "row_no": 1, "serial": "1", "voucher": "J1", "account": FUND_ACCOUNT, "counterparty": "X",
        "code": "022", "fund": "519001", "outlet": "326", "amount": Decimal(-1), "due": DAY, "settles": DAY,
    }  # fmt: skip
    return Announced(**{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"fund": "9"}, Flaw.UNKNOWN_FUND),
        ({"outlet": "9"}, Flaw.UNKNOWN_OUTLET),
        ({"code": "9"}, Flaw.UNKNOWN_CODE),
        ({"due": shift(1)}, Flaw.BEFORE_DUE),
        ({"settles": shift(1)}, Flaw.NOT_TODAY),
        ({"due": shift(-3)}, Flaw.POSTPONED),
        ({"due": shift(-4)}, Flaw.TOO_LATE),
    ],
)
def test_each_flaw_is_told_and_only_some_hold_the_item(changes, flaw):
    leg = a_leg(**changes)

    found = checked([leg], known=KNOWN, terms=TERMS, day=DAY, last_retry={leg.due: leg.due + timedelta(days=3)})

    assert [one.flaw for one in found.findings] == [flaw]
    assert found.held == (frozenset({0}) if flaw in HELD else frozenset())


def test_the_same_number_twice_holds_the_second_and_another_account_is_another_item():
    legs = [a_leg(), a_leg(account=RESERVE), a_leg(row_no=2)]

    found = checked(legs, known=KNOWN, terms=TERMS, day=DAY, last_retry={DAY: DAY})

    assert [(one.flaw, one.serial) for one in found.findings] == [(Flaw.TWICE, "1")]
    assert found.held == {2}


@FEW
@given(WORLDS)
def test_the_simulated_day_says_the_same_twice_and_posts_no_more_than_was_announced(world):
    for stage in STAGES:
        assert files_of(world, stage) == files_of(world, stage)
    second = file_name("kffzmxb", DAY, broadcast=True)
    (late,) = [stage for stage in ("second", "late") if second in files_of(world, stage)]
    assert late == ("late" if Fault.LATE_SECOND in world.faults else "second")
    table = read_dbf(files_of(world, "evening")[file_name("zjbd", DAY, broadcast=True)])
    assert len(table) == len(moved(world))
    announced = {(FUND_ACCOUNT, one.voucher): one.cash for one in world.orders if one.is_paid}
    posted = {(account, voucher): amount for account, voucher, amount in moved(world) if voucher in {v for _, v in announced}}
    wrong = Decimal(1) if Fault.WRONG_POSTING in world.faults and announced else Decimal(0)
    assert sum(posted.values(), Decimal(0)) == sum(announced.values(), Decimal(0)) + wrong


def test_nothing_announced_is_nothing_to_decide():
    assert outcome_of([], {("A", "V"): Decimal(1)}) == Outcome([], [], [])
    assert needs_of([], {"A": Decimal(1)}) == []


def test_fund_money_of_the_next_day_keeps_its_sign_and_is_numbered_by_its_spare_column_or_by_itself():
    row = {
        "JJDM": "519001",
        "DLRM": "326",
        "YWLX": "022",
        "ZJLX": "001",
        "ZJZH": RESERVE,
        "SFJE": "-1000.50",
        "QSRQ": "20251119",
        "JSRQ": "20251120",
        "JSBY": "K1",
    }

    read = next_day_in([Row(1, row, "kf1"), Row(2, row | {"JSBY": ""}, "kf1"), Row(3, row | {"ZJZH": "X"}, "kf1")], KNOWN)

    assert [(one.voucher, one.amount, one.due) for one in read.legs] == [
        ("K1", Decimal("-1000.50"), DAY),
        ("519001326022001", Decimal("-1000.50"), DAY),
    ]
    assert read.foreign == [3]
    with pytest.raises(BadRow, match="kf1: row 4, SFJE"):
        next_day_in([Row(4, row | {"SFJE": "1.001"}, "kf1")], KNOWN)


def test_dividend_tax_is_paid_by_us_and_is_never_negative():
    row = {
        "TZLB": "HLS",
        "TZRQ": "20251119",
        "XH": "T1",
        "ZQZH": "B880000001",
        "ZQDM": "600000",
        "RQ1": "20251120",
        "JE1": "110.00",
        "SL1": "1000",
    }

    (leg,) = taxes_in([Row(1, row, "abcsj")], RESERVE).legs

    assert (leg.key, leg.amount, leg.settles) == (("B880000001600000", "T1", RESERVE), Decimal("-110.00"), DAY)
    found = checked([leg], known=KNOWN, terms=TERMS, day=DAY, last_retry={DAY: DAY})
    assert (found.findings, found.held) == ([], frozenset())
    with pytest.raises(BadRow, match="JE1"):
        taxes_in([Row(1, row | {"JE1": "-1"}, "abcsj")], RESERVE)
