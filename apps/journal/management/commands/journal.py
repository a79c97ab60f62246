"""`manage.py journal verify`: recomputes the chain and names the first bad entry of every broken stream."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.journal.selectors import verify


class Command(BaseCommand):
    help = "Checks that nothing in the journal was changed, removed, inserted or moved. Exit code 1 when something was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--stream", help="only this stream, for example run.17")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify(options["stream"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(result), ensure_ascii=False))
        else:
            for bad in result.findings:
                entry = f"entry {bad.id}" if bad.id else "no entry"
                self.stdout.write(f"BAD stream {bad.stream} number {bad.number} ({entry}): {bad.why}")
            self.stdout.write(f"{result.streams} streams, {result.entries} entries, {len(result.findings)} broken streams")
        if result.findings:
            raise SystemExit(1)
        if options["stream"] and not result.streams:
            raise CommandError(f"There is no stream {options['stream']}.")
