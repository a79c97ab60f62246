"""A changed drawing is compared with its beginning: marks on both diagrams, words beside them, by mouse and by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey

BPMN, DI, DC = (
    "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "http://www.omg.org/spec/DD/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
)
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
CLEARWAY = "urn:clearway:bpmn:1"
CHANGE = """async ([address, token, model]) => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const opened = await (await fetch(address, { method: "POST", headers })).json();
    if (!model) return opened.model_xml;
    const body = JSON.stringify({ model_xml: model, seen: opened.revision });
    return (await fetch(address, { method: "PUT", headers, body })).status;
}"""


def changed(model: str) -> str:
    """L00 with a step less, a step more, another deadline and a step that only stands elsewhere."""
    root = etree.fromstring(model.encode())
    by_id = {node.get("id"): node for node in root.iter() if node.get("id")}
    for name in ("parse", "parse_to_check"):
        _remove(by_id[name])
        _remove(next(root.iterfind(f".//*[@bpmnElement='{name}']")))
    by_id["validate_to_parse"].set("targetRef", "check")
    by_id["await_file"].set(f"{{{CLEARWAY}}}deadline", "SH.RTGS.CLOSE")
    process = next(root.iter(f"{{{BPMN}}}process"))
    process.set("name", "公共采集（新）")  # which has no place in the diagram
    facts = {"id": "confirm", "name": "人工确认", f"{{{CLEARWAY}}}nameEn": "Confirm by hand", f"{{{CLEARWAY}}}role": "maker"}
    etree.SubElement(process, f"{{{BPMN}}}userTask", facts)
    plane = next(root.iter(f"{{{BPMNDI}}}BPMNPlane"))
    shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", {"id": "confirm_di", "bpmnElement": "confirm"})
    bounds = next(root.iterfind(".//*[@bpmnElement='check']")).find(f"{{{DC}}}Bounds")
    assert bounds is not None
    below = etree.SubElement(shape, f"{{{DC}}}Bounds", {str(name): str(value) for name, value in bounds.items()})
    below.set("y", str(int(bounds.get("y", "0")) + 150))
    moved = next(root.iterfind(".//*[@bpmnElement='expect']")).find(f"{{{DC}}}Bounds")
    assert moved is not None
    moved.set("y", str(int(moved.get("y", "0")) - 60))
    return etree.tostring(root, encoding="unicode")


def _remove(node: Any) -> None:
    node.getparent().remove(node)


@pytest.fixture
def drawing(installation: Installation, browsers: Browsers) -> Callable[..., Any]:
    """Opens a page of an author whose working copy of L00 has the changes."""

    def opened(**look: Any) -> Any:
        page = browsers.page("chen.jing", **look)
        token = page.evaluate("() => JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")
        address = "/api/processes/L00/working-copy/"
        base = page.evaluate("async () => (await fetch('/processes/L00/versions/1/model.bpmn?download')).text()")
        page.evaluate(CHANGE, [address, token, None])
        assert page.evaluate(CHANGE, [address, token, changed(base)]) == 200
        page.goto(f"{installation.address}/processes/L00/compare/?from=1&to=draft")
        page.locator("[data-compare].is-ready").wait_for()
        return page

    return opened


def mark(page: Any, side: str, element: str) -> Any:
    """The letter on an element of one diagram."""
    return page.locator(f'[data-side="{side}"] [data-container-id="{element}"] [data-state]')


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("zh-hans", "dark"), ("en", "light"), ("en", "dark")])
def test_both_diagrams_carry_the_marks_that_the_words_tell(
    drawing: Callable[..., Any], shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    page = drawing(language=language, theme=theme)

    expect(mark(page, "old", "parse")).to_have_attribute("data-state", "removed")
    expect(mark(page, "new", "confirm")).to_have_attribute("data-state", "added")
    for side in ("old", "new"):
        expect(mark(page, side, "await_file")).to_have_attribute("data-state", "changed")
        expect(mark(page, side, "expect")).to_have_count(0)
    shoot(page, f"compare-{language}-{theme}")
    found = findings(page)
    page.locator('[data-view="overlaid"]').click()
    page.locator('[data-element="parse"]').click()
    expect(page.locator('[data-side="new"] [data-ghost="parse"]')).to_be_visible()
    shoot(page, f"compare-overlaid-{language}-{theme}")
    page.locator("[data-layout]").check()
    expect(mark(page, "new", "expect")).to_have_attribute("data-state", "moved")
    shoot(page, f"compare-layout-{language}-{theme}")

    assert found + findings(page) == []


def test_an_entry_is_chosen_by_keyboard_and_an_element_by_mouse(installation: Installation, drawing: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = drawing(language="en")
    entries = page.locator("[data-differences] [data-element]:visible")
    entries.first.focus()

    page.keyboard.press("End")
    last = page.locator('[data-differences] [data-element="parse_to_check"]')
    expect(last).to_be_focused()
    expect(last).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowUp")
    expect(last).not_to_have_attribute("aria-current", "true")
    page.locator('[data-side="new"] .diagram-controls button').last.click()  # the whole model
    page.locator('[data-side="old"] [data-element-id="await_file"]').click()  # which the other diagram has followed

    chosen = page.locator('[data-differences] [data-element="await_file"]')
    expect(chosen).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-differences] > li", has=page.locator('[data-element="await_file"]'))).to_contain_text(
        "Deadline was"
    )
    for side in ("old", "new"):
        expect(page.locator(f'[data-side="{side}"] [data-element-id="await_file"].is-selected')).to_have_count(1)


def test_a_version_and_itself_have_no_difference(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing", language="en")
    page.goto(f"{installation.address}/processes/L01/compare/?from=1&to=1")
    page.locator("[data-compare].is-ready").wait_for()

    expect(page.locator("[data-no-difference]")).to_be_visible()
    shoot(page, "compare-same-en")
    page.goto(f"{installation.address}/processes/L01/compare/")
    shoot(page, "compare-nothing-en")
    assert findings(page) == []
