"""Bonds among own executions: quantity × (clean price + accrued interest), what the terms say of units, and every fen of it."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from apps.engine.states import StepState
from apps.lines.core.layouts import BadRow, Row
from apps.lines.fees.core.rates import Rate
from apps.lines.fees.states import Base, ChargedSide, Fee
from apps.lines.preclearing.core.bonds import interests_in
from apps.lines.preclearing.core.executions import Execution, Flaw
from apps.lines.preclearing.core.own import forecast_of
from apps.lines.preclearing.core.simulated import BOND, FIRST_ACCOUNT, SECOND_ACCOUNT, Fault
from apps.lines.preclearing.core.terms import BondRule
from apps.lines.preclearing.core.variance import Line, causes_of
from apps.lines.preclearing.models import PreclearingTrade
from apps.lines.preclearing.selectors import interests_on, packaged_terms
from apps.lines.preclearing.states import Cause
from apps.people.models import User
from apps.recon.actions import compare_defined, load_definitions
from apps.recon.models import Break
from tests.lines.preclearing import (
    a_world,
    answer,
    arrive,
    at,
    finished,
    forecast,
    funded,
    installed,
    kept,
    outputs_of,
    until_evening,
    work,
)

DAY = date(2025, 11, 20)
ACCRUED = Decimal("0.85342466")
TERMS = packaged_terms()


def a_bond(row=1, **said):
    facts = {"account": "A1", "unit": "00W40", "security": BOND, "code": "B", "quantity": 30, "ref_no": f"{row:08}", "day": DAY}
    return Execution(**({"row_no": row, "price": Decimal("101.235"), "amount": Decimal("30370.50")} | facts | said))


def forecast_with(executions, *, terms=TERMS, held=None, interest=ACCRUED):
    interests = {BOND: frozenset([interest])} if interest is not None else {}
    return forecast_of(executions, terms=terms, held=held or {}, day=DAY, interests=interests)


def with_rule(**said):
    rule = BondRule.model_validate(TERMS.bonds[0].model_dump() | said)
    return TERMS.model_copy(update={"bonds": [rule]})


@pytest.mark.parametrize(("code", "sign"), [("B", -1), ("S", 1)])
def test_a_bond_comes_to_its_quantity_times_clean_price_and_accrued_interest(code, sign):
    # 30 lots of 10 bonds: 300 × (101.235 + 0.85342466) = 30,626.527398
    (trade,), _findings = forecast_with([a_bond(code=code)])

    assert (trade.principal, trade.interest) == (sign * Decimal("30626.53"), sign * Decimal("256.03"))
    assert trade.principal - trade.interest == sign * Decimal("30370.50")


@pytest.mark.parametrize(
    ("said", "terms", "interest", "flaw"),
    [
        ({}, TERMS, None, Flaw.NO_INTEREST),
        ({}, TERMS, Decimal("100.01"), Flaw.UNUSABLE_INTEREST),
        ({"price": None}, TERMS, ACCRUED, Flaw.NO_PRICE),
        ({"quantity": 300}, TERMS, ACCRUED, Flaw.OTHER_AMOUNT),
        ({"amount": Decimal("30626.53")}, TERMS, ACCRUED, Flaw.OTHER_AMOUNT),
        ({}, with_rule(bonds=1), ACCRUED, Flaw.OTHER_AMOUNT),
        ({}, TERMS.model_copy(update={"bonds": []}), ACCRUED, Flaw.NO_BOND_TERMS),
        ({}, with_rule(valid_to=date(2025, 11, 19)), ACCRUED, Flaw.NO_BOND_TERMS),
        ({"code": "7"}, TERMS, ACCRUED, Flaw.UNVERIFIED_SIDE),
    ],
)
def test_a_bond_that_cannot_be_worked_out_is_told_with_its_row_and_the_others_are_counted(said, terms, interest, flaw):
    stock = a_bond(2, security="600001", amount=Decimal("1000.00"))

    trades, findings = forecast_with([a_bond(1, **said), stock], terms=terms, interest=interest)

    assert [one.execution.row_no for one in trades] == [2]
    assert [(one.flaw, one.row) for one in findings if one.flaw != Flaw.NO_RATE] == [(flaw, 1)]


def test_two_interests_of_a_day_are_none():
    _trades, findings = forecast_of(
        [a_bond()], terms=TERMS, held={}, day=DAY, interests={BOND: frozenset([ACCRUED, Decimal("0.9")])}
    )

    assert [one.flaw for one in findings] == [Flaw.UNUSABLE_INTEREST]


def test_what_the_units_of_a_bond_are_follows_the_table():
    full = with_rule(bonds=1, price="full", amount="full")
    unknown = with_rule(amount="unknown")
    said = {"quantity": 300, "price": Decimal("102.088"), "amount": Decimal("30626.40")}

    (in_full,), _findings = forecast_with([a_bond(**said)], terms=full, interest=None)
    (other,), _findings = forecast_with([a_bond(amount=Decimal("1.00"))], terms=unknown)

    assert (in_full.principal, in_full.interest) == (Decimal("-30626.40"), Decimal("0.00"))
    assert other.principal == Decimal("-30626.53")


@pytest.mark.parametrize(
    "said", [{"bonds": 0}, {"face": "0"}, {"price": "dirty"}, {"amount": ""}, {"price": "full", "amount": "clean"}]
)
def test_a_row_of_the_table_of_bonds_that_means_nothing_is_refused(said):
    with pytest.raises(ValidationError):
        BondRule.model_validate(TERMS.bonds[0].model_dump() | said)


def test_a_forced_close_counts_on_the_side_that_the_table_says_from_its_day_on():
    written = next(one for one in TERMS.sides if one.code == "7").model_copy(update={"side": "sell", "valid_from": DAY})
    terms = TERMS.model_copy(update={"sides": [*(one for one in TERMS.sides if one.code != "7"), written]})

    trades, findings = forecast_with([a_bond(1, code="7"), a_bond(2, code="8")], terms=terms)

    assert [one.principal for one in trades] == [Decimal("30626.53")]
    assert (Flaw.UNVERIFIED_SIDE, "8") in [(one.flaw, one.detail) for one in findings]
    assert terms.side_of("7", date(2025, 11, 19)) is None


def test_a_rate_on_the_face_value_is_charged_on_the_face_value_of_the_bonds():
    rate = Rate(
        id=1,
        market="SH",
        security_class="bond",
        fee=Fee.HANDLING,
        side=ChargedSide.BOTH,
        valid_from=date(2020, 1, 1),
        base=Base.FACE_VALUE,
        per_mille=Decimal("0.01"),
    )

    (trade,), findings = forecast_with([a_bond()], held={rate.key: rate})

    assert trade.fees.handling == Decimal("-0.30")  # 30,000.00 face × 0.01 ‰
    assert "bond/handling" not in [one.detail for one in findings]


def an_interest(row=1, **said):
    return Row(row, {"ZQDM": BOND, "RQ": "20251120", "YJLX": "0.85342466"} | said, "zqjsxx")


def test_interest_is_that_of_the_day_and_the_same_twice_is_one():
    rows = [an_interest(), an_interest(2, YJLX="0.853424660"), an_interest(3, RQ="20251119", YJLX="0.8"), an_interest(4, YJLX="")]

    assert interests_in(rows, securities={BOND}, day=DAY) == {BOND: frozenset([ACCRUED])}


@pytest.mark.parametrize("value", ["0.85x", "-0.1", "1e-1", "1,2"])
def test_interest_that_is_no_number_names_file_row_and_column_and_only_that_of_own_bonds_is_read(value):
    rows = [an_interest(7, YJLX=value)]

    with pytest.raises(BadRow, match="zqjsxx: row 7, YJLX"):
        interests_in(rows, securities={BOND}, day=DAY)
    assert interests_in(rows, securities={"019999"}, day=DAY) == {}


made = st.tuples(
    st.integers(0, 10**6),
    st.decimals("0.001", "999.999", places=3),
    st.sampled_from("BS"),
    st.sampled_from(["00W40", "00W42"]),
    st.decimals("-0.05", "0.05", places=2),
)


@given(rows=st.lists(made, max_size=12), interest=st.decimals("0", "99", places=8))
def test_no_fen_is_lost_between_the_trades_the_forecast_and_the_variance(rows, interest):
    def cents(amount):
        return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)

    executions = [
        a_bond(number, quantity=lots, price=price, code=code, unit=unit, amount=cents(lots * 10 * price))
        for number, (lots, price, code, unit, _moved) in enumerate(rows, start=1)
    ]

    trades, _findings = forecast_with(executions, interest=interest)

    # given each trade: exact to half a fen, clean amount and interest come to it
    assert len(trades) == len(rows)
    for trade, (lots, price, code, _unit, _moved) in zip(trades, rows, strict=True):
        exact = lots * 10 * (price + interest) * (1 if code == "S" else -1)
        assert abs(trade.principal - exact) <= Decimal("0.005")
        assert abs(trade.principal - trade.interest) == trade.execution.amount
    # then the forecast of the accounts is the trades, and the causes of what the final says otherwise are the variance
    pre = [_line(one, Decimal(0)) for one in trades]
    final = [_line(one, moved) for one, (*_rest, moved) in zip(trades, rows, strict=True)]
    found = causes_of(pre, final)
    for account in (FIRST_ACCOUNT, SECOND_ACCOUNT):
        net = sum(one.principal + one.fees.total for one in trades if one.cash_account == account)
        assert sum(one.net for one in pre if one.account == account) == net
        assert sum(one.net for one in final if one.account == account) == net + sum(found.get(account, {}).values())
    assert {cause for by in found.values() for cause in by} <= {Cause.AMOUNT}


def _line(one, moved):
    key = one.execution.ref_no, one.execution.account, one.execution.security
    return Line(account=one.cash_account, key=key, net=one.net + moved, fees=one.fees.total)


@pytest.fixture
def root(settings, tmp_path, transactional_db):
    installed(settings, tmp_path)
    return tmp_path


def the_bond(world):
    return next(one for one in world.trades if one.security == BOND)


def test_the_bond_of_the_day_is_forecast_to_the_fen_and_no_variance_is_left_by_it(root):
    world = a_world()
    run = until_evening(root, world)

    finished(run)
    bond, row = the_bond(world), PreclearingTrade.objects.get(security=BOND)
    assert (row.principal, row.net) == (bond.principal, bond.net)
    assert abs(row.interest) == bond.amount - bond.quoted == Decimal("315.77")
    for account in (FIRST_ACCOUNT, SECOND_ACCOUNT):
        assert kept(account).own_net == kept(account).first_net == world.first(account)
    assert kept().causes == {"later": f"{world.trades[-1].net:.2f}", "corporate": "1234.56"}


def test_the_page_of_the_run_shows_the_interest_of_a_bond_and_links_its_file(root):
    run = forecast(root, a_world())
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    for language, word in (("en", "of which accrued interest"), ("zh-hans", "其中应计利息")):
        client.cookies["django_language"] = language

        page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

        assert word in page
        assert "315.77" in page
        assert ">zqjsxx</a>" in page


def test_a_bond_that_only_the_final_details_count_is_a_cause_of_the_variance_to_the_fen(root):
    world = a_world(Fault.NO_INTEREST, Fault.LATE_FIRST)
    forecast(root, world)
    work(give_up=True)
    assert not PreclearingTrade.objects.filter(security=BOND).exists()
    bond = the_bond(world)
    assert kept(bond.cash_account).own_net == world.first(bond.cash_account) - bond.net

    answer("fund", "wang.min", bank="ICBC")
    answer("approve", "li.lei", decision="approved")
    arrive(root, world, "query", "evening")

    row = kept(bond.cash_account)
    assert row.variance == sum(Decimal(amount) for amount in row.causes.values())
    later = bond.net + sum(one.net for one in world.trades if not one.in_first and one.cash_account == bond.cash_account)
    assert Decimal(row.causes["later"]) == later


def test_fees_of_the_bond_are_compared_with_those_charged_as_of_every_trade(root):
    world = a_world()
    finished(until_evening(root, world))
    load_definitions()

    compared = compare_defined(code="R16", line_code="preclearing-sh", day=DAY)

    assert compared.matched == 12  # the bond is among them
    later = next(one for one in world.trades if not one.in_own)
    found = Break.objects.filter(reconciliation=compared).values_list("kind", "key")
    assert [(kind, later.ref_no in key) for kind, key in found] == [("only_right", True)]


def test_a_day_without_bonds_does_not_read_the_file_of_interest(root):
    stock = a_bond(security="600001")

    assert interests_on(DAY, [stock], TERMS) == ({}, {})


def test_interest_that_is_no_number_stops_the_forecast_with_its_place_and_nothing_is_kept(root):
    forecast(root, a_world(Fault.BAD_INTEREST))

    assert "zqjsxx: row 3, YJLX “0.85x”" in at("own").problem
    assert not PreclearingTrade.objects.exists()


def test_interest_that_comes_late_is_waited_for(root):
    world = a_world(Fault.LATE_INTEREST)
    forecast(root, world)
    assert at("await_interest").state == StepState.WAITING
    assert not PreclearingTrade.objects.exists()

    arrive(root, world, "late")

    assert PreclearingTrade.objects.filter(security=BOND).exists()


def test_interest_that_does_not_come_leaves_out_bonds_alone_and_says_so(root):
    world = a_world(Fault.LATE_INTEREST)
    run = forecast(root, world)

    work(give_up=True)

    assert "gh 第 5 行：zqjsxx 没有 019547 当日的应计利息；不计入。" in outputs_of("own")["told"]
    assert PreclearingTrade.objects.filter(run=run).count() == 11
    assert "zqjsxx" not in kept().files
    answer("differs", "wang.min", decision="accept", reason="interest did not come")
    funded()
    arrive(root, world, "query", "evening")
    finished(run)
