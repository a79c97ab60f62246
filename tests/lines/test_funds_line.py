"""Funds monitoring through the engine: accounts are seen, what is short is topped up by two people, money comes, locks open."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.lines.core.market.world import CASH_01, CASH_02
from apps.lines.funds_monitoring.core.simulated import SHENZHEN, Fault
from apps.lines.funds_monitoring.core.simulated_files import FORECAST_LESS
from apps.lines.funds_monitoring.models import FundsDue, FundsPosition, FundsTopUp
from apps.lines.funds_monitoring.selectors.figures import figures_of
from apps.people.models import User
from apps.recon.models import Break, Reconciliation
from tests.lines.funds import (
    a_world,
    answer,
    arrive,
    at,
    begun,
    evening,
    finished,
    installed,
    of,
    offered,
    outputs_of,
    texts,
    topped_up,
    tried,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def test_a_short_account_from_the_evening_to_the_close_with_maker_and_checker(root):
    world = a_world(Fault.SHORT)
    run = evening(root, world)
    assert (of().colour, of().shortfall, of().withdrawable) == ("red", Decimal("3000000.00"), Decimal(0))
    answer("plan", "wang.min", bank="ICBC")
    assert not SentFile.objects.exists()
    assert tried("approve", "wang.min", decision="approved") == 403
    assert not SentFile.objects.exists()
    answer("approve", "li.lei", decision="approved")
    assert at("await_receipts").state == StepState.WAITING
    assert [(line[1], line[2], line[3]) for line in texts("zcdb")] == [("ICBC", SHENZHEN, "3000000.00")]

    arrive(root, world, "receipts", "unlock")

    finished(run)
    row = of()
    assert (row.colour, row.shortfall, row.have, row.sent, row.arrived) == (
        "amber",
        Decimal(0),
        row.need,
        Decimal("3000000.00"),
        Decimal("3000000.00"),
    )
    assert list(FundsTopUp.objects.values_list("state", "came")) == [("arrived", Decimal("3000000.00"))]
    assert Reconciliation.objects.count() == 5
    assert row.queried == world.accounts[2].balance + Decimal("3000000.00")
    assert row.forecast == world.accounts[2].guaranteed - FORECAST_LESS
    assert not Break.objects.exists()


def test_a_day_on_which_every_account_is_covered_ends_without_a_person(root):
    world = a_world()
    run = evening(root, world)

    arrive(root, world, "unlock")

    finished(run)
    assert set(FundsPosition.objects.values_list("colour", flat=True)) == {"green"}
    assert not SentFile.objects.exists()
    assert not Break.objects.exists()
    assert outputs_of("report")["green"] == 3


def test_each_position_is_what_the_files_of_its_clearing_house_come_to(root):
    world = a_world()
    evening(root, world)

    for one in world.accounts:
        row = of(one.account)
        assert (row.balance, row.min_reserve, row.guaranteed_net) == (one.balance, one.min_reserve, one.guaranteed)
        assert (row.gross_pay, row.gross_receive, row.agency_pay) == (one.gross_pay, one.gross_receive, one.agency_pay)
        assert row.projected == one.balance - one.pays
        assert row.expected == row.projected + one.gross_receive
        assert row.withdrawable == one.withdrawable
        assert sum((due.amount for due in row.dues.all()), Decimal(0)) == one.guaranteed - one.gross_pay + (
            one.gross_receive - one.agency_pay
        )


def test_a_step_that_is_done_again_sends_nothing_twice_and_changes_nothing(root):
    world = a_world(Fault.SHORT)
    run = topped_up(root, world)
    arrive(root, world, "unlock")
    finished(run)
    tables = (FundsPosition, FundsDue, FundsTopUp)

    def kept():
        rows = [list(table.objects.order_by("pk").values()) for table in tables]
        return [[{name: value for name, value in row.items() if name != "computed_at"} for row in part] for part in rows]

    before, sent = kept(), list(SentFile.objects.values_list("name", "sha256"))

    for node in ("check", "reconcile", "send", "confirm", "unlock", "compute"):
        assert isinstance(do(held(at(node))), Finished)

    assert kept() == before
    assert list(SentFile.objects.values_list("name", "sha256")) == sent
    assert not Break.objects.exists()


def test_a_checker_sends_the_plan_back_and_nothing_is_sent(root):
    evening(root, a_world(Fault.SHORT))
    answer("plan", "wang.min", bank="ICBC")

    answer("approve", "li.lei", decision="returned")

    assert offered("plan")
    assert not SentFile.objects.exists()
    assert set(FundsTopUp.objects.values_list("state", flat=True)) == {"planned"}


def test_plans_that_cannot_be_followed_go_back_to_the_maker_and_nothing_is_kept(root):
    evening(root, a_world(Fault.SHORT))
    refused = [
        ({"bank": "XYZ"}, "“XYZ”：不是可付款的银行。"),
        ({"bank": "ICBC", "lines": f"{CASH_01} 5.00"}, f"“{CASH_01} 5.00”：不是有缺口的账户。"),
        ({"bank": "ICBC", "lines": f"{SHENZHEN} 900000000.00"}, "银行 ICBC：应付 900000000.00 元，可用 200000000.00 元。"),
    ]
    for said, told in refused:
        answer("plan", "wang.min", **said)

        assert told in outputs_of("take")["told"]
        assert offered("plan")
        assert not FundsTopUp.objects.exists()


def test_an_account_that_is_not_to_be_topped_up_stays_short_and_no_receipt_is_waited_for(root):
    world = a_world(Fault.SHORT)
    run = evening(root, world)
    answer("plan", "wang.min", bank="ICBC", lines=f"{SHENZHEN} 0")
    answer("approve", "li.lei", decision="approved")

    arrive(root, world, "unlock")

    finished(run)
    assert of().colour == "red"
    assert not SentFile.objects.exists()


def page_of(run, language="en"):
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    client.cookies["django_language"] = language
    return client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"})


def test_the_page_shows_every_number_with_what_it_was_computed_from_with_few_queries(root, django_assert_max_num_queries):
    run = evening(root, a_world(Fault.SHORT))

    page = page_of(run).content.decode()

    assert "3,000,000.00" in page
    assert page.count("<details>") == 3
    for file in FundsDue.objects.values_list("file", flat=True).distinct():
        assert reverse("file", args=[file]) in page
    with django_assert_max_num_queries(9):
        figures = figures_of(run.pk)
    assert figures is not None
    assert (figures.green, figures.red, figures.shortfall) == (2, 1, Decimal("3000000.00"))
    assert [one.accounts for one in figures.houses] == [2, 1]
    assert CASH_02 in page


def test_the_page_of_a_run_that_has_read_nothing_is_empty_in_both_languages(root):
    run = begun()
    for language in ("en", "zh-hans"):
        page = page_of(run, language)

        assert page.status_code == 200
        assert "<table" not in page.content.decode()
    assert figures_of(run.pk) is None
