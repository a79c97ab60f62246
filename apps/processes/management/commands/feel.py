"""`manage.py feel eval EXPR --context JSON [--json]`: an expression on the command line, without a database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from apps.kernel import feel
from apps.processes.management.json_values import NoContext, context_of, json_text

OPTIONS = ("--context", "--json", "--help", "-h")


class Command(BaseCommand):
    """Prints the value as JSON, warnings go to stderr; a text that is no expression ends with status 1 and its place.

    With --json it prints one object: {ok, value, type, problems}, or {ok: false, problem: {message, offset, line, column}}.
    """

    help = "Evaluate a FEEL expression"
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """An expression may begin with a minus: behind a space argparse does not take it for an option."""
        if len(argv) > 3 and argv[2] == "eval" and argv[3].startswith("-") and not argv[3].startswith(OPTIONS):
            argv = [*argv[:3], f" {argv[3]}", *argv[4:]]
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        evaluate = verbs.add_parser("eval", help="evaluate an expression")
        evaluate.add_argument("expression")
        evaluate.add_argument("--context", default="{}", help="a JSON object, or @FILE; its values are the names in scope")
        evaluate.add_argument("--json", action="store_true", help="print an object with value, type and problems")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            expression = options["expression"]
        answer = answer_to(expression[1:] if expression.startswith(" -") else expression, options["context"])
        if options["json"]:
            self.stdout.write(json_text(answer))
        elif answer["ok"]:
            self.stdout.write(json_text(answer["value"]))
        for warning in answer.get("problems", ()) if not options["json"] else ():
            self.stderr.write(warning)
        if not answer["ok"]:
            problem = answer["problem"]
            if not options["json"]:
                self.stderr.write(f"line {problem['line']}, column {problem['column']}: {problem['message']}")
            raise SystemExit(1)


def answer_to(expression: str, context_text: str) -> dict[str, Any]:
    """The public answer for an expression and a context, both as text."""
    warnings: list[str] = []
    try:
        value = feel.evaluate(expression, context_of(context_text), warnings=warnings)
    except NoContext as failure:
        return _problem(str(failure), 0, 1, 1)
    except feel.FeelError as refusal:
        return _problem(refusal.message, refusal.offset, refusal.line, refusal.column)
    return {"ok": True, "value": value, "type": feel.kind_of(value), "problems": warnings}


def _problem(message: str, offset: int, line: int, column: int) -> dict[str, Any]:
    place = {"offset": feel.from_json(offset), "line": feel.from_json(line), "column": feel.from_json(column)}
    return {"ok": False, "problem": {"message": message, **place}}
