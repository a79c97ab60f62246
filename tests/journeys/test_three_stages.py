"""P1.4: asking a colleague as well, and sending back to the second of three stages with the way back shown first."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings
from tests.journeys.test_approving import Clicks, submit_version

pytestmark = pytest.mark.journey


def write_three_stages(admin: Any, address: str) -> None:
    """Approvers, then managers, then the administrator of the line."""
    admin.goto(f"{address}/admin/approvals/approvalflow/add/")
    admin.select_option("[name=kind]", "process.version")
    admin.select_option("[name=line]", index=1)
    admin.fill("[name=name_zh]", "三级审批")
    admin.fill("[name=name_en]", "Three levels")
    admin.fill("[name=least]", "3")
    stages = [("process_approver", "流程复核", "Check"), ("manager", "主管审批", "Manager"), ("admin", "终审", "Final")]
    for number, (role, zh, en) in enumerate(stages):
        if not admin.locator(f"[name=stages-{number}-position]").count():
            admin.get_by_text("Add another").first.click()
        admin.fill(f"[name=stages-{number}-position]", str(number + 1))
        admin.fill(f"[name=stages-{number}-name_zh]", zh)
        admin.fill(f"[name=stages-{number}-name_en]", en)
        admin.select_option(f"[name=stages-{number}-role]", role)
    admin.click("[name=_save]")
    admin.wait_for_url("**/approvalflow/")


def test_a_colleague_is_asked_and_it_goes_back_to_the_second_of_three_stages_in_two_clicks_each(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    last = browsers.page("admin", language="en", theme="dark")
    write_three_stages(last, installation.address)
    author = browsers.page("chen.jing", language="en")
    submit_version(author, installation.address, 2)
    first = browsers.page("zhao.gang", language="zh-hans")
    second = browsers.page("zhang.wei", language="zh-hans")
    for page in (first, second):
        page.goto(f"{installation.address}/inbox/")
        page.locator("#inbox tr[data-kind=approval] a").first.click()
        if page is second:
            asking = Clicks(page)
            asking.choose("#person-add", "李雷")
            asking.click("button[value=add-signer]")
            page.locator("button[value=remove-signer]").wait_for()
            assert asking.made == 2
            with page.expect_navigation():
                page.click("button[value=remove-signer]")
        page.locator("button[value=approve]").click()
        expect(page.locator("#decide")).to_have_count(0)

    last.goto(f"{installation.address}/inbox/")
    last.locator("#inbox tr[data-kind=approval] a").first.click()
    last.fill("#decide-reason", "the window is missing")
    way = last.locator("label:has([name=to][value='1:directly'])")
    expect(way).to_contain_text("Manager → Final")
    expect(way).to_contain_text("straight back to here")
    back = Clicks(last)
    back.click("[name=to][value='1:directly']")
    shoot(last, "approval-three-stages-dark")
    found = findings(last)
    back.click("button[value=send-back]")
    expect(last.locator("#decide")).to_have_count(0)
    assert back.made == 2

    second.goto(f"{installation.address}/inbox/")
    second.locator("#inbox tr[data-kind=approval] a").first.click()
    shoot(second, "approval-three-stages")
    found += findings(second)
    with second.expect_navigation():
        second.click("button[value=approve]")
    last.reload()
    last.locator("button[value=approve]").click()
    expect(last.locator("#approval-path .panel-head .state")).to_have_attribute("data-state", "approved")
    assert not found
