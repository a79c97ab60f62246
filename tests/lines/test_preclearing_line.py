"""Pre-clearing through the engine: forecast, top-up by maker and checker, fund check, final figures, variance report."""

import pytest

from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.lines.preclearing.core.simulated import (
    FIRST_ACCOUNT,
    MISSING_ON_THE_FIRST,
    SECOND_ACCOUNT,
)
from apps.lines.preclearing.selectors import outside_of_lines, short_of_lines
from apps.recon.models import Break, Reconciliation
from tests.lines.preclearing import (
    DAY,
    a_world,
    answer,
    arrive,
    at,
    finished,
    forecast,
    installed,
    kept,
    texts,
    tried,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def test_a_day_from_the_close_to_the_report_with_maker_and_checker(root):
    world = a_world()
    run = forecast(root, world)
    row = kept()
    assert (row.own_net, row.first_net, row.pre_net) == (world.first(FIRST_ACCOUNT),) * 3
    assert (row.state, row.basis, row.top_up) == ("forecast_csdc", "csdc", MISSING_ON_THE_FIRST)
    answer("fund", "wang.min", bank="ICBC")
    assert tried("approve", "wang.min", decision="approved") == 403
    assert not SentFile.objects.exists()
    answer("approve", "li.lei", decision="approved")
    assert texts("yqhk") == [[f"{run.pk:06}0001", "ICBC", FIRST_ACCOUNT, "5000000.00", "RMB"]]
    arrive(root, world, "query")
    assert [kept(one).state for one in (FIRST_ACCOUNT, SECOND_ACCOUNT)] == ["verified", "verified"]
    assert at("await_final").state == StepState.WAITING

    arrive(root, world, "evening")

    finished(run)
    assert not Break.objects.exists()
    assert Reconciliation.objects.count() == 5
    for account in (FIRST_ACCOUNT, SECOND_ACCOUNT):
        row = kept(account)
        assert (row.state, row.final_net) == ("final_matched", world.final(account))
        assert row.variance == world.final(account) - world.first(account)
    assert kept().causes == {"later": f"{world.trades[-1].net:.2f}", "corporate": "1234.56"}
    assert short_of_lines(DAY) == outside_of_lines(DAY) == {}
    assert [line[7] for line in texts("yqbg")] == [f"{kept(one).variance:.2f}" for one in (FIRST_ACCOUNT, SECOND_ACCOUNT)]
