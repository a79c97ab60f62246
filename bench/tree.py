"""How smoothly the settlement day scrolls with 10,000 rows. Goal: 95 in 100 frames within 34 ms (two pictures), none over 0.1 s.

python -m bench.tree [--rows 10000] [--seconds 10]

An installation of its own with one run of so many steps; Chromium without a screen of its own, 1366 x 768. The place is moved as
a wheel moves it, 120 pixels a frame, and then by jumps of a whole window, as keys do; the time between two frames is what a
person sees. Rows are read as they come into sight, over the network of the machine.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SMOOTH_MS = 34
SCROLLED = """async ({ seconds, distance }) => {
  const place = document.querySelector(".tree-scroll");
  const frame = () => new Promise(requestAnimationFrame);
  const frames = [];
  place.scrollTop = 0;
  let before = await frame();
  let down = 1;
  for (const until = before + seconds * 1000; before < until;) {
    const end = place.scrollHeight - place.clientHeight;
    const by = distance || place.clientHeight;
    if (place.scrollTop + by * down > end || place.scrollTop + by * down < 0) down = -down;
    place.scrollTop += by * down;
    const now = await frame();
    frames.push(now - before);
    before = now;
  }
  return { frames, drawn: document.querySelectorAll("[data-rows] > tr[data-place]").length, at: place.scrollTop };
}"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    from tests.journeys.conftest import Browsers
    from tests.journeys.test_day_tree import DAY, MANY_STEPS
    from tests.journeys.test_settlement_day import start
    from tools.screenshots import furnished_installation

    with furnished_installation() as (browser, address, _keys):
        page = Browsers(browser, address).page("wang.min")
        start(page, address, DAY)
        run = _with_steps(MANY_STEPS.format(day=DAY, steps=options.rows))
        print(f"{'how':8} {'frames':>7} {'p50 ms':>7} {'p95 ms':>7} {'longest':>8} {'beyond 34 ms':>13} {'rows drawn':>11}")
        for how, distance in (("wheel", 120), ("window", 0)):
            page.goto(f"{address}/runs/day/?date={DAY}&at=run.{run}")
            page.locator(f"[data-key='run.{run}'][aria-expanded=true]").wait_for()
            seen = page.evaluate(SCROLLED, {"seconds": options.seconds, "distance": distance})
            frames = sorted(seen["frames"])
            late = sum(each > SMOOTH_MS for each in frames)
            p50, p95 = frames[len(frames) // 2], frames[int(len(frames) * 0.95)]
            print(f"{how:8} {len(frames):7} {p50:7.1f} {p95:7.1f} {frames[-1]:8.1f} {late:13} {seen['drawn']:11}", flush=True)


def _with_steps(text: str) -> int:
    """Fills the run, in a process of its own, as the browser's loop holds this one; its key."""
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-c", text]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()[-1])


if __name__ == "__main__":
    main()
