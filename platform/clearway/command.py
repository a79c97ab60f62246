"""`clearway`: the API on the command line, with a token. `clearway --help` lists what it does."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from getpass import getpass
from itertools import islice
from pathlib import Path
from typing import Any

from clearway.client import Client, Refused, Row

Columns = tuple[str, ...]


def kept() -> Path:
    """Where the address and the token of this user are kept, readable by nobody else."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "clearway" / "sign-in.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """0, 1 when the server refuses or cannot be reached, 2 for wrong use."""
    parser = build_parser()
    asked = parser.parse_args(arguments)
    try:
        asked.do(asked)
    except (Refused, OSError, ValueError) as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="clearway", description="Runs, steps, tickets, changes, files and feeds of Clearway.")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--most", type=int, default=50, metavar="N", help="rows of a list (50)")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(name: str, do: Callable[[Any], None], text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text)
        made.set_defaults(do=do)
        return made

    verb("sign-in", _sign_in, "Keep an address and a token, which is asked for.").add_argument("address")
    verb("runs", _list(lambda c, a: c.runs(), ("id", "process", "business_date", "state")), "Runs, newest first.")
    verb("run", _one(lambda c, a: c.run(a.run)), "One run with its steps.").add_argument("run", type=int)
    begin = verb("begin", _one(lambda c, a: c.begin_run(a.process, a.date, key=a.key)), "Begin a run.")
    begin.add_argument("process")
    begin.add_argument("date", help="business date, 2026-03-02")
    verb("steps", _list(lambda c, a: c.steps(), ("id", "run_id", "name", "state")), "Human steps that wait for you.")
    complete = verb("complete", _one(lambda c, a: c.complete_step(a.step, json.loads(a.answer), key=a.key)), "Complete a step.")
    complete.add_argument("step", type=int)
    complete.add_argument("answer", help="the answer as a JSON object")
    verb("tickets", _list(lambda c, a: c.tickets(), ("name", "line", "state", "title")), "Tickets, newest first.")
    wish = verb("raise", _one(lambda c, a: c.raise_ticket(a.line, a.title, key=a.key)), "Raise a ticket.")
    wish.add_argument("line")
    wish.add_argument("title")
    for acting in (begin, complete, wish):
        acting.add_argument("--key", default="", help="Idempotency-Key: asked again with it, it is done once")
    verb("changes", _list(lambda c, a: c.changes(), ("id", "line", "state", "title")), "Changes, newest first.")
    verb("files", _list(lambda c, a: c.files(), ("id", "name", "business_date", "state")), "Market files, newest first.")
    follow = verb("follow", _follow, "Follow what happens: everything, a line, a team, a run or your inbox.")
    narrowed = follow.add_mutually_exclusive_group()
    narrowed.add_argument("--line", default="")
    narrowed.add_argument("--team", type=int, default=0)
    narrowed.add_argument("--run", type=int, default=0)
    narrowed.add_argument("--inbox", action="store_true")
    follow.add_argument("--after", default="", help="the place of the last event that you have had")
    follow.add_argument("--once", action="store_true", help="what there is by now, then end")
    verb("completion", lambda asked: _say(completion(parser)), "Words for bash: source <(clearway completion)")
    return parser


def completion(parser: argparse.ArgumentParser) -> str:
    """A script for bash, written from the parser."""
    verbs = next(one.choices for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    options = {name: " ".join(sorted(made._option_string_actions)) for name, made in verbs.items()}
    cases = "\n".join(f'    {name}) words="{words}" ;;' for name, words in options.items())
    first = " ".join([*verbs, *sorted(parser._option_string_actions)])
    return f"""_clearway() {{
  local words="{first}" word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do case "$word" in
{cases}
  esac; done
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -F _clearway clearway"""


def _client() -> Client:
    address, token = os.environ.get("CLEARWAY_ADDRESS", ""), os.environ.get("CLEARWAY_TOKEN", "")
    if not (address and token):
        if not kept().exists():
            raise ValueError("Sign in first: clearway sign-in ADDRESS, or set CLEARWAY_ADDRESS and CLEARWAY_TOKEN.")
        said = json.loads(kept().read_text())
        address, token = said["address"], said["token"]
    return Client(address, token)


def _sign_in(asked: Any) -> None:
    """The token is asked for, so that no history of commands keeps it; it is tried before it is kept."""
    token = getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    client = Client(asked.address, token)
    client.get("/api/runs/")
    kept().parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(kept(), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"address": client.address, "token": token}, file)
    _say(f"Signed in at {client.address}.")


def _list(ask: Callable[[Client, Any], Iterable[Row]], columns: Columns) -> Callable[[Any], None]:
    def do(asked: Any) -> None:
        for row in islice(ask(_client(), asked), asked.most):
            _say(json.dumps(row, ensure_ascii=False) if asked.json else "\t".join(_cell(row.get(name)) for name in columns))

    return do


def _one(ask: Callable[[Client, Any], Row]) -> Callable[[Any], None]:
    def do(asked: Any) -> None:
        _say(json.dumps(ask(_client(), asked), ensure_ascii=False, indent=None if asked.json else 2))

    return do


def _follow(asked: Any) -> None:
    wanted = {name: getattr(asked, name) for name in ("line", "team", "run", "inbox", "after", "once")}
    for event in _client().follow(**wanted):
        if event.kind == "heartbeat":
            continue
        entry = event.data.get("entry")
        if asked.json or entry is None:
            _say(json.dumps({"place": event.place, **event.data}, ensure_ascii=False))
        else:
            who = entry["actor"]["username"] if entry["actor"] else "-"
            _say("\t".join([event.place or "-", entry["at"], entry["line"], entry["stream"], entry["kind"], who]))


def _cell(value: Any) -> str:
    return " ".join(str("" if value is None else value).split())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
