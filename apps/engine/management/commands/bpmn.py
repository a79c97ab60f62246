"""`manage.py bpmn check FILE...`, `rehearse FILE`, `test FILE --tests TESTS` and `diff OLD NEW`: models as files, no database."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from apps.engine.core.rehearsal import Rehearsal, rehearse
from apps.engine.handlers import handler_schema, handler_titles
from apps.kernel.front_door import Refused
from apps.processes.core.bpmn import processes_of, read_model, read_plan
from apps.processes.core.differences import differences
from apps.processes.core.differences.reading import read_elements
from apps.processes.core.differences.words import Lexicon, Words
from apps.processes.core.plan import Plan
from apps.processes.core.problems import Problem, Severity, is_refused
from apps.processes.core.soundness import check_calls
from apps.processes.core.testing import Case, Unusable, read_test, run_tests

Plans = dict[str, Plan]


class Command(BaseCommand):
    help = (
        "Checks, rehearses, tests and compares BPMN models. Exit code 0: every file may run, the rehearsal ended, every test"
        " passed, nothing differs;"
        " 1: not so; 2: a file that is to be compared cannot be read."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="check files")
        check.add_argument("files", nargs="+", metavar="FILE")
        check.add_argument("--process", default="", metavar="ID", help="the process to read where a model has several")
        check.add_argument("--json", action="store_true", help="a list of {file, ok, problems}")

        rehearse = verbs.add_parser("rehearse", help="play one file on a simulated clock")
        rehearse.add_argument("file", metavar="FILE")
        rehearse.add_argument("--process", default="", metavar="ID", help="the process to read where a model has several")
        rehearse.add_argument("--variables", default="{}", metavar="JSON", help="what the run begins with")
        rehearse.add_argument("--script", default="{}", metavar="JSON", help="results, delays and errors by element id")
        rehearse.add_argument("--json", action="store_true", help="{ended, end_state, trace, variables, problems}")

        test = verbs.add_parser("test", help="play one file as its tests say, and say what came otherwise")
        test.add_argument("file", metavar="FILE")
        test.add_argument("--tests", required=True, metavar="TESTS", help="a JSON file: a list of tests, or one of them")
        test.add_argument("--process", default="", metavar="ID", help="the process to read where a model has several")
        test.add_argument("--json", action="store_true", help="{ok, tests: [{name, passed, differences}], problems}")

        diff = verbs.add_parser("diff", help="say what differs between two files")
        diff.add_argument("old", metavar="OLD")
        diff.add_argument("new", metavar="NEW")
        diff.add_argument("--layout", action="store_true", help="what is only drawn differently counts as well")
        diff.add_argument(
            "--json", action="store_true", help="{ok, differences: [{element, what, sentence, details, ...}], problems}"
        )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "check":
            self._check(options["files"], options)
        elif verb == "rehearse":
            self._rehearse(options)
        elif verb == "test":
            self._test(options)
        else:
            self._diff(options)

    def _diff(self, options: dict[str, Any]) -> None:
        with translation.override("en"):
            told = _compared(options["old"], options["new"], layout=options["layout"])
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            for difference in told["differences"]:
                self.stdout.write(f"{difference['element']}: {difference['sentence']}")
                for sentence in difference["details"]:
                    self.stdout.write(f"  {sentence}")
            for problem in told["problems"]:
                self.stderr.write(f"{problem['file']}: {problem['message']}")
        if not told["ok"]:
            raise SystemExit(2)
        if told["differences"]:
            raise SystemExit(1)

    def _test(self, options: dict[str, Any]) -> None:
        with translation.override("en"):
            told = _tested(options["file"], options["process"], options["tests"])
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            for result in told["tests"]:
                self.stdout.write(f"{result['name']}: {'passed' if result['passed'] else 'failed'}")
                for difference in result["differences"]:
                    self.stdout.write(f"  {difference['place']}: {difference['sentence']}")
            for problem in told["problems"]:
                self.stderr.write(f"{problem['file']}: {problem['element']} {problem['message']}")
        if not told["ok"]:
            raise SystemExit(1)

    def _rehearse(self, options: dict[str, Any]) -> None:
        with translation.override("en"):
            played = _rehearsed(options["file"], options["process"], options["variables"], options["script"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(played), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"{options['file']}: {played.end_state}")
            for element in played.trace:
                self.stdout.write(f"  {element}")
            for problem in played.problems:
                self.stdout.write(f"  problem {problem['element']}: {problem['message']}")
        if not played.ended:
            raise SystemExit(1)

    def _check(self, files: list[str], options: dict[str, Any]) -> None:
        with translation.override("en"):
            at_hand = _at_hand(files)
            checked = [_checked(name, options["process"], at_hand) for name in files]
        if options["json"]:
            self.stdout.write(json.dumps(checked, ensure_ascii=False, indent=1))
        else:
            for result in checked:
                self.stdout.write(f"{result['file']}: {'ok' if result['ok'] else 'refused'}")
                for problem in result["problems"]:
                    self.stdout.write(f"  {problem['severity']} {problem['element']} [{problem['rule']}] {problem['message']}")
        if not all(result["ok"] for result in checked):
            raise SystemExit(1)


def _checked(name: str, process: str, at_hand: Plans) -> dict[str, Any]:
    """All executable processes of the file, or the one that is asked for; their calls through every process at hand."""
    try:
        xml = Path(name).read_bytes()
        wanted = [process] if process else sorted(processes_of(xml, executable=True)) or [""]
        found: list[Problem] = []
        for one in wanted if len(wanted) > 1 else [process]:
            reading = read_model(xml, handlers=handler_schema, complete=False, process=one)
            found += reading.problems
            found += check_calls(reading.plan, at_hand.get) if reading.plan is not None else ()
        problems = [p for p in dict.fromkeys(found) if not (p.rule == "bpmn.other_process" and p.element in wanted)]
    except OSError as unreadable:
        problems = [Problem("", "file.unreadable", unreadable.strerror or "cannot be read")]
    return {"file": name, "ok": not is_refused(problems), "problems": [problem.as_dict() for problem in problems]}


def _compared(old: str, new: str, *, layout: bool) -> dict[str, Any]:
    """The differences in sentences; with a file that cannot be read `ok` is false and `problems` say why."""
    models, problems = [], []
    for name in (old, new):
        try:
            models.append(Path(name).read_bytes())
            read_elements(models[-1])
        except OSError as unreadable:
            problems.append({"file": name, "rule": "file.unreadable", "message": unreadable.strerror or "cannot be read"})
        except Refused as refused:
            problems.append({"file": name, "rule": refused.problem.rule, "message": refused.problem.message})
    if problems:
        return {"ok": False, "differences": [], "problems": problems}
    found = differences(*models)
    words = Words(found, Lexicon(handlers=handler_titles()))
    rows = [
        {
            "element": item.element,
            "what": item.what.value,
            "sentence": words.sentence(item),
            "details": words.details(item) + (words.layout(item) if layout else []),
            "changes": [asdict(change) for change in item.changes],
            "layout": [asdict(change) for change in item.layout] if layout else [],
        }
        for item in (found.items if layout else found.meaning)
    ]
    return {"ok": True, "differences": rows, "problems": []}


def _at_hand(files: list[str]) -> Plans:
    """Every process of these files that can be read, by its id; the first of a name counts."""
    plans: Plans = {}
    for name in files:
        try:
            xml = Path(name).read_bytes()
        except OSError:
            continue  # said where it is checked
        for process in sorted(processes_of(xml)):
            plan = read_plan(xml, process=process).plan
            if plan is not None:
                plans.setdefault(process, plan)
    return plans


def _rehearsed(name: str, process: str, variables: str, script: str) -> Rehearsal:
    try:
        given, played = _objects(variables), _objects(script)
        plan, called = _playable(name, process)
    except _NotPlayable as refused:
        return Rehearsal(problems=[{"element": p.element, "message": p.message} for p in refused.problems])
    except ValueError as refusal:
        return Rehearsal(problems=[{"element": "", "message": f"--variables and --script take a JSON object: {refusal}"}])
    return rehearse(plan, variables=given, script=played, called=called)


def _tested(name: str, process: str, tests: str) -> dict[str, Any]:
    """The results of all tests of the file; nothing is played when one of them is none."""
    told: dict[str, Any] = {"ok": False, "tests": [], "problems": []}
    try:
        said = json.loads(Path(tests).read_text(encoding="utf-8-sig"), parse_float=Decimal)
        cases = [_case(item, place) for place, item in enumerate(said if isinstance(said, list) else [said])]
        plan, called = _playable(name, process)
    except _NotPlayable as refused:
        told["problems"] = [{"file": name, "element": p.element, "message": p.message} for p in refused.problems]
        return told
    except (OSError, ValueError, RecursionError) as unreadable:
        told["problems"] = [{"file": tests, "element": "", "message": str(unreadable)}]
        return told
    results = run_tests(plan, cases, rehearse=rehearse, called=called)
    return told | {"ok": all(one.passed for one in results), "tests": [one.as_dict() for one in results]}


def _case(data: Any, place: int) -> Case:
    try:
        return read_test(data)
    except Unusable as refusal:
        raise ValueError(f"[{place}] {refusal.place}: {refusal.reason}") from refusal


def _playable(name: str, process: str) -> tuple[Plan, Plans]:
    """The plan of the file and those it calls. Handlers that this installation lacks do not matter: the script stands for them.

    Raises _NotPlayable.
    """
    try:
        xml = Path(name).read_bytes()
    except OSError as unreadable:
        raise _NotPlayable([Problem("", "file.unreadable", unreadable.strerror or "cannot be read")]) from unreadable
    reading = read_model(xml, complete=False, process=process)
    if reading.plan is None or is_refused(reading.problems):
        raise _NotPlayable(reading.problems)
    return reading.plan, _called_by(reading.plan, xml)


class _NotPlayable(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def _called_by(plan: Plan, xml: bytes) -> Plans:
    """The processes of the file that the plan calls, however deep; what is called from elsewhere is not at hand."""
    held = processes_of(xml)
    found: Plans = {}
    waiting = [plan]
    while waiting:
        names = {node.called_process for node in waiting.pop().nodes.values()} & held
        for name in sorted(name for name in names - found.keys() if name):
            reading = read_model(xml, complete=False, process=name)
            if reading.plan is None:
                raise _NotPlayable([problem for problem in reading.problems if problem.severity is Severity.ERROR])
            found[name] = reading.plan
            waiting.append(reading.plan)
    return found


def _objects(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - the caller asks whether the text is usable
    return found
