"""Rows are pasted, tried and raised, put into a release together, and the release shows them."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_pasted_rows_become_tickets_of_a_release(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing", language=language, theme=theme)
    page.goto(f"{installation.address}/releases/")
    page.locator("#id_line").select_option(index=1)
    line = page.locator("#id_line option:checked").inner_text()
    page.locator("#id_name").fill(f"R-{language}")
    page.locator("#id_target_date").fill("2099-12-31")
    shoot(page, f"releases-{language}-{theme}")
    found = findings(page)
    with page.expect_navigation():
        page.locator("form.panel-body button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(f"R-{language}")

    page.goto(f"{installation.address}/tickets/import/")
    page.locator("#id_pasted").fill(
        f"标题\t条线\t类型\n交收失败 {language}\t{line}\t缺陷\n保证金 {language}\t{line}\t\n\t{line}\t"
    )
    shoot(page, f"import-{language}-{theme}")
    found += findings(page)
    with page.expect_navigation():
        page.locator("form.panel-body button[type=submit]").click()
    expect(page.locator("[data-result=done]")).to_have_count(2)
    expect(page.locator("[data-result=refused]")).to_have_count(1)
    shoot(page, f"import-tried-{language}-{theme}")
    found += findings(page)
    with page.expect_navigation():
        page.locator("button[name=sure]").click()
    expect(page.locator("[data-result=done] a")).to_have_count(2)

    page.goto(f"{installation.address}/tickets/together/?search={language}")
    page.locator("[data-pick-all]").check()
    page.locator("#id_in_release").select_option(label=f"R-{language}")
    shoot(page, f"together-{language}-{theme}")
    found += findings(page)
    with page.expect_navigation():
        page.locator("form button.btn-primary").click()
    shoot(page, f"together-tried-{language}-{theme}")
    found += findings(page)
    with page.expect_navigation():
        page.locator("form.buttons button.btn-primary").click()

    page.goto(f"{installation.address}/releases/")
    with page.expect_navigation():
        page.get_by_role("link", name=f"R-{language}").click()
    expect(page.locator(".burn-down polyline.left")).to_have_attribute("points", re.compile(r"\d"))
    shoot(page, f"release-{language}-{theme}")
    found += findings(page)
    assert not found
