"""On a phone: no page is wider than it, little script comes over the network, and approvals are decided by touch."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import PAGES, findings
from tests.journeys.test_approving import submit_version

pytestmark = pytest.mark.journey

MOST_SCRIPT_BYTES = 300_000
SCRIPT = """() => performance.getEntriesByType("resource").filter((each) => each.name.split("?")[0].endsWith(".js"))
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_pages_fit_a_phone_and_bring_little_script(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    page = browsers.page("wang.min", language=language, theme=theme, phone=True)
    wider, heavy = {}, {}

    for name, path in PAGES.items():
        page.goto(f"{installation.address}{path}", wait_until="networkidle")
        shoot(page, f"phone-{name}-{language}-{theme}")
        page.wait_for_function(f"({SCRIPT})() > 0")
        wider[name], heavy[name] = page.evaluate(TOO_WIDE), page.evaluate(SCRIPT)

    assert not {name: pixels for name, pixels in wider.items() if pixels > 0}
    assert not {name: size for name, size in heavy.items() if not 0 < size <= MOST_SCRIPT_BYTES}


@pytest.mark.parametrize(("language", "theme", "number"), [("zh-hans", "dark", 2), ("en", "light", 3)])
def test_a_version_is_approved_on_a_phone_by_touch(
    installation: Installation,
    browsers: Browsers,
    shoot: Callable[[Any, str], None],
    language: str,
    theme: str,
    number: int,
) -> None:
    from playwright.sync_api import expect

    author = browsers.page("chen.jing")
    submit_version(author, installation.address, number)
    phone = browsers.page("zhao.gang", language=language, theme=theme, phone=True)

    phone.goto(f"{installation.address}/inbox/")
    phone.locator("a", has_text=f"v{number}").first.tap()
    phone.locator("button[value=approve]").wait_for()
    shoot(phone, f"phone-approval-{language}-{theme}")
    found = findings(phone)
    phone.locator("button[value=approve]").tap()

    expect(phone.locator("#approval-path .panel-head .state")).to_have_attribute("data-state", "approved")
    phone.goto(f"{installation.address}/processes/L00/versions/{number}/", wait_until="networkidle")
    expect(phone.locator(".diagram.is-ready")).to_be_visible()
    shoot(phone, f"phone-version-{language}-{theme}")
    assert phone.evaluate(TOO_WIDE) == 0
    assert found == []
