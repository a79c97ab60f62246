"""Every page without serious findings of axe, in both languages and both themes."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_settlement_day import SLOW_MS, start

pytestmark = pytest.mark.journey

PAGES = {
    "home": "/",
    "runs": "/runs/",
    "tasks": "/tasks/",
    "approvals": "/approvals/",
    "files": "/files/",
    "breaks": "/breaks/",
    "processes": "/processes/",
    "calendar": "/calendar/",
    "profile": "/profile/",
    "nothing": "/nothing/here/",
}
SERIOUS = ("serious", "critical")


def findings(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_pages_have_no_serious_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    visitor = browsers.page(language=language, theme=theme)
    visitor.goto(f"{installation.address}/")
    shoot(visitor, f"sign-in-{language}-{theme}")
    found = {"sign-in": findings(visitor)}
    page = browsers.page("wang.min", language=language, theme=theme)

    for name, path in PAGES.items():
        page.goto(f"{installation.address}{path}")
        shoot(page, f"{name}-{language}-{theme}")
        found[name] = findings(page)

    assert not {name: each for name, each in found.items() if each}


@pytest.mark.parametrize(("language", "theme", "day"), [("zh-hans", "dark", "2026-11-12"), ("en", "light", "2026-11-13")])
def test_the_run_page_has_no_serious_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str, day: str
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language=language, theme=theme)
    start(page, installation.address, day)
    expect(page.locator("#step-card")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#run-diagram.is-ready")).to_be_visible(timeout=SLOW_MS)
    shoot(page, f"run-{language}-{theme}")
    found = findings(page)
    for tab in ("figures", "files", "breaks", "journal"):
        page.locator(f"#tab-{tab}").click()
        expect(page.locator(f"#panel-{tab}")).to_be_visible()
        page.wait_for_timeout(int(os.environ.get("CLEARWAY_TAB_MS", "700")))
        shoot(page, f"run-{tab}-{language}-{theme}")
        found += findings(page)

    assert not found
