"""`manage.py options-margin --cases IN.json --out OUT.json [--explain]`: margin of options accounts, without a database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.lines.options_margin.core.cases import CASE_FORMAT, RESULT_FORMAT
from apps.lines.options_margin.dispatch import NoCaseFile, compute_cases

MOST_EVENINGS = 250


class Command(BaseCommand):
    """Ends with 0 when every case was computed or refused; with 1 when the file is no case file or cannot be written."""

    help = "Compute the margin of options accounts from a file of cases"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=Path, required=True, help=f"a file of the format {CASE_FORMAT}")
        parser.add_argument("--out", type=Path, required=True, help=f"where the results go, format {RESULT_FORMAT}")
        parser.add_argument("--explain", action="store_true", help="add how each margin was made and what proves a cheapest set")
        parser.add_argument("--greedy", action="store_true", help="add what the ways of today come to beside a cheapest set")
        parser.add_argument(
            "--forecast", type=int, default=0, metavar="DAYS", help="add what is to be paid on so many evenings to come"
        )
        parser.add_argument("--workers", type=int, help="processes for large files; as many as the machine has cores")

    def handle(self, **options: Any) -> None:
        wanted = {name: options[name] for name in ("explain", "forecast", "greedy", "workers")}
        if not 0 <= options["forecast"] <= MOST_EVENINGS:
            raise CommandError(f"--forecast is a number from 0 to {MOST_EVENINGS}")
        try:
            count, refused = compute_cases(options["cases"], options["out"], **wanted)
        except OSError as fault:
            raise CommandError(f"{fault.strerror}: {fault.filename}") from fault
        except NoCaseFile as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{count} cases, {refused} refused")
