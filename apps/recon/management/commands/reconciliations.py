"""`manage.py reconciliations load`: adds the reconciliation definitions that ship with the product."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.recon.actions import load_definitions


class Command(BaseCommand):
    help = "Adds missing definitions to the lines that are here; what is there, and what people wrote, stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_definitions()} definitions added")
