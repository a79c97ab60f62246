"""People talk beside a ticket: a mention reaches the inbox of who is named, and words come to open pages by themselves."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_a_colleague_is_named_finds_it_in_the_inbox_and_answers_by_keyboard(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    from playwright.sync_api import expect

    asker, named = (browsers.page(who, language=language, theme=theme) for who in ("wang.min", "chen.jing"))
    title = f"清算窗口提前 {language}"
    asker.goto(f"{installation.address}/new-ticket/")
    asker.locator("#id_line").select_option(index=1)
    asker.locator("#id_title").fill(title)
    with asker.expect_navigation(url=re.compile("/tickets/REQ-")):
        asker.locator("form.panel-body button[type=submit]").click()

    field = asker.locator("#comment-text-ticket")
    field.fill("@chen.jing 请看一下 @nobody.here")
    field.press("Tab")
    asker.locator("#comment-send-ticket").press("Enter")
    expect(asker.locator("article.comment")).to_have_count(1)
    expect(asker.locator(".notice-warning")).to_contain_text("@nobody.here")
    shoot(asker, f"comment-{language}-{theme}")
    found = findings(asker)

    named.goto(f"{installation.address}/inbox/")
    row = named.locator("#inbox tr[data-kind=mention]", has_text=title)
    expect(row).to_be_visible()
    shoot(named, f"comment-inbox-{language}-{theme}")
    with named.expect_navigation(url=re.compile("/tickets/REQ-")):
        row.get_by_role("link").click()
    expect(named.locator("article.comment")).to_contain_text("请看一下")
    named.locator("#comment-text-ticket").fill("done")
    named.locator("#comment-send-ticket").press("Enter")

    expect(asker.locator("article.comment")).to_have_count(2)
    asker.locator("article.comment").last.locator("summary").last.click()
    asker.locator("article.comment form textarea").fill("已处理，谢谢")
    asker.locator("article.comment form button").press("Enter")
    expect(named.locator("article.comment").last.locator(".comment-text")).to_have_text("已处理，谢谢")
    expect(named.locator("article.comment details summary").last).to_be_visible()
    shoot(named, f"comment-changed-{language}-{theme}")
    found += findings(named)
    assert found == []
    assert browsers.broken == []
