"""One fault of each kind on a trade date of precious metals: where it is found, who decides, and that the run still ends."""

from decimal import Decimal

import pytest

from apps.calendars.selectors import instant_of
from apps.engine.states import StepState
from apps.lines.precious_metals.core.simulated import Fault
from apps.lines.precious_metals.core.simulated_files import files_of
from apps.lines.precious_metals.models import MetalClearing, MetalPosition, MetalStock, MetalTrade
from apps.recon.models import Break
from tests.lines.metals import DAY, a_world, answer, arrive, at, cleared, confirmed, installed, offered, post, state, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.STRANGE_MEMBER, "DEFERMATCH: row 1, memberID “0999”: is not our member number"),
        (Fault.STRANGE_CLIENT, "row 1, clientID “0671999999”: is no trading code of the own account"),
        (Fault.NEXT_NIGHT, "matchDate “20251121”: at 213000 is of no session of the trade date 2025-11-21"),
        (Fault.UNKNOWN_CONTRACT, "SPOTMATCH: row 1, instID “Pt99.95”: is no spot contract of the table on"),
        (Fault.WRONG_SUM, "MEMBERSEATCAPICATL: row 1, balance"),
        (Fault.OVERSOLD, "more is closed or delivered than was held"),
    ],
)
def test_a_file_that_breaks_a_rule_stops_the_day_with_place_and_rule_and_is_read_again(root, fault, said):
    run = cleared(root, a_world(fault))

    step = at("load_trades")
    assert step.state == StepState.FAILED
    assert said in step.problem
    assert not MetalPosition.objects.exists()
    assert not MetalTrade.objects.exists()
    assert state() == "open_day"
    arrive(root, files_of(a_world(), "evening"))
    assert post("zhang.wei", "api-step-retry", [step.pk], {"reason": "the exchange sent it again"}) == 200
    work()
    confirmed(run)
    assert state() == "booked"


@pytest.mark.parametrize(
    ("fault", "breaks"),
    [
        (Fault.MISSING_OWN_TRADE, {("trades of the exchange / own trades", "M25112100000001", "only_left")}),
        (Fault.WRONG_OWN_PRICE, {("trades of the exchange / own trades", "M25112100000001", "amount")}),
        (
            Fault.WRONG_FEE,
            {
                ("own fees / CLIENTMISFEEDETAIL", "M25112100000001", "amount"),
                ("own clearing / MEMBERSEATCAPICATL", "fee", "amount"),
                ("own clearing / MEMBERSEATCAPICATL", "balance", "amount"),
            },
        ),
        (
            Fault.WRONG_VARIATION,
            {
                ("own clearing / MEMBERSEATCAPICATL", "variation", "amount"),
                ("own clearing / MEMBERSEATCAPICATL", "balance", "amount"),
            },
        ),
        (Fault.WRONG_METAL, {("own metal / CLIENTSTORAGE", "0671000001/Au99.99", "amount")}),
    ],
)
def test_a_difference_from_the_exchange_is_a_break_and_a_person_decides_before_two_confirm(root, fault, breaks):
    run = cleared(root, a_world(fault))
    before = MetalClearing.objects.get()

    assert set(Break.objects.values_list("reconciliation__name", "key", "kind")) == breaks
    assert state() == "diff"
    assert not offered("confirm")
    answer("deal_with_breaks", "wang.min", decision="accept", reason="the exchange was asked")

    confirmed(run)
    row = MetalClearing.objects.get()
    assert (row.state, row.balance) == ("booked", before.balance)
    assert Break.objects.filter(state="open").count() == len(breaks)


def test_a_difference_that_the_exchange_corrects_is_gone_when_the_files_are_read_again(root):
    run = cleared(root, a_world(Fault.WRONG_VARIATION))
    assert state() == "diff"
    arrive(root, files_of(a_world(), "evening"))

    answer("deal_with_breaks", "wang.min", decision="again", reason="a new file came")

    assert state() == "sge_matched"
    assert not Break.objects.filter(state="open").exists()
    confirmed(run)


def test_a_cent_of_rounding_is_no_difference(root):
    run = cleared(root, a_world(Fault.HARMLESS_CENT))

    assert state() == "sge_matched"
    assert not Break.objects.exists()
    confirmed(run)


def test_a_delivery_without_metal_is_a_default_with_its_penalty_and_no_metal_below_nothing(root):
    run = cleared(root, a_world(Fault.DEFAULT))

    position = MetalPosition.objects.get(contract="Au(T+D)")
    stock = MetalStock.objects.get(metal="Au99.95")
    assert position.delivered + position.failed == 300
    assert position.penalty == -(position.failed * 1000 * position.settlement * Decimal("0.07")) < 0
    assert 0 <= stock.closing < 1000
    confirmed(run)


def test_cash_of_the_seat_that_is_late_is_waited_for_until_its_deadline(root):
    world = a_world(Fault.LATE_SEAT)
    run = cleared(root, world)
    waiting = at("await_memberseatcapicatl")
    assert waiting.state == StepState.WAITING
    assert waiting.deadline_at == instant_of("SGE.FILES", DAY)
    assert not MetalTrade.objects.exists()

    arrive(root, files_of(world, "late"))

    confirmed(run)
    assert state() == "booked"
