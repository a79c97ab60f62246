"""Interventions in real browsers: asked for, signed by a second person, seen by everybody without reloading."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_settlement_day import expect_state, start

pytestmark = pytest.mark.journey

DAY = date(2026, 11, 13)


def begun(page: Any, installation: Installation, days: int) -> str:
    """A run of a day of its own; the address of its page."""
    start(page, installation.address, (DAY - timedelta(days=days)).isoformat())
    return str(page.url)


def ask(page: Any, label: str, reason: str) -> Any:
    """Opens the dialog of an intervention in the chosen step and gives the reason."""
    page.locator("#step-card .intervene").get_by_role("link", name=label, exact=True).click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("heading", name=label).wait_for()
    dialog.locator("textarea[name=reason]").fill(reason)
    return dialog


def in_both(browsers: Browsers, username: str, address: str, name: str, shoot: Callable[[Any, str], None]) -> None:
    """Pictures of a page as it is, in both languages, light and dark."""
    for language, theme in (("zh-hans", "dark"), ("en", "light")):
        page = browsers.page(username, language=language, theme=theme)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shoot(page, f"{name}-{language}-{theme}")


def test_an_operator_asks_a_second_person_signs_and_both_see_it(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    operator = browsers.page("wang.min", language="en")
    signer = browsers.page("zhang.wei", language="zh-hans", theme="dark")
    address = begun(operator, installation, 0)
    signer.goto(f"{installation.address}/tasks/")
    waiting = operator.locator('#step-table tr:has([data-state="waiting"]) [data-choose]').filter(has_text="Cash balances")
    expect(waiting).to_be_visible()
    name = waiting.inner_text().strip()
    waiting.click()

    for label in ("Finish with given results", "Jump", "Skip"):
        expect(operator.locator("#step-card .intervene")).to_be_visible()
        dialog = ask(operator, label, "the file came by telephone")
        shoot(operator, f"dialog-{label.split()[0].lower()}")
        if label != "Skip":
            dialog.get_by_role("button", name="Leave it").click()
    dialog.locator("button[type=submit]").click()

    expect(operator.locator("#run-head .notice-warning")).to_contain_text("second person")
    shoot(operator, "run-asked")
    row = signer.locator("#requests tbody tr").first
    expect(row).to_contain_text("the file came by telephone")
    shoot(signer, "requests-dark")
    row.locator("button[type=submit]").first.click()

    expect_state(operator, name, "skipped")
    expect(operator.locator("#run-head .notice-warning")).to_have_count(0)
    expect(signer.locator("#requests tbody tr")).to_have_count(0)
    assert operator.url.startswith(address)


def test_the_maker_cannot_sign_for_passing_over_the_check_of_their_work(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    maker = browsers.page("wang.min", language="en")
    operator = browsers.page("zhang.wei", language="en")
    checker = browsers.page("li.lei", language="en")
    start(maker, installation.address)
    expect_state(maker, "Select ticks (maker)", "offered")
    form = maker.locator("#step-card form.answer-form")
    expect(form).to_be_visible()
    form.get_by_role("button", name="Confirm").click()
    expect_state(maker, "Approve ticks (checker)", "offered")
    operator.goto(maker.url)
    operator.locator("#step-table").get_by_role("button", name="Approve ticks (checker)").last.click()
    expect(operator.locator("#step-card")).to_contain_text("Checks the work of")

    dialog = ask(operator, "Skip", "no time left")
    shoot(operator, "dialog-skip-approval")
    dialog.locator("button[type=submit]").click()

    checker.goto(f"{installation.address}/tasks/")
    maker.goto(f"{installation.address}/tasks/")
    expect(checker.locator("#requests tbody tr")).to_have_count(1)
    expect(maker.locator("#requests tbody tr")).to_have_count(0)
    number = str(checker.locator("#requests tbody tr").first.get_attribute("id")).removeprefix("request-")
    token = maker.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")
    answer = maker.request.post(
        f"{installation.address}/requests/{number}/sign/", headers={"X-CSRFToken": token, "Referer": maker.url}
    )
    assert answer.status in (403, 404, 409)
    checker.reload()
    expect(checker.locator("#requests tbody tr")).to_have_count(1)


def test_several_runs_are_paused_and_a_line_too_and_everybody_sees_it(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    operator = browsers.page("wang.min", language="en")
    watcher = browsers.page("li.lei", language="zh-hans", theme="dark")
    for days in (1, 2):
        begun(operator, installation, days)
    operator.goto(f"{installation.address}/runs/")
    with operator.expect_navigation():
        operator.get_by_role("link", name="Several runs").click()
    shoot(operator, "together-choose")
    for box in operator.locator("tbody input[type=checkbox]").all()[:2]:
        box.check()
    operator.locator("select[name=verb]").select_option("pause")
    operator.locator("textarea[name=reason]").fill("look first")
    operator.get_by_role("button", name="Show what would happen").click()
    expect(operator.locator("tr[data-result]")).to_have_count(2)
    shoot(operator, "together-preview")
    operator.get_by_role("button", name="Pause (2)").click()
    expect(operator.locator('tr[data-result="done"]')).to_have_count(2)
    shoot(operator, "together-outcome")

    watcher.goto(f"{installation.address}/runs/")
    operator.get_by_role("link", name="To the runs").click()
    operator.get_by_role("link", name="Pause a line or day").click()
    dialog = operator.locator("dialog[open]")
    dialog.locator("select[name=line]").select_option("rtgs-sh")
    dialog.locator("input[type=date]").fill("2026-11-05")
    dialog.locator("textarea[name=reason]").fill("the exchange has stopped")
    shoot(operator, "dialog-pause-line")
    dialog.locator("button[type=submit]").click()
    expect(watcher.locator("#pauses .notice")).to_contain_text("the exchange has stopped")
    shoot(watcher, "runs-paused-dark")
    in_both(browsers, "wang.min", f"{installation.address}/", "home-paused", shoot)
    in_both(browsers, "wang.min", f"{installation.address}/runs/together/", "together", shoot)

    operator.locator("#pauses").get_by_role("link", name="Resume").click()
    dialog = operator.locator("dialog[open]")
    dialog.locator("textarea[name=reason]").fill("it is back")
    dialog.locator("button[type=submit]").click()
    expect(watcher.locator("#pauses .notice")).to_have_count(0)


def test_a_late_step_is_told_of_on_the_page_and_at_home_without_reloading(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None]
) -> None:
    from playwright.sync_api import expect

    operator = browsers.page("wang.min", language="en")
    chief = browsers.page("admin", language="en")
    watcher = browsers.page("li.lei", language="zh-hans", theme="dark")
    address = begun(operator, installation, 3)
    watcher.goto(f"{installation.address}/")
    chief.goto(f"{installation.address}/admin/engine/stepwindow/add/")
    for field in ("line", "process", "calendar"):
        chosen = chief.locator(f"select[name={field}] option")
        texts = {"line": "RTGS", "process": "RTGS", "calendar": ""}
        value = next(
            o.get_attribute("value") for o in chosen.all() if o.get_attribute("value") and texts[field] in o.inner_text()
        )
        chief.locator(f"select[name={field}]").select_option(value)
    chief.locator("input[name=node_id]").fill("approve_ticks")
    chief.locator("input[name=latest_end]").fill("15:00")
    chief.locator("input[name=valid_from]").fill("2026-01-01")
    shoot(chief, "admin-window")
    chief.locator("input[name=_save]").click()
    chief.wait_for_url("**/admin/engine/stepwindow/")

    expect(operator.locator("#run-head .notice-error")).to_contain_text("late")
    expect(watcher.locator("#runs-today .late").first).to_be_visible()
    shoot(operator, "run-late")
    shoot(watcher, "home-late-dark")
    operator.reload()
    operator.locator("#tab-times").click()
    expect(operator.locator("#panel-times tbody tr")).to_have_count(1)
    shoot(operator, "run-times")
    in_both(browsers, "wang.min", address, "run-late", shoot)
    chief.goto(f"{installation.address}/admin/engine/interventionpolicy/add/")
    shoot(chief, "admin-policy")
