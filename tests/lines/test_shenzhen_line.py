"""RTGS Shenzhen through the engine: need, transfer by maker and checker, real time, gross run, results at the counter."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.engine.models import Step
from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.kernel import clock
from apps.lines.models import Obligation, SettlementResult
from apps.lines.rtgs_shenzhen import conf
from apps.lines.rtgs_shenzhen.core.simulated import RICH, SHORT, SHORTAGE, Fate, Fault
from apps.lines.rtgs_shenzhen.core.simulated_files import files_of
from apps.lines.rtgs_shenzhen.models import GrossNeed, GrossOutcome
from apps.lines.rtgs_shenzhen.selectors import figures_of
from apps.people.models import User
from apps.recon.actions import compare_defined, load_definitions
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
    needed = max(GrossNeed.objects.get(cash_account=SHORT).need_now, GrossNeed.objects.get(cash_account=SHORT).need_eod)
    answer("fund", "wang.min", lines="")
    assert outputs_of("take")["transfers"] == [f"{SHORT} {needed:.2f}"]
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

    load_definitions()
    for code in ("R9SZ", "R10SZ", "L04JG"):
        compared = compare_defined(code=code, line_code=conf.LINE, day=DAY)
        assert (compared.breaks_count, compared.matched > 0) == (0, True), code
    assert (compared.matched, compared.left_total) == (len(world.trades), world.settled_cash)


def test_the_need_of_each_account_is_its_own_and_the_makers_amount_is_sent_once(root):
    run = morning(root, a_world())
    needs = {one.cash_account: one for one in GrossNeed.objects.all()}
    assert (needs[SHORT].need_now, needs[RICH].need_now) == (SHORTAGE, Decimal(0))
    assert needs[RICH].balance > SHORTAGE

    fund(f"{SHORT} 500000.25\n{RICH} 0")

    assert texts("rtszbk") == [["OWN", SHORT, "SETTLEMENT-BANK", "500000.25", "RMB", "RTGS-SZ"]]
    assert isinstance(do(held(at("send"))), Finished)
    assert SentFile.objects.count() == 1
    assert GrossNeed.objects.get(run=run, cash_account=SHORT).sent == Decimal("500000.25")


def test_transfers_that_cannot_be_followed_or_are_not_agreed_go_back_to_the_maker_and_no_money_moves(root):
    morning(root, a_world())
    for lines, said in (
        ("B999 5", "“B999 5”：没有该备付金账户。"),
        (f"{SHORT} -5", f"“{SHORT} -5”：金额须为不小于零、精确到分的数。"),
        (f"{SHORT} 5\n{SHORT} 6", f"“{SHORT} 6”：重复填写。"),
        (f"{SHORT}", f"“{SHORT}”：填写格式不符。"),
    ):
        answer("fund", "wang.min", lines=lines)
        assert outputs_of("take")["told"] == [said]
        assert not GrossNeed.objects.filter(asked__gt=0).exists()
    answer("fund", "wang.min", lines="")

    answer("approve", "li.lei", decision="returned")

    assert offered("fund")
    assert not SentFile.objects.exists()


def test_the_counter_learns_every_result_and_from_when_units_may_be_sold(root):
    world = a_world(Fault.LATE_CREATION)
    finished(a_day(root, world))

    lines = {line[0]: line for line in texts("rtszdz")}

    assert set(lines) == {one.trade_no for one in world.trades}
    for one in world.trades:
        late = one.type == "SGXZ" and one.fate is Fate.AT_END
        sold_from = "" if one.side == "S" else f"{NEXT if late else DAY:%Y%m%d}"
        quantity = one.quantity if one.side == "B" else -one.quantity
        state = "settled_rt" if one.fate is Fate.IN_DAY else "settled_eod"
        assert (lines[one.trade_no][4:7], lines[one.trade_no][9]) == ([str(quantity), f"{one.cash:.2f}", state], sold_from)
    assert {line[9] for line in lines.values()} == {"", f"{DAY:%Y%m%d}", f"{NEXT:%Y%m%d}"}


def test_a_step_that_is_done_again_sends_nothing_twice_and_changes_nothing(root):
    world = a_world()
    finished(a_day(root, world))
    SettlementResult.objects.update(state="settled_eod", closed_as="")
    sent = list(SentFile.objects.order_by("pk").values_list("name", "sha256"))
    needs = list(GrossNeed.objects.order_by("pk").values())

    for node in ("reconcile", "send", "report"):
        assert isinstance(do(held(at(node))), Finished)

    assert list(SentFile.objects.order_by("pk").values_list("name", "sha256")) == sent
    assert list(GrossNeed.objects.order_by("pk").values()) == needs
    assert GrossOutcome.objects.count() == SettlementResult.objects.count() == len(world.trades)
    assert SettlementResult.objects.filter(closed_as="settled_rt").exists()
    assert not Break.objects.exists()


def test_the_page_of_the_run_opens_every_number_down_to_file_and_row(root, django_assert_max_num_queries):
    world = a_world(Fault.FAILED_TRADE)
    run = a_day(root, world)
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    file = Obligation.objects.filter(file_code="szrtzl").earliest("pk").file

    page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

    assert f'<a href="{reverse("file", args=[file.pk])}">' in page
    for target in ("gross-needs", "gross-states"):
        assert f'href="#{target}"' in page
        assert f'id="{target}"' in page
    with django_assert_max_num_queries(10):
        figures = figures_of(run.pk)
    assert figures is not None
    assert (figures.instructions, figures.failed, figures.undecided) == (len(world.trades), 1, 1)
    assert sum(one.count for one in figures.states) == len(world.trades)
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
    looks = iter([timedelta(hours=1), timedelta(hours=1), timedelta(hours=-1)])
    monkeypatch.setattr("apps.lines.rtgs_shenzhen.handlers.intraday.instant_of", lambda key, day: clock.now() + next(looks))
    world = a_world()
    morning(root, world)

    fund()

    polls = [one.outputs or {} for one in Step.objects.filter(node_id="poll").order_by("pk")]
    assert [one["next"] for one in polls] == ["compute", "poll", "close"]
    assert [one["settled"] for one in polls] == [len(world.of(Fate.IN_DAY)), 0, 0]
    assert outputs_of("need")["lacks"] is False
    assert GrossNeed.objects.get(cash_account=SHORT).need_now == 0


def test_the_market_command_writes_the_day_with_its_flag_and_refuses_what_it_cannot_play(root, tmp_path):
    out = tmp_path / "played"
    facts = {"line": conf.LINE, "date": DAY, "out": out, "seed": 1, "stdout": StringIO()}

    call_command("market", "simulate", instructions=8, stages=["morning", "results", "evening"], **facts)

    world = a_world()
    expected = {name: data for stage in ("morning", "results", "evening") for name, data in files_of(world, stage).items()}
    assert {path.name: path.read_bytes() for path in out.iterdir()} == expected
    assert "JS.OK" in expected
    with pytest.raises(CommandError, match="from 8 to 100000"):
        call_command("market", "simulate", instructions=7, **facts)
