"""`manage.py fees load`: adds the rates that ship with the product."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.lines.fees.actions import load_fee_rates


class Command(BaseCommand):
    help = "Adds missing rates of fees; what is there, and what changes have set, stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_fee_rates()} rates added")
