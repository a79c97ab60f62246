"""How long people wait for approvals, changes and what others do beside them. Each figure is printed with its goal.

    python -m bench.responses [--processes 200] [--waiting 2000] [--people 100] [--turns 15]

Ten lines with processes of forty steps, of which a tenth begin by themselves at moments of the calendar; tickets and versions
wait for their approval. The database is one of its own, a file unless the environment names a server, and is gone
afterwards. Pages and API are asked through the whole stack but the network.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LINES = 10
STEPS = 40
SELF_STARTING = 10  # one process in so many


@dataclass(frozen=True)
class Sizes:
    processes: int
    waiting: int
    people: int
    turns: int


@dataclass
class Board:
    """What was measured against what."""

    missed: int = 0

    def tell(self, name: str, took: list[float], goal: float, beside: str = "") -> None:
        took = sorted(took)
        slowest = took[-1]
        kept = slowest <= goal
        self.missed += not kept
        print(
            f"{name:46} median {took[len(took) // 2] * 1000:7.0f} ms   slowest {slowest * 1000:7.0f} ms   "
            f"goal {goal * 1000:6.0f} ms   {'kept' if kept else 'MISSED'}{beside}",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=200)
    parser.add_argument("--waiting", type=int, default=2000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clearway-bench-") as folder:
        return _on_its_own(Sizes(options.processes, options.waiting, options.people, options.turns), folder)


def _on_its_own(sizes: Sizes, folder: str) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
    os.environ["CLEARWAY_DATA"] = folder
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # of the test people only
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    board = Board()
    try:
        _measure(sizes, board)
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)
    return 1 if board.missed else 0


def _measure(sizes: Sizes, board: Board) -> None:
    from django.db import connection

    begun = time.perf_counter()
    world = _World(sizes)
    print(
        f"{connection.vendor}: {sizes.processes} processes of {STEPS} steps on {LINES} lines, {sizes.waiting} waiting approvals, "
        f"{sizes.people} people, made in {time.perf_counter() - begun:.0f} s"
    )
    for name, goal, turns in world.figures():
        board.tell(name, list(turns), goal)
    board.tell("presence told to the other page", asyncio.run(_presence(sizes.turns)), 1.0)
    board.tell("an edit carried into 500 nodes (processor)", list(_carrying(sizes.turns)), 0.5)


class _World:
    """Everybody and everything that is measured; each turn of a figure takes something that nobody has decided on."""

    def __init__(self, sizes: Sizes) -> None:
        from apps.calendars.actions import load_calendar_facts
        from apps.people.states import Role
        from tests.factories.engine import published
        from tests.factories.people import give_role, make_line, make_user

        load_calendar_facts()
        self.sizes = sizes
        self.lines = [make_line(f"line-{number}") for number in range(LINES)]
        self.author, self.head, self.root = make_user("the-author"), make_user("the-head"), make_user("the-root", superuser=True)
        for line in self.lines:
            give_role(self.author, line, Role.PROCESS_AUTHOR)
            give_role(self.head, line, Role.PROCESS_APPROVER)
        roles = (Role.PROCESS_APPROVER, Role.OPERATOR, Role.MAKER, Role.CHECKER)
        for number in range(sizes.people - 3):
            give_role(make_user(f"p{number}"), self.lines[number % LINES], roles[number % len(roles)])
        self.turn = 0
        self.versions = [published(_process(number), on=self.lines[number % LINES]) for number in range(sizes.processes)]
        self._wait()

    def _wait(self) -> None:
        """A version of every second process, then tickets."""
        from apps.approvals.models import Approval
        from apps.processes import actions as processes
        from apps.tickets import actions as tickets

        for version in self.versions[: self.sizes.processes // 2]:
            drafted = self._draft(version)
            processes.submit_version(version_id=drafted.pk, actor=self.author)
        for number in range(self.sizes.waiting - Approval.objects.count()):
            line = self.lines[number % LINES]
            made = tickets.raise_ticket(line_id=line.pk, title=f"wish {number}", actor=self.author)
            self._triage(made)
        self.tickets = list(Approval.objects.filter(kind="ticket").order_by("id"))
        self.reviews = list(Approval.objects.filter(kind="process.version").order_by("id"))

    def _triage(self, ticket: Any) -> None:
        from apps.tickets.actions import move_ticket

        move_ticket(ticket_id=ticket.pk, move="triage", actor=self.author)

    def _draft(self, version: Any) -> Any:
        from apps.processes import actions as processes

        model = _model(version.process.key, self.turn)
        self.turn += 1
        return processes.save_draft(process_key=version.process.key, model_xml=model, note="next", actor=self.author)

    def figures(self) -> Iterator[tuple[str, float, list[float]]]:
        """Name, goal in seconds and what each turn took."""
        from django.test import Client

        self.head_page, self.author_page, self.root_page = Client(), Client(), Client()
        for client, person in ((self.head_page, self.head), (self.author_page, self.author), (self.root_page, self.root)):
            client.force_login(person)
            client.get("/inbox/")  # the first page of a process loads the house
        yield "inbox of somebody who decides on every line", 0.5, self._read(self.head_page, "/inbox/")
        yield "inbox, its number", 0.5, self._read(self.head_page, "/inbox/count/", fragment=True)
        yield "approvals that wait", 0.5, self._read(self.head_page, "/approvals/")
        yield "page of an approval", 0.5, self._read(self.head_page, f"/approvals/{self.tickets[0].pk}/")
        yield "decision of a ticket, page", 0.5, [self._decided(each, on_page=True) for each in self._next(self.tickets)]
        yield "decision of a ticket, API", 0.5, [self._decided(each, on_page=False) for each in self._next(self.tickets)]
        yield "decision of a version, page", 0.5, [self._decided(each, on_page=True) for each in self._next(self.reviews)]
        yield "decision of a version, API", 0.5, [self._decided(each, on_page=False) for each in self._next(self.reviews)]
        yield "a version submitted", 2.0, [self._version_submitted(turn) for turn in range(self.sizes.turns)]
        yield "a change of three versions submitted", 2.0, [self._change_submitted(turn) for turn in range(self.sizes.turns)]
        address = f"/calendar/?calendar=CN-EX&day={self._day_to_close()}"
        yield "what another day in the calendar would touch", 2.0, self._read(self.root_page, address)

    def _read(self, client: Any, address: str, *, fragment: bool = False) -> list[float]:
        headers = {"HTTP_HX_REQUEST": "true"} if fragment else {}
        took: list[float] = []
        for _turn in range(self.sizes.turns):
            with _timed(took):
                answer = client.get(address, **headers)
            _require(answer.status_code == 200, address)
        return took

    def _next(self, approvals: list[Any]) -> list[Any]:
        """Approvals that nobody has decided on; they are taken from the end of the list."""
        return [approvals.pop() for _turn in range(self.sizes.turns)]

    def _decided(self, approval: Any, *, on_page: bool) -> float:
        took: list[float] = []
        words = {"verb": "approve", "revision": approval.revision, "reason": "agreed"}
        with _timed(took):
            if on_page:
                answer = self.head_page.post(f"/approvals/{approval.pk}/", words)
            else:
                said = {"revision": approval.revision, "reason": "agreed"}
                answer = self.head_page.post(f"/api/approvals/{approval.pk}/approve/", said, "application/json")
        _require(answer.status_code == (302 if on_page else 200), f"{approval}: {answer.status_code}")
        approval.refresh_from_db()
        _require(approval.state == "approved", str(approval))
        return took[0]

    def _version_submitted(self, turn: int) -> float:
        version = self._draft(self.versions[-1 - turn])
        took: list[float] = []
        with _timed(took):
            answer = self.author_page.post(
                f"/api/processes/{version.process.key}/versions/{version.number}/submit/", {}, "application/json"
            )
        _require(answer.status_code == 200, answer.content.decode()[:300])
        return took[0]

    def _change_submitted(self, turn: int) -> float:
        from apps.changes import actions as changes
        from apps.changes.selectors.lifecycle import next_effective_date

        of_line = [one for one in self.versions if one.process.line_id == self.lines[turn % LINES].pk]
        change = changes.create_change(
            line_id=self.lines[turn % LINES].pk, actor=self.author, effective_date=next_effective_date(), title="x", reason="x"
        )
        first = 3 + turn // LINES * 3  # the first ones of each line are waiting for their approval
        for version in of_line[-first - 3 : -first]:
            drafted = self._draft(version)
            content = {"process": version.process.key, "number": drafted.number}
            changes.add_item(change_id=change.pk, kind="process.version", content=content, actor=self.author)
        took: list[float] = []
        with _timed(took):
            answer = self.author_page.post(f"/changes/{change.pk}/", {"verb": "submit"})
        change.refresh_from_db()
        _require(answer.status_code == 302 and change.state == "submitted", answer.content.decode()[-3000:])
        return took[0]

    def _day_to_close(self) -> date:
        """A business day to come: the starts of its date do not come, and what lies a day later moves."""
        from apps.calendars.selectors import shift_business_day
        from apps.kernel import clock

        day = shift_business_day("CN-EX", clock.market_date(), 2)
        answer = self.root_page.get("/api/calendar-days/", {"calendar": "CN-EX", "day": day.isoformat(), "is_open": "false"})
        _require(len(answer.json()["starts"]) > 0, "no process begins by itself on that day")
        return day


def _process(number: int) -> Any:
    from apps.processes.core.plan import Event, EventKind, NodeKind, Timer
    from tests.factories.engine import PlanText

    text = PlanText(f"P{number}")
    if number % SELF_STARTING == 0:
        text.node("begins", NodeKind.START, events=(Event(EventKind.TIMER, timer=Timer(time_node="FINAL.CASH")),))
    return _steps(text, "begins" if number % SELF_STARTING == 0 else "start")


def _steps(text: Any, first: str) -> Any:
    names = [f"s{step}" for step in range(STEPS)]
    for name in names:
        text.user(name)
    return text.flow(first, *names, "end")


def _model(key: str, turn: int) -> str:
    from tests.factories.processes import document, elements, flows

    names = [f"a{turn}-{step}" for step in range(STEPS)]
    steps = " ".join(f"manual:{name}" for name in names)
    return document(elements(f"start:s {steps} end:e") + flows(["s", *names, "e"]), key).decode()


async def _presence(turns: int) -> list[float]:
    """From the moment when a second page opens its socket until the first one has been told."""
    from asgiref.sync import sync_to_async
    from django.db import connections

    from apps.approvals.models import Approval
    from apps.desk.dispatch import hub_here
    from apps.people.models import User
    from tests.desk.feeds import connected, session_of

    first, second = [await User.objects.aget(username=name) for name in ("the-author", "the-root")]
    waiting = await Approval.objects.filter(state="deciding").order_by("id").afirst()
    address = f"/ws/at/approval/{waiting.pk if waiting else 0}/"
    sessions = [await session_of(person) for person in (first, second)]
    took: list[float] = []
    for _turn in range(turns):
        async with connected(address, sessions[0]) as mine:
            await _told(mine, 1)
            begun = time.perf_counter()
            async with connected(address, sessions[1]):
                await _told(mine, 2)
                took.append(time.perf_counter() - begun)
            await _told(mine, 1)
    await asyncio.get_running_loop().run_in_executor(None, hub_here().stop)
    await sync_to_async(connections.close_all)()
    return took


async def _told(socket: Any, people: int) -> None:
    """Waits until the page has been told that so many people are there."""
    while True:
        frame = json.loads(await socket.receive_from())
        if frame["type"] == "present" and len(frame["people"]) == people:
            return


def _carrying(turns: int) -> Iterator[float]:
    """Processor time of carrying an edit into a model of 500 nodes with foreign matter all over it."""
    from apps.processes.core.merging import carried
    from tests.factories.drawings import drawn, plan_of_size
    from tests.processes.test_carrying import as_written_by_an_editor, edited, with_foreign_matter

    stored = with_foreign_matter(drawn(plan_of_size(500)), Random(1))  # type: ignore[no-untyped-call]
    read = as_written_by_an_editor(stored)  # type: ignore[no-untyped-call]
    for turn in range(turns):
        now, _edits = edited(read, 7 + turn)  # type: ignore[no-untyped-call]
        begun = time.process_time()
        carried(stored, read, now)
        yield time.process_time() - begun


@contextmanager
def _timed(took: list[float]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    took.append(time.perf_counter() - begun)


def _require(holds: bool, what: str) -> None:
    """A figure of something that went wrong is none."""
    if not holds:
        raise AssertionError(what)


if __name__ == "__main__":
    sys.exit(main())
