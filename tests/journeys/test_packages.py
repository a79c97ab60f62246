"""P2.5: a package from elsewhere is looked into and put into a change for the next business day, in four clicks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Browsers, Installation
from tests.journeys.test_accessible import findings
from tests.journeys.test_changing import Clicks

pytestmark = pytest.mark.journey

PACK = """
from pathlib import Path
from apps.processes.conf import signing_seed
from apps.processes.core.packages import Packed, manifest_of, write_package
from apps.processes.core.packages.signing import signed
from apps.processes.models import Process
process = Process.objects.get(key="L00")
version = process.versions.get(state="published")
xml = version.model_xml.replace('clearway:nameEn="List expected files"', 'clearway:nameEn="Make the list of files"')
assert xml != version.model_xml
line = process.line.code
found = [Packed("L00", process.name_zh, process.name_en, line, process.startable, version.number, xml, [], dict(windows=dict()))]
Path({file!r}).write_bytes(write_package(found, signed(manifest_of(found), signing_seed())))
"""


def test_a_package_is_looked_into_and_put_into_a_change_for_the_next_business_day(
    installation: Installation,
    browsers: Browsers,
    shoot: Callable[[Any, str], None],
    tmp_path: Path,
) -> None:
    from playwright.sync_api import expect

    file = tmp_path / "L00.clearway"
    installation.manage("shell", "-c", PACK.format(file=str(file)))
    author = browsers.page("chen.jing", theme="dark")
    author.goto(f"{installation.address}/packages/")
    shoot(author, "packages-dark")
    found = findings(author)

    clicks = Clicks(author)
    author.set_input_files("input[type=file]", str(file))
    clicks.on(author.locator("form[enctype] button[type=submit]"))
    expect(author.locator("section[aria-labelledby=items-title]")).to_contain_text("L00")
    shoot(author, "package-dark")
    found += findings(author)
    reader = browsers.page("chen.jing", language="en")
    reader.goto(author.url)
    shoot(reader, "package-light")
    found += findings(reader)
    clicks.on(author.locator("form.panel-body a[href$='/change/']"))
    expect(author.locator("[name=effective_date]")).not_to_have_value("")
    author.fill("[name=title]", "与另一站点一致")
    author.fill("[name=reason]", "as the other site has it")
    shoot(author, "package-change-dark")
    found += findings(author)
    clicks.on(author.locator("form:has([name=effective_date]) button[type=submit]"))
    expect(author.locator("#change-items")).to_contain_text("公共采集")
    shoot(author, "package-in-change-dark")
    found += findings(author)
    clicks.on(author.locator("button[value=submit]"))
    expect(author.locator("#change .state").first).to_have_attribute("data-state", "submitted")

    assert clicks.number == 4
    assert found == []
