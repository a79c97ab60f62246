"""`make soak`: the long form of the simulations. Prints histories, faults and violations; each violation names its seed.

    python -m tools.soak [--core 100000] [--engine 2000] [--eyes 100000] [--first 0]

The core runs on all processors; the engine runs on the database that CLEARWAY_DATABASE_URL names, or on SQLite, in a
database that is made for it and dropped.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from multiprocessing import Pool
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 10

Outcome = tuple[int, Counter[str], str]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--core", type=int, default=100_000, help="histories of the core")
    parser.add_argument("--engine", type=int, default=2_000, help="histories on the tables")
    parser.add_argument("--eyes", type=int, default=100_000, help="histories of approvals that lie in one another")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    _set_up()
    with Pool(os.cpu_count(), initializer=_set_up) as pool:
        seeds = range(options.first, options.first + options.core)
        broken = _report("core", pool.imap_unordered(_core, seeds, chunksize=50))
        eyes = range(options.first, options.first + options.eyes)
        broken += _report("four eyes", pool.imap_unordered(_eyes, eyes, chunksize=200))
    return int(_engine(range(options.first, options.first + options.engine)) + broken > 0)


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearway.settings.embedded")
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import django

    django.setup()


def _core(seed: int) -> Outcome:
    from tests.simulation.histories import outcome_of

    return seed, *outcome_of(seed)


def _eyes(seed: int) -> Outcome:
    from tests.simulation.four_eyes import outcome_of

    return seed, *outcome_of(seed)


def _engine(seeds: range) -> int:
    from django.conf import settings
    from django.test.utils import setup_databases, teardown_databases

    from tests.factories import engine as made
    from tests.simulation.engine_histories import outcome_of

    settings.CLEARWAY_CRASHES_BEFORE_INCIDENT = 1000
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        person = made.operator()
        return _report("engine", ((seed, *outcome_of(seed, person)) for seed in seeds))
    finally:
        teardown_databases(databases, verbosity=0)


def _report(name: str, outcomes: Iterable[Outcome]) -> int:
    """Prints what came of the histories; the number of those in which something was violated."""
    began, histories, faults, violations = time.monotonic(), 0, Counter[str](), 0
    for seed, seen, violated in outcomes:
        histories += 1
        faults += seen
        violations += bool(violated)
        if violated and violations <= SHOWN:
            print(f"  {name}: CLEARWAY_SEED={seed}: {violated}", flush=True)
    seconds = time.monotonic() - began
    print(f"{name}: {histories} histories in {seconds:.0f} s, {faults.total()} faults, {violations} violations")
    for fault, count in faults.most_common():
        print(f"  {count:8} {fault}")
    return violations


if __name__ == "__main__":
    sys.exit(main())
