"""The day of fund distribution T+0 through the engine: files arrive, people decide, the run ends on the day after."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.engine.states import StepState
from apps.files.models import SentFile
from apps.lines.fund_distribution.core.simulated import Fault
from apps.lines.fund_distribution.models import AdvanceLine, AdvanceRequest
from apps.lines.fund_distribution.selectors import figures_of
from apps.people.models import User
from apps.recon.models import Break, Reconciliation
from tests.lines.advances import (
    a_world,
    answer,
    at,
    confirmed,
    finished,
    installed,
    money,
    morning,
    orders,
    outputs_of,
    paid,
    payments,
    repaid,
    sums,
    texts,
    tried,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def test_a_day_from_begin_to_close(root):
    world = a_world()
    run = morning(root, world)
    assert at("await_receipts").state == StepState.WAITING
    granted = AdvanceRequest.objects.filter(granted__gt=0)
    assert {one.number: one.amount for one in payments()} == dict(granted.values_list("number", "granted"))

    paid(root, world)
    assert at("await_confirmations").state == StepState.WAITING
    assert [one.number for one in orders(world)] == list(granted.order_by("pk").values_list("number", flat=True))
    confirmed(root, world)
    money(root, world)
    answer("prepare", "wang.min")
    assert tried("approve_repayment", "wang.min", decision="approved") == 403
    answer("approve_repayment", "li.lei", decision="approved")

    finished(run)
    totals = sums()
    assert not Break.objects.exists()
    assert Reconciliation.objects.count() == 4
    assert totals["requested"] == totals["granted"] + totals["cut"] + totals["rejected"]
    assert totals["granted"] == totals["advanced"] == totals["repaid"] > 0
    assert totals["cut"] > 0
    assert set(AdvanceRequest.objects.values_list("state", flat=True)) == {"repaid"}
    assert [(line.outstanding, line.advanced - line.repaid) for line in AdvanceLine.objects.all()] == [
        (line.outstanding, Decimal(0)) for line in world.lines
    ]


def test_what_is_repaid_and_posted_is_told_in_two_files(root):
    world = a_world()
    run = morning(root, world)
    paid(root, world)
    confirmed(root, world)
    money(root, world)
    repaid(run)

    banks = {line[0]: (Decimal(line[1]), Decimal(line[2])) for line in texts("jjt0hk")}
    postings = texts("jjt0rz")
    assert banks == {line.bank: (line.repaid, line.interest) for line in AdvanceLine.objects.all()}
    assert all(interest > 0 for _repaid, interest in banks.values())
    assert len(postings) == len(world.requests)
    assert {line[14] for line in postings} == {"client", ""}
    assert sum(Decimal(line[11]) for line in postings) == sum(amount for amount, _interest in banks.values())
    figures = figures_of(run.pk)
    assert figures is not None
    assert figures.received == figures.repaid + figures.income
    assert outputs_of("report")["outstanding"] == f"{figures.outstanding:.2f}"


def test_a_step_that_is_done_again_sends_nothing_twice_and_changes_nothing(root):
    world = a_world()
    run = morning(root, world)
    paid(root, world)
    confirmed(root, world)
    money(root, world)
    repaid(run)
    before = list(AdvanceRequest.objects.order_by("pk").values()), list(AdvanceLine.objects.order_by("pk").values())
    sent = list(SentFile.objects.order_by("pk").values_list("name", "sha256"))

    for node in ("compute_quota", "send_advances", "read_receipts", "send_orders", "send_repayment"):
        assert isinstance(do(held(at(node))), Finished)

    assert (list(AdvanceRequest.objects.order_by("pk").values()), list(AdvanceLine.objects.order_by("pk").values())) == before
    assert list(SentFile.objects.order_by("pk").values_list("name", "sha256")) == sent
    assert len(sent) == 4


def test_a_day_on_which_nothing_is_granted_ends_without_bank_and_ta(root):
    world = a_world(requests=1)
    run = morning(root, replace(world, requests=[replace(world.requests[0], fund="999999")]))

    finished(run)
    assert list(AdvanceRequest.objects.values_list("state", "bound")) == [("rejected", "no_agreement")]
    assert not SentFile.objects.filter(name__startswith="jjt0fk").exists()
    assert [line[5] for line in texts("jjt0rz")] == ["rejected"]


def test_the_switch_rejects_what_is_above_the_quota(root):
    morning(root, a_world(), on_excess="reject")

    totals = sums()
    assert totals["cut"] == 0
    assert totals["rejected"] > 0
    assert totals["requested"] == totals["granted"] + totals["rejected"]


def test_the_page_of_the_run_shows_its_figures_and_loss_cases(root):
    world = a_world(Fault.TA_REJECT)
    run = morning(root, world)
    paid(root, world)
    confirmed(root, world)
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))

    page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

    lost = AdvanceRequest.objects.get(loss__gt=0)
    figures = figures_of(run.pk)
    assert figures is not None
    assert lost.number in page
    assert {line.bank for line in figures.lines} == {"BKA", "BKB"}
    for amount in (lost.loss, figures.advanced, figures.outstanding, figures.cut):
        assert f"{amount}" in page.replace(",", "")
