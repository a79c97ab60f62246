"""An author writes a test in the browser, is told while writing what is no JSON, and sees what a version makes of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "dark"), ("en", "light")])
def test_a_test_is_written_by_keyboard_and_played_on_a_version(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing", language=language, theme=theme)
    process = f"{installation.address}/processes/L00/"
    page.goto(process)
    shoot(page, f"tests-none-{language}-{theme}")
    found = findings(page)
    page.goto(f"{process}new-test/")

    page.locator("#id_name").fill(f"it ends ({language})")
    page.locator("#id_variables").fill("{")
    expect(page.locator("#id_variables-json")).not_to_be_empty()
    page.locator("#id_variables").fill("{}")
    expect(page.locator("#id_variables-json")).to_be_empty()
    page.locator("button[value=record]").press("Enter")
    expect(page.locator("#id_expected")).to_have_value(re.compile("begun"))
    shoot(page, f"tests-filled-in-{language}-{theme}")
    found += findings(page)
    page.locator("#id_expected").fill('{"path": ["begun", "endet"]}')
    shoot(page, f"tests-form-{language}-{theme}")
    found += findings(page)
    page.locator("button[value=save]").press("Enter")
    expect(page.locator("section[aria-labelledby=tests-title]")).to_contain_text("begun → endet")
    shoot(page, f"tests-list-{language}-{theme}")

    page.goto(f"{process}versions/1/")
    page.locator('a[href="?tests#tests"]').press("Enter")
    results = page.locator("#tests")
    expect(results).to_contain_text("endet")
    expect(page.locator(".diagram.is-ready")).to_be_visible()
    results.scroll_into_view_if_needed()
    shoot(page, f"tests-results-{language}-{theme}")
    found += findings(page)

    page.goto(process)
    page.get_by_role("link", name=f"it ends ({language})").press("Enter")
    page.locator("#id_removal_reason").fill("a trial")
    shoot(page, f"tests-opened-{language}-{theme}")
    found += findings(page)
    page.locator("button[value=remove]").press("Enter")
    expect(page.get_by_role("link", name=f"it ends ({language})")).to_have_count(0)
    assert found == []
