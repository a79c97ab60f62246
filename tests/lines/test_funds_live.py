"""The screen while the day goes on: dues of the other lines, queries, what is told and when, monitors and definitions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from apps.calendars.actions import load_calendar_facts
from apps.files.models import ArrivedFile
from apps.journal.models import Entry
from apps.kernel import clock
from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.core.market.world import CASH_01, CASH_02
from apps.lines.funds_monitoring.core.simulated import SHENZHEN, Fault
from apps.lines.funds_monitoring.dispatch import watch_funds
from apps.lines.funds_monitoring.models import FundsPosition
from apps.lines.funds_monitoring.selectors.figures import short_of_lines, tight_of_lines, urgent_of_lines
from apps.lines.funds_monitoring.selectors.files import packaged_terms
from apps.lines.funds_monitoring.selectors.looking import is_due
from apps.lines.models import MetalClearing, Obligation, SettlementResult
from apps.lines.preclearing.models import PreclearingAccount
from apps.lines.rtgs_shenzhen.models import GrossNeed
from apps.people.models import BusinessLine
from apps.recon.actions import compare_defined, load_definitions
from tests.lines.funds import DAY, SETTLES, a_world, arrive, begun, evening, folder, installed, of, put

TEN = datetime(2025, 11, 21, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai on the settlement day."""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def watched(at=TEN):
    """What the screen does when nobody has looked for five minutes."""
    FundsPosition.objects.update(computed_at=at - timedelta(minutes=5))
    with clock.fixed_at(at):
        return watch_funds()


def an_item(run, amount, number, state="announced", **more):
    line = BusinessLine.objects.get(code="agency-sh")
    facts = {"file": ArrivedFile.objects.first(), "row_no": number, "batch": "A", "source": "kffzmx", "serial": str(number)}
    facts |= {"voucher": str(number), "account": CASH_02, "code": "024", "due_date": SETTLES, "settle_date": SETTLES}
    AgencyItem.objects.create(run=run, line=line, business_date=SETTLES, amount=Decimal(amount), state=state, **(facts | more))


def an_instruction(run, cash, number, state, line="rtgs-sh", account=CASH_02):
    line = BusinessLine.objects.get_or_create(code=line, defaults={"name_zh": line, "name_en": line})[0]
    facts = {"file": ArrivedFile.objects.first(), "row_no": number, "file_code": "jsmx_10", "record_type": "002"}
    facts |= {
        "market": "SZ" if line.code == "rtgs-sz" else "SH",
        "guarantee": "gross_rtgs",
        "cash_account": account,
        "settle_date": SETTLES,
        "quantity": 1,
        "net_cash": Decimal(cash),
    }
    row = Obligation.objects.create(run=run, line=line, business_date=SETTLES, **facts)
    SettlementResult.objects.create(obligation=row, run=run, state=state)


def test_what_the_other_lines_hold_moves_the_screen_and_whoever_looks_is_told_once(root):
    run = evening(root, a_world())
    before = of(CASH_02)
    assert before.dues.count() == 0
    an_item(run, "-70000000.00", 1)
    an_item(run, "2000000.00", 2, "paid")
    an_item(run, "-900000.00", 3, "postponed")
    an_item(run, "-800000.00", 4, is_held=True)
    an_instruction(run, "-5000000.00", 5, "queued")
    an_instruction(run, "-1000000.00", 6, "failed")
    an_instruction(run, "4000000.00", 7, "queued")
    later = begun(SETTLES)
    AgencyFunding.objects.create(run=later, batch="A", account=CASH_02, amount=Decimal(600), is_sent=True)

    assert watched() == 1

    row = of(CASH_02)
    assert (row.agency_pay, row.agency_receive) == (Decimal("70000000.00"), Decimal("2000000.00"))
    assert (row.gross_pay, row.gross_receive) == (Decimal("5000000.00"), Decimal("4000000.00"))
    assert row.projected == before.balance - Decimal("75000000.00") + Decimal("2000000.00")
    assert row.expected == row.projected + Decimal("4000000.00") + Decimal("600.00")
    assert (row.colour, row.shortfall) == ("red", -row.projected)
    assert {(due.origin, due.source_run_id) for due in row.dues.all()} == {("agency-sh", run.pk), ("rtgs-sh", run.pk)}
    told = Entry.objects.get(kind="funds.moved")
    assert told.stream == f"run.{run.pk}"
    assert (told.data["moved"], told.data["short_accounts"], told.data["short"]) == (1, 1, f"{row.shortfall:.2f}")

    assert watched() == 0
    assert Entry.objects.filter(kind="funds.moved").count() == 1
    line = row.line_id
    assert (short_of_lines(SETTLES)[line], tight_of_lines(SETTLES)[line], short_of_lines(DAY)) == (1, 0, {})
    with clock.fixed_at(TEN):
        assert urgent_of_lines(SETTLES) == {}
    with clock.fixed_at(TEN + timedelta(hours=4, minutes=31)):
        assert urgent_of_lines(SETTLES) == {line: 1}

    an_item(later, "-70000000.00", 8, "failed")

    assert watched() == 1
    assert (of(CASH_02).agency_pay, of(CASH_02).shortfall) == (Decimal(0), Decimal(0))


def test_gross_trades_of_shenzhen_in_the_day_its_transfers_and_pre_clearing_are_on_the_screen(root):
    run = evening(root, a_world())
    before = of(SHENZHEN)
    an_instruction(run, "-2500000.00", 1, "queued", line="rtgs-sz", account=SHENZHEN)
    an_instruction(run, "1000000.00", 2, "settled_rt", line="rtgs-sz", account=SHENZHEN)
    line = BusinessLine.objects.get(code="funds-monitoring")
    facts = {"business_date": DAY, "account": CASH_01, "basis": "own", "pre_net": Decimal("-42000000.00")}
    PreclearingAccount.objects.create(run=run, line=line, **facts)
    later = begun(SETTLES)
    file = ArrivedFile.objects.earliest("pk")
    GrossNeed.objects.create(run=later, file=file, row_no=1, cash_account=SHENZHEN, sent=Decimal(700))

    assert watched() == 1

    row = of(SHENZHEN)
    assert row.gross_pay == before.gross_pay + Decimal("2500000.00")
    assert row.gross_receive == before.gross_receive + Decimal("1000000.00")
    assert row.projected == before.projected - Decimal("1500000.00")
    assert row.sent == Decimal(700)
    assert {due.origin for due in row.dues.filter(mode="same_day")} == {"rtgs-sz"}
    assert of(CASH_01).forecast == Decimal("-42000000.00")


def test_a_query_of_the_day_stands_instead_of_the_balance_of_the_evening_and_gold_is_beside_it(root):
    run = evening(root, a_world(Fault.TIGHT))
    short = of().need - Decimal("0.01")
    put(root, {file_name("zccx", SETTLES): bar(SHENZHEN, "5.00", "0930") + bar(SHENZHEN, f"{short:.2f}", "0955")}, SETTLES)
    MetalClearing.objects.create(
        run=run,
        line=BusinessLine.objects.get(code="precious-metals"),
        business_date=DAY,
        next_date=SETTLES,
        member="0326",
        balance=Decimal(100),
        margin=Decimal(150),
        topped_up=Decimal(60),
    )

    assert watched() == 1

    assert (of().queried, of().have, of().shortfall, of().colour) == (short, short, Decimal("0.01"), "red")
    gold = of("0326")
    assert (gold.house, gold.shortfall, gold.expected, gold.source_run_id) == ("SGE", Decimal(50), Decimal(160), run.pk)


def test_the_movements_of_both_houses_are_defined_reconciliations(root):
    load_definitions()
    evening(root, a_world(Fault.MOVEMENT_DIFFERS))

    shanghai = compare_defined(code="F1", line_code="funds-monitoring", day=DAY)
    assert (shanghai.matched, shanghai.breaks_count) == (1, 1)

    arrive(root, a_world(), "evening")
    again = compare_defined(code="F1", line_code="funds-monitoring", day=DAY)
    assert (again.matched, again.breaks_count) == (2, 0)


@pytest.mark.parametrize(
    ("hour", "minute", "waited", "due"),
    [
        (8, 29, 60, False),
        (8, 30, 5, True),
        (10, 0, 4, False),
        (10, 0, 5, True),
        (14, 29, 1, False),
        (14, 31, 1, True),
        (15, 29, 1, True),
        (15, 31, 1, False),
        (17, 31, 60, False),
    ],
)
def test_the_screen_looks_every_five_minutes_and_every_minute_before_the_last_top_up(hour, minute, waited, due):
    load_calendar_facts()
    now = datetime(2025, 11, 21, hour, minute, tzinfo=clock.SHANGHAI)

    assert is_due(now, now - timedelta(minutes=waited), DAY, packaged_terms()) is due
    assert not is_due(now + timedelta(days=3), now, DAY, packaged_terms())


def test_the_command_writes_both_days_of_the_market(root, capsys):
    out = folder(root, DAY)

    call_command(
        "market", "simulate", line="funds-monitoring", date=date(2025, 11, 20), out=out, seed=1, stages=["evening", "unlock"]
    )

    assert {path.name for path in out.iterdir()} >= {"SJSYE1120.DBF", "SJSDPC1121.DBF", "zjye.b20"}
    assert CASH_01.encode() in (out / "zjye.b20").read_bytes()
