"""The arrival matrix on the screen: a file's time passes, the page says so by itself, and it is all there by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey

PATIENCE = 60_000
A_SOURCE = """
from apps.files.models import Source
from apps.kernel.clock import market_date
from apps.people.models import BusinessLine
facts = {"name_zh": "旅程来源", "name_en": "Journey source", "directory": "journey", "required_codes": ["ywhb", "wdq"]}
Source.objects.create(line=BusinessLine.objects.get(code="rtgs-sh"), code="journey", **facts)
print(market_date())
"""
A_RULE = """
from datetime import date, datetime, time, UTC
from apps.calendars.models import Calendar, CalendarDay
from apps.files.models import ArrivalRule, Source
from apps.kernel.clock import market_date
year = market_date().year
facts = {"name_zh": "每日", "name_en": "Daily", "official_from": date(year, 1, 1), "official_until": date(year, 12, 31)}
calendar = Calendar.objects.create(code="DAILY", **facts)
CalendarDay.objects.create(calendar=calendar, day=market_date(), is_open=True, source="journey")
facts = {"calendar": calendar, "expected_by": time(0), "set_at": datetime(year, 1, 1, tzinfo=UTC)}
ArrivalRule.objects.create(source=Source.objects.get(code="journey"), file_code="wdq", **facts)
"""


def test_a_late_file_shows_by_itself_in_both_languages(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    day = installation.manage("shell", "-c", A_SOURCE).split()[-1]
    address = f"{installation.address}/files/arrivals/?line=rtgs-sh&date={day}"
    chinese = browsers.page("li.lei", language="zh-hans")
    chinese.goto(f"{installation.address}/files/")
    link = chinese.get_by_role("link", name="文件到达")
    link.focus()
    with chinese.expect_navigation():
        chinese.keyboard.press("Enter")
    chinese.goto(address)
    row = chinese.locator("tr[data-file-code=wdq]", has_text="旅程来源")
    expect(row).to_contain_text("待到")
    english = browsers.page("li.lei", language="en", theme="dark")
    english.goto(address)
    expect(english.locator("tr[data-file-code=wdq]", has_text="Journey source")).to_contain_text("Expected")

    installation.manage("shell", "-c", A_RULE)

    expect(row).to_contain_text("迟到", timeout=PATIENCE)
    expect(english.locator("tr[data-file-code=wdq]", has_text="Journey source")).to_contain_text("Late", timeout=PATIENCE)
    shoot(chinese, "arrival-matrix-zh")
    shoot(english, "arrival-matrix-dark")
    assert findings(chinese) + findings(english) == []
    english.goto(f"{installation.address}/files/arrivals/?line=nothing")
    expect(english.locator("#arrival-matrix .empty")).to_be_visible()
