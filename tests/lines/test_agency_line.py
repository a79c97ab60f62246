"""The day of agency payments through the engine: batches arrive, people fund them, the evening settles, the counter is told."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.lines.agency.core.simulated import FUND_ACCOUNT, Fault
from apps.lines.agency.core.simulated_files import files_of
from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.agency.selectors.figures import figures_of
from apps.people.models import User
from apps.recon.models import Break, Reconciliation
from tests.lines.agency import (
    DAY,
    a_world,
    an_item,
    answer,
    arrive,
    at,
    finished,
    funded,
    installed,
    morning,
    offered,
    outputs_of,
    texts,
    tried,
    until_evening,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def test_a_day_from_begin_to_close_with_maker_and_checker(root):
    world = a_world()
    run = morning(root, world)
    assert outputs_of("need_a")["need"] == "400000.00"
    answer("fund_a", "wang.min", bank="ICBC")
    assert not offered("approve_a")  # the day is still below the limit
    assert at("await_second").state == StepState.WAITING

    arrive(root, world, "second")
    answer("fund_b", "wang.min", bank="CCB")
    assert tried("approve_b", "wang.min", decision="approved") == 403
    answer("approve_b", "li.lei", decision="approved")
    arrive(root, world, "evening")

    finished(run)
    assert not Break.objects.exists()
    assert Reconciliation.objects.count() == 4
    assert set(AgencyItem.objects.values_list("state", "posted_as")) == {("posted", "paid")}
    assert AgencyItem.objects.count() == len(world.first) + len(world.second) + len(world.substitutes) + 2 + len(
        [*world.next_day, *world.taxes]
    )
    assert len(texts("dsrz")) == AgencyItem.objects.count()


def test_transfers_are_what_each_batch_needs_and_say_account_and_bank(root):
    world = a_world()
    until_evening(root, world)

    first, second = texts("dszja"), texts("dszjb")
    assert [(line[1], line[2], line[3]) for line in first] == [("ICBC", FUND_ACCOUNT, "400000.00")]
    assert Decimal(second[0][3]) == world.payments(world.second) >= 800_000
    assert set(AgencyFunding.objects.values_list("is_sent", flat=True)) == {True}


def test_a_batch_that_needs_nothing_is_funded_without_a_person(root):
    world = a_world()
    world.balances[FUND_ACCOUNT] = Decimal("99000000.00")

    morning(root, world)

    assert at("await_second").state == StepState.WAITING
    assert set(AgencyItem.objects.values_list("state", flat=True)) == {"funded"}
    assert not SentFile.objects.exists()


def test_a_maker_sends_another_amount_from_another_bank_and_an_account_that_stays_short_is_not_funded(root):
    morning(root, a_world())

    answer("fund_a", "wang.min", bank="ICBC", lines=f"{FUND_ACCOUNT} 399999.99 BOC")

    assert [line[1:4] for line in texts("dszja")] == [["BOC", FUND_ACCOUNT, "399999.99"]]
    assert set(AgencyItem.objects.filter(account=FUND_ACCOUNT).values_list("state", flat=True)) == {"announced"}
    assert set(AgencyItem.objects.exclude(account=FUND_ACCOUNT).values_list("state", flat=True)) == {"funded"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"bank": "NOBODY"}, "“NOBODY”：不是可付款的银行。"),
        ({"bank": "ICBC", "lines": "0600 1.00"}, "“0600 1.00”：本批次没有该账户。"),
        (
            {"bank": "ICBC", "lines": f"{FUND_ACCOUNT} 1.005"},
            f"“{FUND_ACCOUNT} 1.005”：不是金额；每行为账户、金额，银行不同时再写银行。",
        ),
    ],
)
def test_funding_that_cannot_be_followed_goes_back_to_the_maker_and_nothing_is_kept(root, said, told):
    morning(root, a_world())

    answer("fund_a", "wang.min", **said)

    assert outputs_of("take_a")["told"] == [told]
    assert offered("fund_a")
    assert not SentFile.objects.exists()
    assert set(AgencyFunding.objects.values_list("amount", "is_sent")) == {(Decimal("0.00"), False)}


def test_a_checker_sends_the_funding_back_and_nothing_is_sent(root):
    world = a_world()
    morning(root, world)
    funded("a")
    arrive(root, world, "second")
    answer("fund_b", "wang.min", bank="ICBC")

    answer("approve_b", "li.lei", decision="returned")

    assert offered("fund_b")
    assert not SentFile.objects.filter(name__startswith="dszjb").exists()
    assert AgencyFunding.objects.filter(batch="B", is_sent=False).exists()


def test_a_step_that_is_done_again_sends_nothing_twice_and_changes_nothing(root):
    run = until_evening(root, a_world())
    finished(run)
    before = list(AgencyItem.objects.order_by("pk").values()), list(AgencyFunding.objects.order_by("pk").values())
    sent = list(SentFile.objects.order_by("pk").values_list("name", "sha256"))

    for node in ("read_a", "need_a", "take_a", "send_a", "read_b", "send_b", "reconcile", "post"):
        assert isinstance(do(held(at(node))), Finished)

    assert (list(AgencyItem.objects.order_by("pk").values()), list(AgencyFunding.objects.order_by("pk").values())) == before
    assert list(SentFile.objects.order_by("pk").values_list("name", "sha256")) == sent
    assert len(sent) == 3


def test_the_page_of_the_run_shows_needs_and_what_is_not_paid_with_few_queries(root, django_assert_max_num_queries):
    world = a_world(Fault.NOT_PAID)
    run = until_evening(root, world)
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))

    page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

    assert an_item(world).voucher in page
    assert "400,000.00" in page or "400000.00" in page
    with django_assert_max_num_queries(5):
        figures = figures_of(run.pk)
    assert figures is not None
    assert figures.postponed_amount == Decimal("-300000.00")
    told = {one.file: (one.items, one.payments, one.receipts) for one in figures.sources}
    assert told["kf1"] == (2, Decimal("1000.50"), Decimal("2500.25"))
    assert told["abcsj"] == (2, Decimal("123.45"), Decimal("0.00"))


def test_the_market_command_writes_a_day_of_this_line_and_refuses_faults_and_sizes_that_it_has_not(tmp_path):
    out = tmp_path / "day"
    asked = {"line": "agency-sh", "date": DAY, "out": out, "stages": ["morning", "second", "evening"], "stdout": StringIO()}

    call_command("market", "simulate", items=6, **asked)

    written = sorted(path.name for path in out.iterdir())
    assert written == sorted(
        [*files_of(a_world(items=6), "morning"), "kffzmxb.b20", "jsmxjs326.b20", "zjbd.b20", "dsqrjs326.b20"]
    )
    for wrong in ({"items": 5}, {"fault": ["short-cash"]}):
        with pytest.raises(CommandError):
            call_command("market", "simulate", **(asked | wrong))


def test_the_page_of_a_run_that_has_read_nothing_is_empty_in_both_languages(root):
    from tests.lines.agency import begun

    run = begun()
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language

        page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"})

        assert page.status_code == 200
        assert "<table" not in page.content.decode()
    assert figures_of(run.pk) is None
