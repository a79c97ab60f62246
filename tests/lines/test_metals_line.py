"""The trade date of gold and precious metals through the engine: files arrive, two people confirm, the run ends."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.files.models import ArrivedFile, SentFile
from apps.lines.precious_metals.core.simulated import Fault
from apps.lines.precious_metals.core.simulated_files import files_of
from apps.lines.precious_metals.models import MetalClearing, MetalPosition, MetalStock, MetalTrade
from apps.lines.precious_metals.selectors import figures_of
from apps.people.models import User
from apps.recon.models import Break, Reconciliation
from tests.lines.metals import (
    BEFORE,
    DAY,
    NEXT,
    a_world,
    answer,
    arrive,
    at,
    begun,
    cleared,
    confirmed,
    finished,
    folder,
    installed,
    offered,
    outputs_of,
    state,
    texts,
    tried,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def test_a_trade_date_from_begin_to_booked_with_maker_and_checker(root):
    world = a_world()
    run = begun()
    assert state() == "open_day"
    arrive(root, files_of(world, "evening"))
    assert state() == "sge_matched"
    assert not Break.objects.exists()
    assert set(Reconciliation.objects.values_list("breaks_count", flat=True)) == {0}
    assert Reconciliation.objects.count() == 4

    answer("confirm", "wang.min", decision="confirm")
    assert state() == "sge_matched"
    assert tried("approve", "wang.min", decision="approved") == 403
    answer("approve", "li.lei", decision="approved")

    finished(run)
    row = MetalClearing.objects.get()
    assert (row.state, row.next_date, row.member) == ("booked", NEXT, "0671")
    assert (row.balance, row.margin) == (world.cleared.cash.balance, world.cleared.cash.margin)
    assert row.balance == sum(getattr(world.cleared.cash, name) for name in ("opening", "moved", "variation", "spot")) + (
        row.delivery + row.fee + row.deferral + row.penalty
    )
    assert MetalTrade.objects.count() == len(world.inputs.trades)
    assert outputs_of("report")["breaks"] == 0


def test_trades_of_the_night_before_and_after_midnight_belong_to_the_day(root):
    cleared(root, a_world())

    night = MetalTrade.objects.filter(is_night=True)

    assert {(row.natural_date.isoformat(), row.time[:2]) for row in night} == {("2025-11-20", "21"), ("2025-11-21", "01")}
    assert night.count() == MetalTrade.objects.count() // 3
    assert BEFORE.isoformat() == "2025-11-20"


def test_a_checker_who_sends_back_leaves_the_day_unconfirmed(root):
    run = cleared(root, a_world())
    answer("confirm", "wang.min", decision="confirm")

    answer("approve", "li.lei", decision="returned")

    assert state() == "sge_matched"
    assert offered("confirm")
    assert not SentFile.objects.exists()
    confirmed(run)
    assert state() == "booked"


def test_a_maker_may_have_the_files_read_again_before_the_confirmation(root):
    run = cleared(root, a_world())
    other = a_world(seed=2)
    arrive(root, files_of(other, "evening"))
    assert MetalClearing.objects.get().balance != other.cleared.cash.balance

    answer("confirm", "wang.min", decision="again")

    assert MetalClearing.objects.get().balance == other.cleared.cash.balance
    confirmed(run)


def test_files_that_come_after_the_confirmation_change_nothing(root):
    run = cleared(root, a_world())
    confirmed(run)
    tables = (MetalClearing, MetalTrade, MetalPosition, MetalStock)
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    arrive(root, files_of(a_world(seed=2), "evening"))
    for node in ("load_trades", "clear"):
        assert isinstance(do(held(at(node))), Finished)

    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_a_seat_that_is_short_is_topped_up_once(root):
    run = cleared(root, a_world(Fault.SHORT_MARGIN))
    confirmed(run)
    row = MetalClearing.objects.get()

    assert row.topped_up == row.need == row.margin + Decimal(500_000) - row.balance > 0
    assert texts("gjsbz") == [["0671", "20251121", f"{row.need:.2f}"]]
    sent = list(SentFile.objects.order_by("pk").values_list("name", "sha256"))
    for node in ("send_topup", "send_feed", "report"):
        assert isinstance(do(held(at(node))), Finished)
    assert list(SentFile.objects.order_by("pk").values_list("name", "sha256")) == sent
    assert state() == "booked"


def test_a_second_run_of_the_date_sends_no_second_top_up(root):
    confirmed(cleared(root, a_world(Fault.SHORT_MARGIN)))
    begun()

    answer("confirm", "wang.min", decision="confirm")
    answer("approve", "li.lei", decision="approved")

    assert state() == "booked"
    assert SentFile.objects.filter(name__startswith="gjsbz").count() == 1


def test_a_second_run_with_another_need_is_refused_and_nothing_more_is_sent(root):
    confirmed(cleared(root, a_world(Fault.SHORT_MARGIN)))
    begun()
    arrive(root, files_of(a_world(Fault.SHORT_MARGIN, seed=2), "evening"))
    if offered("confirm"):
        answer("confirm", "wang.min", decision="again")
    answer("confirm", "wang.min", decision="confirm")
    answer("approve", "li.lei", decision="approved")

    step = at("send_topup")

    assert (step.state, step.problem) == ("failed", "该交易日已发出另一金额的补足指令，未再发送。")
    assert SentFile.objects.filter(name__startswith="gjsbz").count() == 1
    assert state() == "confirmed"


def test_a_seat_that_holds_enough_is_not_topped_up(root):
    confirmed(cleared(root, a_world()))

    assert MetalClearing.objects.get().need == 0
    assert not SentFile.objects.filter(name__startswith="gjsbz").exists()
    assert outputs_of("send_topup")["file"] == ""


def test_the_ledger_balances_and_the_valuation_tells_every_position_and_metal(root):
    confirmed(cleared(root, a_world()))
    row = MetalClearing.objects.get()
    seat = Decimal(0)

    for _item, debit, credit, amount in texts("gjsfl"):
        assert Decimal(amount) > 0
        assert (debit == "1031.SGE") != (credit == "1031.SGE")
        seat += Decimal(amount) if debit == "1031.SGE" else -Decimal(amount)

    assert seat == row.balance - row.opening - row.moved
    lines = texts("gjsgz")
    assert [line[2] for line in lines if line[0] == "position"] == list(
        MetalPosition.objects.order_by("pk").values_list("contract", flat=True)
    )
    assert {line[2]: Decimal(line[7]) for line in lines if line[0] == "metal"} == dict(
        MetalStock.objects.values_list("metal", "closing")
    )


def test_files_in_utf8_are_read_as_those_in_gb18030(root):
    world = a_world(Fault.UTF8)
    run = cleared(root, world)

    assert not ArrivedFile.objects.exclude(state="accepted").exists()
    assert MetalClearing.objects.get().balance == a_world().cleared.cash.balance
    confirmed(run)


def test_a_day_without_any_trade_is_confirmed_as_well(root):
    world = a_world(trades=0)
    run = cleared(root, world)

    assert not MetalTrade.objects.exists()
    confirmed(run)
    assert state() == "booked"


def test_the_page_of_the_run_shows_its_figures_in_both_languages_and_nothing_before_the_day_opens(
    root, django_assert_max_num_queries
):
    run = cleared(root, a_world(Fault.DEFAULT))
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    address, asked = reverse("run", args=[run.pk]), {"part": "figures"}

    pages = {}
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        pages[language] = client.get(address, asked, headers={"HX-Request": "true"}).content.decode()
    with django_assert_max_num_queries(5):
        figures = figures_of(run.pk)

    assert figures is not None
    for page in pages.values():
        for amount in (figures.clearing.balance, figures.clearing.penalty, figures.clearing.margin):
            assert f"{amount}" in page.replace(",", "")
        assert "Au(T+D)" in page
    assert "递延费" in pages["zh-hans"]
    assert "Deferral fee" in pages["en"]
    assert figures_of(run.pk + 1) is None


def test_the_command_writes_the_day_that_the_product_then_clears(root, capsys):
    facts = {"line": "precious-metals", "date": DAY, "out": folder(root), "seed": 7, "trades": 30}
    call_command("market", "simulate", stages=["evening"], fault=["late-seat"], **facts)
    names = {path.name for path in folder(root).iterdir()}
    assert len(names) == 10
    run = begun()
    arrive(root, {})
    assert state() == "open_day"

    call_command("market", "simulate", stages=["late"], fault=["late-seat"], **facts)
    arrive(root, {})

    assert {path.name for path in folder(root).iterdir()} - names == {"M0671_20251121_00MEMBERSEATCAPICATL.txt"}
    assert state() == "sge_matched"
    confirmed(run)


@pytest.mark.parametrize(("option", "value"), [("trades", 0), ("fault", ["ta-reject"])])
def test_the_command_refuses_what_the_line_does_not_know(root, option, value):
    facts = {"line": "precious-metals", "date": DAY, "out": folder(root), "stages": ["evening"], option: value}

    with pytest.raises(CommandError):
        call_command("market", "simulate", **facts)

    assert not list(folder(root).iterdir())
