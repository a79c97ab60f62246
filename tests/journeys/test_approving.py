"""A version walks its path in real browsers: two people agree, one sends it back, and everybody sees it without reloading."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


def write_flow(admin: Any, address: str) -> None:
    """Process approvers first, then managers, two different people at least."""
    admin.goto(f"{address}/admin/approvals/approvalflow/add/")
    admin.select_option("[name=kind]", "process.version")
    admin.select_option("[name=line]", index=1)
    admin.fill("[name=name_zh]", "两级审批")
    admin.fill("[name=name_en]", "Two levels")
    admin.fill("[name=least]", "2")
    admin.get_by_text("Add another").first.click()
    for number, (role, zh, en) in enumerate([("process_approver", "流程复核", "Check"), ("manager", "主管审批", "Manager")]):
        admin.fill(f"[name=stages-{number}-position]", str(number + 1))
        admin.fill(f"[name=stages-{number}-name_zh]", zh)
        admin.fill(f"[name=stages-{number}-name_en]", en)
        admin.select_option(f"[name=stages-{number}-role]", role)
    admin.click("[name=_save]")
    admin.wait_for_url("**/approvalflow/")


def submit_version(author: Any, address: str, number: int) -> None:
    """The next version of L00, which gets this number, with the model of the first, sent to review."""
    model = author.request.get(f"{address}/processes/L00/versions/1/model.bpmn?download").body()
    author.goto(f"{address}/processes/L00/")
    author.set_input_files("[name=model]", {"name": "L00.bpmn", "mimeType": "application/xml", "buffer": model})
    author.fill("[name=note]", "the same once more")
    author.locator("form:has([name=model]) button[type=submit]").click()
    author.wait_for_url(f"**/processes/L00/versions/{number}/")
    author.click("button[value=submit]")
    author.locator("button[value=withdraw]").wait_for()


def is_read_again(response: Any) -> bool:
    """Whether the section with the forms was read again because somebody did something."""
    return bool(response.ok and response.request.headers.get("x-refresh") and "part=" not in response.url)


class Clicks:
    """Counts what a person does with the pointer."""

    def __init__(self, page: Any) -> None:
        self.page, self.made = page, 0

    def click(self, selector: str) -> None:
        self.page.click(selector)
        self.made += 1

    def choose(self, selector: str, label: str) -> None:
        self.page.select_option(selector, label=label)
        self.made += 1


def test_a_version_is_approved_by_two_people_after_it_went_back_once(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    write_flow(browsers.page("admin", language="en"), installation.address)
    checker = browsers.page("zhao.gang", language="zh-hans", theme="dark")
    manager = browsers.page("zhang.wei", language="en")
    author = browsers.page("chen.jing", language="en")
    for page in (checker, manager):
        page.goto(f"{installation.address}/approvals/")
        expect(page.locator("#approvals-table .empty")).to_be_visible()
    shoot(manager, "approvals-empty")

    submit_version(author, installation.address, 2)
    author.locator(".page-head").get_by_role("link", name="Its approval").click()
    row = checker.locator("#approvals-table tbody tr").first
    expect(row).to_contain_text("公共采集 v2")
    shoot(checker, "approvals-waiting-dark")
    row.get_by_role("link").click()
    checker.fill("#decide-reason", "已核对")
    shoot(checker, "approval-dark")
    found = findings(checker)
    checker.click("button[value=approve]")
    author.fill("#comment-text-approval", "@zhang.wei the window has moved")
    author.click("#comment-send-approval")
    expect(author.locator("article.comment")).to_have_count(1)
    author.click("button[value=remind]")
    expect(author.locator("#approval-history tbody tr")).to_have_count(3)
    shoot(author, "approval-history")
    found += findings(author)

    expect(manager.locator("#approvals-table tbody .tag")).to_be_visible()
    shoot(manager, "approvals-reminded")
    manager.goto(f"{installation.address}/inbox/")
    expect(manager.locator("#inbox-count")).to_contain_text("2")
    expect(manager.locator("#inbox tr[data-kind=mention]")).to_have_count(1)
    shoot(manager, "inbox")
    found += findings(manager)
    manager.locator("#inbox tr[data-kind=approval] a").click()

    clicks = Clicks(manager)
    clicks.choose("#person-add", "李雷")
    clicks.click("button[value=add-signer]")
    manager.locator("button[value=remove-signer]").wait_for()
    assert clicks.made == 2
    with manager.expect_navigation():
        manager.click("button[value=remove-signer]")

    clicks = Clicks(manager)
    manager.fill("#decide-reason", "the window is missing")
    way = manager.locator("label:has([name=to][value='0:directly'])")
    expect(way).to_contain_text("Check → Manager")
    clicks.click("[name=to][value='0:directly']")
    author.select_option("#copy-people", label="李雷")
    with manager.expect_response(is_read_again):
        author.click("button[value=copy]")
    expect(manager.locator("#approval-history tbody tr").first).to_contain_text("Copied in")
    expect(manager.locator("#decide-reason")).to_have_value("the window is missing")
    expect(manager.locator("[name=to][value='0:directly']")).to_be_checked()
    shoot(manager, "approval-send-back")
    found += findings(manager)
    clicks.click("button[value=send-back]")
    expect(manager.locator("#decide")).to_have_count(0)
    assert clicks.made == 2

    checker.goto(f"{installation.address}/inbox/")
    shoot(checker, "inbox-dark")
    found += findings(checker)
    clicks = Clicks(checker)
    clicks.click("#inbox tr[data-kind=approval] a")
    clicks.click("button[value=approve]")
    expect(checker.locator("#decide")).to_have_count(0)
    assert clicks.made <= 3
    expect(manager.locator("#approval-path tr.dim").first).to_be_visible()
    manager.locator("button[value=approve]").click()

    expect(author.locator("#approval-path .panel-head .state")).to_have_attribute("data-state", "approved")
    expect(author.locator("button[value=withdraw]")).to_have_count(0)
    shoot(author, "approval-done")
    author.goto(f"{installation.address}/processes/L00/versions/2/")
    expect(author.locator("h1 .tag")).to_contain_text("Approved")
    assert not found


def test_who_is_away_has_a_stand_in_who_decides_several_together(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    author = browsers.page("chen.jing", language="en")
    submit_version(author, installation.address, 3)
    away = browsers.page("zhao.gang", language="zh-hans")
    stand_in = browsers.page("zhang.wei", language="en", theme="dark")
    stand_in.goto(f"{installation.address}/approvals/")
    expect(stand_in.locator("#approvals-table .empty")).to_be_visible()

    away.goto(f"{installation.address}/approvals/away/")
    away.locator("#id_stand_in").select_option(label=stand_in_name(away))
    away.fill("#id_reason", "年假")
    shoot(away, "away-form")
    found = findings(away)
    away.locator("form:has(#id_stand_in) button[type=submit]").click()
    expect(away.locator("#stand-ins tbody tr").first).to_contain_text("年假")
    shoot(away, "away-named")
    found += findings(away)

    expect(stand_in.locator("#approvals-table tbody tr").first).to_contain_text("v3")
    stand_in.goto(f"{installation.address}/approvals/together/")
    stand_in.check("[data-pick-all]")
    stand_in.fill("#together-reason", "checked for a colleague")
    shoot(stand_in, "approvals-together-dark")
    found += findings(stand_in)
    stand_in.click("button[value=approve]")
    expect(stand_in.locator("tr[data-result=done]")).to_have_count(1)
    shoot(stand_in, "approvals-together-outcomes-dark")
    found += findings(stand_in)
    stand_in.locator("tr[data-result=done] a").click()
    expect(stand_in.locator("#approval-path")).to_contain_text("stood in for")
    assert not found


def stand_in_name(page: Any) -> str:
    """How the manager is called in the form."""
    names = page.locator("#id_stand_in option").all_inner_texts()
    return next(str(name) for name in names if "伟" in name or "zhang.wei" in name)
