"""The quota of quick redemptions by itself: the fact book's vector, every limit, who may advance, what a row may say."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.lines.core.layouts import BadRow, Row
from apps.lines.fund_distribution.core.quota import quota_left
from apps.lines.fund_distribution.core.requests import (
    Finding,
    Rule,
    agreements_in,
    bank_lines_in,
    findings_of,
    raised,
    requests_in,
    used_in,
)
from apps.lines.fund_distribution.core.terms import interest_of, outstanding_after, units_of, used_percent
from apps.lines.fund_distribution.selectors import packaged_terms
from apps.lines.fund_distribution.states import REQUEST_MOVES, Bound, RequestState
from tests.factories.advances import DAY, a_line, a_request, an_agreement, decided

USED = {(DAY, "C1", "000198", "APP"): Decimal("4000.00")}


@pytest.mark.parametrize(("switch", "granted", "cut", "rejected"), [("cut", 6000, 1000, 0), ("reject", 0, 0, 7000)])
def test_the_vector_of_the_fact_book_cuts_or_rejects_by_the_switch(switch, granted, cut, rejected):
    (found,) = decided(a_request(), used=USED, on_excess=switch)

    assert (found.granted, found.cut, found.rejected) == (granted, cut, rejected)
    assert found.bound is Bound.CLIENT


def test_the_vector_of_the_fact_book_for_what_is_outstanding():
    assert outstanding_after(Decimal(1_000_000), Decimal(6_000), Decimal(250_000)) == Decimal(756_000)


@pytest.mark.parametrize("repaid", [Decimal("1006000.01"), Decimal("-0.01")])
def test_more_than_is_owed_is_never_repaid(repaid):
    with pytest.raises(ValueError, match="owed"):
        outstanding_after(Decimal(1_000_000), Decimal(6_000), repaid)


@pytest.mark.parametrize(
    ("rooms", "left", "bound"),
    [
        ((10_000, 4_000, 9_000, 1_000, 8_000, 1_000), 6_000, Bound.CLIENT),
        ((10_000, 0, 9_000, 8_000, 8_000, 1_000), 1_000, Bound.FUND),
        ((10_000, 0, 90_000, 0, 8_000, 7_500), 500, Bound.LINE),
        ((10_000, 0, 90_000, 0, 8_000, 8_500), 0, Bound.LINE),
    ],
)
def test_the_smallest_room_is_the_quota_and_says_why(rooms, left, bound):
    names = ("client_limit", "used_today", "fund_limit", "fund_used", "line", "outstanding")

    assert quota_left(**{name: Decimal(room) for name, room in zip(names, rooms, strict=True)}) == (left, bound)


def test_one_request_uses_the_quota_of_the_next_one_in_the_order_of_the_file():
    first, second, third = decided(
        a_request(), a_request(number="Q2", amount=Decimal("4000.00")), a_request(number="Q3", amount=Decimal("0.01"))
    )

    assert (first.granted, second.granted) == (Decimal(7000), Decimal(3000))
    assert (second.cut, third.rejected) == (Decimal(1000), Decimal("0.01"))


def test_another_channel_another_fund_another_client_and_another_natural_day_have_their_own_quota():
    full = a_request(amount=Decimal("10000.00"))
    others = [replace(full, channel="WEB"), replace(full, client="C2"), replace(full, day=DAY - timedelta(days=1))]

    assert [one.granted for one in decided(full, *others)] == [10_000] * 4


def test_all_clients_together_stay_within_the_fund_and_the_line():
    by_fund = decided(a_request(), a_request(client="C2"), agreement=an_agreement(fund_limit=Decimal("9000.00")))
    by_line = decided(a_request(), a_request(client="C2"), line=a_line(limit=Decimal("1009000.00")))

    assert [(one.granted, one.bound) for one in by_fund] == [(Decimal(7000), None), (Decimal(2000), Bound.FUND)]
    assert [(one.granted, one.bound) for one in by_line] == [(Decimal(7000), None), (Decimal(2000), Bound.LINE)]


def test_nobody_gets_more_than_the_units_are_worth():
    (found,) = decided(a_request(available_units=Decimal("5000.25")))

    assert (found.granted, found.units, found.bound) == (Decimal("5000.25"), Decimal("5000.25"), Bound.UNITS)


def test_an_agreement_makes_the_limit_of_the_rule_smaller_and_never_larger():
    big = a_request(amount=Decimal("15000.00"))

    assert decided(big, agreement=an_agreement(client_limit=Decimal("50000.00")))[0].granted == 10_000
    assert decided(big, agreement=an_agreement(client_limit=Decimal("3000.00")))[0].granted == 3_000


@pytest.mark.parametrize("kind", ["bank", "distributor", "fund_manager", "somebody"])
def test_only_a_qualified_bank_advances(kind):
    (found,) = decided(a_request(), line=a_line(kind=kind))

    assert (found.granted, found.rejected, found.bound) == (Decimal(0), Decimal(7000), Bound.NOT_ALLOWED)


def test_a_fund_without_agreement_or_of_another_kind_has_no_quick_redemption():
    assert decided(a_request(fund="000001"))[0].bound is Bound.NO_AGREEMENT
    assert decided(a_request(), agreement=an_agreement(bank="BKX"))[0].bound is Bound.NO_AGREEMENT
    assert decided(a_request(), agreement=an_agreement(kind="bond"))[0].bound is Bound.NOT_ALLOWED


def test_what_does_not_fit_the_rules_is_found():
    agreements = {
        one.fund: one
        for one in (
            an_agreement(fund="A", client_limit=Decimal("10000.01")),
            an_agreement(fund="B", kind="bond"),
            an_agreement(fund="C", bank="BKX"),
            an_agreement(fund="D"),
        )
    }
    lines = {"BKA": a_line(outstanding=Decimal("2000000.01")), "BKB": a_line(bank="BKB", kind="distributor")}

    assert findings_of(agreements, lines, packaged_terms()) == [
        Finding(Rule.ABOVE_RULE, "A"),
        Finding(Rule.NO_RULE, "B"),
        Finding(Rule.NO_LINE, "C"),
        Finding(Rule.OVERDRAWN, "BKA"),
        Finding(Rule.NOT_QUALIFIED, "BKB"),
    ]


def test_a_line_is_raised_by_hand_and_never_lowered():
    lines, refused = raised({"BKA": a_line()}, "BKA 2500000\n\nBKX 1\nBKA 1.00\nBKA many\nBKA\n")

    assert lines["BKA"].limit == Decimal("2500000.00")
    assert [one.subject for one in refused] == ["BKX 1", "BKA 1.00", "BKA many", "BKA"]
    assert {one.rule for one in refused} == {Rule.NO_RAISE}


def test_units_interest_and_use_of_a_line():
    assert units_of(Decimal("6000.00"), Decimal("1.00")) == Decimal("6000.00")
    assert interest_of(Decimal("250000.00"), Decimal("1.85"), 3, 360) == Decimal("38.54")
    assert used_percent(Decimal(80), Decimal(100)) == 80
    assert (used_percent(Decimal(1), Decimal(0)), used_percent(Decimal(0), Decimal(0))) == (Decimal(100), Decimal(0))


def test_states_move_as_the_fact_book_says():
    state = RequestState
    ways = {(source, move.target) for move in REQUEST_MOVES.values() for source in move.sources}

    assert ways == {
        (state.REQUESTED, state.CHECKED),
        (state.REQUESTED, state.REJECTED),
        (state.CHECKED, state.ADVANCED),
        (state.CHECKED, state.REVERSED),
        (state.ADVANCED, state.SENT_TO_TA),
        (state.SENT_TO_TA, state.CONFIRMED),
        (state.SENT_TO_TA, state.REVERSED),
        (state.CONFIRMED, state.TA_PAID),
        (state.TA_PAID, state.REPAID),
    }


REQUEST = {
    "Request": "Q1", "Day": "20251120", "Time": "100000", "Client": "C1", "Account": "A1", "Fund": "000198", "Channel": "APP",
    "Amount": "7000.00", "Available": "9000.00",
}  # fmt: skip
LINE = {"Bank": "BKA", "Kind": "bank", "Line": "1.00", "Outstanding": "0.00", "Rate": "1.85", "YearDays": "360"}


@pytest.mark.parametrize(
    ("column", "value"),
    [("Day", "20251131"), ("Day", "20251121"), ("Amount", "0.00"), ("Amount", "-1"), ("Amount", "1.005"), ("Available", "x")],
)
def test_a_request_that_means_nothing_is_refused_with_its_column(column, value):
    with pytest.raises(BadRow, match=f"row 1, {column}"):
        requests_in([Row(1, REQUEST | {column: value}, "jjt0sq")], DAY)


@pytest.mark.parametrize(("column", "value"), [("Line", "-1"), ("Rate", "1.23456"), ("YearDays", "12")])
def test_a_line_that_means_nothing_is_refused_with_its_column(column, value):
    with pytest.raises(BadRow, match=f"row 1, {column}"):
        bank_lines_in([Row(1, LINE | {column: value}, "jjt0yh")])


def test_what_is_there_twice_is_refused():
    agreement = {"Fund": "F", "Kind": "money", "Bank": "B", "ClientLimit": "1", "FundLimit": "1"}
    used = {"Day": "20251120", "Client": "C", "Fund": "F", "Channel": "A", "Used": "1"}

    for read, row in (
        (lambda rows: requests_in(rows, DAY), REQUEST),
        (bank_lines_in, LINE),
        (agreements_in, agreement),
        (used_in, used),
    ):
        with pytest.raises(BadRow, match="is there twice"):
            read([Row(1, row, "f"), Row(2, row, "f")])
