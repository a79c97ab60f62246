"""A process is drawn in the browser: by mouse and keyboard, checked while drawing, saved by itself, joined with others' work."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey

SLOW_MS = 60_000


def open_editor(page: Any, address: str) -> None:
    page.goto(f"{address}/processes/L00/draw/")
    begin = page.locator("button[value=open]")
    if begin.count():
        begin.click()
    page.locator("[data-canvas].is-ready").wait_for(timeout=SLOW_MS)


def rename(page: Any, element: str, name: str) -> None:
    page.locator(f'[data-canvas] [data-element-id="{element}"]').first.click()
    field = page.locator("[data-fields] input").first
    field.fill(name)
    field.press("Tab")


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_the_editor_has_no_serious_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    page = browsers.page("chen.jing", language=language, theme=theme)
    page.goto(f"{installation.address}/processes/L01/draw/")
    shoot(page, f"draw-empty-{language}-{theme}")
    open_editor(page, installation.address)
    page.locator('[data-element-id="read"], [data-element-id="begun"]').first.click()
    shoot(page, f"draw-{language}-{theme}")

    assert findings(page) == []


def test_what_is_drawn_is_checked_saved_and_joined_with_the_work_of_others(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    one = browsers.page("chen.jing", language="en")
    other = browsers.page("chen.jing", language="en", theme="dark")
    open_editor(one, installation.address)
    open_editor(other, installation.address)
    first = int(one.locator("[data-editor]").get_attribute("data-revision"))

    one.locator("[data-steps] button", has_text="Call a process").press("Enter")
    expect(one.locator("[data-count]")).not_to_contain_text("nothing to say", timeout=SLOW_MS)
    expect(one.locator("[data-problems] tr").first).to_be_visible(timeout=SLOW_MS)
    shoot(one, "draw-problems")
    one.locator("[data-canvas] svg").first.focus()
    one.keyboard.press("Control+z")
    expect(one.locator("[data-count]")).to_contain_text("nothing to say", timeout=SLOW_MS)

    rename(other, "begun", "Theirs")
    expect(other.locator("[data-save-state]")).to_contain_text("Saved as revision", timeout=SLOW_MS)
    rename(one, "ended", "Mine")
    expect(one.locator('[data-canvas] [data-element-id="begun_label"]')).to_contain_text("Theirs", timeout=SLOW_MS)
    assert int(one.locator("[data-editor]").get_attribute("data-revision")) > first

    rename(other, "ended", "Not yours")
    expect(other.locator("dialog#conflict")).to_be_visible(timeout=SLOW_MS)
    shoot(other, "draw-conflict")
    expect(other.locator("[data-sentence]")).to_contain_text("ended")
    other.locator("[data-reload]").click()
    other.locator("[data-canvas].is-ready").wait_for(timeout=SLOW_MS)
    expect(other.locator('[data-canvas] [data-element-id="ended_label"]')).to_contain_text("Mine", timeout=SLOW_MS)
