"""`manage.py market simulate` writes a day of market files; `manage.py market respond` answers the ticks that were sent."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.lines.core.market.files import STAGES
from apps.lines.core.market.world import Fault
from apps.lines.dispatch import answer_ticks, simulate_day
from apps.lines.errors import NoSimulatedDay

MOST_INSTRUCTIONS = 1_000_000


class Command(BaseCommand):
    help = "Plays the market: writes a consistent day of files in the official layouts, with faults on request."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        simulate = verbs.add_parser("simulate", help="write the files of a day")
        _shared(simulate)
        simulate.add_argument("--seed", type=int, default=1)
        simulate.add_argument("--instructions", type=int, default=200)
        simulate.add_argument("--fault", action="append", default=[], choices=[fault.value for fault in Fault])
        simulate.add_argument(
            "--stages", nargs="+", default=["morning", "results", "evening"], choices=STAGES, help="which part of the day"
        )
        respond = verbs.add_parser("respond", help="answer the tick lists that were sent")
        _shared(respond)
        respond.add_argument("--ticks", type=Path, required=True, help="folder of the tick lists that Clearway sent")

    def handle(self, **options: Any) -> None:
        day, out = options["date"], options["out"]
        try:
            out.mkdir(parents=True, exist_ok=True)
            if options["verb"] == "simulate":
                written = self._simulate(day, out, options)
            else:
                written = answer_ticks(day=day, out=out, ticks=options["ticks"])
        except OSError as fault:
            raise CommandError(f"{fault.strerror}: {fault.filename}") from fault
        except NoSimulatedDay as refusal:
            raise CommandError(str(refusal)) from refusal
        for name, size in written.items():
            self.stdout.write(f"{size:>12,}  {out / name}")

    def _simulate(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not 1 <= options["instructions"] <= MOST_INSTRUCTIONS:
            raise CommandError(f"--instructions is a number from 1 to {MOST_INSTRUCTIONS}")
        facts = {name: options[name] for name in ("seed", "instructions", "stages")}
        return simulate_day(day=day, out=out, faults=options["fault"], **facts)


def _shared(parser: ArgumentParser) -> None:
    parser.add_argument("--line", default="rtgs-sh", choices=["rtgs-sh"])
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="business date, YYYY-MM-DD")
    parser.add_argument("--out", type=Path, required=True, help="folder that the files are written to")
