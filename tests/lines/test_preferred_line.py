"""Preferred stock through the engine: events are set up, put-backs declared, both legs settle, the counter is told."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.lines.preferred_stock.core.simulated import PUT_BACK, REDEMPTION, Fault
from apps.lines.preferred_stock.models import PreferredClaim, PreferredEvent
from apps.lines.preferred_stock.selectors.figures import figures_of
from apps.people.models import User
from apps.recon.models import Break, Reconciliation
from tests.lines.preferred import (
    a_day,
    a_world,
    answer,
    arrive,
    at,
    begun,
    finished,
    installed,
    kept,
    morning,
    next_day,
    offered,
    outputs_of,
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
    answer("set_up", "wang.min", lines=world.parameters())
    assert not PreferredClaim.objects.exists()
    assert tried("approve", "wang.min", decision="approved") == 403
    assert not PreferredEvent.objects.filter(is_agreed=True).exists()
    answer("approve", "li.lei", decision="approved")
    assert at("await_results").state == StepState.WAITING
    assert set(PreferredClaim.objects.values_list("event__kind", "state")) == {
        ("put_back", "declared"),
        ("redemption", "announced"),
    }

    arrive(root, world, "evening")

    finished(run)
    assert not Break.objects.exists()
    assert Reconciliation.objects.count() == 3
    assert set(PreferredClaim.objects.values_list("state", flat=True)) == {"posted"}
    assert PreferredClaim.objects.count() == len(world.claims)
    for one in world.claims:
        row = kept(one)
        assert (row.entitled >= row.declared, row.accepted, row.pay, row.tax) == (True, one.accepted, one.pay, one.tax)
        assert row.paid == one.pay


def test_each_claim_is_posted_as_one_securities_out_and_one_cash_in_under_the_pair_of_its_event(root):
    world = a_world()
    a_day(root, world)

    lines = texts("ygrz")

    pairs = {PUT_BACK: ("820002", "005_005_004"), REDEMPTION: ("820003", "005_005_005")}
    expected = []
    for one in world.claims:
        code, booking = pairs[one.event]
        expected.append(("005_004_004", one.event, code, one.account, str(-one.accepted), "0.00"))
        expected.append((booking, one.event, code, one.account, "0", f"{one.pay:.2f}"))
    assert [(line[0], line[1], line[2], line[4], line[6], line[8]) for line in lines] == expected


def test_declarations_and_messages_say_what_clients_chose_and_are_sent_once(root):
    world = a_world()
    a_day(root, world)

    chosen = [(one.account, str(one.declared)) for one in world.claims if one.event == PUT_BACK]
    assert [(line[4], line[6]) for line in texts("ygsb")] == chosen
    assert len(texts("ygtz")) == len(world.claims)


def test_a_step_that_is_done_again_sends_nothing_twice_and_changes_nothing(root):
    run = a_day(root, a_world(Fault.PARTIAL))
    finished(run)
    before = list(PreferredClaim.objects.order_by("pk").values()), list(PreferredEvent.objects.order_by("pk").values())
    sent = list(SentFile.objects.order_by("pk").values_list("name", "sha256"))

    for node in ("notices", "agree", "entitle", "tell", "declare", "results", "compute", "reconcile", "post"):
        assert isinstance(do(held(at(node))), Finished)

    again = list(PreferredClaim.objects.order_by("pk").values()), list(PreferredEvent.objects.order_by("pk").values())
    assert again == before
    assert list(SentFile.objects.order_by("pk").values_list("name", "sha256")) == sent
    assert len(sent) == 3
    assert not Break.objects.exists()


def test_a_second_run_of_the_day_tells_market_and_counter_nothing_again(root):
    world = a_world(Fault.REJECTED)
    finished(a_day(root, world))
    before = list(PreferredClaim.objects.order_by("pk").values())

    run = begun()

    finished(run)
    assert list(PreferredClaim.objects.order_by("pk").values()) == before
    assert SentFile.objects.filter(name__startswith="ygsb").count() == 1
    assert SentFile.objects.filter(name__startswith="ygrz").count() == 1
    assert not Break.objects.exists()


def test_a_checker_sends_the_parameters_back_and_nobody_is_entitled(root):
    world = a_world()
    morning(root, world)
    answer("set_up", "wang.min", lines=world.parameters())

    answer("approve", "li.lei", decision="returned")

    assert offered("set_up")
    assert not PreferredClaim.objects.exists()
    assert not SentFile.objects.exists()
    assert set(PreferredEvent.objects.values_list("is_agreed", flat=True)) == {False}


def test_parameters_that_cannot_be_followed_go_back_to_the_maker_and_nothing_is_kept(root):
    world = a_world()
    morning(root, world)

    answer("set_up", "wang.min", lines=world.parameters() + "NOBODY 1 1 0 1 2025-11-19 - - 2025-11-20")

    assert outputs_of("take")["told"] == ["“NOBODY 1 1 0 1 2025-11-19 - - 2025-11-20”：没有等待填写参数的该编号业务。"]
    assert offered("set_up")
    assert not PreferredEvent.objects.exclude(price=None, drafted_by=None).exists()


def test_a_second_event_on_a_security_that_is_open_is_told_and_not_taken(root):
    world = a_world()
    morning(root, world)
    PreferredEvent.objects.filter(number=PUT_BACK).update(number="PB-OLDER")

    result = do(held(at("notices")))

    assert isinstance(result, Finished)
    assert f"业务 {PUT_BACK}：360001 另有未结业务，不予登记。" in result.outputs["told"]
    assert not PreferredEvent.objects.filter(number=PUT_BACK).exists()


def test_the_page_of_the_run_shows_open_legs_with_few_queries(root, django_assert_max_num_queries):
    world = a_world(Fault.CASH_LATE)
    run = a_day(root, world)
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))

    page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

    assert world.first.account in page
    with django_assert_max_num_queries(4):
        figures = figures_of(run.pk)
    assert figures is not None
    assert (figures.open_cash, figures.open_securities) == (1, 0)
    assert figures.pay == sum((one.pay for one in world.claims), Decimal(0))


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


def test_a_day_on_which_nothing_is_announced_ends_without_a_person(root):
    world = a_world()
    run = a_day(root, world)
    finished(run)
    set_up_before = at("set_up").pk

    finished(next_day(root, world))

    assert at("set_up").pk == set_up_before
    assert not Break.objects.exists()
