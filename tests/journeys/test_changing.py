"""A draft goes into a change with a cut-off in five clicks, and somebody else decides on it in three (P1.2, P1.3)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


class Clicks:
    """Clicks on a page, counted."""

    def __init__(self, page: Any) -> None:
        self.page, self.number = page, 0

    def on(self, what: Any) -> None:
        what.click()
        self.number += 1


def drafted(author: Any, address: str) -> None:
    """A new draft of L00 with the model that is in force; its page is open."""
    model = author.request.get(f"{address}/processes/L00/versions/1/model.bpmn?download").body()
    author.goto(f"{address}/processes/L00/")
    author.set_input_files("[name=model]", {"name": "L00.bpmn", "mimeType": "application/xml", "buffer": model})
    author.fill("[name=note]", "the same with a later cut-off")
    author.locator("form:has([name=model]) button[type=submit]").click()
    author.wait_for_url("**/processes/L00/versions/2/")


def test_a_cut_off_moves_with_a_version_and_somebody_else_decides(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    author = browsers.page("chen.jing", language="en")
    drafted(author, installation.address)

    clicks = Clicks(author)
    clicks.on(author.locator("a[href*='changes/new']"))
    clicks.on(author.locator("form:has([name=effective_date]) button[type=submit]"))
    author.wait_for_url("**/changes/*/")
    clicks.on(author.locator("a[href$='step.window/']"))
    author.select_option("[name=step]", index=0)
    author.fill("[name=latest_end]", "16:45")
    shoot(author, "change-cut-off")
    found = findings(author)
    clicks.on(author.locator("form:has([name=latest_end]) button[type=submit]"))
    expect(author.locator("#change-items")).to_contain_text("16:45")
    shoot(author, "change-draft")
    found += findings(author)
    clicks.on(author.locator("button[value=submit]"))
    expect(author.locator("#change .state").first).to_have_attribute("data-state", "submitted")
    assert clicks.number <= 5

    checker = browsers.page("zhao.gang", language="zh-hans", theme="dark")
    checker.goto(f"{installation.address}/changes/")
    shoot(checker, "changes-dark")
    found += findings(checker)
    checker.goto(f"{installation.address}/approvals/")
    decides = Clicks(checker)
    decides.on(checker.locator("#approvals-table tbody tr a, #inbox tbody tr a").first)
    decides.on(checker.locator(".page-head a.btn").first)
    shoot(checker, "change-decide-dark")
    found += findings(checker)
    decides.on(checker.locator("#decide button[value=approve]"))
    assert decides.number <= 3

    expect(author.locator("#change .state").first).to_have_attribute("data-state", "scheduled")
    shoot(author, "change-scheduled")
    assert not found


def a_day_to_come(page: Any) -> str:
    """The last open day of the month that the calendar shows which is still to come, else the last of the next month."""
    today = page.evaluate("new Date().toLocaleDateString('sv', {timeZone: 'Asia/Shanghai'})")
    for _month in range(2):
        found = page.locator("td:has(.tag) a[href*='day=']").evaluate_all(
            """(links, today) => links.filter((link) => !/休|Closed/.test(link.parentElement.textContent))
               .map((link) => new URL(link.href).searchParams.get("day")).filter((day) => day > today)""",
            today,
        )
        if found:
            return str(found[-1])
        with page.expect_navigation():
            page.locator("section .end a[href*='month=']").last.click()
    raise AssertionError("no open day to come")


def test_a_trading_calendar_exception_is_proposed_in_three_clicks_and_holds_after_the_second_person(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    admin = browsers.page("admin", language="en")
    admin.goto(f"{installation.address}/")
    clicks = Clicks(admin)
    clicks.on(admin.locator("nav a[href='/calendar/']").first)
    admin.locator("td .tag").first.wait_for()
    day = a_day_to_come(admin)
    clicks.on(admin.locator(f"td a[href*='day={day}']").first)
    expect(admin.locator(f"[data-day-effect='{day}']")).to_be_visible()
    admin.fill("#propose-day [name=reason]", "typhoon: the exchange is closed")
    shoot(admin, "propose-day")
    found = findings(admin)
    clicks.on(admin.locator("#propose-day button[type=submit]"))
    expect(admin.locator("#change .state").first).to_have_attribute("data-state", "submitted")
    shoot(admin, "proposed-day")
    found += findings(admin)
    assert clicks.number <= 3

    checker = browsers.page("zhao.gang", language="zh-hans", theme="dark")
    checker.goto(f"{installation.address}/calendar/?day={day}")
    expect(checker.locator("#propose-day")).to_have_count(0)
    expect(checker.locator("td[aria-current=date] .tag").first).not_to_contain_text("休")
    checker.goto(admin.url)
    expect(admin.locator("[data-presence]")).to_contain_text("(deciding)")
    expect(checker.locator("[data-presence]")).to_contain_text("正在查看")
    expect(checker.locator(f"[data-day-effect='{day}']")).to_be_visible()
    shoot(checker, "proposed-day-dark")
    found += findings(checker)
    checker.locator("#decide button[value=approve]").click()

    expect(admin.locator("#change .state").first).to_have_attribute("data-state", "scheduled")
    assert not found
