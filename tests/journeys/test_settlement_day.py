"""A settlement day in real browsers: two clicks, files, maker, checker, and everybody sees it without reloading."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation

pytestmark = pytest.mark.journey


def row(page: Any, name: str) -> Any:
    """The newest row of the table of steps with this name."""
    return page.locator("#step-table tbody tr").filter(has=page.get_by_role("button", name=name, exact=True)).last


def expect_state(page: Any, name: str, state: str) -> None:
    from playwright.sync_api import expect

    expect(row(page, name).locator(f'[data-state="{state}"]')).to_be_visible()


def start(page: Any, address: str, day: str = "") -> None:
    """Two clicks from the home page."""
    page.goto(f"{address}/")
    page.locator("[data-opens=begin-L01]").click()
    dialog = page.locator("dialog[open]")
    if day:
        dialog.locator("input[type=date]").fill(day)
    dialog.locator("button[type=submit]").click()
    page.wait_for_url(re.compile(r"/runs/\d+/$"))


def look_at_totals_and_breaks(page: Any) -> None:
    """P1.5: one click each beside the answer of the step; the answer itself is the second after the totals."""
    from playwright.sync_api import expect

    expect(page.locator(".diagram.is-ready")).to_be_visible()
    page.locator("#tab-breaks").click()
    expect(page.locator("#panel-breaks")).not_to_contain_text("Reading")
    expect(page.locator("#step-card").get_by_role("button", name="Approve")).to_be_visible()
    page.locator("#tab-figures").click()
    expect(page.locator("#panel-figures .facts")).to_contain_text("Instructions")
    expect(page.locator("#step-card").get_by_role("button", name="Approve")).to_be_visible()


def trace_back_and_forth(page: Any, run: str, shoot: Callable[[Any, str], None]) -> None:
    """From what the run sent to the files that its rows are from, and from the first row of one to what was sent."""
    from playwright.sync_api import expect

    from tests.journeys.test_accessible import findings  # which itself begins days as this file does

    sent = page.locator("section[aria-labelledby=sent-title] tbody tr", has_text="rtgsgd")
    page.goto(f"{run}lineage/")
    expect(sent).to_have_count(1)
    shoot(page, "lineage-run")
    found = findings(page)
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("jsmx")).first.click()
    page.locator("input[name=row]").fill("1")
    with page.expect_navigation():
        page.locator("input[name=row]").press("Enter")
    expect(sent).to_have_count(1)
    shoot(page, "lineage-row")
    assert found + findings(page) == []


def test_the_day_from_two_clicks_to_the_approval(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    maker = browsers.page("wang.min")
    checker = browsers.page("li.lei", language="en", theme="dark")
    watcher = browsers.page("zhang.wei", language="en")
    shoot(maker, "home-before")

    start(maker, installation.address)
    watcher.goto(maker.url)
    expect(checker.locator("#runs-today tbody tr").first).to_be_visible()

    expect_state(watcher, "Select ticks (maker)", "offered")
    expect_state(maker, "勾单选择（经办）", "offered")
    expect(watcher.locator('[data-element-id="select_ticks"].tone-person')).to_be_visible()
    shoot(maker, "run-maker")
    form = maker.locator("#step-card form.answer-form")
    expect(form).to_be_visible()
    form.locator("textarea[name=note]").fill("头寸已核对")
    form.get_by_role("button", name="确认").click()

    expect_state(watcher, "Select ticks (maker)", "done")
    expect_state(watcher, "Approve ticks (checker)", "offered")
    checker.goto(f"{installation.address}/")
    task = checker.locator("#my-tasks tbody tr", has_text="Approve ticks (checker)").first
    expect(task).to_be_visible()
    shoot(checker, "home-checker")
    task.get_by_role("link").last.click()
    expect(checker.locator("#step-card .inputs")).to_contain_text("头寸已核对")
    shoot(checker, "run-checker")

    expect(maker.locator("#step-card form.answer-form")).to_have_count(0)
    look_at_totals_and_breaks(checker)
    shoot(checker, "run-checker-totals")
    checker.locator("#step-card").get_by_role("button", name="Approve").click()

    expect_state(watcher, "Approve ticks (checker)", "done")
    expect_state(watcher, "Send ticks and top-up", "done")
    expect_state(maker, "勾单复核", "done")
    shoot(watcher, "run-watcher")
    trace_back_and_forth(watcher, maker.url.split("?")[0], shoot)


def test_half_typed_answers_and_focus_survive_what_others_do(installation: Installation, browsers: Browsers) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language="en")
    other = browsers.page("zhang.wei", language="en")
    page.goto(f"{installation.address}/runs/")
    field = page.locator("input[name=process]")
    field.fill("L0")

    start(other, installation.address, date(2026, 11, 18).isoformat())

    begun = page.locator("#runs-table tbody tr").filter(has_text="2026-11-18").first  # others begin runs by themselves meanwhile
    expect(begun).to_be_visible()
    expect(field).to_have_value("L0")
    expect(field).to_be_focused()
    other.locator("#run-menu summary").click()
    other.locator("#run-menu").get_by_role("link", name="Cancel").click()
    other.locator("dialog[open] textarea").fill("only a trial")
    other.locator("dialog[open] button[type=submit]").click()
    expect(other.locator("#run-head .state")).to_have_attribute("data-state", "cancelled")


def test_a_second_start_is_refused_in_place(installation: Installation, browsers: Browsers) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language="en")
    start(page, installation.address, date(2026, 11, 17).isoformat())
    page.goto(f"{installation.address}/")
    page.locator("[data-opens=begin-L01]").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("input[type=date]").fill("2026-11-17")

    dialog.locator("button[type=submit]").click()

    expect(dialog.locator('[role="alert"]')).to_contain_text("already running")
    expect(dialog.locator("input[type=date]")).to_have_value("2026-11-17")


def test_the_keyboard_is_enough_to_start_and_to_choose_a_step(installation: Installation, browsers: Browsers) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language="en")
    page.goto(f"{installation.address}/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.hasAttribute('data-opens')"):
            break
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    dialog.locator("input[type=date]").fill("2026-11-16")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/runs/\d+/$"))

    page.locator("#tab-steps").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-figures")).to_be_focused()
    expect(page.locator("#panel-steps")).to_be_hidden()
    page.keyboard.press("Home")
    expect(page.locator("#panel-steps")).to_be_visible()
    choice = page.locator("#step-table [data-choose]").first
    choice.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-card")).to_have_attribute("data-step", choice.get_attribute("data-choose"))


def test_language_and_theme_are_switched_and_kept(installation: Installation, browsers: Browsers) -> None:
    from playwright.sync_api import expect

    page = browsers.page("sun.li", language="zh-hans")
    page.goto(f"{installation.address}/runs/")
    expect(page.locator("h1")).to_have_text("运行")

    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Runs")
    page.locator("[data-theme-switch]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()

    expect(page.locator("h1")).to_have_text("Runs")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_signing_out_elsewhere_closes_the_live_connection(installation: Installation, browsers: Browsers) -> None:
    from playwright.sync_api import expect

    page = browsers.page("sun.li", language="en")
    expect(page.locator("[data-link-state]")).to_have_attribute("data-value", "online")
    second = page.context.new_page()
    second.goto(f"{installation.address}/")
    second.locator("[data-menu] summary").click()
    second.get_by_role("button", name="Sign out").click()

    expect(page.locator("[data-connection-banner]")).to_contain_text("sign in again")
