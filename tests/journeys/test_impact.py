"""The chain of processes is looked at and walked by keys; a version says what it touches; its recorded runs are replayed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_the_chain_and_the_impact_of_a_version_are_read_without_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing", language=language, theme=theme)
    page.goto(f"{installation.address}/processes/")
    page.locator('a[href="/topology/"]').click()
    expect(page.locator(".chain-picture")).to_be_visible()
    shoot(page, f"topology-{language}-{theme}")
    found = findings(page)

    page.locator(".chain-picture a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#keeping-title")).to_be_visible()
    shoot(page, f"process-{language}-{theme}")
    found += findings(page)
    page.locator('a[href$="/versions/1/"]').first.click()
    page.locator('a[href$="/impact/"]').click()
    expect(page.locator("#replay")).to_be_visible()
    replay = page.locator("#replay form button")
    if replay.count():
        replay.click()
    expect(page.locator("#replay progress")).to_be_visible()
    shoot(page, f"impact-{language}-{theme}")
    found += findings(page)

    assert not found


def test_an_author_says_who_keeps_a_process_in_four_clicks(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing", language="zh-hans", theme="light")
    page.goto(f"{installation.address}/processes/L00/")
    page.locator('a[href$="/keeping/"]').click()
    page.locator("#id_owner").select_option(index=1)
    page.locator("#id_backup").select_option(index=2)
    page.locator("#id_description").fill("公共采集")
    shoot(page, "keeping-zh-light")
    found = findings(page)
    page.locator("form.panel-body button").click()

    expect(page.locator("dl.facts")).to_contain_text("公共采集")
    assert not found
