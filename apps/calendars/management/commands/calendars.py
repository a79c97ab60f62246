"""`manage.py calendars load`: adds the market days and time nodes that ship with the product."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.calendars.actions import load_calendar_facts


class Command(BaseCommand):
    help = "Adds missing market days and time nodes; what is there, and what people corrected, stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        days, nodes = load_calendar_facts()
        self.stdout.write(f"{days} days and {nodes} time nodes added")
