"""Fund settlement Shenzhen through the engine: confirmed, due, funded by maker and checker, settled, posted, carried over."""

from decimal import Decimal

import pytest

from apps.lines.fund_shenzhen import conf
from apps.lines.fund_shenzhen.core.simulated import RICH, SHORT, SHORTAGE
from apps.lines.fund_shenzhen.models import FundItem, FundNeed
from apps.lines.funds_monitoring.selectors.feeds import dues_of_lines
from apps.lines.funds_monitoring.selectors.files import packaged_terms as funds_terms
from apps.recon.actions import compare_defined, load_definitions
from apps.recon.models import Break, Reconciliation
from tests.lines.fund_settlement import (
    DAY,
    NEXT,
    a_world,
    answer,
    arrive,
    finished,
    installed,
    morning,
    outputs_of,
    texts,
    tried,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def test_two_days_with_maker_and_checker_settle_what_each_of_them_owes(root):
    world = a_world()
    run = morning(root, world)
    need = FundNeed.objects.get(cash_account=SHORT, settle_date=DAY)
    assert (need.need, need.payable) == (
        SHORTAGE,
        -sum(one.cash for one in world.due if one.cash < 0 and one.cash_account == SHORT),
    )
    answer("fund", "wang.min", lines="")
    assert outputs_of("take")["transfers"] == [f"{SHORT} {SHORTAGE:.2f}"]
    assert tried("approve", "wang.min", decision="approved") == 403
    answer("approve", "li.lei", decision="approved")
    assert texts("jjszbk") == [["OWN", SHORT, "SETTLEMENT-BANK", "300000.00", "RMB", "FUND-SZ"]]

    arrive(root, world, "evening", "counter")

    assert not Break.objects.exists(), "; ".join(f"{one.__dict__}" for one in Break.objects.all())
    finished(run)
    assert Reconciliation.objects.count() == 8
    for one in world.due:
        item = FundItem.objects.get(run=run, serial=one.serial, biz_type=one.type)
        assert (item.state, item.amount, item.settle_date) == ("posted", one.cash, DAY)
    assert outputs_of("report")["settled_cash"] == f"{sum(one.cash for one in world.due):.2f}"
    posted = {line[5]: (line[1], line[4], Decimal(line[6])) for line in texts("jjszrk")}
    assert posted == {one.serial: (one.cash_account, one.posts_as, one.cash) for one in world.due}
    later = FundItem.objects.filter(run=run, state="confirmed")
    assert {one.serial: one.settle_date for one in later} == {one.serial: one.due for one in world.amounts if one.due > DAY}

    switched = {"origins": [one.model_copy(update={"origin": "lines"}) for one in funds_terms().origins if one.house == "SZ"]}
    dues = dues_of_lines(NEXT, funds_terms().model_copy(update=switched))
    assert sum(one.amount for of_account in dues.values() for one in of_account) == sum(
        one.cash for one in world.amounts if one.due == NEXT
    )
    assert not dues_of_lines(NEXT, funds_terms())
    load_definitions()
    for code in ("L05JG", "R10Z", "L05ZJ"):
        compared = compare_defined(code=code, line_code=conf.LINE, day=DAY)
        assert (compared.breaks_count, compared.matched > 0) == (0, True), code

    second = a_world(day=NEXT)
    going_on = morning(root, second)

    carried = FundItem.objects.filter(run=going_on, carried_from__isnull=False)
    assert {one.serial for one in carried} == {one.serial for one in world.amounts if one.due > DAY}
    assert {(one.file_id, one.row_no) for one in carried} == {(one.file_id, one.row_no) for one in later}
    assert second.carried
    assert outputs_of("expect")["differences"]
    answer("fund", "wang.min", lines="")
    answer("approve", "li.lei", decision="approved")
    arrive(root, second, "evening", "counter")
    assert not Break.objects.exists(), "; ".join(f"{one.__dict__}" for one in Break.objects.all())
    finished(going_on)
    assert set(FundItem.objects.filter(run=going_on, settle_date=NEXT).values_list("state", flat=True)) == {"posted"}
    assert FundNeed.objects.get(run=going_on, cash_account=RICH, settle_date=NEXT).need == 0
