"""The steps of a process as a table: changed by keys alone, filled from a spreadsheet, read on the page of a version."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings
from tests.journeys.test_drawing import open_editor

pytestmark = pytest.mark.journey

ROWS = "步骤\t类型\t负责人\n核对资金\t经办确认\t\n复核资金\t复核\t\n归档\tManualTask\t操作员"


def make_process(page: Any, address: str, key: str) -> None:
    page.goto(f"{address}/new-process/")
    for name, value in {"key": key, "name_zh": "表格", "name_en": "Table"}.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=line]", index=1)
    page.locator("main form button[type=submit]").click()


def open_table(page: Any, address: str, key: str = "L00") -> None:
    open_editor(page, address, key)
    page.keyboard.press("Alt+t")
    page.locator("[data-table] tbody tr").first.wait_for()


def names(page: Any) -> list[str]:
    return [text.strip() for text in page.locator("[data-table] tbody .tree-name").all_inner_texts()]


def paste(page: Any, text: str) -> None:
    """As a spreadsheet does it: a paste event with text, on the cell that has the focus."""
    script = """text => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(script, text)


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_the_table_has_no_serious_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    page = browsers.page("chen.jing", language=language, theme=theme)
    open_table(page, installation.address)
    shoot(page, f"table-{language}-{theme}")
    found = findings(page)
    page.keyboard.press("?")
    shoot(page, f"table-keys-{language}-{theme}")
    found += findings(page)
    page.goto(f"{installation.address}/processes/L01/versions/1/table/")
    shoot(page, f"version-table-{language}-{theme}")

    assert found + findings(page) == []


def test_the_editor_and_the_server_show_the_same_rows(installation: Installation, browsers: Browsers) -> None:
    page = browsers.page("chen.jing")
    open_table(page, installation.address, "L01")
    rows = page.request.get(f"{installation.address}/api/processes/L01/versions/1/table/").json()
    shown = "lines => lines.map(line => [line.dataset.row, Number(line.ariaLevel)])"

    assert page.locator("[data-table] tbody tr").evaluate_all(shown) == [[row["id"], row["level"]] for row in rows]


def test_tools_of_the_drawing_are_there_and_speak_chinese(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing")
    open_editor(page, installation.address)
    page.locator("[data-canvas] svg").first.focus()
    page.keyboard.press("Control+a")
    expect(page.locator('[data-canvas] .djs-context-pad [data-action="align-elements"]')).to_be_visible()
    tools = page.locator("[data-canvas] .djs-palette .entry, [data-canvas] .djs-context-pad .entry")
    titles = tools.evaluate_all("entries => entries.map(entry => entry.title || entry.getAttribute('aria-label'))")
    page.locator('[data-canvas] .djs-context-pad [data-action="align-elements"]').click()
    expect(page.locator(".djs-popup .entry").first).to_be_visible()
    titles += page.locator(".djs-popup .entry").evaluate_all("entries => entries.map(entry => entry.title || entry.textContent)")
    shoot(page, "draw-align")
    page.keyboard.press("Escape")
    page.locator("[data-canvas] svg").first.focus()
    page.keyboard.press("Control+f")
    expect(page.locator(".djs-search-container input")).to_be_visible()
    page.keyboard.press("Escape")

    english = [title for title in titles if not any("\u4e00" <= sign <= "\u9fff" for sign in title)]
    assert len(titles) > 18
    assert english == []
    expect(page.locator("[data-canvas] .djs-minimap .toggle")).to_have_attribute("title", "打开缩略图")
    expect(page.locator("[data-canvas] .diagram-controls button")).to_have_count(3)


def test_a_step_is_changed_moved_deleted_and_brought_back_by_keys_alone(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("chen.jing")
    make_process(page, installation.address, "BY_TABLE")
    open_table(page, installation.address, "BY_TABLE")
    page.locator('[data-table] tr[data-row="begun"] td').first.click()
    paste(page, ROWS)
    expect(page.locator("[data-sum]")).to_contain_text("3")
    shoot(page, "table-paste")
    page.keyboard.press("Enter")
    expect(page.locator("[data-table] tbody")).to_contain_text("归档")

    assert names(page)[1:] == ["启动", "核对资金", "复核资金", "归档", "结束"]
    expect(page.locator("[data-save-state]")).to_contain_text("已保存")

    page.locator('[data-table] td[tabindex="0"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.type("归档文件")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowUp")
    assert names(page)[1:] == ["启动", "核对资金", "归档文件", "复核资金", "结束"]
    page.keyboard.press("Delete")
    assert names(page)[1:] == ["启动", "核对资金", "复核资金", "结束"]
    for _ in range(4):  # the deletion, the move, the name, all that was pasted
        page.keyboard.press("Control+z")

    assert names(page)[1:] == ["启动", "结束"]
    page.keyboard.press("Alt+t")
    expect(page.locator('[data-canvas] [data-element-id="begun"]').first).to_be_visible()
