"""`manage.py demo`: people, calendars, catalogue, the business line and a day of market files to try everything with."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from apps.calendars.actions import load_calendar_facts
from apps.desk.selectors import last_completed_business_day
from apps.files.actions import load_catalogue
from apps.files.conf import from_data_folder
from apps.lines.rtgs import conf as rtgs
from apps.lines.rtgs.actions import install
from apps.people.actions import load_demo_people

AUTHOR, APPROVER = "chen.jing", "zhao.gang"
INSTRUCTIONS = 200
SEED = 1


class Command(BaseCommand):
    help = "Loads the demonstration; run again it changes nothing that is there."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--no-files", action="store_true", help="leave the incoming folder as it is")

    def handle(self, *args: Any, no_files: bool, **options: Any) -> None:
        translation.activate("en")
        people = load_demo_people()
        if not people:
            raise CommandError("The settings name no password for demonstration people: this installation has none.")
        self.stdout.write(f"  {len(people)} people in two teams")
        load_calendar_facts()
        self.stdout.write("  calendars of the exchanges and the banks, time nodes")
        families = load_catalogue()
        self.stdout.write(f"  {families} families of market files")
        versions = install(author=people[AUTHOR], approver=people[APPROVER])
        published = ", ".join(f"{version.process.key} v{version.number}" for version in versions)
        self.stdout.write(f"  RTGS settlement Shanghai{': published ' + published if published else ', unchanged'}")
        if not no_files:
            self._write_market_files()

    def _write_market_files(self) -> None:
        day = last_completed_business_day()
        folder: Path = from_data_folder(rtgs.SOURCES.format(date=day.strftime("%Y%m%d")))
        if folder.exists() and any(folder.iterdir()):
            self.stdout.write(f"  market files of {day.isoformat()} are there")
            return
        call_command(
            "market", "simulate", line=rtgs.LINE, date=day, out=folder, seed=SEED, instructions=INSTRUCTIONS,
            stages=["morning", "evening"], verbosity=0, stdout=_Quiet(),
        )  # fmt: skip
        self.stdout.write(f"  a day of market files for {day.isoformat()} in {folder}")


class _Quiet:
    def write(self, text: str) -> None:
        return None
