"""How heavy pages are and how soon they are seen. Goals: 300 kB of script, the first view in 2 seconds on a slow machine.

python -m bench.pages [PAGE ...]

An installation of its own with a day under way; Chromium with a quarter of its processor, nothing kept from an earlier page.
Script is counted as it comes over the network, and in brackets as it is run.
The first view is the largest piece of what can be seen without scrolling. On a phone (390 x 844) nothing may be wider than it.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SLOWER, PHONE = 4, {"width": 390, "height": 844}
SEEN = """() => new Promise((told) => {
  let last = 0;
  new PerformanceObserver((list) => { last = list.getEntries().at(-1).startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => told(last), 500);
})"""
SCRIPT = """() => performance.getEntriesByType("resource").filter((each) => each.name.split("?")[0].endsWith(".js"))
  .reduce(([packed, run], each) => [packed + each.encodedBodySize, run + each.decodedBodySize], [0, 0])"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="*", metavar="PAGE")
    asked = set(parser.parse_args().pages)
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    from tools.screenshots import PAGES, furnished_installation

    with furnished_installation() as (browser, address, keys):
        people: dict[str, Any] = {}
        print(f"{'page':16} {'script kB':>12} {'first view ms':>14} {'too wide on a phone':>20}")
        for name, page in PAGES.items():
            if asked and name not in asked:
                continue
            cookies = people.get(page.person) or _signed_in(browser, address, page.person)
            people[page.person] = cookies
            place = address + page.address.format(**keys)
            (packed, run), seen = _looked_at(browser, cookies, place, page.ready)
            wide = _too_wide(browser, cookies, place)
            print(f"{name:16} {packed / 1000:6.0f} ({run / 1000:.0f}) {seen:14.0f} {wide:17} px", flush=True)


def _signed_in(browser: Any, address: str, person: str) -> Any:
    from tests.journeys.conftest import Browsers

    page = Browsers(browser, address).page(person)
    cookies = page.context.cookies()
    page.context.close()
    return cookies


def _looked_at(browser: Any, cookies: Any, address: str, ready: str) -> tuple[tuple[int, int], float]:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.context.add_cookies(cookies)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    page.locator(ready).first.wait_for()
    found = page.evaluate(SCRIPT), page.evaluate(SEEN)
    page.context.close()
    return found


def _too_wide(browser: Any, cookies: Any, address: str) -> int:
    page = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True).new_page()
    page.context.add_cookies(cookies)
    page.goto(address)
    found: int = page.evaluate(TOO_WIDE)
    page.context.close()
    return found


if __name__ == "__main__":
    main()
