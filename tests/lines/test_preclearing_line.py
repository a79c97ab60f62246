"""Pre-clearing through the engine: forecast, top-up by maker and checker, fund check, final figures, variance report."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.lines.preclearing.core.simulated import FIRST_ACCOUNT, MISSING_ON_THE_FIRST, SECOND_ACCOUNT, Fault
from apps.lines.preclearing.models import PreclearingAccount, PreclearingTrade
from apps.lines.preclearing.selectors import figures_of, outside_of_lines, short_of_lines
from apps.people.models import User
from apps.recon.actions import load_definitions
from apps.recon.models import Break, Reconciliation, ReconciliationDefinition
from tests.lines.preclearing import (
    DAY,
    a_world,
    answer,
    arrive,
    at,
    begun,
    finished,
    forecast,
    funded,
    installed,
    kept,
    offered,
    outputs_of,
    texts,
    tried,
    until_evening,
    work,
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


def test_files_that_are_there_before_the_run_begins_lead_through_the_first_batch(root):
    world = a_world()
    arrive(root, world, "close", "first", "query", "evening")

    run = begun()
    funded()

    finished(run)
    assert {one.basis for one in PreclearingAccount.objects.all()} == {"csdc"}


def test_own_executions_are_priced_trade_by_trade_as_the_depository_charges_them(root):
    world = a_world()
    forecast(root, world)

    rows = {one.ref_no: one for one in PreclearingTrade.objects.all()}
    assert set(rows) == {one.ref_no for one in world.trades if one.in_own}
    for one in world.trades:
        if one.in_own:
            row = rows[one.ref_no]
            assert (row.principal, row.fees, row.net) == (one.principal, sum(one.fees.values()), one.net)
            assert row.cash_account == one.cash_account


def test_a_checker_sends_the_top_up_back_and_nothing_is_sent(root):
    forecast(root, a_world())
    answer("fund", "wang.min", bank="ICBC")

    answer("approve", "li.lei", decision="returned")

    assert offered("fund")
    assert not SentFile.objects.exists()
    assert kept().state == "forecast_csdc"


def test_lines_that_cannot_be_followed_go_back_to_the_maker_and_none_of_them_counts(root):
    forecast(root, a_world())

    answer("fund", "wang.min", bank="ICBC", lines=f"{SECOND_ACCOUNT} 10.00\nNOBODY 1.00")

    assert [text.startswith("“NOBODY 1.00”") for text in outputs_of("take")["told"]] == [True]
    assert offered("fund")
    assert not PreclearingAccount.objects.filter(amount__gt=0).exists()


def test_a_line_of_the_maker_changes_amount_and_bank_of_one_account(root):
    forecast(root, a_world())

    funded(lines=f"{FIRST_ACCOUNT} 6000000.00 CCB")

    assert [line[1:4] for line in texts("yqhk")] == [["CCB", FIRST_ACCOUNT, "6000000.00"]]
    assert kept().is_sent
    assert kept().amount == Decimal("6000000.00")


def test_a_day_without_a_shortfall_asks_nobody_and_sends_nothing(root):
    world = a_world()
    run = begun()
    world.balances[FIRST_ACCOUNT] += MISSING_ON_THE_FIRST
    arrive(root, world, "close", "first", "query", "evening")

    finished(run)
    assert not SentFile.objects.filter(name__startswith="yqhk").exists()
    assert {one.state for one in PreclearingAccount.objects.all()} == {"final_matched"}


def test_steps_that_are_done_again_change_and_send_nothing(root):
    run = until_evening(root, a_world(Fault.LATE_TRADE))
    answer("variance", "wang.min", decision="accept", reason="a client bought after the first batch")
    finished(run)
    before = list(PreclearingAccount.objects.order_by("pk").values()), list(PreclearingTrade.objects.order_by("pk").values())
    found = list(Break.objects.order_by("pk").values_list("pk", "kind", "state"))
    sent = list(SentFile.objects.order_by("pk").values_list("name", "sha256"))

    nodes = ("own", "check_first", "compare_own", "use_first", "compute", "send", "check_funds", "final", "keep", "report")
    for node in nodes:
        assert isinstance(do(held(at(node))), Finished)

    after = list(PreclearingAccount.objects.order_by("pk").values()), list(PreclearingTrade.objects.order_by("pk").values())
    assert after == before
    assert list(Break.objects.order_by("pk").values_list("pk", "kind", "state")) == found
    assert list(SentFile.objects.order_by("pk").values_list("name", "sha256")) == sent


def test_the_page_of_the_run_links_every_file_that_its_numbers_came_from_with_few_queries(root, django_assert_max_num_queries):
    world = a_world()
    run = until_evening(root, world)
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    for language, word in (("en", "Later batch"), ("zh-hans", "后续批次")):
        client.cookies["django_language"] = language

        page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

        assert word in page
        for file_id in kept().files.values():
            assert reverse("file", args=[file_id]) in page
    assert set(kept().files) == {"zjye", "yqdf", "gh", "zqjsxx", "jsmx01_", "zjhz01_", "yqcx", "jsmx", "zjhz", "qtsl"}
    with django_assert_max_num_queries(3):
        figures = figures_of(run.pk)
    assert figures is not None
    assert figures.pre_net == world.first(FIRST_ACCOUNT) + world.first(SECOND_ACCOUNT)
    assert figures.variance == sum(Decimal(amount) for amount in kept().causes.values())


def test_a_run_before_the_close_has_an_empty_page(root):
    run = begun()
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))

    page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"})

    assert page.status_code == 200
    assert figures_of(run.pk) is None
    assert "<table" not in page.content.decode()


def test_the_definitions_of_the_line_are_loaded_with_it(root):
    load_definitions()

    codes = ReconciliationDefinition.objects.filter(line__code="preclearing-sh").values_list("code", flat=True)
    assert set(codes) == {"R11", "R16"}


def test_the_own_forecast_counts_when_nobody_waits_for_the_first_batch_any_longer(root):
    world = a_world(Fault.LATE_FIRST)
    run = forecast(root, world)
    assert at("await_first").state == StepState.WAITING

    work(give_up=True)

    row = kept()
    assert (row.state, row.basis, row.first_net) == ("forecast_own", "own", None)
    assert row.top_up == MISSING_ON_THE_FIRST
    funded()
    arrive(root, world, "late", "query", "evening")
    finished(run)
    assert (kept().basis, kept().state) == ("own", "final_matched")
