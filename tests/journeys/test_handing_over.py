"""A shift is handed over in real browsers: one side signs, the other one hears of it, reads what is red and signs as well."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey

SHIFTS = """
from datetime import timedelta
from apps.kernel import clock
from apps.people.models import BusinessLine, User
from apps.shifts.models import Coverage, Duty, Shift, Site
keeper, line = User.objects.get(username="admin"), BusinessLine.objects.get(code="options-margin")
Coverage.objects.filter(line=line).delete()
now = clock.now().astimezone(clock.SHANGHAI).replace(second=0, microsecond=0)
hours = [now - timedelta(hours=6), now + timedelta(hours=1), now + timedelta(hours=7)]
people = ["wang.min", "li.lei"]
for number, username in enumerate(people):
    facts = {"site": Site.objects.first(), "begins": hours[number].time(), "ends": hours[number + 1].time()}
    shift = Shift.objects.create(code=f"turn-{number}", name_zh=f"第{number + 1}班", name_en=f"Turn {number + 1}", **facts)
    Coverage.objects.create(line=line, shift=shift, on_site=2)
    who = {"person": User.objects.get(username=username), "planned_by": keeper, "planned_at": clock.now()}
    Duty.objects.create(line=line, shift=shift, business_date=hours[number].date(), role="primary", **who)
"""
"""Two shifts that follow each other on a line: one that ends in an hour, whatever the time is now, and lacks people."""


@pytest.fixture(scope="module", autouse=True)
def shifts(installation: Installation) -> None:
    installation.manage("shell", "-c", SHIFTS)


def test_both_sides_sign_and_everybody_who_looks_sees_it(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    giver = browsers.page("wang.min")
    taker = browsers.page("li.lei", language="en", theme="dark")
    taker.goto(f"{installation.address}/handovers/")
    giver.goto(f"{installation.address}/")

    with giver.expect_navigation(url=re.compile("/handovers/options-margin/turn-0/")):
        giver.get_by_role("link", name=re.compile("第1班")).click()
    giver.locator("#notes").fill("头寸已核对")
    shoot(giver, "handover-give")
    found = findings(giver)
    with giver.expect_navigation(url=re.compile(r"/handovers/\d+/$")):
        giver.locator("#sign button[type=submit]").click()

    taking = taker.get_by_role("link", name=re.compile("Turn 1")).first
    expect(taking).to_be_visible()
    with taker.expect_navigation(url=re.compile(r"/handovers/\d+/$")):
        taking.click()
    expect(taker.locator("#signatures")).to_contain_text("头寸已核对")
    red = taker.locator("input[name=acknowledged]")
    expect(red.first).to_be_visible()
    for number in range(red.count()):
        red.nth(number).check()
    shoot(taker, "handover-take")
    found += findings(taker)
    with taker.expect_navigation(url=re.compile(r"/handovers/\d+/$")):
        taker.locator("#sign button[type=submit]").click()

    for page in (taker, giver):
        expect(page.locator('#signatures [data-state="taken"]')).to_be_visible()
    shoot(giver, "handover-taken")
    assert found == []
    assert browsers.broken == []
