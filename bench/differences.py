"""How long two versions of a large model take to compare and to tell in words. Goal: 200 nodes in 1 second.

python -m bench.differences [--nodes 200]
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 7
EDITS = {"one edit": 1, "fifty edits": 50}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=200)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import django

    django.setup()
    from tests.factories.drawings import drawn, plan_of_size

    plan = plan_of_size(options.nodes)
    before = drawn(plan)
    print(f"{len(plan.nodes)} nodes, {len(plan.flows)} flows, {len(before) // 1024} kB")
    for name, edits in EDITS.items():
        _measure(name, before, _edited(before, edits))
    empty = drawn(plan_of_size(2))
    _measure("everything new", empty, before)


def _edited(xml: bytes, edits: int) -> bytes:
    from lxml import etree

    from tests.factories.drawings import EDITS as KNOWN

    random, root = Random(1), etree.fromstring(xml)
    for number in range(edits):
        KNOWN[("rename", "move")[number % 2]](root, random)
    return etree.tostring(root)


def _measure(name: str, old: bytes, new: bytes) -> None:
    from apps.processes.core.differences import differences
    from apps.processes.core.differences.words import Words

    def told() -> int:
        words = Words(differences(old, new))
        return sum(len([words.sentence(item), *words.details(item), *words.layout(item)]) for item in words.found.items)

    compared, in_words = _median(lambda: differences(old, new)), _median(told)
    print(f"{name:16} {told():5} sentences  compared {compared:7.1f} ms  with its words {in_words:7.1f} ms")


def _median(work: Callable[[], object]) -> float:
    """Milliseconds."""
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


if __name__ == "__main__":
    main()
