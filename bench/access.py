"""How long "what can this person do?" takes, and the questions that every page asks. Goal: 1 second, 2,000 people, 100 processes.

python -m bench.access [--people 2000] [--processes 100]

Ten lines; every person has a role on one of them, and rights on three processes of others, half of them until a day. The
database is one of its own, in memory unless the environment names another server, and is gone afterwards.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LINES = 10
TURNS = 20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=100)
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
        _measure(options.people, options.processes)
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)


def _measure(people: int, processes: int) -> None:
    from django.test import Client

    from apps.people import selectors
    from apps.people.actions import may
    from apps.people.models import User
    from apps.people.states import Right
    from apps.processes.models import Process
    from apps.processes.selectors import processes_where

    _fill(people, processes)
    person, root = User.objects.get(username=f"p{people // 2}"), User.objects.get(username="root")
    process = Process.objects.select_related("line").order_by("pk")[processes // 2]
    client = Client()
    client.force_login(root)
    scope = selectors.scope_of(root)

    def table() -> int:
        return sum(len(holdings) for _person, holdings in selectors.told_by_person(scope, selectors.Wanted()))

    print(f"{people} people, {processes} processes on {LINES} lines")
    _tell("what can this person do (selector)", lambda: selectors.holdings_of([person], scope, selectors.Wanted()))
    _tell("what can this person do (page)", lambda: client.get("/people/access/", {"person": person.username}))
    _tell("the first page of people", lambda: client.get("/people/access/"))
    _tell("the people of one process (page)", lambda: client.get("/people/access/", {"process": process.key}))
    _tell("one right on one process", lambda: may(person, Right.RUN, process.line, process.pk))
    _tell("the processes of a person", lambda: list(processes_where(person)))
    _tell("every right of a person", lambda: selectors.rights_of(person))
    _tell("the whole table (CSV rows)", table, turns=1)


def _fill(people: int, processes: int) -> None:
    from django.contrib.auth.models import Permission

    from apps.kernel import clock
    from apps.people.actions.members import role_group
    from apps.people.models import Membership, User
    from apps.people.states import PROCESS_RIGHTS, Role
    from apps.processes.models import Process, ProcessUserObjectPermission
    from tests.factories.people import make_line, make_team, make_user

    make_user("root", superuser=True)
    teams = [make_team(make_line(f"line-{number}")) for number in range(LINES)]
    made = Process.objects.bulk_create(
        Process(key=f"P{number:03}", name_zh=f"流程{number}", name_en=f"Process {number}", line=teams[number % LINES].line)
        for number in range(processes)
    )
    users = User.objects.bulk_create(User(username=f"p{number}", display_name=f"Person {number}") for number in range(people))
    roles = [Role.OPERATOR, Role.MAKER, Role.CHECKER, Role.PROCESS_AUTHOR]
    held: list[Membership] = []
    for number, user in enumerate(users):
        team, role = teams[number % LINES], roles[number % len(roles)]
        held.append(Membership(team=team, user=user, role=role))
    Membership.objects.bulk_create(held)
    for team in teams:
        for role in roles:
            role_group(team.line, role)
    rights = list(Permission.objects.filter(codename__in=[f"{right.value}_process" for right in PROCESS_RIGHTS]))
    until = clock.now() + timedelta(days=30)
    ProcessUserObjectPermission.objects.bulk_create(
        ProcessUserObjectPermission(
            user=user,
            permission=rights[(number + turn) % len(rights)],
            content_object=made[(number * 7 + turn * 31) % processes],
            valid_until=until if (number + turn) % 2 else None,
        )
        for number, user in enumerate(users)
        for turn in range(3)
    )


def _tell(name: str, work: Callable[[], Any], turns: int = TURNS) -> None:
    work()
    took = []
    for _turn in range(turns):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    took.sort()
    print(f"{name:40} median {took[len(took) // 2] * 1000:8.1f} ms   slowest {took[-1] * 1000:8.1f} ms")


if __name__ == "__main__":
    main()
