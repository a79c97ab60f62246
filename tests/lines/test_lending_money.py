"""Money and bonds of bond lending over worlds that are made up: nothing appears or vanishes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.files.core.dbf import read_dbf
from apps.lines.bond_lending.core.evening import Evening, moved_quantity, paid_fee
from apps.lines.bond_lending.core.opened import (
    open_rows,
    settled_legs,
    traded_codes,
)
from apps.lines.bond_lending.core.simulated import Fault, build_world, close_of
from apps.lines.bond_lending.core.simulated_files import declarations_in, files_of
from apps.lines.bond_lending.states import Verb
from apps.lines.core.balances import movements_by_holding, movements_by_voucher, summary_totals
from apps.lines.core.details import details_of
from apps.lines.core.market.files import file_name
from tests.factories.lending import DAY, TERMS, sorted_out, weekday

FEW = settings(max_examples=15, deadline=None)
WORLDS = st.builds(
    build_world,
    day=st.just(DAY),
    seed=st.integers(min_value=0, max_value=10**6),
    contracts=st.integers(min_value=6, max_value=50),
    next_trading_day=st.just(weekday),
    faults=st.sets(st.sampled_from([Fault.UNDELIVERED_RETURN, Fault.LOW_COLLATERAL])),
)


def tables(world):
    """Every table of the evening by its code, as the product reads it."""
    files = files_of(world, "evening")
    codes = ("jsmx", "zqbd", "wdq", "ywhb", "zjbd", "zjhz")
    return {code: read_dbf(files[file_name(code, DAY, broadcast=code == "zjbd")]) for code in codes}


def evening_of(world, found):
    rows = open_rows(found["wdq"], traded_codes(found["jsmx"]))
    told = Evening(day=DAY, conventions=TERMS, prices=world.prices, next_trading_day=weekday)
    return told.outcomes(world.contracts, sorted_out(rows))


@FEW
@given(WORLDS)
def test_no_cent_appears_or_vanishes_from_fee_to_detail_to_summary_to_posting(world):
    found = tables(world)
    legs = details_of(found["jsmx"], knows=lambda column, code: True).legs
    fees = {one.contract.number: paid_fee(one) for one in evening_of(world, found)}

    assert all(leg.principal == fees.get(leg.ref_no, 0) for leg in legs)
    assert sum(leg.principal for leg in legs) == sum(fees.values())
    assert all(leg.net_cash == leg.principal + leg.fee_handling for leg in legs)
    assert sum(leg.net_cash for leg in legs) == sum(summary_totals(found["zjhz"]).values())
    assert sum(leg.net_cash for leg in legs) == sum(movements_by_voucher(found["zjbd"]).values())


@FEW
@given(WORLDS)
def test_bonds_move_by_exactly_what_starts_and_what_is_returned(world):
    found = tables(world)
    moved: dict[tuple[str, str, str], int] = {}
    for one in evening_of(world, found):
        key = one.contract.account, one.contract.unit, one.contract.security
        moved[key] = moved.get(key, 0) + moved_quantity(one)

    assert {key: change for key, change in moved.items() if change} == movements_by_holding(found["zqbd"], kind="101")
    assert sum(leg.quantity for leg in settled_legs(found["jsmx"])) == sum(moved.values())


@FEW
@given(WORLDS)
def test_every_contract_of_the_morning_is_open_or_ended_in_the_evening(world):
    outcomes = evening_of(world, tables(world))

    ended = {one.contract.number for one in outcomes if one.move == "return"}
    still = {one.contract.number for one in outcomes if one.move != "return"}
    assert ended | still == {one.number for one in world.contracts}
    assert ended == {one.number for one, _fee, _back in close_of(world, world.returns()).ended}
    assert all(one.fee is not None and one.fee >= 0 for one in outcomes if one.contract.is_lending)


def test_the_same_seed_gives_the_same_bytes_and_declarations_are_read_as_they_were_written():
    def world():
        return build_world(day=DAY, seed=7, contracts=12, next_trading_day=weekday)

    (declared, *_) = declarations_in(b"RC1B|RETURN|C1|D890000001|00W40|019610|10000|||0||0\n")

    assert files_of(world(), "evening") == files_of(world(), "evening")
    assert (declared.number, declared.verb, declared.contract) == ("RC1B", Verb.RETURN, "C1")
