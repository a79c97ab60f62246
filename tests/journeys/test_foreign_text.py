"""What people write stays text: 200 hostile strings in every place of a model, on every page that shows it, in real browsers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.hostile_texts import CARDS, TEXTS, hostile_model

pytestmark = pytest.mark.journey

FOUND = """() => [...document.querySelectorAll("*")].flatMap((element) => {
  const bad = [...element.attributes].filter(({ name, value }) =>
    /^on/i.test(name) || (/^(href|src|action|formaction|xlink:href|data|srcdoc)$/i.test(name)
      && (/^\\s*(javascript|data:text)/i.test(value) || value.includes("evil.example"))));
  const inline = element.localName === "script" && !element.src && element.type !== "application/json";
  const strange = ["iframe", "object", "embed", "base", "foreignobject", "animate", "math"].includes(element.localName);
  const refresh = element.localName === "meta" && element.httpEquiv.toLowerCase() === "refresh";
  return bad.length || inline || strange || refresh ? [element.outerHTML.slice(0, 200)] : [];
})"""
"""Elements and attributes that our pages never have and that the texts try to bring in."""

PREPARE = """
import json, sys
from datetime import date
from pathlib import Path
from apps.people.models import BusinessLine, User
from apps.processes import actions
from apps.engine.actions import begin_run
chen, zhao, wang = (User.objects.get(username=name) for name in ("chen.jing", "zhao.gang", "wang.min"))
line = BusinessLine.objects.get(code="rtgs-sh")
for key, text in json.loads(Path({models!r}).read_text()).items():
    actions.create_process(key=key, name_zh=key + {label!r}, name_en=key + {label!r}, line_id=line.pk, actor=chen)
    version = actions.save_draft(process_key=key, model_xml=text, note={label!r}, actor=chen)
    actions.submit_version(version_id=version.pk, actor=chen, reason={label!r})
    actions.approve_version(version_id=version.pk, actor=zhao, reason={label!r})
    actions.publish_version(version_id=version.pk, actor=zhao, reason={label!r})
    run = begin_run(process_key=key, business_date=date(2026, 3, 2), actor=wang, variables={{"x": {label!r}}})
    print("run", key, run.pk)
"""


@pytest.fixture(scope="module")
def runs(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Two hostile processes, published and running, texts in labels and texts in ids: key → number of the run."""
    models = tmp_path_factory.mktemp("models") / "models.json"
    models.write_text(json.dumps({"XL": hostile_model("XL"), "XI": hostile_model("XI", in_ids=True)}))
    said = installation.manage("shell", "-c", PREPARE.format(models=str(models), label=TEXTS[2]))
    return {row.split()[1]: row.split()[2] for row in said.splitlines() if row.startswith("run ")}


@pytest.fixture
def visit(installation: Installation, browsers: Browsers) -> Callable[[Any, str], None]:
    """Opens an address and fails when something of the texts came alive there."""

    def came_alive(page: Any, dialog: Any) -> None:
        browsers.broken.append(f"{page.url}: {dialog.message}")
        dialog.dismiss()

    def look(page: Any, address: str) -> None:
        if not getattr(page, "watched", False):
            page.watched = True
            page.on("dialog", lambda dialog: came_alive(page, dialog))
        page.goto(f"{installation.address}{address}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(FOUND) == [], address

    return look


@pytest.mark.parametrize("key", ["XL", "XI"])
def test_pages_of_a_hostile_process_show_text(browsers: Browsers, runs: dict[str, str], visit: Any, key: str) -> None:
    from playwright.sync_api import expect

    author = browsers.page("chen.jing", language="en")
    visit(author, "/processes/")
    visit(author, f"/processes/{key}/")
    visit(author, f"/processes/{key}/versions/1/")

    expect(author.locator("table.grid").last).to_contain_text(TEXTS[0])
    expect(author.locator(".diagram.is-ready")).to_be_visible()
    assert author.evaluate(FOUND) == []


@pytest.mark.parametrize("key", ["XL", "XI"])
def test_the_pages_of_its_run_show_text(browsers: Browsers, runs: dict[str, str], visit: Any, key: str) -> None:
    from playwright.sync_api import expect

    maker = browsers.page("wang.min")
    for address in ("/", "/runs/", "/tasks/", f"/runs/{runs[key]}/"):
        visit(maker, address)
    expect(maker.locator("#run-diagram.is-ready")).to_be_visible()

    choices = maker.locator("#step-table [data-choose]")
    for card in range(CARDS):
        choices.nth(choices.count() - 1 - card).click()
        expect(maker.locator("#step-card form.answer-form")).to_contain_text(TEXTS[card])
        assert maker.evaluate(FOUND) == []
    for tab in ("figures", "files", "breaks", "journal"):
        maker.locator(f"#tab-{tab}").click()
        expect(maker.locator(f"#panel-{tab}")).to_be_visible()
        assert maker.evaluate(FOUND) == []


def test_the_administration_shows_text(browsers: Browsers, runs: dict[str, str], visit: Any) -> None:
    admin = browsers.page("admin", language="en")

    for address in ("processes/process/", "processes/processversion/", "engine/run/", "engine/step/", "engine/attempt/"):
        visit(admin, f"/admin/{address}")
        first = admin.locator("#result_list th a").first
        if first.count():
            visit(admin, first.get_attribute("href"))


def test_a_refused_model_is_told_in_text(browsers: Browsers, runs: dict[str, str], visit: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    broken = tmp_path / "broken.bpmn"
    broken.write_text(hostile_model("XI", in_ids=True, broken=True).replace("<bpmn:userTask", '<bpmn:userTask startQuantity="2"'))
    author = browsers.page("chen.jing", language="en")
    visit(author, "/processes/XI/")

    author.locator("input[type=file]").set_input_files(str(broken))
    author.locator("textarea[name=note]").fill(TEXTS[2])
    author.locator("main form button[type=submit]").click()

    expect(author.locator("table.grid").last).to_contain_text(TEXTS[1])
    assert author.evaluate(FOUND) == []


def test_a_model_is_never_opened_as_a_document(installation: Installation, browsers: Browsers, runs: dict[str, str]) -> None:
    """Its foreign namespaces could be script there."""
    author = browsers.page("chen.jing")

    for address in (
        "/processes/XL/versions/1/model.bpmn",
        "/processes/XL/versions/1/model.bpmn?download",
        f"/runs/{runs['XL']}/model.bpmn",
    ):
        answer = author.request.get(f"{installation.address}{address}")

        assert answer.status == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_comes_alive_would_be_seen(installation: Installation, browsers: Browsers) -> None:
    page = browsers.page("chen.jing")
    page.goto(f"{installation.address}/processes/")

    page.evaluate("text => document.querySelector('main').insertAdjacentHTML('beforeend', text)", TEXTS[20])
    page.wait_for_timeout(300)

    assert len(page.evaluate(FOUND)) == 1
    assert "Content Security Policy" in browsers.broken.pop()


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(set(TEXTS)) >= 200
