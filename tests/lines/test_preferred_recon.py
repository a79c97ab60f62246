"""What reconciliations may be defined over of preferred stock: cash, shares and holdings, in the files of each market."""

import pytest

from apps.lines.preferred_stock import store
from apps.lines.preferred_stock.core.simulated import Fault
from apps.lines.preferred_stock.selectors.comparing import comparable_tables, gone_before
from apps.lines.preferred_stock.states import Leg
from apps.recon.actions import compare_defined, load_definitions
from apps.recon.errors import SourceNotHere, SourceUnreadable
from apps.recon.models import Break
from tests.lines.preferred import DAY, NEXT, a_day, a_world, answer, finished, installed, kept, next_day

pytestmark = pytest.mark.django_db(transaction=True)
SUFFIXES = {"preferred-sh": "", "preferred-sz": "SZ", "preferred-bj": "BJ"}
CASH, SHARES, HELD = "L08ZJ", "L08ZQ", "L08YE"


@pytest.fixture
def begun(settings, tmp_path):
    """Installs a line with its definitions and gives its simulated world."""

    def begin(*faults, line="preferred-sh"):
        installed(settings, tmp_path, line)
        load_definitions()
        return a_world(*faults, line=line)

    return begin


def compared(code, world, day):
    """What a definition matched on a day, and which kinds of breaks it found."""
    line = world.place.market.line
    found = compare_defined(code=code + SUFFIXES[line], line_code=line, day=day)
    broken = Break.objects.filter(reconciliation=found, state="open").order_by("pk")
    return found.matched, list(broken.values_list("kind", flat=True))


@pytest.mark.parametrize("line", sorted(SUFFIXES))
def test_cash_and_shares_of_a_day_and_the_holdings_of_the_next_morning_match_in_every_market(begun, tmp_path, line):
    world = begun(line=line)
    finished(a_day(tmp_path, world))
    assert not Break.objects.exists()

    assert compared(CASH, world, DAY) == (len(world.claims), [])
    assert compared(SHARES, world, DAY) == (len(world.claims), [])

    finished(next_day(tmp_path, world))
    assert compared(HELD, world, NEXT) == (len(world.claims), [])
    assert compared(CASH, world, NEXT) == (0, [])


@pytest.mark.parametrize(
    ("line", "fault", "code", "kind"),
    [
        *((line, Fault.WRONG_PAY, CASH, "amount") for line in sorted(SUFFIXES)),
        ("preferred-sz", Fault.CASH_NEVER, CASH, "only_left"),
        ("preferred-sh", Fault.SECURITIES_LATE, SHARES, "only_left"),
        ("preferred-bj", Fault.SECURITIES_LATE, SHARES, "only_left"),
    ],
)
def test_what_is_due_and_came_otherwise_or_not_at_all_is_a_break_of_its_leg_alone(begun, tmp_path, line, fault, code, kind):
    world = begun(fault, line=line)
    a_day(tmp_path, world)
    other = {CASH: SHARES, SHARES: CASH}[code]

    assert compared(code, world, DAY) == (len(world.claims) - 1, [kind])
    assert compared(other, world, DAY) == (len(world.claims), [])


@pytest.mark.parametrize("line", sorted(SUFFIXES))
def test_a_holding_that_is_not_before_less_accepted_breaks_the_equation(begun, tmp_path, line):
    world = begun(Fault.HOLDING_DIFFERS, line=line)
    finished(a_day(tmp_path, world))
    next_day(tmp_path, world)

    assert compared(HELD, world, NEXT) == (len(world.claims), ["equation"])

    broken = Break.objects.get(kind="equation", state="open")
    assert world.first.account in broken.key


def test_cash_that_nobody_has_a_claim_for_stands_alone(begun, tmp_path):
    world = begun(Fault.STRANGE_CASH)
    a_day(tmp_path, world)

    assert compared(CASH, world, DAY) == (len(world.claims), ["only_right"])


def test_cash_of_a_later_day_is_missing_on_the_first_and_matches_on_the_second(begun, tmp_path):
    world = begun(Fault.CASH_LATE)
    finished(a_day(tmp_path, world))
    finished(next_day(tmp_path, world))

    assert compared(CASH, world, DAY) == (len(world.claims) - 1, ["only_left"])
    assert compared(CASH, world, NEXT) == (1, [])


def test_a_leg_closed_by_hand_stays_a_break_until_somebody_explains_it_and_its_holding_is_still_compared(begun, tmp_path):
    world = begun(Fault.CASH_NEVER)
    finished(a_day(tmp_path, world))
    second = next_day(tmp_path, world)
    answer("legs", "wang.min", decision="settle", lines=f"PB360001 {world.first.account} cash", reason="seen at the bank")
    answer("approve_legs", "li.lei", decision="approved")
    finished(second)
    assert kept(world.first).cash_on == NEXT

    assert compared(CASH, world, NEXT) == (0, ["only_left"])
    assert compared(HELD, world, NEXT) == (len(world.claims), [])


def test_legs_closed_by_hand_on_two_days_both_stay_named_with_their_reasons(begun, tmp_path):
    world = begun(Fault.CASH_NEVER, Fault.SECURITIES_LATE)
    a_day(tmp_path, world)
    row = kept(world.first)
    assert (row.securities_on, row.cash_on) == (None, None)

    store.close_by_hand({row.pk: {Leg.SECURITIES}}, "seen in the register", DAY)
    store.close_by_hand({row.pk: {Leg.CASH}}, "seen at the bank", NEXT)

    row.refresh_from_db()
    assert row.by_hand == "cash, securities: seen in the register; seen at the bank"
    assert row not in gone_before("preferred-sh", NEXT)


def test_files_that_are_not_here_and_lines_of_no_market_are_refused_and_keep_no_break(begun):
    world = begun()
    with pytest.raises(SourceNotHere):
        compared(CASH, world, DAY)

    cash = next(one for one in comparable_tables() if one.code == "preferred_cash")
    with pytest.raises(SourceNotHere):
        list(cash.rows("fund-sz", DAY, ["amount"]))

    assert not Break.objects.exists()


def test_a_row_that_says_no_amount_is_refused_with_its_column_and_keeps_no_break(begun, tmp_path, monkeypatch):
    world = begun(line="preferred-sz")
    a_day(tmp_path, world)
    monkeypatch.setattr("apps.lines.preferred_stock.core.markets.MOST", 0)

    with pytest.raises(SourceUnreadable, match="JGSFJE"):
        compared(CASH, world, DAY)

    assert not Break.objects.exists()


def test_each_table_of_the_line_is_read_with_one_query_of_claims(begun, tmp_path, django_assert_max_num_queries):
    world = begun()
    finished(a_day(tmp_path, world))
    tables = {one.code: one for one in comparable_tables()}

    with django_assert_max_num_queries(1):
        rows = list(tables["preferred_due_cash"].rows("preferred-sh", DAY, [*tables["preferred_due_cash"].columns]))
    assert len(rows) == len(world.claims)
    with django_assert_max_num_queries(3):  # the calendar before
        assert len(list(tables["preferred_gone"].rows("preferred-sh", NEXT, ["held_before", "accepted"]))) == len(world.claims)
