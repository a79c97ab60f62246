"""How long quick find lets somebody wait. Goal: 300 ms, over 1,000,000 things on PostgreSQL and 100,000 on SQLite.

python -m bench.find [--things 1000000]

Of the things 60 in 100 are runs, 20 files, 10 approvals, 8 tickets and 2 changes, on 20 lines with 1,000 processes; one person
sees every line, the other one of them. Names are made of the words of the trade, so that many begin alike. The terms of tickets,
changes and approvals are those that the product makes. The database is one of its own, in memory unless the environment names
another server, and is gone afterwards.
"""

import argparse
import os
import random
import sys
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from bench.tickets import DO, ROOT, WHAT, WHERE, _tell

LINES = 20
PROCESSES = 1000
SHARES = {"run": 60, "file": 20, "approval": 10, "ticket": 8, "change": 2}
TYPED = ["js", "hsjszl", "交收指令", "zhong", "baozhengjin", "资金", "2026-03-03", "jsmx 20260303", "qxzj dzbf", "412", "zzzz"]
DAY = date(2026, 3, 3)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--things", type=int, default=0, help="how many; 1,000,000 on PostgreSQL, 100,000 on SQLite")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["testserver"]
    connection.creation.create_test_db(verbosity=0)
    try:
        things = options.things or (1_000_000 if connection.vendor == "postgresql" else 100_000)
        _fill(things)
        _measure(things)
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)


def _measure(things: int) -> None:
    from django.db import connection
    from django.test import Client

    from apps.desk.models import FindTerm
    from apps.people.models import User

    print(f"{things} things with {FindTerm.objects.count()} terms on {LINES} lines, {connection.vendor}")
    for name in ("everywhere", "one-line"):
        client = Client()
        client.force_login(User.objects.get(username=name))
        for typed in TYPED:
            ask: Callable[[], Any] = partial(client.get, "/find/", {"q": typed}, headers={"HX-Request": "true"})
            _tell(f"{name}: {typed}", ask)


def _fill(things: int) -> None:
    from django.db import connection

    from apps.people.states import Role
    from tests.factories.people import give_role, make_line, make_user

    everywhere, one_line = make_user("everywhere"), make_user("one-line")
    lines = [make_line(f"line-{number}") for number in range(LINES)]
    for line in lines:
        give_role(everywhere, line, Role.AUDITOR)
    give_role(one_line, lines[7], Role.OPERATOR)
    dice = random.Random(7)
    names = [f"{where}{what}{do}" for where in WHERE for what in WHAT for do in DO]
    processes = _processes(lines, names)
    makers = _makers(dice, lines, processes, names)
    for kind, share in SHARES.items():
        _make(kind, things * share // 100, makers[kind])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _processes(lines: list[Any], names: list[str]) -> list[Any]:
    from apps.processes.models import Process

    made = [
        Process(key=f"process-{number}", name_zh=names[number], name_en=f"Process {number}", line=lines[number % LINES])
        for number in range(PROCESSES)
    ]
    Process.objects.bulk_create(made)
    _keep_terms("process", made)
    return list(Process.objects.select_related("line"))


def _make(kind: str, count: int, maker: Callable[[int], Any]) -> None:
    left = iter(range(1, count + 1))
    while some := [maker(number) for number in islice(left, 5000)]:
        made = type(some[0]).objects.bulk_create(some)
        if kind != "run":
            _keep_terms(kind, made)
    print(f"{count} of kind {kind}", file=sys.stderr, flush=True)


def _makers(dice: random.Random, lines: list[Any], processes: list[Any], names: list[str]) -> dict[str, Callable[[int], Any]]:
    from apps.approvals.models import Approval
    from apps.changes.models import Change
    from apps.engine.models import Run
    from apps.files.models import ArrivedFile, Source
    from apps.kernel import clock
    from apps.people.models import User
    from apps.tickets.models import Ticket

    now, person = clock.now(), User.objects.get(username="everywhere")
    source = Source.objects.create(line=lines[0], code="source", directory="x")
    version = _version(processes[0], person)

    def run(number: int) -> Any:
        process = dice.choice(processes)
        day = DAY - timedelta(days=number % 700)
        facts = {"version_id": version, "business_date": day, "begun_by": person, "begun_at": now, "state": "done"}
        return Run(process=process, line_id=process.line_id, **facts)

    def file(number: int) -> Any:
        code, day = dice.choice(["jsmx", "zqbd", "zqye", "fjy", "bgh"]), DAY - timedelta(days=number % 700)
        facts = {"source": source, "line": dice.choice(lines), "size": 1, "sha256": "0", "state": "quarantined"}
        name, once = f"{code}{number:06}.dbf", str(number)
        return ArrivedFile(name=name, file_code=code, business_date=day, arrived_at=now, once=once, **facts)

    def approval(number: int) -> Any:
        process = dice.choice(processes)
        facts = {"kind": "process", "subject": number, "digest": "0", "submitter": person, "submitted_at": now}
        title = {"title_zh": f"{process.name_zh} v{number % 40}", "title_en": f"{process.name_en} v{number % 40}"}
        return Approval(line_id=process.line_id, process=process.pk, **facts, **title)

    def ticket(number: int) -> Any:
        facts = {"year": 2026, "number": number, "external_number": f"TD-{number}", "submitted_at": now}
        title = f"{dice.choice(names)} {dice.choice(DO)}"
        return Ticket(title=title, line=dice.choice(lines), submitter=person, owner=person, **facts)

    def change(_number: int) -> Any:
        facts = {"title": dice.choice(names), "kind": "emergency", "reason": "why", "author": person, "created_at": now}
        return Change(line=dice.choice(lines), **facts)

    return {"run": run, "file": file, "approval": approval, "ticket": ticket, "change": change}


def _version(process: Any, person: Any) -> int:
    from apps.kernel import clock
    from apps.processes.models import ProcessVersion

    made = ProcessVersion.objects.create(process=process, number=1, plan_digest="0", author=person, created_at=clock.now())
    return int(made.pk)


def _keep_terms(kind: str, things: Iterable[Any]) -> None:
    """What the store writes; a text that stands with many things is read once."""
    from django.db import transaction

    from apps.desk.models import FindTerm
    from apps.desk.selectors.findable import FINDABLE
    from apps.kernel.rows import insert_values

    findable = FINDABLE[kind]
    rows = [
        {"kind": kind, "subject": thing.pk, "term": term, "line": thing.line_id, "process": findable.process_of(thing)}
        for thing in things
        for term in {term for text in findable.texts(thing) for term in _terms(text)}
    ]
    with transaction.atomic():
        for begin in range(0, len(rows), 5000):
            insert_values(FindTerm, rows[begin : begin + 5000])


@lru_cache(maxsize=20_000)
def _terms(text: str) -> frozenset[str]:
    from apps.desk.core.finding import terms_of

    return frozenset(terms_of([text]))


if __name__ == "__main__":
    main()
