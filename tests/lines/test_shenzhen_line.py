"""RTGS Shenzhen through the engine: need, transfer by maker and checker, real time, gross run, results at the counter."""

import pytest

from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.lines.rtgs_shenzhen.core.simulated import SHORT, SHORTAGE, Fate
from apps.lines.rtgs_shenzhen.models import GrossNeed
from apps.recon.models import Break, Reconciliation
from tests.lines.shenzhen import (
    a_world,
    answer,
    arrive,
    at,
    finished,
    installed,
    morning,
    outputs_of,
    result_of,
    tried,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def test_a_day_from_begin_to_close_with_maker_and_checker(root):
    world = a_world()
    run = morning(root, world)
    assert GrossNeed.objects.get(cash_account=SHORT).need_now == SHORTAGE
    answer("fund", "wang.min", lines="")
    assert not SentFile.objects.exists()
    assert tried("approve", "wang.min", decision="approved") == 403
    answer("approve", "li.lei", decision="approved")
    assert at("await_details").state == StepState.WAITING

    arrive(root, world, "evening")

    finished(run)
    assert not Break.objects.exists()
    assert Reconciliation.objects.count() == 7
    for one in world.trades:
        row = result_of(one)
        expected = "settled_rt" if one.fate is Fate.IN_DAY else "settled_eod"
        assert (row.state, row.closed_as, row.settled_cash, row.settled_qty) == (
            "closed",
            expected,
            one.cash,
            one.quantity if one.side == "B" else -one.quantity,
        )
    assert outputs_of("report")["settled_cash"] == f"{world.settled_cash:.2f}"
