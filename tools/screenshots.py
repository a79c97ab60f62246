"""Pictures of the pages in both languages and both themes, kept in docs/screenshots: `make screenshots`.

An installation of its own is started and filled with a day that is under way; it is gone afterwards.
"""

import argparse
import base64
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
LANGUAGES, THEMES = ("zh-hans", "en"), ("light", "dark")
QUALITY = 60
STEP_SECONDS = 90
"""How long a run is waited for until it has what is to be seen."""
MAKER, CHECKER, MANAGER, AUTHOR, APPROVER, ADMIN = "wang.min", "li.lei", "zhang.wei", "chen.jing", "zhao.gang", "admin"

A_SALE = "of=trade&market=SZ&security_class=stock&side=sell&business_date=2026-03-02&quantity=2000&price=10.05"
RECEIVER = "https://receiver.example/clearway"


@dataclass(frozen=True)
class Page:
    """One page: who looks at it, its address with places for keys of objects, and what must be there before it is taken."""

    person: str
    address: str
    ready: str = "main"


PAGES = {
    "sign-in": Page("", "/"),
    "home": Page(MAKER, "/"),
    "wallboard": Page(MANAGER, "/wallboard/"),
    "monitors": Page(ADMIN, "/monitors/"),
    "roster": Page(ADMIN, "/roster/"),
    "handovers": Page(MAKER, "/handovers/"),
    "give-handover": Page(MAKER, "/handovers/{line}/{shift}/{today}/"),
    "new-monitor": Page(ADMIN, "/monitors/new/"),
    "runs": Page(MAKER, "/runs/"),
    "run": Page(MAKER, "/runs/{run}/", ".diagram.is-ready"),
    "step": Page(MAKER, "/runs/{run}/steps/{step}/"),
    "day": Page(MAKER, "/runs/day/?date={worked}&at=run.{run}", "[data-rows] tr"),
    "pause-lines": Page(MAKER, "/runs/lines/pause/"),
    "intervene": Page(MAKER, "/runs/{run}/do/cancel/"),
    "inbox": Page(APPROVER, "/inbox/"),
    "tasks": Page(MAKER, "/tasks/"),
    "approvals": Page(APPROVER, "/approvals/"),
    "approval": Page(APPROVER, "/approvals/{approval}/"),
    "approvals-together": Page(APPROVER, "/approvals/together/"),
    "away": Page(APPROVER, "/approvals/away/"),
    "files": Page(MAKER, "/files/"),
    "arrival-matrix": Page(MAKER, "/files/arrivals/"),
    "catalogue": Page(MAKER, "/files/catalogue/"),
    "family": Page(MAKER, "/files/catalogue/of/jsmx/"),
    "file": Page(MAKER, "/files/{file}/"),
    "import-layout": Page(ADMIN, "/files/catalogue/import/"),
    "breaks": Page(MAKER, "/breaks/"),
    "reconciliations": Page(MAKER, "/reconciliations/"),
    "reconciliation": Page(MAKER, "/reconciliations/{reconciliation}/"),
    "options-accounts": Page(MAKER, "/options-margin/runs/{options}/accounts/"),
    "options-combinations": Page(MAKER, "/options-margin/runs/{options}/combinations/"),
    "options-account": Page(MAKER, "/options-margin/accounts/{account}/"),
    "options-contract": Page(MAKER, "/options-margin/runs/{options}/contracts/{contract}/"),
    "processes": Page(AUTHOR, "/processes/"),
    "new-process": Page(AUTHOR, "/new-process/"),
    "process": Page(AUTHOR, "/processes/L01/"),
    "version": Page(AUTHOR, "/processes/L01/versions/1/", ".diagram.is-ready"),
    "table": Page(AUTHOR, "/processes/L01/versions/1/table/"),
    "draw": Page(AUTHOR, "/processes/L01/draw/", "[data-canvas].is-ready"),
    "compare": Page(APPROVER, "/processes/L00/compare/?from=1&to=2", ".diagram.is-ready"),
    "impact": Page(APPROVER, "/processes/L00/versions/2/impact/"),
    "rebase": Page(AUTHOR, "/processes/L00-B/rebase/", ".diagram.is-ready"),
    "template": Page(ADMIN, "/admin/processes/processtemplate/{template}/change/", "[data-canvas].is-ready"),
    "keeping": Page(AUTHOR, "/processes/L01/keeping/"),
    "test": Page(AUTHOR, "/processes/L01/tests/{test}/"),
    "packages": Page(AUTHOR, "/packages/"),
    "package": Page(AUTHOR, "/packages/{package}/"),
    "topology": Page(AUTHOR, "/topology/"),
    "changes": Page(AUTHOR, "/changes/"),
    "new-change": Page(AUTHOR, "/changes/new/"),
    "change": Page(AUTHOR, "/changes/{change}/"),
    "edit-change": Page(AUTHOR, "/changes/{change}/edit/"),
    "propose-day": Page(ADMIN, "/changes/propose-day/?calendar=CN-EX&day={day}"),
    "tickets": Page(AUTHOR, "/tickets/"),
    "ticket-board": Page(AUTHOR, "/tickets/board/"),
    "ticket-ages": Page(AUTHOR, "/tickets/ages/"),
    "tickets-due": Page(AUTHOR, "/tickets/due/"),
    "triage": Page(AUTHOR, "/tickets/triage/"),
    "tickets-together": Page(AUTHOR, "/tickets/together/"),
    "import-tickets": Page(AUTHOR, "/tickets/import/"),
    "new-ticket": Page(AUTHOR, "/new-ticket/"),
    "ticket": Page(AUTHOR, "/tickets/{ticket}/"),
    "edit-ticket": Page(AUTHOR, "/tickets/{ticket}/edit/"),
    "releases": Page(AUTHOR, "/releases/"),
    "release": Page(AUTHOR, "/releases/{release}/"),
    "find": Page(AUTHOR, "/find/?q=TD-2026"),
    "thread": Page(AUTHOR, "/thread/ticket/{ticket_key}/"),
    "entry": Page(AUTHOR, "/journal/{entry}/"),
    "fees": Page(MAKER, "/fees/"),
    "fee-rate": Page(MAKER, "/fees/rates/{rate}/"),
    "fee-calculator": Page(MAKER, "/fees/calculator/?" + A_SALE),
    "propose-rate": Page(ADMIN, "/fees/propose/"),
    "products": Page(AUTHOR, "/products/"),
    "product": Page(AUTHOR, "/products/of/{product}/"),
    "product-classes": Page(AUTHOR, "/products/classes/"),
    "product-rules": Page(AUTHOR, "/products/rules/"),
    "product-rule": Page(AUTHOR, "/products/rules/{product_rule}/"),
    "propose-product-rule": Page(AUTHOR, "/products/rules/propose/?rule={product_rule}"),
    "product-pattern": Page(AUTHOR, "/products/pattern/?column=declared&cell=*慈善*"),
    "classify-products": Page(AUTHOR, "/products/classify/?line=trust-products"),
    "product-sheets": Page(AUTHOR, "/products/sheets/"),
    "notices": Page(MAKER, "/notices/"),
    "failed-notices": Page(ADMIN, "/notices/failed/"),
    "calendar": Page(MAKER, "/calendar/"),
    "runs-together": Page(MAKER, "/runs/together/"),
    "uplifts": Page(MAKER, "/options-margin/uplifts/"),
    "product-outputs": Page(AUTHOR, "/products/outputs/"),
    "product-accounts": Page(AUTHOR, "/products/accounts/"),
    "corrections": Page(MAKER, "/files/corrections/"),
    "parameters": Page(MAKER, "/parameters/"),
    "sql-statements": Page(ADMIN, "/reconciliations/statements/"),
    "password": Page(MAKER, "/profile/password/"),
    "access": Page(ADMIN, "/people/access/"),
    "access-person": Page(ADMIN, "/people/access/?person=wang.min"),
    "profile": Page(MAKER, "/profile/"),
    "tokens": Page(MAKER, "/profile/tokens/"),
    "hooks": Page(MAKER, "/profile/hooks/"),
    "outgoing-hook": Page(MAKER, "/profile/hooks/outgoing/{hook}/"),
    "nothing": Page(MAKER, "/nothing/here/"),
    "admin": Page(ADMIN, "/admin/", "#content"),
}


def furnished() -> dict[str, Any]:
    """Things to look at: a run that waits for its maker, a version on its path, a change, a ticket, a test, a package."""
    from apps.approvals.models import Approval
    from apps.calendars.selectors import shift_business_day
    from apps.changes import actions as changes
    from apps.desk.selectors import last_completed_business_day
    from apps.engine import actions as engine
    from apps.engine.models import Step
    from apps.files.models import ArrivedFile
    from apps.hooks.actions import make_outgoing
    from apps.journal.models import Entry
    from apps.kernel import clock
    from apps.lines.fees.models import FeeRate
    from apps.lines.options_margin.models import MarginAccount, OptionContract
    from apps.lines.products.models import Product, ProductRule
    from apps.people.models import BusinessLine, User
    from apps.processes import actions as processes
    from apps.processes.models import ProcessVersion
    from apps.processes.selectors.packages import packaged
    from apps.shifts.models import Coverage
    from apps.tickets.actions import edit_ticket, plan_release, raise_ticket

    people = {user.username: user for user in User.objects.all()}
    author = people[AUTHOR]
    line, day = BusinessLine.objects.get(code="rtgs-sh"), last_completed_business_day()
    run = engine.begin_run(process_key="L01", business_date=day, actor=people[MAKER])
    options = engine.begin_run(process_key="L06", business_date=day, actor=people[MAKER])
    process = ProcessVersion.objects.get(process__key="L00", number=1)
    model = process.model_xml.replace('name="生成应收文件清单"', 'name="列出当日应收文件"', 1)
    drawn = processes.save_draft(process_key="L00", model_xml=model, note="文件到齐时间提前", actor=author)
    ticket = raise_ticket(line_id=process.process.line_id, title="日终文件提前到齐", actor=author, external_number="TD-2026-1001")
    wanted = raise_ticket(line_id=line.pk, title="勾单截止延至 15:10", actor=author, external_number="TD-2026-1002")
    processes.submit_version(version_id=drawn.pk, actor=author, reason=ticket.name)
    later = shift_business_day("CN-EX", day, 3)
    change = changes.create_change(line_id=line.pk, actor=author, title="勾单窗口延长", reason=wanted.name, effective_date=later)
    window = {"process": "L01", "step": "select_ticks", "latest_end": "15:10"}
    changes.add_item(change_id=change.pk, kind="step.window", content=window, actor=author)
    test = processes.save_test(process_key="L01", test={"name": "全部成交"}, actor=author)
    package = processes.receive_package(content=packaged(author, ["L01"]), actor=author)
    processes.open_working_copy(process_key="L01", actor=author)
    template = _followed_template(author, people[ADMIN], line)
    release = plan_release(line_id=line.pk, name="2026-12", target_date=later, actor=author)
    edit_ticket(ticket_id=wanted.pk, actor=author, in_release=release)
    reconciled = _two_sheets_compared(line, day, people[MAKER])
    _wait_until("a step of a person", Step.objects.filter(run=run, state="offered").exists)
    _wait_until("an account with its margin", MarginAccount.objects.filter(run=options).exists)
    account = MarginAccount.objects.filter(run=options).order_by("pk")[0]
    contract = OptionContract.objects.filter(run=options).order_by("pk")[0]
    return {
        "template": template.pk,
        "run": run.pk,
        "approval": Approval.objects.get(subject=drawn.pk).pk,
        "file": ArrivedFile.objects.order_by("pk").values_list("pk", flat=True)[0],
        "change": change.pk,
        "ticket": wanted.name,
        "ticket_key": wanted.pk,
        "entry": Entry.objects.filter(kind="ticket.raised").latest("pk").pk,
        "step": Step.objects.filter(run=run, state="offered")[0].pk,
        "rate": FeeRate.objects.order_by("pk")[0].pk,
        "product": Product.objects.filter(facts__declared="家族信托（慈善）").order_by("code")[0].code,
        "product_rule": ProductRule.objects.get(table="family-trust", code="admitted").pk,
        "hook": make_outgoing(name="收件方", address=RECEIVER, feed="everything", actor=people[MAKER])[0].pk,
        "line": line.code,
        "shift": Coverage.objects.filter(line=line).order_by("shift__begins")[0].shift.code,
        "today": clock.market_date(),
        "worked": day,
        "test": test.pk,
        "package": package.pk,
        "release": release.pk,
        "reconciliation": reconciled,
        "options": options.pk,
        "account": account.pk,
        "contract": contract.number,
        "day": later,
    }


def _two_sheets_compared(line: Any, day: Any, maker: Any) -> int:
    """The number of a reconciliation of two sheets in which one amount differs and one account stands on one side alone."""
    from apps.recon import actions
    from apps.recon.models import ReconciliationDefinition

    facts = {"left_kind": "sheet", "left_code": "ours", "right_kind": "sheet", "right_code": "theirs"}
    names = {"name_zh": "自营台账与结算行对账单", "name_en": "Own ledger and the bank's statement"}
    definition = ReconciliationDefinition.objects.create(code="D1", line=line, valid_from=day, p1_above=50_000, **names, **facts)
    definition.columns.create(role="key", name="account", left="account", right="account")
    definition.columns.create(role="amount", name="amount", left="amount", right="amount")
    sheets = {"ours": "B8801,1200000.00\nB8802,350000.00\nB8803,90000.00\n", "theirs": "B8801,1200000.00\nB8802,349000.00\n"}
    for code, rows in sheets.items():
        data = f"account,amount\n{rows}".encode()
        actions.upload_sheet(line_code=line.code, code=code, day=day, name=f"{code}.csv", data=data, actor=maker)
    return actions.compare_defined(code="D1", line_code=line.code, day=day, actor=maker).pk


def _followed_template(author: Any, admin: Any, line: Any) -> Any:
    """A template with a test that went on after the process L00-B was made from it; both changed the same step."""
    from apps.processes import actions as processes
    from apps.processes.core.testing import read_test
    from apps.processes.models import ProcessTemplate
    from apps.processes.selectors.templates import as_the_model_does

    template = ProcessTemplate.objects.get(key="L00")
    facts = {name: getattr(template, name) for name in ("key", "name_zh", "name_en", "description", "model_xml")}
    names = {"name_zh": "公共收数（深圳）", "name_en": "Common ingest, Shenzhen"}
    made = processes.create_process_from_template(key="L00-B", line_id=line.pk, template_key="L00", actor=author, **names)
    own = made.model_xml.replace('name="生成应收文件清单"', 'name="列出深市应收文件"', 1)
    processes.save_draft(process_key="L00-B", model_xml=own, note="深市文件", actor=author)
    facts["model_xml"] = template.model_xml.replace('name="生成应收文件清单"', 'name="列出当日应收文件"', 1)
    played = as_the_model_does(facts["model_xml"], read_test({"name": "照常走完"}))
    tests = [played.as_dict()] if played else []
    return processes.save_template(facts=facts, template_id=template.pk, seen=template.revision, tests=tests, actor=admin)


def _wait_until(what: str, is_there: Callable[[], bool]) -> None:
    until = time.monotonic() + STEP_SECONDS
    while not is_there():
        if time.monotonic() > until:
            raise SystemExit(f"Not come in time: {what}.")
        time.sleep(0.5)


def take(browser: Any, address: str, keys: dict[str, Any], wanted: Callable[[str], bool]) -> Iterator[str]:
    """Takes the pictures and names them; a page that is not ready in time is an error."""
    for language in LANGUAGES:
        for theme in THEMES:
            visitors: dict[str, Any] = {}
            for name, page in PAGES.items():
                if not wanted(name):
                    continue
                visitor = visitors.get(page.person) or visited(browser, address, page.person, language, theme)
                visitors[page.person] = visitor
                visitor.goto(address + page.address.format(**keys), wait_until="networkidle")
                visitor.locator(page.ready).first.wait_for()
                file = FOLDER / f"{name}-{language}-{theme}.webp"
                file.write_bytes(_picture(visitor))
                yield file.name
            for visitor in visitors.values():
                visitor.context.close()


def visited(browser: Any, address: str, person: str, language: str, theme: str) -> Any:
    from tests.journeys.conftest import Browsers

    return Browsers(browser, address).page(person, language=language, theme=theme)


def _picture(page: Any) -> bytes:
    """The page at 1366 × 768, small."""
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    session.detach()
    return base64.b64decode(taken["data"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="some pages; without any, all of them")
    asked = set(parser.parse_args().pages)
    from tools import chromium

    print(chromium.ensure(), flush=True)
    if chromium.find() is None:
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with furnished_installation() as (browser, address, keys):
        for name in take(browser, address, keys, lambda name: not asked or name in asked):
            print(name, flush=True)
    return 0


@contextmanager
def furnished_installation() -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """A browser, the address of an installation of its own that is filled, and the keys of what there is to be seen."""
    from playwright.sync_api import sync_playwright

    from tests.journeys import conftest
    from tools import chromium

    for name in [name for name in os.environ if name.startswith("CLEARWAY_") and name != "CLEARWAY_CHROMIUM"]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="clearway-screenshots-") as data:
        os.environ |= {"CLEARWAY_DATA": data, "DJANGO_SETTINGS_MODULE": "clearway.settings.embedded", "PYTHONWARNINGS": "ignore"}
        port, log = conftest.free_port(), Path(data) / "up.log"
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port), "--workers", "1"]
        with log.open("w") as said:
            up = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            conftest._wait_for(up, port, log)
            import django

            django.setup()
            keys = furnished()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
                yield browser, f"http://127.0.0.1:{port}", keys
                browser.close()
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(40)


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    sys.exit(main())
