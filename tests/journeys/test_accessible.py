"""Every page without serious findings of axe, in both languages and both themes."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_settlement_day import start

pytestmark = pytest.mark.journey

SALE = "of=trade&market=SZ&security_class=stock&side=sell&business_date=2026-03-02&quantity=2000&price=10.05"
PAGES = {
    "home": "/",
    "runs": "/runs/",
    "tasks": "/tasks/",
    "approvals": "/approvals/",
    "files": "/files/",
    "sent-files": "/files/sent/",
    "breaks": "/breaks/",
    "monitors": "/monitors/",
    "processes": "/processes/",
    "wallboard": "/wallboard/",
    "calendar": "/calendar/",
    "fees": "/fees/",
    "fee-calculator": f"/fees/calculator/?{SALE}",
    "propose-rate": "/fees/propose/",
    "products": "/products/",
    "product-classes": "/products/classes/",
    "product-rules": "/products/rules/",
    "propose-product-rule": "/products/rules/propose/?preview=1&table=products&code=old&position=500&cell_declared=*&refusal=no",
    "product-pattern": "/products/pattern/?column=code&cell=XT1*",
    "classify-products": "/products/classify/",
    "product-sheets": "/products/sheets/",
    "profile": "/profile/",
    "access": "/people/access/",
    "roster": "/roster/",
    "handovers": "/handovers/",
    "hooks": "/profile/hooks/",
    "releases": "/releases/",
    "reconciliations": "/reconciliations/",
    "sql statements": "/reconciliations/statements/",
    "write a statement": "/reconciliations/statements/new/",
    "day": "/runs/day/",
    "nothing": "/nothing/here/",
}
THINGS = """
import json
from datetime import timedelta
from apps.comments.actions import attach_file, write_comment
from apps.kernel import clock
from apps.people.models import BusinessLine, User
from apps.tickets.actions import plan_release, raise_ticket
from tests.factories.hooks import a_dead_letter, an_incoming_hook, an_outgoing_hook
from apps.shifts.models import Handover, Shift
author, keeper = User.objects.get(username="chen.jing"), User.objects.get(username="admin")
line, today = BusinessLine.objects.get(code="rtgs-sh"), clock.market_date()
hook = an_outgoing_hook(keeper)
a_dead_letter(hook)
an_incoming_hook(keeper)
ticket = raise_ticket(line_id=line.pk, title="a wish", actor=author)
write_comment(kind="ticket", key=ticket.pk, text="a word", actor=author)
attach_file(kind="ticket", key=ticket.pk, name="note.txt", data=b"a word", actor=author)
release = plan_release(line_id=line.pk, name="one", target_date=today + timedelta(days=9), actor=author)
shift = Shift.objects.get(code="sz-day")
given = Handover(line=line, shift=shift, business_date=today, given_by=author, given_at=clock.now(), digest="0")
given.contents = {"at": clock.now().isoformat(), "day": today.isoformat(), "sections": []}
given.save()
place = f"rtgs-sh/sz-day/{today.isoformat()}"
print(json.dumps({
    "hooks": "/profile/hooks/", "hook": f"/profile/hooks/outgoing/{hook.pk}/", "ticket": f"/tickets/{ticket.name}/",
    "release": f"/releases/{release.pk}/", "coverage": "/roster/lines/rtgs-sh/", "roster-place": f"/roster/lines/{place}/",
    "give-handover": f"/handovers/rtgs-sh/wh-night/{today.isoformat()}/", "handover": f"/handovers/{given.pk}/",
    "roster": "/roster/",
}))
"""
"""Webhooks in both directions with a letter that did not come, a ticket that is talked about, a release, a hand-over."""
SERIOUS = ("serious", "critical")
AT_REST = "document.getAnimations().forEach((each) => { try { each.finish(); } catch { each.cancel(); } })"
"""Colours are looked at as they will be, not on their way from one theme or state to another."""


def findings(page: Any, *, imported_sheets: bool = True) -> list[str]:
    """What axe has to say. Of sheets that import others it makes inline ones, which the content policy of a page refuses."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(AT_REST)
    found = Axe().run(page, options={} if imported_sheets else {"preload": False}).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_pages_have_no_serious_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str
) -> None:
    visitor = browsers.page(language=language, theme=theme)
    visitor.goto(f"{installation.address}/")
    shoot(visitor, f"sign-in-{language}-{theme}")
    found = {"sign-in": findings(visitor)}
    page = browsers.page("wang.min", language=language, theme=theme)

    for name, path in PAGES.items():
        page.goto(f"{installation.address}{path}")
        shoot(page, f"{name}-{language}-{theme}")
        found[name] = findings(page)

    assert not {name: each for name, each in found.items() if each}


@pytest.fixture(scope="module")
def things(installation: Installation) -> dict[str, str]:
    """Pages that show something only when there is something; by name, their addresses."""
    found: dict[str, str] = json.loads(installation.manage("shell", "-c", THINGS).splitlines()[-1])
    return found


@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "dark"), ("en", "light")])
def test_pages_with_something_on_them_have_no_serious_findings(
    installation: Installation,
    browsers: Browsers,
    shoot: Callable[[Any, str], None],
    things: dict[str, str],
    language: str,
    theme: str,
) -> None:
    page, found = browsers.page("admin", language=language, theme=theme), {}

    for name, path in things.items():
        answer = page.goto(f"{installation.address}{path}")
        assert answer.status == 200, path
        page.wait_for_load_state("networkidle")
        shoot(page, f"{name}-{language}-{theme}")
        found[name] = findings(page)

    assert not {name: each for name, each in found.items() if each}


@pytest.mark.parametrize(("language", "theme", "day"), [("zh-hans", "dark", "2026-11-12"), ("en", "light", "2026-11-13")])
def test_the_run_page_has_no_serious_findings(
    installation: Installation, browsers: Browsers, shoot: Callable[[Any, str], None], language: str, theme: str, day: str
) -> None:
    from playwright.sync_api import expect

    page = browsers.page("wang.min", language=language, theme=theme)
    start(page, installation.address, day)
    expect(page.locator("#step-card")).to_be_visible()
    expect(page.locator("#run-diagram.is-ready")).to_be_visible()
    shoot(page, f"run-{language}-{theme}")
    found = findings(page)
    for tab in ("figures", "files", "breaks", "journal"):
        page.locator(f"#tab-{tab}").click()
        expect(page.locator(f"#panel-{tab}")).to_be_visible()
        page.wait_for_timeout(int(os.environ.get("CLEARWAY_TAB_MS", "700")))
        shoot(page, f"run-{tab}-{language}-{theme}")
        found += findings(page)

    assert not found
