"""P2.1: administrators make a template from another, test it and save it beside each other; processes made from it follow it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings
from tests.journeys.test_drawing import open_editor, rename
from tests.processes.test_round_trip import MODEL

pytestmark = pytest.mark.journey

LIST = "/admin/processes/processtemplate/"


class Clicks:
    """Counts what a person presses."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, target: Any) -> None:
        self.count += 1
        target.click()


def open_template(page: Any, address: str) -> None:
    page.goto(f"{address}{LIST}")
    page.locator("#result_list tbody th a").first.click()
    page.locator("[data-canvas].is-ready").wait_for()


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_the_page_of_a_template_has_no_serious_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    page = browsers.page("admin", language=language, theme=theme)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    open_template(page, installation.address)
    shoot(page, f"template-top-{language}-{theme}")
    page.locator("[data-canvas]").scroll_into_view_if_needed()
    shoot(page, f"template-{language}-{theme}")
    found = findings(page, imported_sheets=False)
    page.locator("[data-view=table]").click()
    page.locator("[data-table]").scroll_into_view_if_needed()
    shoot(page, f"template-table-{language}-{theme}")

    assert found + findings(page, imported_sheets=False) == []


def test_a_template_is_made_from_another_and_a_process_from_it_in_four_clicks(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("admin", language="en")
    open_template(page, installation.address)
    press = Clicks()

    press(page.get_by_role("link", name="New template from this one"))
    page.locator("[data-canvas].is-ready").wait_for()
    page.fill("[name=key]", "MY_COPY")
    page.fill("[name=name_en]", "My copy")
    page.locator("[data-view=table]").click()
    page.locator("[data-table] tbody tr").nth(2).locator("td").first.dblclick()
    page.keyboard.type("Changed in the table")
    page.keyboard.press("Enter")
    expect(page.locator("[data-save-state]")).to_contain_text("not saved")
    press(page.get_by_role("button", name="Save and continue editing").last)
    page.locator("[data-canvas].is-ready").wait_for()
    assert page.input_value("[name=key]") == "MY_COPY"
    assert "Changed in the table" in page.input_value("[name=model_xml]")
    press(page.get_by_role("link", name="New process from this template"))
    page.fill("[name=key]", "MADE_BY_TEMPLATE")
    page.select_option("[name=line]", index=1)
    shoot(page, "process-from-template")
    press(page.get_by_role("button", name="Create the process"))
    page.wait_for_url("**/processes/MADE_BY_TEMPLATE/versions/1/")

    assert press.count == 4
    page.goto(f"{installation.address}{LIST}?q=MY_COPY")
    expect(page.locator("#result_list")).to_contain_text("MY_COPY")


def save(page: Any) -> None:
    """Saves and waits for the page that comes then, whatever it says."""
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").last.click()
    page.locator("[data-canvas].is-ready").wait_for()


def new_template(page: Any, address: str, key: str, model: str) -> str:
    """A template with this model, as it comes from a file; the address of its page."""
    page.goto(f"{address}{LIST}add/")
    page.locator("[data-canvas].is-ready").wait_for()
    page.fill("[name=key]", key)
    page.fill("[name=name_zh]", key)
    page.fill("[name=name_en]", key)
    file: Any = {"name": "model.bpmn", "mimeType": "application/xml", "buffer": model.encode()}
    page.set_input_files("[data-import]", file)
    page.locator('[data-canvas] [data-element-id="a"]').first.wait_for()
    save(page)
    return str(page.url)


def test_two_administrators_save_a_template_of_another_tool_and_nothing_in_it_is_lost(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    one = browsers.page("admin", language="en")
    other = browsers.page("admin", language="zh-hans", theme="dark")
    place = new_template(one, installation.address, "foreign", MODEL)
    other.goto(place)
    other.locator("[data-canvas].is-ready").wait_for()

    rename(one, "a", "Renamed")
    save(one)
    rename(other, "b", "再改一步")
    rename(other, "a", "别的名称")
    with other.expect_navigation():
        other.locator("button[name=_continue]").last.click()
    expect(other.locator('[data-conflict="a"]')).to_contain_text("Renamed")
    other.locator("[data-canvas].is-ready").wait_for()
    other.emulate_media(color_scheme="dark")
    shoot(other, "template-conflict-zh-dark")
    found = findings(other, imported_sheets=False)
    other.locator('[name="d.a"][value=own]').check()
    with other.expect_navigation():
        other.locator("button[name=_continue]").last.click()

    expect(other.locator(".errornote")).to_have_count(0)
    now = one.request.get(place.replace("change/", "model.bpmn").split("?")[0]).text()
    kept = [part for part in ("before the model", "behind the model", "urn:other") if part in MODEL]
    assert len(kept) > 1
    assert [part for part in kept if part not in now] == []
    assert 'name="别的名称"' in now
    assert 'name="再改一步"' in now
    assert found == []


def test_a_template_is_tested_and_a_process_takes_over_what_both_changed_in_three_clicks(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    address = installation.address
    admin = browsers.page("admin", language="en")
    open_template(admin, address)
    admin.get_by_role("link", name="New template from this one").click()
    admin.locator("[data-canvas].is-ready").wait_for()
    admin.fill("[name=key]", "TESTED")
    admin.locator("[data-template-tests] [data-add]").click()
    test = admin.locator("[data-rows] [data-test]").last
    test.locator("[name$=-name]").fill("as it is")
    test.locator("[data-record]").click()
    expect(test.locator("[name$=-expected]")).to_have_value(re.compile('"path"'))
    admin.locator("[data-play]").click()
    expect(admin.locator("[data-results]")).to_contain_text("passed")
    admin.locator("[data-results]").scroll_into_view_if_needed()
    shoot(admin, "template-tests-en-light")
    found = findings(admin, imported_sheets=False)
    save(admin)
    place, step = admin.url, admin.locator("[data-canvas] .djs-shape[data-element-id]").nth(2).get_attribute("data-element-id")
    assert step

    author = browsers.page("chen.jing", language="en")
    author.goto(f"{address}/new-process/?template=TESTED")
    author.fill("[name=key]", "FOLLOWS")
    author.select_option("[name=line]", index=1)
    author.get_by_role("button", name="Create the process").click()
    author.wait_for_url("**/processes/FOLLOWS/versions/1/")
    author.goto(f"{address}/processes/FOLLOWS/")
    expect(author.locator("section[aria-labelledby=tests-title]")).to_contain_text("as it is")
    open_editor(author, address, "FOLLOWS")
    rename(author, step, "As we call it")
    expect(author.locator("[data-save-state]")).to_contain_text("Saved as revision")
    admin.goto(place)
    admin.locator("[data-canvas].is-ready").wait_for()
    rename(admin, step, "As all call it")
    runbook = admin.get_by_label("Runbook")
    runbook.fill("https://wiki/what-to-do")
    runbook.press("Tab")
    save(admin)

    press = Clicks()
    author.goto(f"{address}/processes/FOLLOWS/")
    press(author.get_by_role("link", name="Take over the changes"))
    expect(author.locator(f'[data-conflict="{step}"]')).to_contain_text("As all call it")
    author.locator(".diagram.is-ready").wait_for()
    author.locator("#conflicts-title").evaluate("title => title.scrollIntoView({behavior: 'instant'})")
    shoot(author, "rebase-conflict-en-light")
    found += findings(author)
    press(author.locator(f'[name="d.{step}"][value=base]'))
    press(author.get_by_role("button", name="Bring it into the working copy"))
    author.locator("[data-canvas].is-ready").wait_for()

    assert press.count == 3
    expect(author.locator("[data-canvas]")).to_contain_text("As all call it")
    expect(author.locator("[data-canvas]")).not_to_contain_text("As we call it")
    author.locator(f'[data-canvas] [data-element-id="{step}"]').first.click()
    expect(author.get_by_label("Runbook")).to_have_value("https://wiki/what-to-do")
    assert found == []
