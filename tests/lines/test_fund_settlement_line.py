"""Fund settlement Shenzhen through the engine: confirmed, due, funded by maker and checker, settled, posted, carried over."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.engine.models import Step
from apps.lines.fund_shenzhen import actions, conf
from apps.lines.fund_shenzhen.core.simulated import RICH, SHORT, SHORTAGE
from apps.lines.fund_shenzhen.models import FundItem, FundNeed
from apps.lines.fund_shenzhen.selectors import figures_of
from apps.lines.funds_monitoring.selectors.feeds import dues_of_lines
from apps.lines.funds_monitoring.selectors.files import packaged_terms as funds_terms
from apps.people.models import User
from apps.recon.actions import compare_defined, load_definitions
from apps.recon.models import Break, Reconciliation
from tests.lines.fund_settlement import (
    DAY,
    NEXT,
    a_day,
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


def test_two_days_with_maker_and_checker_settle_what_each_of_them_owes(root, django_assert_max_num_queries):
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
    for code in ("L05JG", "R10Z", "L05ZJ", "R1SZ", "R3SZ"):
        compared = compare_defined(code=code, line_code=conf.LINE, day=DAY)
        assert (compared.breaks_count, compared.matched > 0) == (0, True), code

    with django_assert_max_num_queries(8):  # a query for each of the two states, and six more
        figures = figures_of(run.pk)
    assert figures is not None
    assert [one.count for one in figures.states] == [len(later), len(world.due)]

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


@pytest.mark.parametrize(("reading", "files"), [("register", {"lofjs", "ofd04"}), ("exchange", {"jjszsq", "sjsmx2"})])
def test_a_day_of_one_reading_awaits_and_settles_nothing_of_the_other(root, monkeypatch, reading, files):
    model = root / "L05.bpmn"
    both, one_of_them = '["exchange", "register"]', f'["{reading}"]'
    text = actions.MODEL.read_text(encoding="utf-8")
    assert text.count(both) == 1
    model.write_text(text.replace(both, one_of_them), encoding="utf-8")
    monkeypatch.setattr(actions, "PROCESSES", [(*actions.PROCESSES[0][:-1], model)])
    actions.install(
        author=User.objects.get(username="chen.jing"),
        approver=User.objects.get(username="zhao.gang"),
    )
    whole = a_world()
    world = replace(whole, amounts=[one for one in whole.amounts if one.file in files])

    run = a_day(root, world)

    finished(run)
    assert not Break.objects.exists()
    assert set(FundItem.objects.filter(run=run).values_list("reading", flat=True)) == {reading}
    assert FundItem.objects.filter(run=run, state="posted").count() == len(world.due) > 0
    awaited = Step.objects.filter(run=run, node_id__startswith="await_").values_list("node_id", flat=True)
    assert ("await_lof" in awaited, "await_orders" in awaited) == (reading == "register", reading == "exchange")
