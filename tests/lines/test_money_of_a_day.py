"""No cent appears or vanishes on a day of real-time settlement: between file, obligation, netting, posting and closing balance.

The files are made by the simulator and read by the product's own readers; days, seeds, sizes and faults are drawn.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.files.core.dbf import read_dbf
from apps.lines.core.balances import cash_balances, movements_by_holding, movements_by_voucher, summary_totals
from apps.lines.core.details import details_of
from apps.lines.core.market.files import file_name, files_of
from apps.lines.core.market.world import CASH_02, Fault, build_world
from apps.lines.states import Guarantee

DAY = date(2026, 11, 20)
SETTLED = "0000"
FEES = ("fee_stamp", "fee_handling", "fee_regulatory", "fee_transfer", "fee_settlement", "fee_other")
WORLDS = st.builds(
    build_world,
    day=st.just(DAY),
    seed=st.integers(min_value=0, max_value=10**6),
    instructions=st.integers(min_value=1, max_value=60),
    faults=st.sets(st.sampled_from([Fault.SHORT_CASH, Fault.UNKNOWN_ACCOUNT])),
)
FEW = settings(max_examples=15)


def tables(world):
    """Every table of the day by its code, as the product reads it."""
    files = files_of(world, "evening") | files_of(world, "morning")
    names = {code: file_name(code, DAY, broadcast=code in {"zjbd", "zjye"}) for code in ("jsmx", "zjhz", "zqbd", "zjbd", "zjye")}
    return {code: read_dbf(files[name]) for code, name in names.items()}


def legs_of(table):
    return details_of(table, knows=lambda column, code: True).legs


def settled(legs):
    gross = [leg for leg in legs if leg.guarantee == Guarantee.GROSS_RTGS and leg.record_type == "003"]
    return [leg for leg in gross if leg.result_code == SETTLED]


@FEW
@given(WORLDS)
def test_every_obligation_is_its_principal_and_its_fees(world):
    legs = legs_of(tables(world)["jsmx"])

    assert all(leg.net_cash == leg.principal + sum(getattr(leg, name) for name in FEES) for leg in legs)
    assert all(getattr(leg, name) <= 0 for leg in legs for name in FEES[:-1])


@FEW
@given(WORLDS)
def test_obligations_net_to_what_the_market_sums_up(world):
    found = tables(world)
    ours: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for leg in legs_of(found["jsmx"]):
        if leg.record_type in ("001", "003") and leg.result_code == SETTLED:
            ours[leg.cash_account, leg.unit, f"{leg.settle_date:%Y%m%d}", leg.record_type] += leg.net_cash

    assert ours == summary_totals(found["zjhz"])


@FEW
@given(WORLDS)
def test_what_settles_is_posted_once_and_moves_the_balance_by_exactly_that(world):
    found = tables(world)
    done = settled(legs_of(found["jsmx"]))
    postings = movements_by_voucher(found["zjbd"])
    (opening,) = (row.balance for row in cash_balances(found["zjye"]) if row.cash_account == CASH_02)

    posted = {voucher: amount for (account, voucher), amount in postings.items() if account == CASH_02}
    assert sorted(posted.values()) == sorted(leg.net_cash for leg in done)
    closing = opening
    for ref in world.order:
        closing += next(leg.net_cash for leg in done if leg.ref_no == ref)
        assert closing >= 0
    assert closing == opening + sum(posted.values())
    assert len(done) == len(world.order)


@FEW
@given(WORLDS)
def test_securities_move_by_exactly_what_settles(world):
    found = tables(world)
    moved: dict[tuple[str, str, str], int] = defaultdict(int)
    for leg in settled(legs_of(found["jsmx"])):
        moved[leg.account, leg.unit, leg.security] += leg.quantity

    theirs = movements_by_holding(found["zqbd"])
    assert {key: theirs.get(key, 0) for key in moved} == dict(moved)


@FEW
@given(WORLDS)
def test_what_fails_moves_nothing(world):
    found = tables(world)
    failed = [leg for leg in legs_of(found["jsmx"]) if leg.record_type == "003" and leg.result_code != SETTLED]

    refs = {trade.ref_no for trade in world.trades if not world.fates[trade.ref_no].settles}
    assert {leg.ref_no for leg in failed} == refs
    assert not refs & set(world.order)
