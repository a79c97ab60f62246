"""How long the report of a shift's hand-over and its two signatures take. Goals (U15): 40 events, report 2 s, signing 60 s.

python -m bench.handovers [--events 40] [--turns 5]

Half of the events are failed steps of runs, the other half breaks of reconciliations, all red. The page and the API are asked
through the whole stack but the network; signing is what the machine takes for both sides, the reading is people's. The database
is one of its own and is gone afterwards.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from bench.responses import ROOT, Board

REPORT_SECONDS, SIGNING_SECONDS = 2.0, 60.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clearway-bench-") as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
        os.environ["CLEARWAY_DATA"] = folder
        sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
        import django

        django.setup()
        from django.conf import settings
        from django.db import connection

        settings.ALLOWED_HOSTS = ["testserver"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        board = Board()
        try:
            _measure(options.events, options.turns, board)
        finally:
            connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)
    return 1 if board.missed else 0


def _measure(events: int, turns: int, board: Board) -> None:
    from django.test import Client

    from tests.factories import shifts as made

    with made.at(7):
        world = made.world()
        made.planned(world, world.ann)
        made.planned(world, world.bob, world.night)
        _happen(events)
    ann, bob = Client(), Client()
    ann.force_login(world.ann)
    bob.force_login(world.bob)
    place = f"{world.line.code}/{world.day.code}/{made.MONDAY.isoformat()}/"
    with made.at(16, 30):
        report, page = f"/api/handovers/report/{place}", f"/handovers/{place}"
        board.tell("report for programs", [_timed(lambda: ann.get(report)) for _turn in range(turns)], REPORT_SECONDS)
        board.tell("report as a page", [_timed(lambda: ann.get(page)) for _turn in range(turns)], REPORT_SECONDS)
        read = ann.get(report).json()
        red = [line["key"] for part in read["sections"] for line in part["lines"] if line["is_red"]]
        began = time.perf_counter()
        words = {"line": world.line.code, "shift": world.day.code, "business_date": made.MONDAY.isoformat(), "seen": read["seen"]}
        given = ann.post("/api/handovers/", words, content_type="application/json")
        assert given.status_code == 201, given.content
        taken = bob.post(f"/api/handovers/{given.json()['id']}/take/", {"acknowledged": red}, content_type="application/json")
        assert taken.status_code == 200, taken.content
        board.tell("both signatures", [time.perf_counter() - began], SIGNING_SECONDS, f"   {len(red)} red lines")


def _happen(events: int) -> None:
    from tests.factories.engine import PlanText, begin, mapping, run_until_quiet
    from tests.factories.recon import a_reconciliation, a_run, a_step

    for number in range(events // 2):
        begin(PlanText(f"P{number}").service("work", parameters=mapping(fail='"no such account"')).flow("start", "work", "end"))
        run_until_quiet()
    for number in range(events - events // 2):
        a_reconciliation(a_step(a_run(key=f"L{number}")))


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    answer = work()
    assert answer.status_code == 200, answer.content
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
