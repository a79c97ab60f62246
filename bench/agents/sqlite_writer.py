"""One of several processes that begin runs in one SQLite installation: the longest wait of each for the right to write.

python -m bench.agents.sqlite_writer PROCESS SECONDS     prints {"waits_ms": [longest, ...], "runs": 100}
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "platform"))
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from django.db import connection  # noqa: E402

from apps.engine import actions  # noqa: E402
from apps.people.models import User  # noqa: E402

waits: list[float] = []


def timed(begin: Callable[[], None]) -> Callable[[], None]:
    """The write lock is taken at BEGIN: how long that takes, with every try, is how long the writer waited."""

    def begins() -> None:
        began = time.monotonic()
        begin()
        waits.append((time.monotonic() - began) * 1000)

    return begins


def main(process: str, seconds: float, number: int) -> None:
    person = User.objects.get(username="bench")
    day, until, runs = date(2001 + 100 * number, 1, 1), time.monotonic() + seconds, 0
    beginning: Any = connection
    beginning._start_transaction_under_autocommit = timed(beginning._start_transaction_under_autocommit)
    while time.monotonic() < until:
        day += timedelta(days=1)
        actions.begin_run(process_key=process, business_date=day, actor=person)
        runs += 1
    print(json.dumps({"waits_ms": sorted(waits, reverse=True)[:20], "runs": runs}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
