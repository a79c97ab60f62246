"""The settlement day as a tree of more than ten thousand rows: few are in the page, all can be reached."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings
from tests.journeys.test_settlement_day import start

pytestmark = pytest.mark.journey

DAY = "2026-11-18"
STEPS = 10_000
MOST_DRAWN = 120
"""Rows of a window of 768 pixels and those around it, with the one that has the focus and the spaces."""
MANY_STEPS = """
from datetime import date
from apps.engine.models import Run, Step
from apps.kernel import clock
run = Run.objects.filter(business_date=date.fromisoformat({day!r}), process__key="L01").first()
have, now = run.steps.count(), clock.now()
Step.objects.bulk_create(
    [Step(run=run, token=100_000 + n, node_id=f"n{{n}}", name=f"step {{n}}", kind="service_task", state="done", created_at=now,
          started_at=now, ended_at=now) for n in range(have, {steps})],
    batch_size=1000,
)
print(run.pk)
"""

CANCEL = """
from apps.engine.actions import intervene
from apps.engine.models import InterventionPolicy, Run
from apps.people.models import User
run = Run.objects.get(pk={run})
intervene(verb="cancel", subject_id=run.pk, actor=User.objects.get(username="wang.min"), reason="a trial")
"""


@pytest.fixture(scope="module")
def long_run(installation: Installation, chromium_browser: Any) -> int:
    """The key of a run of the date with ten thousand steps."""
    page = Browsers(chromium_browser, installation.address).page("wang.min")
    start(page, installation.address, DAY)
    page.context.close()
    return int(installation.manage("shell", "-c", MANY_STEPS.format(day=DAY, steps=STEPS)).split()[-1])


def rows(page: Any) -> Any:
    return page.locator("[data-rows] > tr[data-place]")


def opened_to(page: Any, address: str, run: int) -> None:
    """The tree with the steps of the run, the focus on the run's row."""
    from playwright.sync_api import expect

    page.goto(f"{address}/runs/day/?date={DAY}&at=run.{run}")
    expect(page.locator(f"[data-key='run.{run}'][aria-expanded=true]")).to_be_visible()


def stands_on(page: Any) -> Any:
    """(position in its branch, size of the branch, level) of the row with the focus."""
    return page.evaluate(
        """() => { const row = document.activeElement.closest("tr");
        return ["aria-posinset", "aria-setsize", "aria-level"].map((name) => Number(row.getAttribute(name))); }"""
    )


def test_the_keyboard_opens_every_level_and_reaches_the_last_of_ten_thousand_rows(
    installation: Installation, browsers: Browsers, long_run: int
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language="en")
    page.goto(f"{installation.address}/runs/day/?date={DAY}")
    page.locator("[data-rows] > tr").first.focus()
    for level in (1, 2, 3):
        expect(page.locator("tr:focus")).to_have_attribute("aria-level", str(level))
        page.keyboard.press("ArrowRight")
        expect(page.locator("tr:focus")).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("ArrowDown")
        expect(page.locator("tr:focus:not(.is-pending)")).to_have_attribute("aria-level", str(level + 1))
    assert stands_on(page) == [1, STEPS, 4]

    page.keyboard.press("End")

    expect(page.locator("tr:focus[data-key^='step.']")).to_have_attribute("aria-posinset", str(STEPS))
    expect(page.locator("tr:focus")).to_contain_text(f"step {STEPS - 1}")
    expect(page.locator("[role=treegrid]")).to_have_attribute("aria-rowcount", str(STEPS + 4))
    assert rows(page).count() <= MOST_DRAWN
    page.keyboard.press("ArrowUp")
    assert stands_on(page) == [STEPS - 1, STEPS, 4]
    page.keyboard.press("ArrowLeft")
    expect(page.locator("tr:focus")).to_have_attribute("data-key", f"run.{long_run}")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("tr:focus")).to_have_attribute("aria-expanded", "false")
    assert rows(page).count() == 3


def test_scrolling_draws_the_rows_of_the_place_and_keeps_few(
    installation: Installation, browsers: Browsers, long_run: int
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language="en")
    opened_to(page, installation.address, long_run)
    place = page.locator(".tree-scroll")

    for part in (0.5, 0.1, 1.0):
        place.evaluate("(place, part) => { place.scrollTop = (place.scrollHeight - place.clientHeight) * part; }", part)
        seen = page.wait_for_function(
            """() => { const place = document.querySelector(".tree-scroll").getBoundingClientRect();
            const row = document.elementFromPoint(place.left + 300, place.top + place.height / 2).closest("tr");
            if (!row?.querySelector("[data-main]") || document.querySelector("tr.is-pending")) return null; // not drawn yet
            const all = [...document.querySelectorAll("[data-rows] > tr[data-place]")].map((each) => Number(each.dataset.place));
            return { at: Number(row.dataset.place), name: row.querySelector("[data-main]").textContent, all,
                     total: Number(document.querySelector("[role=treegrid]").getAttribute("aria-rowcount")) - 1 }; }"""
        ).json_value()
        assert abs(seen["at"] - seen["total"] * part) <= 30
        if seen["name"].startswith("step "):
            assert seen["name"] == f"step {seen['at'] - 3}"
        assert seen["all"] == sorted(set(seen["all"]))
        assert rows(page).count() <= MOST_DRAWN

    expect(page.locator(f"[aria-posinset='{STEPS}'][data-key^='step.']")).to_be_visible()
    expect(page.locator(f"[aria-posinset='{STEPS}'] [data-main]")).to_have_text(f"step {STEPS - 1}")


def test_who_scrolls_away_keeps_their_place(installation: Installation, browsers: Browsers, long_run: int) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language="en")
    opened_to(page, installation.address, long_run)
    page.locator(f"[data-key='run.{long_run}']").focus()

    page.locator(".tree-scroll").evaluate("(place) => { place.scrollTop = place.scrollHeight / 4; }")
    expect(page.locator("tr[data-place='2500']")).to_be_attached()
    assert page.evaluate("document.activeElement.dataset.key") == f"run.{long_run}"
    page.keyboard.press("ArrowDown")

    assert stands_on(page) == [1, STEPS, 4]
    expect(page.locator("tr:focus")).to_be_in_viewport()


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_the_tree_has_no_serious_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], long_run: int, language: str, theme: str
) -> None:
    page = browsers.page("wang.min", language=language, theme=theme)
    opened_to(page, installation.address, long_run)
    shoot(page, f"day-{language}-{theme}")
    found = findings(page)
    page.locator(".tree-scroll").evaluate("(place) => { place.scrollTop = 3000; }")
    found += findings(page)
    page.goto(f"{installation.address}/runs/day/?date=2031-01-06")
    shoot(page, f"day-empty-{language}-{theme}")

    assert found + findings(page) == []


def test_a_page_of_rows_that_does_not_come_is_said_and_asked_for_again(
    installation: Installation, browsers: Browsers, long_run: int
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language="en")
    page.goto(f"{installation.address}/runs/day/?date={DAY}")
    page.route("**/runs/day/rows/**", lambda route: route.abort())
    page.locator("[data-rows] > tr").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.is-pending:focus")).to_contain_text("could not be read")

    page.unroute("**/runs/day/rows/**")
    page.keyboard.press("Enter")

    expect(page.locator("tr:focus[data-key^='process.']")).to_be_visible()


def test_what_happens_is_pushed_into_the_tree(installation: Installation, browsers: Browsers, long_run: int) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language="en")
    opened_to(page, installation.address, long_run)
    line = page.locator("tr[data-key^='line.']").first
    expect(line.locator("[data-cell=state]")).to_have_text("Running")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/rows/" in request.url else None)

    installation.manage("shell", "-c", CANCEL.format(run=long_run))

    expect(page.locator(f"[data-key='run.{long_run}'] [data-cell=state]")).to_have_text("Cancelled")
    expect(line.locator("[data-cell=state]")).to_have_text("Cancelled")
    assert asked
