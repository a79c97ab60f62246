"""Money and words of fund settlement Shenzhen without a run: arithmetic, evidence, decisions, and the simulated day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.files.store import catalogue
from apps.lines.fund_shenzhen.core.amounts import FundFacts, difference_of, estimate_of, is_the_amount, needs_by_day, order_cash
from apps.lines.fund_shenzhen.core.decisions import Refusal, Unsettled, Verdict, verdicts_in
from apps.lines.fund_shenzhen.core.evening import Owed, Posting, paid_of
from apps.lines.fund_shenzhen.core.simulated import FEWEST, SHORT, Fault, build_world
from apps.lines.fund_shenzhen.core.simulated_files import LOFJS, STAGES, files_of
from apps.lines.fund_shenzhen.core.terms import Reading
from apps.lines.fund_shenzhen.selectors import packaged_terms
from apps.lines.fund_shenzhen.store import ta_dictionary

DAY = date(2025, 11, 20)
money = st.decimals("-100000000", "100000000", places=2)
FACTS = FundFacts(
    row_no=1,
    fund="159101",
    kind="etf",
    unit_size=100_000,
    substitute=Decimal("98000.00"),
    estimated=Decimal("350.25"),
    actual_before=Decimal("362.75"),
)


def shift(days):
    return DAY + timedelta(days=days)


def owed(key, serial, cash):
    return Owed(key=key, posts_as="TA13", cash_account=SHORT, fund="160001", serial=serial, cash=Decimal(cash))


def posting(serial, cash):
    return Posting(type="TA13", cash_account=SHORT, fund="160001", serial=serial, amount=Decimal(cash))


def test_the_vector_of_the_fact_book_passes_and_one_more_fen_of_difference_does_not():
    facts = {"units": Decimal("9876.54"), "value": Decimal("1.0125"), "fee": Decimal(0), "tolerance": Decimal("0.01")}

    assert is_the_amount(cash=Decimal("10000.00"), **facts)
    assert not is_the_amount(cash=Decimal("10000.02"), **facts)
    with_fee = facts | {"fee": Decimal("5.00")}
    assert is_the_amount(cash=Decimal("-10005.00"), **with_fee)
    assert is_the_amount(cash=Decimal("9995.00"), **with_fee)
    assert not is_the_amount(cash=Decimal("10005.00"), **with_fee)


def test_an_order_costs_its_creation_units_and_the_difference_corrects_the_estimate():
    assert FACTS.lots(Decimal(300_000)) == 3
    assert (FACTS.lots(Decimal(300_001)), FACTS.lots(Decimal(0))) == (None, None)
    assert order_cash(FACTS, 3, Decimal(25), creates=True) == Decimal("-295075.75")
    assert order_cash(FACTS, 3, Decimal(25), creates=False) == Decimal("295025.75")
    assert difference_of(FACTS, 3, estimate_of(FACTS, 3, creates=True), creates=True) == Decimal("-37.50")
    assert difference_of(FACTS, 3, estimate_of(FACTS, 3, creates=False), creates=False) == Decimal("37.50")


@given(money, st.lists(st.tuples(st.integers(0, 6).map(shift), money), max_size=12))
def test_what_is_transferred_covers_every_day_and_not_a_fen_more(available, dues):
    needs = needs_by_day(available, dues, count_receipts=False)

    left, days = available, sorted({day for day, _cash in dues})
    assert [one.day for one in needs] == days
    for one in needs:
        assert one.payable == -sum(cash for day, cash in dues if day == one.day and cash < 0)
        assert one.receivable == sum(cash for day, cash in dues if day == one.day and cash > 0)
        left += one.need - one.payable
        assert left >= 0
        assert one.need >= 0
        assert one.need == 0 or left == 0


@given(money, st.lists(st.tuples(st.integers(0, 6).map(shift), money), max_size=12))
def test_counting_receipts_of_earlier_days_never_needs_more_and_never_pays_the_day_itself(available, dues):
    careful = needs_by_day(available, dues, count_receipts=False)
    hopeful = needs_by_day(available, dues, count_receipts=True)

    assert sum(one.need for one in hopeful) <= sum(one.need for one in careful)
    assert [one.need for one in hopeful[:1]] == [one.need for one in careful[:1]]


@given(st.lists(st.tuples(st.sampled_from("12345"), money.filter(bool)), max_size=10), st.sampled_from(["serial", "total"]))
def test_postings_of_exactly_what_is_owed_pay_all_of_it_and_a_fen_less_pays_nothing_of_that_link(rows, by):
    items = [owed(key, serial, cash) for key, (serial, cash) in enumerate(rows)]

    assert paid_of(items, [posting(one.serial, one.cash) for one in items], by) == {one.key for one in items}
    assert paid_of(items, [], by) == set()


def test_a_posting_pays_what_it_names_or_all_of_its_flow_as_the_terms_say():
    items = [owed(1, "A", "10.00"), owed(2, "B", "5.00"), owed(3, "C", "-5.00")]

    assert paid_of(items, [posting("A", "10.00"), posting("C", "-5.00")], "serial") == {1, 3}
    assert paid_of(items, [posting("X", "15.00"), posting("Y", "-4.00")], "total") == {1, 2}
    assert paid_of(items, [posting("A", "9.99")], "serial") == set()


def test_decisions_are_taken_as_a_whole_or_not_at_all():
    left = {"A": Unsettled(1, is_final=False), "B": Unsettled(2, is_final=True)}
    facts = {"day": DAY, "next_day": shift(1)}

    assert verdicts_in("A postpone 20251125\nB return", left, others="each", **facts) == (
        {1: Verdict(date(2025, 11, 25)), 2: Verdict(None)},
        [],
    )
    assert verdicts_in("", left, others="postpone", **facts)[0] == {1: Verdict(shift(1)), 2: Verdict(None)}
    for text, reason in (
        ("A later", Refusal.NO_WORDS),
        ("Z return", Refusal.NOT_OPEN),
        ("A return\nA return", Refusal.TWICE),
        ("A postpone 20251120", Refusal.NO_DAY),
        ("A postpone soon", Refusal.NO_DAY),
        ("B postpone 20251125", Refusal.FINAL),
    ):
        found, refused = verdicts_in(text, left, others="return", **facts)
        assert (found, [one.reason for one in refused]) == ({}, [reason]), text
    assert [one.reason for one in verdicts_in("A return", left, others="each", **facts)[1]] == [Refusal.UNDECIDED]


def test_the_packaged_terms_know_both_readings_and_one_can_be_switched_off():
    both = packaged_terms()
    alone = both.model_copy(update={"readings": [Reading.REGISTER]})

    assert {one.reading for one in both.types_on(DAY).values()} == set(Reading)
    assert {one.reading for one in alone.types_on(DAY).values()} == {Reading.REGISTER}
    assert both.types_on(date(2019, 1, 1)) == {}
    assert (both.accepts("0000", DAY), both.accepts("0105", DAY)) == (True, False)
    equity = both.days_on("equity", DAY)
    assert equity is not None
    assert (equity.pay_days, both.days_on("unheard-of", DAY)) == (1, None)


def test_the_simulated_day_repeats_itself_and_its_tables_are_as_the_catalogue_says():
    first, again = (build_world(day=DAY, shift=shift, seed=3, items=FEWEST) for _ in range(2))
    seen = catalogue().families["lofjs"].layouts[0].columns

    for stage in STAGES:
        assert files_of(first, stage, ta_dictionary()) == files_of(again, stage, ta_dictionary())
    assert [(one.name, str(one)) for one in LOFJS] == [(one.name, str(one)) for one in seen]
    assert build_world(day=DAY, shift=shift, seed=4, items=FEWEST) != first
    assert len(Fault) == 22
    with pytest.raises(ValueError, match="12 amounts"):
        build_world(day=DAY, shift=shift, seed=1, items=FEWEST - 1)
