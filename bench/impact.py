"""How long the chain of processes and the impact of a version take. Goal: 200 processes in 5 seconds.

python -m bench.impact [--processes 200] [--steps 40]

Each process calls another one, sends a message that two hear, and waits for a file. Measured with nothing kept, as in a web
process that has just begun, and again with the plans kept. The database is one of its own, in memory unless the environment
names another server, and is gone afterwards.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=200)
    parser.add_argument("--steps", type=int, default=40)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0)
    try:
        _measure_all(options.processes, options.steps)
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)


def _measure_all(count: int, steps: int) -> None:
    from apps.changes import selectors
    from apps.changes.core.layout import picture
    from apps.changes.selectors.chains import _kept
    from apps.engine.selectors import _plan
    from apps.people.states import Role
    from tests.factories.engine import person, published

    reader = person("reader", Role.AUDITOR)
    versions = [published(_process(number, count, steps)) for number in range(count)]
    chain = selectors.chain_for(reader)
    print(f"{count} processes of {steps} steps, {len(chain.links)} links")

    def drawn() -> int:
        found = selectors.chain_for(reader)
        return len(
            picture(
                {one.key for one in found.processes},
                [(one.link.source, one.link.target) for one in found.links if one.link.kind != "file"],
            ).boxes
        )

    def touched() -> int:
        return len(selectors.impact_of_version(reader, versions[-1]).dependents)

    for name, measure in (("chain with its picture", drawn), ("impact of a version", touched)):
        _kept.clear()
        _plan.cache_clear()
        _tell(f"{name}, nothing kept", measure)
        _tell(f"{name}, plans kept", measure)


def _tell(name: str, measure: Callable[[], int]) -> None:
    began = time.perf_counter()
    size = measure()
    print(f"{name:40} {(time.perf_counter() - began) * 1000:8.0f} ms  {size} processes")


def _process(number: int, count: int, steps: int):  # type: ignore[no-untyped-def]  # the factories are not typed
    from apps.processes.core.plan import Event, EventKind, NodeKind
    from tests.factories.engine import PlanText

    text = PlanText(f"P{number}")
    names = [f"s{step}" for step in range(steps)]
    for name in names:
        text.service(name)
    text.event("heard", NodeKind.CATCH, Event(EventKind.MESSAGE, name=f"m{number // 2}", correlation='"k"'))
    text.event("said", NodeKind.THROW, Event(EventKind.MESSAGE, name=f"m{(number + 3) % count // 2}"))
    text.receive("file", correlation=f'"f{number}"')
    text.call("called", f"P{(number + 1) % count}") if number + 1 < count else text.service("called")
    return text.flow("start", "file", "heard", *names, "called", "said", "end")


if __name__ == "__main__":
    main()
