"""One thread is walked by clicks: from a version to the journal, to a ticket it is linked to, and back, two clicks each."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_from_version_to_journal_to_ticket_and_back_in_two_clicks_each(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing", language=language, theme=theme)
    page.goto(f"{installation.address}/new-ticket/")
    page.locator("#id_line").select_option(label=page.locator("#id_line option", has_text="RTGS").first.inner_text())
    page.locator("#id_title").fill(f"来龙去脉 {language}")
    with page.expect_navigation(url=re.compile("/tickets/REQ-")):
        page.locator("form.panel-body button[type=submit]").click()
    ticket = page.locator("h1 .mono").inner_text()

    def click(selector: str, address: str) -> None:
        with page.expect_navigation(url=re.compile(address)):
            page.locator(selector).first.click()

    page.goto(f"{installation.address}/processes/L00/versions/1/")
    click('.page-head a[href^="/thread/version/"]', "/thread/version/")
    click("#thread-entry li a", r"/journal/\d+/")
    shoot(page, f"journal-entry-{language}-{theme}")
    found = findings(page)

    click('.page-head a[href^="/thread/entry/"]', "/thread/entry/")
    page.locator("#thread-link input[name=ticket]").fill("REQ-1999-0001")
    page.locator("#thread-link button").press("Enter")
    expect(page.locator("#thread-link .errorlist")).to_be_visible()
    page.locator("#thread-link input[name=ticket]").fill(ticket)
    page.locator("#thread-link button").press("Enter")
    expect(page.locator("#thread-ticket li a", has_text=ticket)).to_be_visible()
    shoot(page, f"thread-{language}-{theme}")
    found += findings(page)

    click(f'#thread-ticket li a[href="/tickets/{ticket}/"]', "/tickets/REQ-")
    expect(page.locator("#ticket-linked")).to_be_visible()
    shoot(page, f"ticket-links-{language}-{theme}")
    found += findings(page)
    click('.page-head a[href^="/thread/ticket/"]', "/thread/ticket/")
    click('#thread-version li a[href$="/versions/1/"]', "/processes/L00/versions/1/")

    assert found == []
    assert browsers.broken == []
