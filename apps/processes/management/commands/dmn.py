"""`manage.py dmn eval FILE --decision ID --context JSON [--with FILE] [--json]`, `dmn check FILE...`: no database."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from apps.kernel import dmn, feel
from apps.processes.management.json_values import NoContext, context_of, json_text
from apps.processes.management.model_files import imported_by


class Command(BaseCommand):
    """`eval` prints the value as JSON, problems go to stderr; a model or decision that cannot be read ends with status 1.

    A rule of the model that is broken (several rules of a table match, a value is not of its type) gives null and a problem.
    With --json it prints one object: {ok, value, problems: [{element, rule, message, severity}]}. `check` prints a list of
    {file, ok, problems} and ends with status 1 when a model is refused.
    """

    help = "Ask or check a decision model (DMN 1.1 to 1.5)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        evaluate = verbs.add_parser("eval", help="decide")
        evaluate.add_argument("file")
        evaluate.add_argument("--decision", required=True, help="id or name of a decision, a service or a knowledge model")
        evaluate.add_argument("--context", default="{}", help="a JSON object, or @FILE; its values are the inputs by name")
        evaluate.add_argument("--json", action="store_true", help="print an object with value and problems")
        _takes_others(evaluate)
        check = verbs.add_parser("check", help="say what is wrong in models")
        check.add_argument("files", nargs="+")
        check.add_argument("--json", action="store_true", help="print the list as JSON")
        _takes_others(check)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            (self._eval if options["verb"] == "eval" else self._check)(options)

    def _eval(self, options: dict[str, Any]) -> None:
        answer = answer_to(options["file"], options["decision"], options["context"], options["others"])
        if options["json"]:
            self.stdout.write(json_text(answer))
        else:
            if answer["ok"]:
                self.stdout.write(json_text(answer["value"]))
            for problem in answer["problems"]:
                self.stderr.write(_line(problem))
        if not answer["ok"]:
            raise SystemExit(1)

    def _check(self, options: dict[str, Any]) -> None:
        reports = [report_on(file, options["others"]) for file in options["files"]]
        if options["json"]:
            self.stdout.write(json_text(reports))
        else:
            for report in reports:
                self.stdout.write(f"{report['file']}: {'ok' if report['ok'] else 'refused'}")
                for problem in report["problems"]:
                    self.stdout.write(f"  {_line(problem)}")
        if not all(report["ok"] for report in reports):
            raise SystemExit(1)


def _takes_others(parser: ArgumentParser) -> None:
    text = "a model that is imported; may be repeated, files beside the model are found without it"
    parser.add_argument("--with", action="append", default=[], metavar="FILE", dest="others", help=text)


def _line(problem: dict[str, str]) -> str:
    return f"{problem['severity']} {problem['rule']} {problem['element']}: {problem['message']}"


def answer_to(file: str, decision: str, context_text: str, others: Sequence[str] = ()) -> dict[str, Any]:
    """The public answer for a model file, a decision and a context."""
    problems: list[dmn.Problem] = []
    try:
        model, imported = Path(file).read_bytes(), imported_by(Path(file), list(map(Path, others)))
        value = dmn.evaluate(model, decision, context_of(context_text), problems=problems, others=imported)
    except (NoContext, OSError) as failure:
        return _refused(dmn.Problem("", "command", str(failure)))
    except dmn.DmnError as refusal:
        return _refused(refusal.problem)
    except feel.FeelError as refusal:
        return _refused(dmn.Problem(decision, refusal.code, str(refusal)))
    return {"ok": True, "value": value, "problems": [problem.as_dict() for problem in problems]}


def _refused(problem: dmn.Problem) -> dict[str, Any]:
    return {"ok": False, "problems": [problem.as_dict()]}


def report_on(file: str, others: Sequence[str] = ()) -> dict[str, Any]:
    """What a check of one file says."""
    try:
        problems = dmn.check(Path(file).read_bytes(), imported_by(Path(file), list(map(Path, others))))
    except OSError as failure:
        problems = [dmn.Problem("", "command", str(failure))]
    return {"file": file, "ok": not dmn.is_refused(problems), "problems": [problem.as_dict() for problem in problems]}
