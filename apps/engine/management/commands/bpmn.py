"""`manage.py bpmn check FILE...`, `bpmn rehearse FILE` and `bpmn diff OLD NEW`: models as files, without a database."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
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

Plans = dict[str, Plan]


class Command(BaseCommand):
    help = (
        "Checks, rehearses and compares BPMN models. Exit code 0: every file may run, the rehearsal ended, nothing differs;"
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
    """Handlers that this installation does not have do not matter: the script stands for them."""
    try:
        given, played = _objects(variables), _objects(script)
        xml = Path(name).read_bytes()
        reading = read_model(xml, complete=False, process=process)
    except OSError as unreadable:
        return Rehearsal(problems=[{"element": "", "message": unreadable.strerror or "cannot be read"}])
    except ValueError as refusal:
        return Rehearsal(problems=[{"element": "", "message": f"--variables and --script take a JSON object: {refusal}"}])
    if reading.plan is None or is_refused(reading.problems):
        return Rehearsal(problems=[{"element": p.element, "message": p.message} for p in reading.problems])
    try:
        called = _called_by(reading.plan, xml)
    except _CalledRefused as refused:
        return Rehearsal(problems=[{"element": p.element, "message": p.message} for p in refused.problems])
    return rehearse(reading.plan, variables=given, script=played, called=called)


class _CalledRefused(Exception):
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
                raise _CalledRefused([problem for problem in reading.problems if problem.severity is Severity.ERROR])
            found[name] = reading.plan
            waiting.append(reading.plan)
    return found


def _objects(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - the caller asks whether the text is usable
    return found
