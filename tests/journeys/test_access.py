"""An administrator gives a role for a month in three clicks and rights on one process; the newcomer sees that process alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings

pytestmark = pytest.mark.journey

COUNT_CLICKS = "addEventListener('click', (e) => { if (e.isTrusted && e.detail) window.name = +window.name + 1 }, true)"
MAKE_NEWCOMER = (
    "from apps.people.models import User; user = User(username='newcomer', display_name='New Comer', language='en');"
    " user.set_password('clearway-demo'); user.save()"
)


def test_roles_and_rights_are_given_for_a_while_and_seen_by_whom_they_are_given_to(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    installation.manage("shell", "-c", MAKE_NEWCOMER)
    chief = browsers.page("admin", language="en")
    chief.add_init_script(COUNT_CLICKS)  # a name of a window outlives its pages
    chief.goto(f"{installation.address}/people/access/?line=rtgs-sh")
    expect(chief.locator("#access-people tbody").first).to_be_visible()
    shoot(chief, "access-list")
    found = findings(chief)

    chief.evaluate("window.name = '0'")
    chief.locator("#access-people").get_by_role("link", name="李雷").click()
    chief.locator("input[name=role][value=maker]").click()
    chief.keyboard.press("Tab")
    chief.locator("#role-valid_until_date").fill("2030-12-31")
    chief.locator("#role-reason").fill("month end")
    shoot(chief, "access-person")
    found += findings(chief)
    chief.get_by_role("button", name="Give the role").click()
    expect(chief.locator("#access-holdings")).to_contain_text("2031-01-01 00:00")
    clicks = int(chief.evaluate("window.name"))

    chief.goto(f"{installation.address}/people/access/?person=newcomer")
    expect(chief.locator("#access-holdings .empty")).to_be_visible()
    shoot(chief, "access-nobody")
    chief.locator("#rights-process").select_option("L00")
    chief.locator("input[name=rights][value=run]").focus()
    chief.keyboard.press("Space")
    chief.locator("#rights-reason").fill("cover")
    chief.keyboard.press("Enter")
    expect(chief.locator("#access-holdings tbody tr")).to_have_count(1)
    newcomer = browsers.page("newcomer", language="en", theme="dark")
    newcomer.goto(f"{installation.address}/processes/")
    expect(newcomer.locator("table.grid tbody tr")).to_have_count(1)
    expect(newcomer.locator("table.grid tbody tr")).to_contain_text("L00")
    newcomer.goto(f"{installation.address}/people/access/?person=newcomer")
    shoot(newcomer, "access-own-dark")
    found += findings(newcomer)

    auditor = browsers.page("sun.li", language="zh-hans")
    auditor.goto(f"{installation.address}/people/access/?process=L00")
    expect(auditor.locator("#access-people")).to_contain_text("New Comer")
    shoot(auditor, "access-process-zh")
    found += findings(auditor)
    chief.locator("#access-holdings input[name=reason]").fill("back again")
    chief.locator("#access-holdings").get_by_role("button", name="Take it").click()
    expect(auditor.locator("#access-people")).not_to_contain_text("New Comer")
    newcomer.goto(f"{installation.address}/processes/")
    expect(newcomer.locator(".empty")).to_be_visible()
    shoot(newcomer, "processes-empty-dark")

    assert clicks <= 3
    assert not found
