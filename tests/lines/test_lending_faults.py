"""One fault of each kind on a day of bond lending: where it is found, and that the run still ends."""

import pytest

from apps.calendars.actions import load_calendar_facts
from apps.engine.states import StepState
from apps.lines.bond_lending import actions
from apps.lines.bond_lending.core.simulated import Fault
from apps.lines.bond_lending.models import LendingContract
from apps.lines.rtgs.actions import install as install_common
from apps.people.actions import load_demo_people
from apps.recon.models import Break
from tests.lines.lending import DAY, a_world, answer, arrive, at, begun, declared, finished, outputs_of, work

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


def until_the_evening(folder, *faults):
    world = a_world(*faults)
    run = begun()
    arrive(world, folder, "morning")
    work()
    declared()
    arrive(world, folder, "evening")
    work()
    return world, run


@pytest.mark.parametrize(
    ("fault", "breaks", "told"),
    [
        (Fault.DUPLICATE_CONTRACT, 0, {"stopped": 1}),
        (Fault.MIXED_CLASS, 0, {"stopped": 1}),
        (Fault.WRONG_QUANTITY, 1, {}),
        (Fault.MISSING_CONTRACT, 1, {}),
        (Fault.UNKNOWN_CONTRACT, 1, {}),
        (Fault.WRONG_MOVEMENT, 1, {}),
        (Fault.WRONG_FEE, 1, {}),
        (Fault.LOW_COLLATERAL, 0, {"short": 1}),
        (Fault.UNDELIVERED_RETURN, 0, {"defaults": 1}),
        (Fault.REFUSED_DECLARATION, 0, {"defaults": 1, "refused_declarations": 1}),
    ],
)
def test_what_is_wrong_is_shown_to_a_person_and_the_day_ends(folder, fault, breaks, told):
    _world, run = until_the_evening(folder, fault)

    run.refresh_from_db()
    assert at("confirm").state == StepState.OFFERED
    assert outputs_of("reconcile")["breaks"] >= breaks
    assert bool(Break.objects.count()) == bool(breaks)
    assert {name: run.variables[name] for name in told} == told
    answer("confirm", "wang.min", decision="accept", reason="asked the market")
    finished(run)


def test_the_file_that_was_sent_again_is_read_again_and_makes_no_new_contract(folder):
    _world, run = until_the_evening(folder, Fault.WRONG_QUANTITY)
    before = set(LendingContract.objects.values_list("contract_type", "number"))
    assert Break.objects.filter(state="open").count() == 1

    arrive(a_world(), folder, "evening")
    answer("confirm", "wang.min", decision="again", reason="the file was sent again")

    finished(run)
    assert set(LendingContract.objects.values_list("contract_type", "number")) == before
    assert not Break.objects.filter(state="open").exists()
