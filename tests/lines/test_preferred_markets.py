"""Preferred stock in Shenzhen and Beijing through the engine: the same day as in Shanghai out of other files."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine.states import StepState
from apps.lines.preferred_stock.core.simulated import PUT_BACK, Fault
from apps.lines.preferred_stock.models import PreferredClaim, PreferredEvent
from apps.people.models import User
from apps.recon.models import Break, Reconciliation
from tests.lines.preferred import (
    NEXT,
    a_world,
    answer,
    arrive,
    at,
    finished,
    installed,
    kept,
    morning,
    next_day,
    offered,
    outputs_of,
    set_up,
    texts,
    tried,
)

pytestmark = pytest.mark.django_db(transaction=True)
MARKETS = ["preferred-sz", "preferred-bj"]


@pytest.mark.parametrize("line", MARKETS)
def test_a_day_and_the_next_with_maker_and_checker_a_withdrawal_and_a_leg_that_never_comes(settings, tmp_path, line):
    installed(settings, tmp_path, line)
    world = a_world(Fault.WITHDRAWN, line=line)
    first = morning(tmp_path, world)
    answer("set_up", "wang.min", lines=world.parameters())
    assert tried("approve", "wang.min", decision="approved") == 403
    answer("approve", "li.lei", decision="approved")
    assert at("await_results").state == StepState.WAITING
    assert set(PreferredEvent.objects.values_list("line__code", "security")) == {
        (line, security) for security in world.place.securities.values()
    }

    arrive(tmp_path, world, "evening")

    finished(first)
    results = world.place.market.results
    names = {f"accepted / {results}", f"pay / {results}", f"before less accepted / {world.place.market.balances}"}
    assert set(Reconciliation.objects.values_list("name", flat=True)) == names
    posted = PreferredClaim.objects.filter(state="posted")
    assert set(posted.values_list("event__kind", flat=True)) == {"redemption"}

    second = next_day(tmp_path, world)

    finished(second)
    assert (kept(world.first).state, kept(world.first).withdrawn_on) == ("declaring", NEXT)
    for one in world.claims[1:]:
        row = kept(one)
        assert (row.state, row.accepted, row.paid, row.tax) == ("posted", one.accepted, one.pay, one.tax)
    assert not Break.objects.exists()
    lines = texts(f"ygrz{second.pk:06}")
    assert [(line[0], line[6], line[7]) for line in lines if line[4] == world.first.account and line[1] == PUT_BACK] == [
        ("release", "0", str(world.first.declared))
    ]
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    page = client.get(reverse("run", args=[second.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()
    assert world.place.securities[PUT_BACK] in page


def test_what_is_wrong_in_the_files_of_beijing_is_found_in_its_place(settings, tmp_path):
    installed(settings, tmp_path, "preferred-bj")
    world = a_world(Fault.WRONG_CODE, Fault.STRANGE_CASH, Fault.LATE_RESULTS, line="preferred-bj")
    run = morning(tmp_path, world)
    set_up(world)
    arrive(tmp_path, world, "evening")
    assert at("await_results").state == StepState.WAITING
    arrive(tmp_path, world, "late")

    assert [text.endswith("其代码属于另一类业务。") for text in outputs_of("results")["told"]] == [True]
    answer("findings", "wang.min", decision="accept", reason="asked the depository")
    assert offered("legs")
    answer("legs", "wang.min", decision="settle", reason="asked the depository")

    finished(run)
    broken = Break.objects.filter(state="open").values_list("reconciliation__name", "kind")
    assert list(broken) == [("pay / bjsjg", "only_right")]
    assert (kept(world.first).state, PreferredClaim.objects.filter(state="posted").count()) == ("declared", 5)
