"""Contracts of bond lending by themselves: the fact book's vectors, what a row is, what the maker may decide."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.lines.bond_lending.core.book import OwnContract, own_book
from apps.lines.bond_lending.core.choices import Chooser, Rule, substituted
from apps.lines.bond_lending.core.evening import moved_quantity, paid_fee
from apps.lines.bond_lending.core.opened import (
    DUPLICATE,
    UNKNOWN,
    Answer,
    Kind,
)
from apps.lines.bond_lending.core.terms import (
    fee_of,
    lent_positions,
    maturity_of,
    pledged_positions,
    ratio_of,
    value_of,
)
from apps.lines.bond_lending.states import CONTRACT_MOVES, ContractState, Verb
from apps.lines.core.layouts import BadRow, Row
from tests.factories.lending import (
    DAY,
    LENDING,
    PLEDGE,
    PRICES,
    REPO,
    TERMS,
    a_contract,
    an_open_row,
    evening,
    meanings,
    sorted_out,
    weekday,
)


def test_the_vector_of_the_fact_book():
    value = value_of(10_000, Decimal("101.20"))  # one million face
    pledged = value_of(12_000, Decimal("98.50"))

    assert value == Decimal("1012000.00")
    assert pledged == Decimal("1182000.00")
    assert fee_of(value, Decimal("0.80"), 14, 365) == Decimal("310.53")
    assert ratio_of(pledged, value) == Decimal("116.80")
    assert ratio_of(pledged, Decimal(0)) is None


def test_a_holiday_moves_the_maturity_over_new_year():
    closed = {date(2026, 1, 1), date(2026, 1, 2)}

    def next_trading_day(day: date) -> date:
        while day.weekday() > 4 or day in closed:
            day += timedelta(days=1)
        return day

    assert maturity_of(date(2025, 12, 20), 28, next_trading_day) == date(2026, 1, 19)  # 17 January is a Saturday
    assert maturity_of(date(2025, 12, 18), 14, next_trading_day) == date(2026, 1, 5)
    assert maturity_of(date(2025, 12, 22), 7, next_trading_day) == date(2025, 12, 29)


def test_the_lender_gives_the_borrower_gets_and_collateral_stays_where_it_is():
    lender, borrower, pledge = lent_positions("S", 500), lent_positions("B", 500), pledged_positions(700)

    assert (lender.total, borrower.total) == (-500, 500)
    assert (pledge.total, pledge.pledged) == (0, 700)


@pytest.mark.parametrize(
    ("kind", "switch", "expected"),
    [
        (LENDING, False, ("bond_lending", "contract")),
        (LENDING, True, ("bond_lending", "contract")),
        (replace(LENDING, transfer_type=""), False, ("bond_lending", "contract")),
        (PLEDGE, False, ("bond_lending", "pledge")),
        (PLEDGE, True, ("protocol_repo", "linked")),
        (REPO, False, ("protocol_repo", "contract")),
        (REPO, True, ("protocol_repo", "contract")),
        (replace(REPO, transfer_type="101"), False, ("unknown", "stop")),
        (replace(REPO, code="208014"), False, ("unknown", "stop")),
        (replace(LENDING, code="206007"), False, ("unknown", "stop")),
        (replace(LENDING, business_type="619"), False, ("unknown", "stop")),
        (replace(LENDING, contract_class="003"), True, ("unknown", "stop")),
        (Kind("008", "207001", "", "680", is_pledge=True), True, ("tri_party_repo", "nothing")),
    ],
)
def test_what_a_row_is_follows_from_class_and_code(kind, switch, expected):
    found = meanings([kind], switch=switch)[kind]

    assert (found.type, found.makes) == expected


@pytest.mark.parametrize(("switch", "repos"), [(False, 0), (True, 1)])
def test_one_lending_with_one_pledge_row_is_one_lending_and_a_repo_only_by_the_switch(switch, repos):
    one = a_contract(due=DAY + timedelta(days=3))
    rows = [an_open_row(one), an_open_row(one, PLEDGE, security="019611", quantity=12_000, amount=Decimal(0))]

    outcomes = evening().outcomes([one], sorted_out(rows, switch=switch))

    lendings = [found for found in outcomes if found.type == "bond_lending"]
    linked = [found for found in outcomes if found.type == "protocol_repo"]
    assert (len(lendings), len(linked)) == (1, repos)
    assert [(found.parent, found.contract.contract_class, found.contract.security) for found in linked] == (
        [("C1", "007", "019611")] if switch else []
    )


def test_a_real_repo_of_the_same_day_account_and_bond_is_a_repo_beside_the_lending():
    one = a_contract(due=DAY + timedelta(days=3))
    repo = replace(one, contract_class="007", number="R1", code="206007", pledges={})

    outcomes = evening().outcomes([one, repo], sorted_out([an_open_row(one), an_open_row(repo, REPO)]))

    assert [(found.contract.number, found.type, found.origin) for found in outcomes] == [
        ("C1", "bond_lending", "own"),
        ("R1", "protocol_repo", "own"),
    ]


def test_a_row_that_came_twice_and_one_that_nobody_knows_are_stopped_and_make_nothing():
    one = a_contract()
    strange = an_open_row(replace(one, number="C2"), replace(LENDING, code="206007"))

    found = sorted_out([an_open_row(one), an_open_row(one, row_no=2), strange])

    assert list(found.contracts) == [one.key]
    assert [(row.number, row.row_no, why) for row, why in found.stopped] == [("C1", 2, DUPLICATE), ("C2", 1, UNKNOWN)]


def test_a_contract_that_is_due_and_gone_is_returned_and_its_fee_is_paid():
    (found,) = evening().outcomes([a_contract()], sorted_out([]))

    assert (found.move, found.fee_due, paid_fee(found)) == ("return", Decimal("310.53"), Decimal("-310.53"))
    assert moved_quantity(found) == -10_000
    assert found.ratio is None


def test_a_contract_that_is_due_and_still_open_is_not_returned_and_nothing_is_paid():
    one = a_contract(side="S")

    (found,) = evening().outcomes([one], sorted_out([an_open_row(one)]))

    assert (found.move, found.fee_due, moved_quantity(found)) == ("default", Decimal(0), 0)
    assert found.ratio == Decimal("116.80")


def test_a_roll_ends_the_contract_and_makes_another_at_todays_value():
    one = a_contract()
    decisions, refused = chooser(one).decided("C1 208007", "")
    answers = {(one.key, Verb.ROLL): Answer("0000", "", "C9")}

    ended, made = evening(decisions={one.key: tuple(decisions)}, answers=answers).outcomes([one], sorted_out([]))

    assert refused == []
    assert (ended.move, paid_fee(ended), moved_quantity(ended)) == ("roll", Decimal("-310.53"), 0)
    assert (made.contract.number, made.parent, made.contract.start) == ("C9", "C1", DAY)
    assert made.contract.due == weekday(DAY + timedelta(days=7))
    assert made.contract.amount == Decimal("1012000.00")
    assert moved_quantity(made) == 0


def test_a_roll_that_was_refused_is_a_contract_that_was_not_returned():
    one = a_contract()
    decisions, _refused = chooser(one).decided("C1 208007", "")
    answers = {(one.key, Verb.ROLL): Answer("0101", "no", "")}

    found = evening(decisions={one.key: tuple(decisions)}, answers=answers).outcomes([one], sorted_out([an_open_row(one)]))

    assert [outcome.move for outcome in found] == ["default"]


def test_collateral_below_the_agreed_ratio_is_told():
    one = a_contract(due=DAY + timedelta(days=3), pledges={"019611": 11_300})

    (found,) = evening().outcomes([one], sorted_out([an_open_row(one)]))

    assert found.ratio == Decimal("109.99")
    assert found.is_short


def chooser(*contracts: OwnContract) -> Chooser:
    book = {one.key: one for one in contracts}
    return Chooser(book, {key: one.state_on(DAY) for key, one in book.items()}, PRICES, TERMS)


@pytest.mark.parametrize(
    ("rolls", "swaps", "rule"),
    [
        ("C1", "", Rule.UNREADABLE),
        ("C1 208007\nC1 208014", "", Rule.UNREADABLE),
        ("C7 208007", "", Rule.NO_CONTRACT),
        ("C2 208007", "", Rule.NOT_MATURING),
        ("C1 206007", "", Rule.NO_TERM),
        ("", "C2 019611 12000 019612 many", Rule.UNREADABLE),
        ("", "C2 019611 0 019612 5", Rule.UNREADABLE),
        ("", "C9 019611 1 019612 1", Rule.NO_CONTRACT),
        ("", "C2 019611 12001 019612 12000", Rule.NOT_PLEDGED),
        ("", "C2 019612 1 019611 1", Rule.NOT_PLEDGED),
        ("", "C2 019611 12000 019699 12000", Rule.NO_PRICE),
        ("", "C2 019611 12000 019612 11000", Rule.BELOW_LINE),
    ],
)
def test_a_decision_that_cannot_be_done_is_refused_with_its_line(rolls, swaps, rule):
    later = a_contract(number="C2", due=DAY + timedelta(days=3))

    _decisions, refused = chooser(a_contract(), later).decided(rolls, swaps)

    assert [(one.text, one.rule) for one in refused] == [((rolls or swaps).splitlines()[-1], rule)]


def test_what_is_due_is_returned_unless_it_rolls_and_collateral_may_change_beside():
    later = a_contract(number="C2", due=DAY + timedelta(days=3))
    repo = a_contract(contract_class="007", number="R1", code="206007", pledges={})

    decisions, refused = chooser(a_contract(), a_contract(number="C3"), later, repo).decided(
        "C3 208007", "C2 019611 12000 019612 11200"
    )

    assert refused == []
    assert [(one.key[1], one.verb) for one in decisions] == [
        ("C1", Verb.RETURN),
        ("C3", Verb.ROLL),
        ("C2", Verb.SUBSTITUTE),
    ]
    assert substituted(later.pledges, decisions[-1]) == {"019612": 11_200}


def test_states_move_as_the_fact_book_says():
    ways = {(source, move.target) for move in CONTRACT_MOVES.values() for source in move.sources}

    assert ways == {
        (ContractState.NEW, ContractState.STARTED),
        (ContractState.STARTED, ContractState.COLLATERAL_CHANGED),
        (ContractState.COLLATERAL_CHANGED, ContractState.COLLATERAL_CHANGED),
        (ContractState.MATURING, ContractState.RETURNED),
        (ContractState.MATURING, ContractState.ROLLED),
        (ContractState.MATURING, ContractState.DEFAULT),
        (ContractState.RETURNED, ContractState.CLOSED),
        (ContractState.ROLLED, ContractState.CLOSED),
    }


BOOK = {
    "Class": "009", "Contract": "C1", "Account": "A", "Unit": "U", "Counterparty": "X", "Security": "019610", "Side": "B",
    "Quantity": "100", "Amount": "1.00", "Rate": "0.80", "Code": "208014", "Start": "20261105", "Maturity": "20261119",
    "Line": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Class", "008"), ("Side", "X"), ("Quantity", "0"), ("Quantity", "1.5"), ("Amount", "-1"), ("Rate", "many"),
        ("Start", "20261131"), ("Maturity", "20261101"), ("Line", "x"),
    ],
)  # fmt: skip
def test_a_row_of_the_book_that_means_nothing_is_refused_with_its_column(column, value):
    with pytest.raises(BadRow, match=f"row 1, {column}"):
        own_book([Row(1, BOOK | {column: value}, "zyjdhy")], [], weekday)


@pytest.mark.parametrize("pledge", [{"Contract": "C2"}, {"Account": "B"}, {"Quantity": "-1"}])
def test_collateral_of_no_contract_and_of_no_quantity_is_refused(pledge):
    row = {"Contract": "C1", "Account": "A", "Security": "019611", "Quantity": "5"}

    with pytest.raises(BadRow):
        own_book([Row(1, BOOK, "zyjdhy")], [Row(1, row | pledge, "zyjdzy")], weekday)
