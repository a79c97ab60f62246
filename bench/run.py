"""`make bench`: every figure of the product beside its comparators, on this machine, in one run. A program, not a test.

    make bench                                      the whole table
    make bench ARGS="w1 --peers none --repeat 3"    one part
    make bench ARGS="feed"                          a program of its own: settlement, feed, soundness, differences, impact, access
    make bench ARGS="--quick"                       smaller works, fewer turns: whether it runs, not how fast

PostgreSQL is the server that CLEARWAY_DATABASE_URL names (databases are made beside it and dropped afterwards), Redis is
CLEARWAY_BENCH_REDIS_URL. What is not there is said in the table. Each work is checked after it was done: every step once, the
journal unbroken.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import figures
from bench.figures import Figure
from bench.parts import engines, growth, memory, width, writers
from bench.peers import PEERS, Peer
from bench.session import Session

ROOT = Path(__file__).resolve().parents[1]
REDIS = "redis://127.0.0.1:6379/8"
Measure = Callable[[Session], Iterator[Figure]]
PARTS: dict[str, Measure] = {
    "writers": writers.measure,
    "width": width.measure,
    "growth": growth.measure,
    "memory": memory.measure,
}
PROGRAMS = ("settlement", "feed", "soundness", "differences", "impact", "access")
TABLE = (*engines.PARTS, *PARTS)


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started and made is taken down all the same
    began = time.monotonic()
    print(_machine(), flush=True)
    found = list[Figure]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clearway-bench-")))
        session = Session(stack, folder, options.repeat, options.quick, options.peers, options.redis)
        for figure in _measured(session, options.parts):
            found.append(figure)
            print(figures.line(figure), flush=True)
    if found:
        print("\n" + figures.table(found))
    print(f"\n{time.monotonic() - began:.0f} s")
    if options.json:
        told = {"machine": _machine(), "at": datetime.now(UTC).isoformat(), "figures": figures.as_json(found)}
        Path(options.json).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    programs = [_program(name) for name in PROGRAMS if name in options.parts]
    return max([0, *programs])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run")
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(TABLE)} (these if none is named), {', '.join(PROGRAMS)}"
    )
    parser.add_argument("--repeat", type=int, default=0, help="turns, 5 if not said; figures are medians")
    parser.add_argument("--peers", default="all", help=f"all, none, or some of {','.join(PEERS)}")
    parser.add_argument("--quick", action="store_true", help="a quarter of the size, 1 turn")
    parser.add_argument("--json", metavar="FILE", help="writes the figures there as well")
    parser.add_argument("--redis", default=os.environ.get("CLEARWAY_BENCH_REDIS_URL", REDIS))
    options = parser.parse_args()
    if unknown := set(options.parts) - {*TABLE, *PROGRAMS}:
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join((*TABLE, *PROGRAMS))}")
    options.parts = options.parts or list(TABLE)
    options.repeat = options.repeat or (1 if options.quick else 5)
    options.peers = _peers(parser, options.peers)
    return options


def _peers(parser: argparse.ArgumentParser, said: str) -> Sequence[Peer]:
    if said in ("all", "none"):
        return list(PEERS.values()) if said == "all" else []
    if unknown := set(said.split(",")) - PEERS.keys():
        parser.error(f"no peer is called {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    return [PEERS[name] for name in said.split(",")]


def _measured(session: Session, parts: Sequence[str]) -> Iterator[Figure]:
    """A part that breaks is a row that says so; the others go on."""
    together = [part for part in parts if part in engines.PARTS]
    measures: dict[str, Measure] = {}
    if together:
        measures["+".join(together)] = partial(engines.measure, parts=together)
    for part, measure in (measures | {part: PARTS[part] for part in PARTS if part in parts}).items():
        try:
            yield from measure(session)
        except Exception as failure:
            yield figures.missing(part, "all", f"{type(failure).__name__}: {failure}")


def _program(name: str) -> int:
    """Measurements of the whole product, on SQLite, each a program of its own."""
    print(f"\n{name}", flush=True)
    sqlite = {key: value for key, value in os.environ.items() if key not in ("CLEARWAY_DATABASE_URL", "CLEARWAY_BROKER_URL")}
    return subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=ROOT, env=sqlite).returncode


def _machine() -> str:
    """What the figures were measured on: without it they say little."""
    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    load = f"load {os.getloadavg()[0]:.1f}"
    return f"{os.cpu_count()} × {model}, {memory / 2**20:.0f} GiB, {platform.system()} {platform.release()}, {load}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


if __name__ == "__main__":
    sys.exit(main())
