"""`manage.py products`: loads what ships, writes and reads sheets, tries patterns, writes tables as DMN."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.changes.selectors.lifecycle import today
from apps.kernel.errors import DomainError
from apps.lines.products.actions import (
    line_to_propose_on,
    load_product_rules,
    propose_classification,
    propose_sheet,
    rows_of_sheet,
)
from apps.lines.products.core.checks import cell_problem
from apps.lines.products.core.decision import model_of
from apps.lines.products.core.sheets import SHEETS
from apps.lines.products.errors import SheetRefused
from apps.lines.products.selectors import Preview, book_on, preview_of_line, preview_of_pattern
from apps.lines.products.selectors.findings import sentence_of
from apps.lines.products.selectors.sheets import sheet_on
from apps.lines.products.states import COLUMN_NAMES
from apps.people.models import User


class Command(BaseCommand):
    help = "Products and their classes: load, export, check, import, match, classify, dmn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("load", help="adds the tree and the rules that ship with the product; what is there stays")
        export = verbs.add_parser("export", help="writes what is in force as CSV")
        export.add_argument("what", choices=list(SHEETS))
        check = verbs.add_parser("check", help="reads a sheet and says what is wrong with it; nothing is kept")
        into = verbs.add_parser("import", help="proposes a sheet as one change, which somebody else agrees to")
        for each in (check, into):
            each.add_argument("what", choices=list(SHEETS))
            each.add_argument("file", type=Path)
        match = verbs.add_parser("match", help="says what a cell of a column matches")
        match.add_argument("column", choices=COLUMN_NAMES)
        match.add_argument("cell")
        classify = verbs.add_parser("classify", help="what would move on a line; with --reason it is proposed")
        model = verbs.add_parser("dmn", help="writes a table in force as a DMN file")
        model.add_argument("table")
        for each in (into, classify):
            each.add_argument("--line", required=True)
            each.add_argument("--reason", default="", help="why it is proposed")
        for each in (into, classify, match, export):
            each.add_argument("--as", dest="person", default="", help="user name of whoever proposes or looks")
        for each in (export, into, match, classify, model):
            each.add_argument("--date", type=date.fromisoformat, help="business date; today's when none is said")
        for each in (match, classify):
            each.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except SheetRefused as refusal:
            raise CommandError("\n".join(cell["problem"] for cell in refusal.facts["problems"])) from refusal
        except DomainError as refusal:
            raise CommandError(f"{refusal.code}: {refusal}") from refusal

    def _load(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{load_product_rules()} rows added")

    def _export(self, options: dict[str, Any]) -> None:
        person = self._person(options["person"]) if options["person"] else None
        for row in sheet_on(options["what"], options["date"] or today(), person):
            self.stdout.write(row, ending="")

    def _check(self, options: dict[str, Any]) -> None:
        rows = rows_of_sheet(options["what"], self._bytes(options["file"]))
        self.stdout.write(f"{len(rows)} rows can be read")

    def _import(self, options: dict[str, Any]) -> None:
        change = propose_sheet(
            what=options["what"],
            data=self._bytes(options["file"]),
            line_code=options["line"],
            reason=options["reason"],
            effective_date=options["date"],
            actor=self._person(options["person"]),
        )
        self.stdout.write(f"change {change.pk} is submitted")

    def _match(self, options: dict[str, Any]) -> None:
        problem = cell_problem(options["column"], options["cell"])
        if problem is not None:
            raise CommandError(sentence_of(problem))
        day = options["date"] or today()
        self._say(
            preview_of_pattern(self._person(options["person"]), options["column"], options["cell"], day), options, "matches"
        )

    def _classify(self, options: dict[str, Any]) -> None:
        person = self._person(options["person"])
        if options["reason"]:
            facts = {"line_code": options["line"], "reason": options["reason"], "effective_date": options["date"]}
            change = propose_classification(actor=person, **facts)
            self.stdout.write(f"change {change.pk} is submitted")
            return
        line = line_to_propose_on(person, options["line"])
        if line is None:
            raise CommandError(f"there is no line {options['line']}")
        self._say(preview_of_line(line.pk, options["date"] or today()), options, "moves")

    def _dmn(self, options: dict[str, Any]) -> None:
        try:
            self.stdout.write(model_of(book_on(options["date"] or today()), options["table"]))
        except KeyError as unknown:
            raise CommandError(f"there is no table {options['table']}") from unknown

    def _say(self, preview: Preview, options: dict[str, Any], show: str) -> None:
        told = preview.summary
        after = ""
        rows = []
        while True:
            page, after = preview.page(show, after)
            rows += [[move.code, list(move.today), list(move.outcome.result), move.outcome.place] for move in page]
            if not after:
                break
        if options["json"]:
            facts = {"products": told.products, "matched": told.matched, "moving": told.moving, "standings": dict(told.standings)}
            self.stdout.write(json.dumps({**facts, "digest": preview.digest, "results": rows}, ensure_ascii=False))
            return
        self.stdout.write(f"{told.products} products, {told.matched} match, {told.moving} would move")
        for code, before, result, place in rows:
            self.stdout.write(f"{code}  {'/'.join(before) or '-'} -> {'/'.join(result)}  ({place})")

    def _person(self, name: str) -> User:
        found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise CommandError("say who looks or proposes: --as USERNAME")
        return found

    def _bytes(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as fault:
            raise CommandError(str(fault)) from fault
