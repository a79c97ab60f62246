"""Money and words of preferred stock without a day: pay, parameters, choices, results, legs."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.lines.core.layouts import BadRow, Row
from apps.lines.preferred_stock.core.claims import (
    Asked,
    Choice,
    Due,
    Flaw,
    Result,
    answered,
    chosen,
    closed,
    legs_in,
    shares_in,
    withdrawn,
)
from apps.lines.preferred_stock.core.markets import BEIJING, SHENZHEN, cash_in_results, results_in, settled_on, shares_out_in
from apps.lines.preferred_stock.core.parameters import Refusal, parameters_in
from apps.lines.preferred_stock.core.pay import pay_of, redeemed
from apps.lines.preferred_stock.core.simulated import PLACES, Fault, build_world
from apps.lines.preferred_stock.core.simulated_files import STAGES, files_of
from apps.lines.preferred_stock.selectors.claims import packaged_terms

DAY = date(2025, 11, 20)
KINDS = {"PB1": "put_back", "RD1": "redemption"}
DAYS = {date(2025, 11, day): day not in (22, 23) for day in range(1, 31)}
shares = st.integers(0, 10**9)
prices = st.decimals("0.0001", "1000", places=4)
rates = st.decimals("0", "1", places=4)


def test_pay_is_quantity_times_price_and_dividend_less_the_tax_on_the_dividend():
    found = pay_of(333, price=Decimal("100"), dividend=Decimal("1.2345"), tax_rate=Decimal("0.1"))

    assert (found.gross, found.tax, found.pay) == (Decimal("33711.09"), Decimal("41.11"), Decimal("33669.98"))


@given(quantity=shares, price=prices, dividend=prices, rate=rates)
def test_pay_is_whole_fen_and_never_less_than_the_price_nor_more_than_price_and_dividend(quantity, price, dividend, rate):
    found = pay_of(quantity, price=price, dividend=dividend, tax_rate=rate)

    assert found.pay == found.pay.quantize(Decimal("0.01"))
    assert found.pay + found.tax == found.gross
    assert quantity * price - Decimal("0.01") <= found.pay <= quantity * (price + dividend) + Decimal("0.01")


@given(held=shares, ratio=st.decimals("0.000001", "1", places=6))
def test_a_redemption_takes_whole_shares_and_never_more_than_is_held(held, ratio):
    taken = redeemed(held, ratio)

    assert 0 <= taken <= held
    assert 0 <= held * ratio - taken < 1


def said(text):
    return parameters_in(text, KINDS, earliest=date(2025, 11, 19), is_open=DAYS)


def test_parameters_of_a_put_back_and_a_redemption_are_read():
    found, refused = said(
        "PB1 100 1.2345 0.1 1 2025-11-19 2025-11-20 2025-11-24 2025-11-25\nRD1 100.5 0 0 0.5 2025-11-20 - - 2025-11-21"
    )

    assert refused == []
    assert [(one.number, one.price, one.declare_to, one.pay_date) for one in found] == [
        ("PB1", Decimal("100"), date(2025, 11, 24), date(2025, 11, 25)),
        ("RD1", Decimal("100.5"), None, date(2025, 11, 21)),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("PB1 100", Refusal.NO_FIELDS),
        ("PB9 100 1 0 1 2025-11-19 2025-11-20 2025-11-20 2025-11-20", Refusal.NO_EVENT),
        ("PB1 0 1 0 1 2025-11-19 2025-11-20 2025-11-20 2025-11-20", Refusal.NO_NUMBER),
        ("PB1 1.00001 1 0 1 2025-11-19 2025-11-20 2025-11-20 2025-11-20", Refusal.NO_NUMBER),
        ("PB1 1 1 1.1 1 2025-11-19 2025-11-20 2025-11-20 2025-11-20", Refusal.NO_NUMBER),
        ("PB1 1 1 0 0.5 2025-11-19 2025-11-20 2025-11-20 2025-11-20", Refusal.NO_NUMBER),
        ("PB1 1 1 0 1 2025-11-19 - - 2025-11-20", Refusal.WINDOW),
        ("RD1 1 1 0 1 2025-11-19 2025-11-20 2025-11-20 2025-11-20", Refusal.WINDOW),
        ("RD1 1 1 0 1 19.11.2025 - - 2025-11-20", Refusal.NO_DAY),
        ("RD1 1 1 0 1 2025-11-18 - - 2025-11-20", Refusal.RECORD_GONE),
        ("RD1 1 1 0 1 2025-11-20 - - 2025-11-20", Refusal.ORDER),
        ("PB1 1 1 0 1 2025-11-19 2025-11-25 2025-11-24 2025-11-26", Refusal.ORDER),
        ("RD1 1 1 0 1 2025-11-20 - - 2025-11-22", Refusal.NOT_OPEN),
    ],
)
def test_parameters_that_cannot_be_followed_stop_all_of_them_with_their_reason(line, reason):
    good = "RD1 100.5 0 0 0.5 2025-11-20 - - 2025-11-21\n" if line.startswith("PB") else ""

    found, refused = said(good + line)

    assert found == []
    assert [(one.reason, one.text) for one in refused] == [(reason, line)]


def a_claim(pk=1, limit=100, code="820002", **more):
    return Asked(pk=pk, event="PB1", account=f"B{pk}", unit="U", limit=limit, code=code, **more)


def a_choice(quantity, pk=1, row=1):
    return Choice(row=row, event="PB1", account=f"B{pk}", unit="U", quantity=quantity)


def a_result(accepted, declared=100, code="820002", pk=1, verdict="0000"):
    return Result(
        row=1, event="PB1", code=code, verdict=verdict, account=f"B{pk}", unit="U", declared=declared, accepted=accepted
    )


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 200)), max_size=8))
def test_nobody_declares_more_than_is_held_and_no_choice_is_lost(pairs):
    choices = [a_choice(quantity, pk, row) for row, (pk, quantity) in enumerate(pairs, start=1)]

    found, findings = chosen(choices, [a_claim(1), a_claim(2), a_claim(3, open=False)])

    assert all(0 < quantity <= 100 and pk in (1, 2) for pk, quantity in found.items())
    nothing = sum(1 for one in choices if not one.quantity and one.account in ("B1", "B2"))
    assert len(choices) - nothing <= len(found) + len(findings) <= len(choices)


def test_choices_that_cannot_be_followed_say_why():
    choices = [a_choice(101, 1, 1), a_choice(10, 2, 2), a_choice(10, 2, 3), a_choice(10, 3, 4), a_choice(10, 9, 5)]

    found, findings = chosen(choices, [a_claim(1), a_claim(2), a_claim(3, open=False)])

    assert found == {2: 10}
    assert [(one.row, one.flaw) for one in findings] == [
        (1, Flaw.TOO_MUCH),
        (3, Flaw.TWICE),
        (4, Flaw.CLOSED),
        (5, Flaw.NO_CLAIM),
    ]


@pytest.mark.parametrize(
    ("result", "accepted", "flaws"),
    [
        (a_result(100), {1: 100}, []),
        (a_result(40), {1: 40}, []),
        (a_result(100, verdict="0101"), {1: 0}, []),
        (a_result(101), {}, [Flaw.MORE_THAN_DECLARED]),
        (a_result(90, declared=90), {}, [Flaw.OTHER_DECLARED]),
        (a_result(100, code="820003"), {}, [Flaw.OTHER_CODE]),
        (a_result(100, pk=7), {}, [Flaw.NO_CLAIM]),
    ],
)
def test_a_result_accepts_at_most_what_was_declared_under_the_code_of_its_event(result, accepted, flaws):
    found, findings = answered([result], [a_claim()], settled="0000")

    assert (found, [one.flaw for one in findings]) == (accepted, flaws)


def test_two_results_of_one_claim_stop_it():
    found, findings = answered([a_result(40), a_result(60)], [a_claim()], settled="0000")

    assert (found, [one.flaw for one in findings]) == ({}, [Flaw.TWICE])


HOLDER = ("B1", "U", "360001")


@pytest.mark.parametrize(("came", "paid"), [("10.00", True), ("10.01", True), ("9.99", True), ("10.02", False), ("9.98", False)])
def test_cash_closes_its_leg_within_one_fen(came, paid):
    due = Due(pk=1, holder=HOLDER, accepted=5, pay=Decimal("10.00"), securities=True, cash=True)

    found = closed([due], {}, {HOLDER: Decimal(came)}, tolerance=packaged_terms().tolerance)

    assert (found.securities, 1 in found.cash) == ([], paid)


def test_securities_close_their_leg_only_when_all_accepted_shares_left():
    due = Due(pk=1, holder=HOLDER, accepted=5, pay=Decimal("10.00"), securities=True, cash=True)

    assert [closed([due], {HOLDER: out}, {}, tolerance=Decimal(0)).securities for out in (4, 5, 6)] == [[], [1], []]


def test_a_refused_line_closes_no_leg_by_hand():
    open_ = {("PB1", "B1", "cash"): 1}

    assert legs_in("PB1 B1 cash", open_)[1] == []
    for wrong in ("PB1 B1 securities", "PB1 B1", "PB1 B1 money", "PB1 B1 cash"):
        found, refused = legs_in(f"PB1 B1 cash\n{wrong}", open_)
        assert (found, len(refused)) == ({}, 1)


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "1e3", str(10**15)])
def test_a_quantity_that_is_no_number_of_shares_names_file_row_and_column(text):
    with pytest.raises(BadRow, match="yghs: row 4, Quantity"):
        shares_in(Row(4, {"Quantity": text}, "yghs"), "Quantity")


def test_the_packaged_table_pairs_each_code_with_its_bookings_and_holds_from_a_day_on():
    terms = packaged_terms()

    pairs = {one.code: (one.securities_booking, one.cash_booking) for one in terms.bookings}
    assert pairs == {"820002": ("005_004_004", "005_005_004"), "820003": ("005_004_004", "005_005_005")}
    assert terms.booking_of("put_back", date(2019, 12, 31)) is None
    assert terms.kind_of("005", DAY) is None


@given(seed=st.integers(0, 50), faults=st.sets(st.sampled_from(Fault)), line=st.sampled_from(sorted(PLACES)))
def test_the_same_days_give_the_same_files(seed, faults, line):
    def files():
        world = build_world(day=DAY, shift=lambda n: date(2025, 11, 20 + n), seed=seed, holders=3, faults=faults, line=line)
        return [files_of(world, stage) for stage in STAGES]

    assert files() == files()


def test_a_withdrawal_takes_back_at_most_what_an_earlier_day_declared_and_says_why_not():
    declared = [a_claim(1), a_claim(2, open=False), a_claim(3), a_claim(4), a_claim(5, open=False), a_claim(6, sent=30)]
    choices = [
        a_choice(100, 1, 1),
        Choice(row=2, event="PB1", account="B1", unit="U", quantity=100, instruction="withdraw"),
        Choice(row=3, event="PB1", account="B1", unit="U", quantity=100, instruction="withdraw"),
        Choice(row=4, event="PB1", account="B2", unit="U", quantity=100, instruction="withdraw"),
        Choice(row=5, event="PB1", account="B3", unit="U", quantity=101, instruction="withdraw"),
        Choice(row=6, event="PB1", account="B9", unit="U", quantity=1, instruction="withdraw"),
        Choice(row=7, event="PB1", account="B4", unit="U", quantity=0, instruction="withdraw"),
        Choice(row=8, event="PB1", account="B5", unit="U", quantity=1, instruction="withdraw"),
        a_choice(100, 5, 9),
        Choice(row=10, event="PB1", account="B6", unit="U", quantity=29, instruction="withdraw"),
        Choice(row=11, event="PB1", account="B4", unit="U", quantity=99, instruction="withdraw"),
    ]

    found, findings = withdrawn(choices, declared)

    assert found == {1: 100, 4: 99}
    assert [(one.row, one.flaw) for one in findings] == [
        (3, Flaw.TWICE),
        (4, Flaw.NOT_DECLARED),
        (5, Flaw.MORE_THAN_LEFT),
        (6, Flaw.NO_CLAIM),
        (7, Flaw.NO_SHARES),
        (8, Flaw.SAME_DAY),
        (10, Flaw.OTHER_DECLARED),
    ]
    strange = Choice(row=1, event="PB1", account="B1", unit="U", quantity=1, instruction="sell")
    assert [one.flaw for one in chosen([strange], declared)[1]] == [Flaw.NO_INSTRUCTION]


@pytest.mark.parametrize(
    ("accepted", "found", "flaws"),
    [(100, {1: 100}, []), (0, {1: 0}, []), (40, {1: 40}, []), (101, {}, [Flaw.MORE_THAN_DECLARED])],
)
def test_a_withdrawal_is_accepted_whole_in_part_or_not_at_all_and_never_beyond_what_was_asked(accepted, found, flaws):
    one = Result(
        row=1,
        event="PB1",
        code="820002",
        verdict="0000",
        account="B1",
        unit="U",
        declared=100,
        accepted=accepted,
        is_withdrawal=True,
    )

    kept, findings = answered([one], [a_claim()], settled="0000")

    assert (kept, [one.flaw for one in findings]) == (found, flaws)


def a_result_row(**more):
    at = BEIJING.result_columns
    values = {
        at.kind: "B5",
        at.event: "PB1",
        at.security: "820011",
        at.code: "820002",
        at.account: "B1",
        at.unit: "500001",
        at.declared: "100",
        at.accepted: "40",
        at.verdict: "Y",
        at.cash: "0",
        at.settles: "2025-11-20",
    }
    return Row(1, values | {getattr(at, name): value for name, value in more.items()}, "bjsjg")


def test_results_of_beijing_tell_answers_securities_and_cash_by_the_kind_of_row():
    answers = [a_result_row(), a_result_row(kind="B7"), a_result_row(kind="DZ"), a_result_row(code="")]
    moves = [a_result_row(kind="R1"), a_result_row(kind="R1", verdict="N"), a_result_row(kind="R1", settles="2025-11-21")]
    paid = [a_result_row(kind="R2", cash="10.05"), a_result_row(kind="R2", cash="0.05"), a_result_row(kind="R1", cash="9")]
    at = BEIJING.result_columns

    found = results_in(answers, at, {"820002", "820003"}, acceptance="B5", withdrawal="B7")

    assert [(one.accepted, one.is_withdrawal) for one in found] == [(40, False), (40, True)]
    holder = ("B1", "500001", "820011")
    assert shares_out_in(moves, at, "R1", DAY) == {holder: 40}
    assert cash_in_results(paid, at, "R2", DAY) == {holder: Decimal("10.10")}
    with pytest.raises(BadRow, match="JGSFJE"):
        cash_in_results([a_result_row(kind="R2", cash="0.001")], at, "R2", DAY)
    assert (settled_on("20251120"), settled_on("0")) == (DAY, None)


@pytest.mark.parametrize(("market", "kinds"), [("SZ", ("YXSB", "YXCX", "YXZQ", "YXZJ")), ("BJ", ("B5", "B7", "R1", "R2"))])
def test_each_market_has_its_own_codes_and_the_same_bookings(market, kinds):
    terms = packaged_terms(market)

    assert (terms.acceptance, terms.withdrawal, terms.movement, terms.detail) == kinds
    assert [(one.code, one.cash_booking) for one in terms.bookings] == [("820002", "005_005_004"), ("820003", "005_005_005")]
    assert (SHENZHEN.tells_all_in_results, terms.settled_code) == (True, "Y")
