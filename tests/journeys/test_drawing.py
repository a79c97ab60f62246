"""A process is drawn in the browser: by mouse and keyboard, checked while drawing, saved by itself, joined with others' work."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings
from tests.processes.test_round_trip import canonical, under

pytestmark = pytest.mark.journey


def open_editor(page: Any, address: str, key: str = "L00") -> None:
    page.goto(f"{address}/processes/{key}/draw/")
    begin = page.locator("button[value=open]")
    if begin.count():
        begin.click()
    page.locator("[data-canvas].is-ready").wait_for()


def saves(name: str) -> Callable[[Any], bool]:
    """Whether an answer is that to a save of a drawing in which this name stands."""

    def is_it(answer: Any) -> bool:
        sent = answer.request
        return bool(answer.ok and sent.method == "PUT" and answer.url.endswith("/working-copy/") and name in sent.post_data)

    return is_it


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
    other.route_web_socket("**/ws/processes/**", lambda socket: None)  # it hears of no save
    open_editor(one, installation.address)
    open_editor(other, installation.address)
    first = int(one.locator("[data-editor]").get_attribute("data-revision"))

    one.locator("[data-steps] button", has_text="Call a process").press("Enter")
    expect(one.locator("[data-count]")).not_to_have_attribute("data-errors", "0")
    expect(one.locator("[data-problems] tr").first).to_be_visible()
    shoot(one, "draw-problems")
    one.locator("[data-canvas] svg").first.focus()
    one.keyboard.press("Control+z")
    expect(one.locator("[data-count]")).to_have_attribute("data-errors", "0")

    rename(other, "begun", "Theirs")
    expect(other.locator("[data-save-state]")).to_contain_text("Saved as revision")
    with one.expect_response(saves("Mine")):  # before the other names it otherwise
        rename(one, "ended", "Mine")
    expect(one.locator('[data-canvas] [data-element-id="begun_label"]')).to_contain_text("Theirs")
    assert int(one.locator("[data-editor]").get_attribute("data-revision")) > first

    expect(one.locator("[data-fields] code").first).to_have_text("ended")  # still chosen in the drawing that was joined
    rename(other, "ended", "Not yours")
    expect(other.locator("dialog#conflict")).to_be_visible()
    shoot(other, "draw-conflict")
    expect(other.locator("[data-sentence]")).to_contain_text("ended")
    other.locator("[data-reload]").click()
    other.locator("[data-canvas].is-ready").wait_for()
    expect(other.locator('[data-canvas] [data-element-id="ended_label"]')).to_contain_text("Mine")


def test_who_else_is_there_is_seen_and_their_work_comes_by_itself(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    one, other = browsers.page("chen.jing", language="en"), browsers.page("chen.jing", language="zh-hans", theme="dark")
    reader = browsers.page("zhao.gang", language="zh-hans", theme="dark")
    open_editor(one, installation.address)
    open_editor(other, installation.address)

    reader.goto(f"{installation.address}/processes/L00/versions/1/")
    expect(one.locator("[data-presence]")).to_contain_text("(reading a version)")
    expect(reader.locator("[data-presence]")).to_contain_text("正在绘制")
    shoot(one, "presence-en-light")
    shoot(reader, "presence-zh-dark")
    rename(other, "begun", "By itself")
    expect(one.locator('[data-canvas] [data-element-id="begun_label"]')).to_contain_text("By itself")
    reader.close()

    expect(one.locator("[data-presence]")).to_be_empty()


def test_a_step_is_renamed_in_a_model_of_another_tool_and_nothing_else_in_it_changes(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing", language="en")
    open_editor(page, installation.address, "L01")
    work = f"{installation.address}/api/processes/L01/working-copy/"
    editor = page.locator("[data-editor]")
    foreign, headers = under("L01"), {"X-CSRFToken": editor.get_attribute("data-token") or ""}
    seen = int(editor.get_attribute("data-revision") or 0)
    brought = page.request.put(work, data={"model_xml": foreign, "seen": seen}, headers=headers)
    assert brought.ok, brought.text()
    open_editor(page, installation.address, "L01")

    rename(page, "a", "Renamed")
    expect(page.locator("[data-save-state]")).to_contain_text(f"Saved as revision {seen + 2}")
    rename(page, "b", "Renamed too")
    expect(page.locator("[data-save-state]")).to_contain_text(f"Saved as revision {seen + 3}")
    shoot(page, "draw-foreign")

    now = page.request.get(work).json()["model_xml"]
    renamed = foreign.replace('id="a" name="a"', 'id="a" name="Renamed"').replace('name="inside" trig', 'name="Renamed too" trig')
    place = '<dc:Bounds x="400" y="80" width="100" height="80"/>'
    with_label = renamed.replace(place, f"{place}<bpmndi:BPMNLabel/>")  # which the modeller gives to what it names
    assert canonical(now) == canonical(with_label)
