"""Anything is found from any page with the keyboard alone, in both languages and both themes."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_somebody_goes_anywhere_without_the_mouse(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language=language, theme=theme)
    page.goto(f"{installation.address}/runs/")
    dialog, chosen = page.locator("dialog#find"), page.locator("dialog#find [aria-selected=true]")

    page.keyboard.press("/")
    expect(dialog).to_be_visible()
    expect(page.locator("dialog#find input")).to_be_focused()
    page.keyboard.type("jies")
    expect(chosen).to_have_count(1)
    shoot(page, f"find-{language}-{theme}")
    found = findings(page)
    first = chosen.get_attribute("id")
    page.keyboard.press("ArrowDown")
    expect(chosen).not_to_have_id(str(first))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    shoot(page, f"keys-{language}-{theme}")
    found += findings(page)
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    expect(page.locator("dialog#find .find-none")).to_be_visible()
    shoot(page, f"find-nothing-{language}-{theme}")
    found += findings(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("L01")
    expect(chosen).to_have_id("find-process-1")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/processes/L01/"))
    assert not found
