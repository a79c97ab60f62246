"""Money of quick redemptions over worlds that are made up: no cent appears or vanishes, and the TA files say what was written."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.files.core.problems import UnreadableFile
from apps.lines.dispatch import advance_files
from apps.lines.fund_distribution.core.ofd import BadOfd, Column, Head, Record, read_ofd, write_ofd
from apps.lines.fund_distribution.core.quota import Quotas
from apps.lines.fund_distribution.core.settling import (
    Cash,
    Confirmation,
    Due,
    Sent,
    allocated,
    loss_of,
    usable_by_fund,
)
from apps.lines.fund_distribution.core.simulated import Fault, build_world
from apps.lines.fund_distribution.core.simulated_files import STAGES
from apps.lines.fund_distribution.core.terms import outstanding_after
from apps.lines.fund_distribution.selectors import packaged_terms
from apps.lines.fund_distribution.states import Bound

DAY, NEXT = date(2025, 11, 20), date(2025, 11, 21)
FEW = settings(max_examples=25, deadline=None)
TERMS = {switch: packaged_terms(switch) for switch in ("cut", "reject")}
MONEY = st.integers(min_value=0, max_value=2_000_000).map(lambda fen: Decimal(fen).scaleb(-2))
WORLDS = st.builds(
    build_world,
    day=st.just(DAY),
    answer_day=st.just(NEXT),
    seed=st.integers(min_value=0, max_value=10**6),
    requests=st.integers(min_value=1, max_value=60),
    faults=st.sets(st.sampled_from(list(Fault))),
)
DUES = st.lists(
    st.builds(
        Due,
        number=st.uuids().map(str),
        fund=st.sampled_from(["A", "B"]),
        advanced=MONEY,
        amount=MONEY,
        income=st.integers(min_value=0, max_value=500).map(lambda fen: Decimal(fen).scaleb(-2)),
    ),
    max_size=20,
)


def decided_in(world, switch="cut"):
    quotas = Quotas(
        terms=TERMS[switch],
        agreements={one.fund: one for one in world.agreements},
        lines={one.bank: one for one in world.lines},
        used=world.used,
    )
    return quotas.decided(world.requests)


@FEW
@given(WORLDS, st.sampled_from(["cut", "reject"]))
def test_what_is_requested_is_granted_cut_or_rejected_to_the_fen(world, switch):
    decided = decided_in(world, switch)

    assert [one.request for one in decided] == world.requests
    for one in decided:
        assert one.request.amount == one.granted + one.cut + one.rejected
        assert min(one.granted, one.cut, one.rejected) >= 0
        assert one.granted <= one.request.available_units * TERMS[switch].funds["money"].unit_value
        assert (one.bound is None) == (one.granted == one.request.amount)
    assert switch == "cut" or not any(one.cut for one in decided)


@FEW
@given(WORLDS)
def test_no_limit_is_ever_exceeded(world):
    decided = decided_in(world)
    limit = TERMS["cut"].funds["money"].client_limit

    for one in decided:
        of_client = [
            other.granted
            for other in decided
            if (other.request.day, other.request.client, other.request.fund, other.request.channel)
            == (one.request.day, one.request.client, one.request.fund, one.request.channel)
        ]
        before = world.used.get((one.request.day, one.request.client, one.request.fund, one.request.channel), Decimal(0))
        assert before + sum(of_client) <= limit
    for line in world.lines:
        granted = sum((one.granted for one in decided if one.bank == line.bank), Decimal(0))
        assert granted == 0 or line.outstanding + granted <= line.limit
        assert granted == 0 or line.kind == "qualified_bank"


@FEW
@given(DUES, st.dictionaries(st.sampled_from(["A", "B", "C"]), MONEY))
def test_money_of_the_ta_is_shared_without_making_or_losing_a_fen(dues, usable):
    paid = allocated(dues, usable)

    assert [one.number for one in paid] == [one.number for one in dues]
    for one, due in zip(paid, dues, strict=True):
        assert one.received == one.repaid + one.income + one.rest
        assert min(one.received, one.repaid, one.income, one.rest) >= 0
        assert one.repaid <= due.advanced
        assert one.received <= due.total
        assert one.in_full == (one.received == due.total)
    for fund in ("A", "B"):
        received = sum((one.received for one, due in zip(paid, dues, strict=True) if due.fund == fund), Decimal(0))
        total = sum((due.total for due in dues if due.fund == fund), Decimal(0))
        assert received == min(total, usable.get(fund, Decimal(0)))


@FEW
@given(WORLDS)
def test_what_is_outstanding_follows_from_advances_and_repayments_and_is_never_below_nothing(world):
    sent = [
        Sent(number=one.request.number, fund=one.request.fund, units=one.units, amount=one.granted)
        for one in decided_in(world)
        if one.granted
    ]
    banks = {one.fund: one.bank for one in world.agreements}
    said = {one.number: one for one in world.confirmations(sent)}
    cash = world.cash(said.values())
    credited = {one.serial: one.amount for one in world.credited(cash)}
    due = [
        Due(number=one.number, fund=one.fund, advanced=one.amount, amount=said[one.number].amount, income=said[one.number].income)
        for one in sent
        if said[one.number].is_accepted
    ]

    paid = {one.number: one for one in allocated(due, usable_by_fund(cash, credited))}

    for line in world.lines:
        mine = [one for one in sent if banks[one.fund] == line.bank]
        advances = sum((one.amount for one in mine), Decimal(0))
        repaid = sum((paid[one.number].repaid for one in mine if one.number in paid), Decimal(0))
        assert repaid <= line.outstanding + advances
        assert outstanding_after(line.outstanding, advances, repaid) == line.outstanding + advances - repaid >= 0


@pytest.mark.parametrize(("code", "amount", "loss"), [("0301", "0", "100"), ("0000", "99.50", "0.50"), ("0000", "100.03", "0")])
def test_what_the_ta_does_not_bring_back_is_a_loss(code, amount, loss):
    said = Confirmation(
        row_no=1, number="Q1", fund="A", code=code, units=Decimal(0), amount=Decimal(amount), income=Decimal(0), serial="T1"
    )

    assert loss_of(Decimal(100), said) == Decimal(loss)


def test_money_counts_only_as_far_as_the_bank_credited_it():
    cash = [
        Cash(serial="S1", fund="A", amount=Decimal(100)),
        Cash(serial="S2", fund="A", amount=Decimal(50)),
        Cash(serial="S3", fund="B", amount=Decimal(70)),
    ]

    assert usable_by_fund(cash, {"S1": Decimal(40), "S3": Decimal(90)}) == {"A": 40, "B": 70}


COLUMNS = (Column("Number", 8), Column("Vol", 16, 2), Column("Name", 10))
HEAD = Head(version="21", sender="671", receiver="98", day=DAY, kind="03")
ROWS: list[Record] = [
    {"Number": "Q1", "Vol": Decimal("7000.25"), "Name": "余额宝"},
    {"Number": "Q2", "Vol": Decimal("0.01"), "Name": ""},
]


def a_file():
    return write_ofd(HEAD, COLUMNS, ROWS)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_ta_file_says_what_was_written_and_its_widths_count_bytes(ends):
    data = a_file().replace(b"\n", ends)

    assert read_ofd(data, COLUMNS, kind="03", day=DAY) == ROWS
    assert b"Q1      0000000000700025" + "余额宝".encode("gb18030") in data


def test_the_columns_of_a_ta_file_may_stand_in_another_order():
    data = write_ofd(HEAD, COLUMNS[::-1], ROWS)

    assert read_ofd(data, COLUMNS, kind="03", day=DAY) == ROWS


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (b"OFDCFEND\n", b"", "first or its last"),
        (b"\n03\n", b"\n04\n", "of kind 04"),
        (b"20251120", b"20251119", "of the day 20251119"),
        (b"\n00000002\n", b"\n00000003\n", "with 2 rows, 3 said"),
        (b"\n003\nNUMBER", b"\n0x3\nNUMBER", "no count"),
        (b"\nVOL\n", b"\nVAL\n", "with other columns"),
        (b"00000000000001", b"000000000000-1", "is no number"),
    ],
)
def test_a_ta_file_that_contradicts_itself_is_refused(was, becomes, said):
    data = a_file()
    assert was in data

    with pytest.raises(BadOfd, match=said):
        read_ofd(data.replace(was, becomes, 1), COLUMNS, kind="03", day=DAY)


def test_a_row_of_another_width_is_refused_and_a_value_that_does_not_fit_is_not_written():
    with pytest.raises(UnreadableFile):
        read_ofd(a_file().replace(b"Q2 ", b"Q2", 1), COLUMNS, kind="03", day=DAY)
    for value in ({"Number": "Q23456789"}, {"Vol": Decimal("-1.00")}, {"Vol": Decimal(10**14)}):
        with pytest.raises(BadOfd, match="does not fit"):
            write_ofd(HEAD, COLUMNS, [{**ROWS[0], **value}])


def test_the_same_seed_gives_the_same_bytes_and_a_late_file_comes_late():
    def world(*faults):
        return build_world(day=DAY, answer_day=NEXT, seed=7, requests=12, faults=faults)

    punctual, late = world(), world(Fault.LATE_CONFIRMATIONS)

    assert [advance_files(world(), stage) for stage in STAGES] == [advance_files(punctual, stage) for stage in STAGES]
    assert advance_files(late, "confirmations") == {} == advance_files(punctual, "late")
    assert advance_files(late, "late") == advance_files(punctual, "confirmations") != {}


def test_a_line_that_is_too_small_bounds_requests_and_a_distributor_advances_nothing():
    small = decided_in(build_world(day=DAY, answer_day=NEXT, seed=1, requests=24, faults=[Fault.LINE_TOO_SMALL]))
    strange = decided_in(build_world(day=DAY, answer_day=NEXT, seed=1, requests=24, faults=[Fault.UNQUALIFIED_BANK]))

    assert Bound.LINE in {one.bound for one in small}
    assert {one.rejected == one.request.amount for one in strange if one.bank == "BKB"} == {True}
