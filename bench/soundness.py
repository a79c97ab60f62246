"""How long the soundness check of a model takes. Goal: 500 elements in 2 seconds, wide parallel blocks among them.

python -m bench.soundness [--elements 500]
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--elements", type=int, default=500)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import django

    django.setup()
    for name, body in _bodies(options.elements).items():
        _measure(name, body)


def _bodies(elements: int) -> dict[str, list[Any]]:
    from tests.simulation.models import WIDE, random_body

    random = Random(1)
    nested: list[Any] = []
    while _size(nested) < elements:
        nested.extend(random_body(random, 4, WIDE))
    leaves = [[("task",)] for _ in range(elements)]
    return {
        "nested blocks": nested,
        "one parallel block": [("both", leaves)],
        "one inclusive block": [("some", leaves[: elements // 2], [True] * (elements // 2))],
        "parallel branches with exits": [("both", [[("guarded", [("task",)], True)] for _ in range(elements // 4)])],
    }


def _size(body: list[Any]) -> int:
    from tests.simulation.models import Builder

    return len(Builder().whole(body).nodes)


def _measure(name: str, body: list[Any]) -> None:
    from apps.processes.core.soundness import check_soundness
    from tests.simulation.models import Builder

    plan = Builder().whole(body)
    seconds: list[float] = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        problems = check_soundness(plan)
        seconds.append(time.perf_counter() - began)
    verdict = "sound" if not problems else problems[0].rule
    print(f"{name:30} {len(plan.nodes):5} elements  {statistics.median(seconds) * 1000:8.1f} ms  {verdict}")


if __name__ == "__main__":
    main()
