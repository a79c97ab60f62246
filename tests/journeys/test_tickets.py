"""P1.1: a requirement with the client's number is raised for a line in two clicks; what is like it shows while it is typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_a_requirement_is_raised_in_two_clicks_and_the_second_of_its_kind_is_noticed(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language=language, theme=theme)
    number, title = f"TD-{language}", f"交收指令分批发送 {language}"
    clicks = 0
    page.goto(f"{installation.address}/tickets/?state=rejected")
    expect(page.locator(".empty")).to_be_visible()
    shoot(page, f"tickets-none-{language}-{theme}")
    found = findings(page)

    page.locator(".page-head a.btn-primary").click()
    clicks += 1
    page.locator("#id_external_number").fill(number)
    page.locator("#id_line").select_option(index=1)
    page.locator("#id_title").fill(title)
    shoot(page, f"tickets-form-{language}-{theme}")
    found += findings(page)
    page.locator("form.panel-body button[type=submit]").click()
    clicks += 1
    expect(page.locator("h1")).to_contain_text(title)
    expect(page).to_have_url(re.compile("/tickets/REQ-"))
    assert clicks == 2
    shoot(page, f"ticket-{language}-{theme}")
    found += findings(page)

    page.goto(f"{installation.address}/new-ticket/")
    page.locator("#id_title").press_sequentially("指令分批发送失败")
    expect(page.locator("#like")).to_contain_text(title)
    page.locator("#id_external_number").fill(number)
    page.locator("#id_line").select_option(index=1)
    shoot(page, f"tickets-like-{language}-{theme}")
    found += findings(page)
    page.locator("#id_title").press("Enter")
    expect(page.locator(".errorlist")).to_contain_text(title)
    expect(page.locator("#id_title")).to_have_value("指令分批发送失败")
    shoot(page, f"tickets-taken-{language}-{theme}")
    found += findings(page)

    page.goto(f"{installation.address}/tickets/")
    expect(page.locator("#tickets-table")).to_contain_text(number)
    shoot(page, f"tickets-list-{language}-{theme}")
    found += findings(page)
    assert found == []


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "dark"), ("en", "light")])
def test_tickets_are_triaged_and_moved_on_the_board_by_keyboard_alone(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    asker, page = browsers.page("wang.min", language=language), browsers.page("chen.jing", language=language, theme=theme)
    names = []
    for title in ("期权保证金金额不符", "港股通资金延迟到账"):
        asker.goto(f"{installation.address}/new-ticket/")
        asker.locator("#id_line").select_option(index=1)
        asker.locator("#id_title").fill(f"{title} {language}")
        asker.locator("#id_client").fill("某资管")
        asker.locator("form.panel-body button[type=submit]").click()
        asker.wait_for_url(re.compile("/tickets/REQ-"))
        names.append(asker.locator("h1 .mono").inner_text())

    page.goto(f"{installation.address}/tickets/triage/")
    found = findings(page)
    while names[0] not in page.locator("#triage-title").inner_text():
        with page.expect_navigation():
            page.keyboard.press("s")
    shoot(page, f"tickets-triage-{language}-{theme}")
    page.keyboard.press("1")
    with page.expect_navigation():
        page.keyboard.press("t")
    expect(page.locator("#triage-title")).to_contain_text(names[1])
    page.keyboard.press("w")
    page.keyboard.type("which account?")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_be_visible()
    shoot(page, f"tickets-triage-none-{language}-{theme}")

    page.goto(f"{installation.address}/tickets/board/")
    card = page.locator(f"#card-{names[0]}")
    expect(page.locator("[data-state=waiting].board-column")).to_contain_text(names[1])
    shoot(page, f"tickets-board-{language}-{theme}")
    found += findings(page)
    card.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#board-reason")).to_be_visible()
    page.keyboard.type("the client has to say more")
    shoot(page, f"tickets-board-reason-{language}-{theme}")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state=waiting].board-column")).to_contain_text(names[0])
    card.drag_to(page.locator("[data-state=triaged].board-column"))
    expect(page.locator("[data-state=triaged].board-column")).to_contain_text(names[0])

    for view in ("ages", "due", ""):
        page.goto(f"{installation.address}/tickets/{view}")
        shoot(page, f"tickets-{view or 'all'}-{language}-{theme}")
        found += findings(page)
    page.goto(f"{installation.address}/tickets/{names[0]}/")
    page.locator(f"a[href='/tickets/{names[0]}/edit/']").click()
    expect(page.locator("#id_owner")).to_be_visible()
    shoot(page, f"tickets-edit-{language}-{theme}")
    found += findings(page)
    page.goto(f"{installation.address}/tickets/{names[0]}/")
    shoot(page, f"tickets-one-{language}-{theme}")
    assert found + findings(page) == []
