"""The day of bond lending through the engine: files arrive, people decide, the run ends."""

from decimal import Decimal

import pytest

from apps.calendars.actions import load_calendar_facts
from apps.engine.states import StepState
from apps.lines.bond_lending import actions
from apps.lines.bond_lending.core.simulated import Fault
from apps.lines.bond_lending.models import LendingContract, LendingDeclaration
from apps.lines.rtgs.actions import install as install_common
from apps.people.actions import load_demo_people
from apps.recon.models import Break, Reconciliation
from tests.lines.lending import DAY, a_world, answer, arrive, at, begun, declared, finished, outputs_of, texts, tried, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", "rtgs-sh", "bond-lending")
    install_common()
    actions.install()
    found = tmp_path / "incoming" / "bond-lending" / f"{DAY:%Y%m%d}"
    found.mkdir(parents=True)
    return found


def test_a_day_from_begin_to_close(folder):
    world = a_world()
    run = begun()
    assert at("await_contracts").state == StepState.WAITING

    arrive(world, folder, "morning")
    work()
    assert outputs_of("read_book")["maturing"] == len(world.maturing()) > 0
    answer("choose", "wang.min")
    assert tried("approve", "wang.min", decision="approved") == 403
    assert at("approve").state == StepState.OFFERED
    answer("approve", "li.lei", decision="approved")
    arrive(world, folder, "evening")
    work()

    finished(run)
    assert not Break.objects.exists()
    assert Reconciliation.objects.count() == 6
    lendings = LendingContract.objects.filter(contract_type="bond_lending")
    assert lendings.count() == 18
    assert lendings.filter(closed_as="returned").count() == len(world.maturing())
    assert LendingContract.objects.filter(contract_type="protocol_repo").count() == 2
    assert set(LendingDeclaration.objects.values_list("state", flat=True)) == {"accepted"}
    told = {line[1]: Decimal(line[9]) for line in texts("jdjg") if line[8] == "closed" or line[8] == "returned"}
    assert told == {one.number: -world.fee(one) if one.side == "B" else world.fee(one) for one in world.maturing()}


def test_a_roll_with_the_switch_on_waits_for_the_late_file_and_a_wrong_total_is_shown(folder):
    world = a_world(Fault.LATE_FILE, Fault.WRONG_TOTAL)
    rolled, *returned = world.maturing()
    run = begun(pledge_creates_repo_contract=True)
    arrive(world, folder, "morning")
    work()
    declared(rolls=f"{rolled.number} 208007")

    arrive(world, folder, "evening")
    work()
    assert not LendingContract.objects.filter(origin__in=("rolled", "linked")).exists()
    arrive(world, folder, "late")
    work()

    assert at("accept_breaks").state == StepState.OFFERED
    assert not LendingContract.objects.filter(origin="rolled").exists()
    answer("accept_breaks", "wang.min", reason="结算公司已更正汇总")

    assert (outputs_of("compute")["rolled"], outputs_of("compute")["returned"]) == (1, len(returned))
    assert len({one.reconciliation_id for one in Break.objects.all()}) == 1
    old = LendingContract.objects.get(number=rolled.number, contract_type="bond_lending")
    new = LendingContract.objects.get(origin="rolled")
    assert (old.closed_as or old.state, new.parent_number, new.quantity) == ("rolled", rolled.number, rolled.quantity)
    linked = LendingContract.objects.filter(origin="linked")
    assert set(linked.values_list("contract_type", flat=True)) == {"protocol_repo"}
    left = [one for one in world.contracts if one.is_lending and one not in returned and one.pledges]
    assert linked.count() == sum(len(one.pledges) for one in left)
    finished(run)
