"""`manage.py standards load`: adds the site standards of the house where none is kept yet."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.processes.actions import load_house_standards


class Command(BaseCommand):
    help = "Adds the standards of the house, all of them warnings; where one of all lines is kept already, nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_house_standards()} site standards added")
