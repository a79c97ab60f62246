"""How long tickets let somebody wait who types a title, or looks at lists. Goal: 300 ms over 100,000 tickets.

python -m bench.tickets [--tickets 100000]

Ten lines, one person who sees them all; titles are made of 300 words of the trade, so that many are alike, and a fifth of the
tickets has ended. The database is one of its own, in memory unless the environment names another server, and is gone
afterwards.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LINES = 10
TURNS = 20
WHAT = ["交收指令", "保证金", "资金划拨", "非交易过户", "对账文件", "回转交易", "质押登记", "席位资金", "备付金", "清算速度"]
WHERE = ["沪市", "深市", "股转", "港股通", "期权", "黄金自营", "资管", "托管行", "中登", "结算通"]
DO = ["分批发送", "重复入账", "金额不符", "缺少字段", "自动核对", "延迟到账", "格式升级", "人工补录", "汇总报表", "日终校验"]
TYPED = ["沪市交收指令分批发送失败", "期权保证金金额不符", "资金", "中登对账文件格式升级后缺少字段，需要自动核对和人工补录"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=100_000)
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
        _measure(options.tickets)
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)


def _measure(tickets: int) -> None:
    from django.db import connection
    from django.test import Client

    from apps.people.models import User
    from apps.tickets import selectors

    _fill(tickets)
    person = User.objects.get(username="person")
    client = Client()
    client.force_login(person)
    print(f"{tickets} tickets on {LINES} lines, {connection.vendor}")
    for typed in TYPED:
        _tell(f"tickets like one of {len(typed)} signs", partial(selectors.like, person, typed))
    _tell("the same while typing (page)", lambda: client.get("/tickets/like/", {"title": TYPED[0]}))
    _tell("the list (page)", lambda: client.get("/tickets/"))


def _fill(tickets: int) -> None:
    from django.db import connection

    from apps.kernel import clock
    from apps.people.states import Role
    from apps.tickets.core.likeness import marks_of
    from apps.tickets.models import Mark, Ticket
    from apps.tickets.states import TicketState
    from tests.factories.people import give_role, make_line, make_user

    person = make_user("person")
    lines = [make_line(f"line-{number}") for number in range(LINES)]
    for line in lines:
        give_role(person, line, Role.PROCESS_AUTHOR)
    dice, now = random.Random(7), clock.now()
    words = [f"{where}{what}" for where in WHERE for what in WHAT]
    for begin in range(0, tickets, 5000):
        made = Ticket.objects.bulk_create(
            Ticket(
                kind="requirement",
                year=2026,
                number=number + 1,
                external_number=f"TD-{number}",
                line=dice.choice(lines),
                title=f"{dice.choice(words)}{dice.choice(DO)}{dice.choice(DO)} {dice.randrange(10_000)}",
                state=TicketState.REJECTED if dice.random() < 0.2 else TicketState.SUBMITTED,
                submitter=person,
                owner=person,
                submitted_at=now,
            )
            for number in range(begin, min(begin + 5000, tickets))
        )
        rows = [
            Mark(ticket=ticket, line_id=ticket.line_id, mark=mark)
            for ticket in made
            if ticket.state != TicketState.REJECTED
            for mark in sorted(marks_of(ticket.title))
        ]
        Mark.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
