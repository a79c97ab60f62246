"""RTGS Shenzhen through the engine: need, transfer by maker and checker, real time, gross run, results at the counter."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.kernel import clock
from apps.lines.models import Obligation, SettlementResult
from apps.lines.rtgs_shenzhen.core.simulated import RICH, SHORT, SHORTAGE, Fate, Fault
from apps.lines.rtgs_shenzhen.models import GrossNeed, GrossOutcome
from apps.lines.rtgs_shenzhen.selectors import figures_of
from apps.people.models import User
from apps.recon.models import Break, Reconciliation
from tests.lines.shenzhen import (
    DAY,
    NEXT,
    a_day,
    a_world,
    answer,
    arrive,
    at,
    begun,
    finished,
    fund,
    installed,
    morning,
    offered,
    outputs_of,
    result_of,
    texts,
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


def test_the_need_of_each_account_is_its_own_and_a_rich_one_lends_nothing(root):
    morning(root, a_world())

    needs = {one.cash_account: one for one in GrossNeed.objects.all()}

    assert (needs[SHORT].need_now, needs[RICH].need_now) == (SHORTAGE, 0)
    assert needs[RICH].balance > SHORTAGE
    answer("fund", "wang.min", lines="")
    asked = max(needs[SHORT].need_now, needs[SHORT].need_eod)
    assert outputs_of("take")["transfers"] == [f"{SHORT} {asked:.2f}"]


def test_the_maker_says_another_amount_and_the_transfer_is_sent_once(root):
    run = morning(root, a_world())
    fund(f"{SHORT} 500000.25\n{RICH} 0")

    assert texts("rtszbk") == [["OWN", SHORT, "SETTLEMENT-BANK", "500000.25", "RMB", "RTGS-SZ"]]
    assert isinstance(do(held(at("send"))), Finished)
    assert SentFile.objects.count() == 1
    assert GrossNeed.objects.get(run=run, cash_account=SHORT).sent == Decimal("500000.25")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("B999 5", "“B999 5”：没有该备付金账户。"),
        (f"{SHORT} -5", f"“{SHORT} -5”：金额须为不小于零、精确到分的数。"),
        (f"{SHORT} 5\n{SHORT} 6", f"“{SHORT} 6”：重复填写。"),
        (f"{SHORT}", f"“{SHORT}”：填写格式不符。"),
    ],
)
def test_a_transfer_that_cannot_be_followed_goes_back_to_the_maker_and_nothing_is_kept(root, lines, said):
    morning(root, a_world())

    answer("fund", "wang.min", lines=lines)

    assert outputs_of("take")["told"] == [said]
    assert offered("fund")
    assert not GrossNeed.objects.filter(asked__gt=0).exists()


def test_a_checker_sends_the_transfer_back_and_no_money_moves(root):
    morning(root, a_world())
    answer("fund", "wang.min", lines="")

    answer("approve", "li.lei", decision="returned")

    assert offered("fund")
    assert not SentFile.objects.exists()


def test_the_counter_learns_every_result_and_from_when_units_may_be_sold(root):
    world = a_world()
    finished(a_day(root, world))

    lines = {line[0]: line for line in texts("rtszdz")}

    assert set(lines) == {one.trade_no for one in world.trades}
    for one in world.trades:
        sold_from = "" if one.side == "S" else f"{DAY:%Y%m%d}"
        quantity = one.quantity if one.side == "B" else -one.quantity
        assert lines[one.trade_no][4:6] == [str(quantity), f"{one.cash:.2f}"]
        assert lines[one.trade_no][9] == sold_from


def test_units_of_a_creation_that_settled_only_at_the_end_are_sold_on_the_next_trading_day(root):
    world = a_world(Fault.LATE_CREATION)
    finished(a_day(root, world))

    creation = next(one for one in world.trades if one.type == "SGXZ")
    assert creation.fate is Fate.AT_END
    line = next(line for line in texts("rtszdz") if line[0] == creation.trade_no)
    assert (line[6], line[9]) == ("settled_eod", f"{NEXT:%Y%m%d}")


def test_a_step_that_is_done_again_sends_nothing_twice_and_changes_nothing(root):
    run = a_day(root, a_world())
    finished(run)
    SettlementResult.objects.update(state="settled_eod", closed_as="")
    sent = list(SentFile.objects.order_by("pk").values_list("name", "sha256"))
    needs = list(GrossNeed.objects.order_by("pk").values())

    for node in ("reconcile", "send", "report"):
        assert isinstance(do(held(at(node))), Finished)

    assert list(SentFile.objects.order_by("pk").values_list("name", "sha256")) == sent
    assert list(GrossNeed.objects.order_by("pk").values()) == needs
    assert GrossOutcome.objects.count() == SettlementResult.objects.count() == 16
    assert SettlementResult.objects.filter(closed_as="settled_rt").exists()
    assert not Break.objects.exists()


def test_the_page_of_the_run_opens_every_number_down_to_file_and_row(root, django_assert_max_num_queries):
    world = a_world(Fault.FAILED_TRADE)
    run = a_day(root, world)
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    file = Obligation.objects.filter(file_code="szrtzl").first().file

    page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

    assert f'<a href="{reverse("file", args=[file.pk])}">' in page
    for target in ("gross-needs", "gross-states"):
        assert f'href="#{target}"' in page
        assert f'id="{target}"' in page
    with django_assert_max_num_queries(10):
        figures = figures_of(run.pk)
    assert (figures.instructions, figures.failed, figures.undecided) == (16, 1, 1)
    assert sum(one.count for one in figures.states) == 16
    assert figures.settled_cash == world.settled_cash


def test_the_page_of_a_run_that_has_read_nothing_is_empty_in_both_languages(root):
    run = begun()
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language

        page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"})

        assert page.status_code == 200
        assert "<table" not in page.content.decode()
    assert figures_of(run.pk) is None


def test_while_the_window_is_open_results_are_read_again_and_the_need_follows(root, monkeypatch):
    world = a_world()
    run = begun()
    arrive(root, world, "morning")
    fund()
    monkeypatch.setattr("apps.lines.rtgs_shenzhen.handlers.intraday.instant_of", lambda key, day: clock.now().replace(year=2999))
    arrive(root, world, "results")

    result = do(held(at("poll")))

    assert isinstance(result, Finished)
    assert result.outputs["next"] == "compute"
    assert result.outputs["settled"] == len([one for one in world.trades if one.listed == "R"]) - 1
    assert isinstance(do(held(at("poll"))), Finished)
    assert do(held(at("poll"))).outputs["next"] == "poll"
    assert SettlementResult.objects.filter(run=run).exclude(settled_at="").count() == result.outputs["settled"]
