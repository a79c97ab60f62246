"""One person sees which products would move and proposes it; another sees the same and agrees. A rule is tried first."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey


def test_products_are_classified_by_two_people_who_saw_the_same_moves(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    author = browsers.page("chen.jing", language="en")
    author.goto(f"{installation.address}/products/rules/propose/?table=products")
    author.fill("[name=code]", "of-old")
    author.fill("[name=cell_declared]", "单一*")
    author.fill("[name=class_code]", "TRUST.MANAGEMENT.PLAN.EQUITY")
    author.locator("button[name=preview]").click()
    expect(author.locator("[data-number=matched]")).not_to_have_text("0")
    expect(author.locator("[name=cell_declared]")).to_have_value("单一*")
    shoot(author, "propose-product-rule-preview")
    found = findings(author)

    author.goto(f"{installation.address}/products/classify/?line=trust-products")
    moving = author.locator("[data-number=moving]").inner_text()
    author.fill("[name=reason]", "the tree of 2023 holds")
    shoot(author, "classify-products")
    found += findings(author)
    author.locator("form:has([name=reason]) button[type=submit]").click()
    expect(author.locator("#change .state").first).to_have_attribute("data-state", "submitted")

    checker = browsers.page("zhao.gang", language="zh-hans", theme="dark")
    checker.goto(author.url)
    checker.locator("#change-items a[href*='/products/changes/']").click()
    expect(checker.locator("[data-number=moving]")).to_have_text(moving)
    shoot(checker, "product-change-dark")
    found += findings(checker)
    checker.go_back()
    checker.locator("#decide button[value=approve]").click()

    expect(author.locator("#change .state").first).to_have_attribute("data-state", "scheduled")
    assert not found
