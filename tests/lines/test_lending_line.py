"""The day of bond lending through the engine: files arrive, people decide, the run ends."""

from decimal import Decimal

import pytest

from apps.calendars.actions import load_calendar_facts
from apps.engine.states import StepState
from apps.lines.bond_lending import actions
from apps.lines.bond_lending.models import LendingContract, LendingDeclaration
from apps.lines.rtgs.actions import install as install_common
from apps.people.actions import load_demo_people
from apps.recon.models import Break, Reconciliation
from tests.lines.lending import DAY, a_world, answer, arrive, at, begun, finished, outputs_of, texts, tried, work

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
