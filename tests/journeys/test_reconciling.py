"""Two sheets are brought and compared by hand, the breaks explained together, one accepted by a second person."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey

DEFINE = """
from datetime import date
from apps.people.models import BusinessLine
from apps.recon.models import ReconciliationDefinition
line = BusinessLine.objects.get(code="rtgs-sh")
sides = {"left_kind": "sheet", "left_code": "ours", "right_kind": "sheet", "right_code": "theirs"}
names = {"name_zh": "我方与对方", "name_en": "Ours and theirs"}
facts = {"code": "D1", "line": line, "valid_from": date(2020, 1, 1)}
made, new = ReconciliationDefinition.objects.get_or_create(**facts, defaults=sides | names)
if new:
    made.columns.create(role="key", name="account", left="account", right="account")
    made.columns.create(role="amount", name="amount", left="amount", right="amount")
"""


@pytest.mark.parametrize(("language", "theme", "day"), [("zh-hans", "light", "2026-11-19"), ("en", "dark", "2026-11-20")])
def test_sheets_are_compared_and_their_breaks_settled(
    installation: Installation,
    browsers: Browsers,
    shoot: Callable[[Any, str], None],
    tmp_path: Path,
    language: str,
    theme: str,
    day: str,
) -> None:
    from playwright.sync_api import expect

    expect.set_options(timeout=60_000)
    installation.manage("shell", "-c", DEFINE)
    key = f"{language}-A"
    (tmp_path / "ours.csv").write_text(f"account,amount\n{key}1,1.00\n{key}2,2.00\n{key}3,3.00\n,4.00\n", encoding="utf-8")
    (tmp_path / "theirs.csv").write_text(f"account,amount\n{key}1,1.00\n{key}2,2.50\n", encoding="utf-8")
    page = browsers.page("wang.min", language=language, theme=theme)
    page.goto(f"{installation.address}/reconciliations/?date={day}&line=rtgs-sh")
    row = page.locator("tr", has_text="D1")
    shoot(page, f"reconciliations-{language}-{theme}")
    found = findings(page)

    for sheet in ("ours", "theirs"):
        row.locator("details", has_text=sheet).locator("summary").click()
        row.locator("details", has_text=sheet).locator("input[type=file]").set_input_files(tmp_path / f"{sheet}.csv")
        with page.expect_navigation():
            row.locator("details", has_text=sheet).locator("button").click()
    with page.expect_navigation():
        row.locator("form[action$='/compare/'] button").click()
    expect(page).to_have_url(re.compile(r"/reconciliations/\d+/"))
    expect(page.locator("main")).to_contain_text(f"{key}2")
    shoot(page, f"reconciliation-{language}-{theme}")
    found += findings(page)

    page.goto(f"{installation.address}/breaks/?state=unsettled&definition=D1&date={day}")
    rows = page.locator("tbody tr", has_text=key)
    expect(rows).to_have_count(2)
    for box in rows.locator("input[type=checkbox]").all():
        box.check()
    shoot(page, f"breaks-ticked-{language}-{theme}")
    found += findings(page)
    with page.expect_navigation():
        page.locator("#several button").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("textarea[name=reason]").fill("记账晚一天 booked a day late")
    shoot(page, f"explain-several-{language}-{theme}")
    found += findings(page)
    with page.expect_navigation():
        page.locator("textarea[name=reason]").locator("xpath=ancestor::form").locator("button").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("main [role=alert]")).to_have_count(0)
    shoot(page, f"explained-several-{language}-{theme}")

    page.goto(f"{installation.address}/breaks/?state=explained&definition=D1&date={day}")
    one = page.locator("tbody tr", has_text=f"{key}2")
    one.locator("summary").click()
    shoot(page, f"break-explained-{language}-{theme}")
    found += findings(page)
    one.locator("form[action$='/accept/'] button").click()
    expect(page.locator("tbody tr", has_text=f"{key}2").locator("details")).to_have_count(0)
    assert found == []
    assert browsers.broken == []
