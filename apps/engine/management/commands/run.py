"""`manage.py run VERB ID --as USER --reason TEXT [--arguments JSON]`: every intervention from a terminal, by the same door.

`run each VERB ID...` does it to many, `--preview` only says what would become of each; `hold-node` and `release-node` are about
steps that a run has not come to, `pause-line` and `resume-line` about a line or one of its days.

The identity is the word of whoever may run this command on the server; what it does stands in the journal under that name.
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from apps.engine import actions
from apps.engine.models import Pause, Run
from apps.engine.states import RUN_VERBS, Verb
from apps.kernel.errors import DomainError
from apps.people.models import User

NODES: dict[str, Callable[..., Run]] = {"hold-node": actions.hold_node, "release-node": actions.release_node}
LINES: dict[str, Callable[..., Pause]] = {"pause-line": actions.pause_line, "resume-line": actions.resume_line}


class Command(BaseCommand):
    help = "Intervenes in a run or step, or signs for what somebody else asked for. Exit code 1: refused, nothing was done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb in Verb:
            what = "run" if verb in RUN_VERBS else "step"
            one = verbs.add_parser(str(verb), help=f"{verb.label} (a {what})")
            one.add_argument("subject", type=int, metavar=what.upper(), help=f"number of the {what}")
            one.add_argument("--reason", default="", help="why; it stands in the journal")
            one.add_argument("--arguments", default="{}", metavar="JSON", help=_takes(verb))
            _common(one)
        each = verbs.add_parser("each", help="the same verb about many runs or steps, one outcome each")
        each.add_argument("each", choices=[str(verb) for verb in Verb], metavar="VERB")
        each.add_argument("subjects", type=int, nargs="+", metavar="ID")
        each.add_argument("--preview", action="store_true", help="say what would become of each, and do nothing")
        each.add_argument("--reason", default="", help="why; it stands in the journal")
        each.add_argument("--arguments", default="{}", metavar="JSON")
        _common(each)
        for name in NODES:
            one = verbs.add_parser(name, help=f"{name.replace('-node', '')} a step before the run comes to it")
            one.add_argument("subject", type=int, metavar="RUN", help="number of the run")
            one.add_argument("node", help="id of the element")
            one.add_argument("--reason", default="", help="why; it stands in the journal")
            _common(one)
        for name in LINES:
            one = verbs.add_parser(name, help=f"{name.replace('-line', '')} all runs of a line, or of one of its days")
            one.add_argument("line", help="code of the business line")
            one.add_argument("--date", type=date.fromisoformat, default=None, help="business date; without it, all days")
            one.add_argument("--reason", default="", help="why; it stands in the journal")
            _common(one)
        for decision in ("sign", "refuse", "withdraw"):
            one = verbs.add_parser(decision, help=f"{decision} a request")
            one.add_argument("subject", type=int, metavar="REQUEST", help="number of the request")
            one.add_argument("--reason", default="", help="why; a refusal needs it")
            _common(one)

    def handle(self, *args: Any, verb: str, reason: str, **options: Any) -> None:
        with translation.override("en"):
            person = User.objects.filter(username=options["person"], is_active=True).first()
            if person is None:
                raise CommandError(f"there is no active person called {options['person']}")
            try:
                found = _done(verb, person, reason, options)
            except DomainError as refusal:
                found = {"result": "refused", "code": refusal.code, "said": str(refusal)}
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            self.stdout.write(" ".join(f"{name}={value}" for name, value in found.items()))
        if found["result"] == "refused":
            raise SystemExit(1)


def _common(parser: ArgumentParser) -> None:
    parser.add_argument("--as", dest="person", required=True, metavar="USER", help="user name of the person who does it")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _takes(verb: Verb) -> str:
    wanted = actions.FORMS[verb].arguments
    return "an object of " + ", ".join(f"{name} ({kind.__name__})" for name, kind in wanted.items()) if wanted else "none"


def _done(verb: str, person: User, reason: str, options: dict[str, Any]) -> dict[str, Any]:
    if verb in LINES:
        pause = LINES[verb](line_code=options["line"], actor=person, reason=reason, business_date=options["date"])
        return {"result": "done", "pause": pause.pk}
    if verb == "each":
        return _each(person, reason, options)
    subject = options["subject"]
    if verb in NODES:
        run = NODES[verb](run_id=subject, node_id=options["node"], actor=person, reason=reason)
        return {"result": "done", "run": run.pk, "run_state": str(run.state)}
    if verb == "sign":
        return {"result": "signed", "request": actions.sign_request(request_id=subject, actor=person).pk}
    if verb == "refuse":
        return {"result": "refused by you", "request": actions.refuse_request(request_id=subject, actor=person, reason=reason).pk}
    if verb == "withdraw":
        return {"result": "withdrawn", "request": actions.withdraw_request(request_id=subject, actor=person).pk}
    given = _object(options["arguments"])
    outcome = actions.intervene(verb=Verb(verb), subject_id=subject, actor=person, reason=reason, arguments=given)
    if outcome.request is not None:
        return {"result": "asked", "request": outcome.request.pk}
    found: dict[str, Any] = {"result": "done", "run": outcome.run.pk, "run_state": str(outcome.run.state)}
    if outcome.step is not None:
        found |= {"step": outcome.step.pk, "step_state": str(outcome.step.state)}
    if outcome.verified is not None:
        found["said"] = "verified fixed" if outcome.verified else "restarted, not verified"
    return found


def _each(person: User, reason: str, options: dict[str, Any]) -> dict[str, Any]:
    act = actions.preview if options["preview"] else actions.intervene_in_all
    items = act(
        verb=Verb(options["each"]),
        subject_ids=options["subjects"],
        actor=person,
        reason=reason,
        arguments=_object(options["arguments"]),
    )
    counts = {result: sum(item.result == result for item in items) for result in ("done", "asked", "refused")}
    found = [{"subject": item.subject_id, "result": item.result, "said": item.said} for item in items]
    result = "refused" if counts["refused"] == len(items) else "preview" if options["preview"] else "done"
    return {"result": result, "selected": len(items), **counts, "items": found}


def _object(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError as wrong:
        raise CommandError(f"--arguments takes a JSON object: {wrong}") from wrong
    if not isinstance(given, dict):
        raise CommandError("--arguments takes a JSON object")
    return given
