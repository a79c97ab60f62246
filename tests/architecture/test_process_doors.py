"""The doors again, for people who hold rights on single processes: they see and do what is of those, and nothing else."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.approvals.models import Approval
from apps.journal.models import Entry
from apps.people.actions import grant_on_process
from apps.people.models import User
from apps.people.states import PROCESS_RIGHTS, Right, Role
from apps.processes import actions as processes
from apps.processes.models import Process
from tests.architecture.door_words import (
    BREAK,
    CHANGE,
    CORRECTION,
    ENTRY,
    INSIDE,
    MONITOR,
    PRODUCT,
    REPLAYED,
    RULE,
    TICKET,
    TICKET_KEY,
    VARIANT,
)
from tests.architecture.doors import DOORS
from tests.architecture.test_doors import KEPT_OUT, knocked, world  # noqa: F401 - a fixture
from tests.factories.desk import published_with_drawing
from tests.factories.engine import PlanText, begin, run_until_quiet
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import draft

pytestmark = pytest.mark.django_db

OF_A_LINE = {
    "accept-break", "api-accept-break", "api-assign-break", "api-break", "api-compare-as-defined", "api-correct-break",
    "api-explain-break", "assign-break", "bring-sheet", "compare-as-defined", "reconciliation", "statement",
    "api-file-correction", "api-rule-on-file", "file-correction", "rule-on-file",
    "api-file", "api-file-lineage", "file-lineage", "api-line-pause", "api-line-resume", "api-messages", "api-monitor",
    "api-signals", "api-tickets", "explain-break", "file", "file-original", "monitor", "pause-lines", "release",
    "api-end-release", "api-release", "api-releases", "api-attachment", "attachment", "roster-coverage", "roster-place",
    "api-handover", "api-handover-report", "api-handovers", "api-processes", "api-take-handover", "give-handover", "handover",
    "api-product-accounts-check",
}  # fmt: skip
"""What belongs to a line as a whole, as changes and tickets do (the attachment lies beside a ticket), or, of messages, to
another process."""

OF_A_LINE_BY_KEY = {BREAK, CHANGE, CORRECTION, ENTRY, MONITOR, PRODUCT, REPLAYED, RULE, TICKET, TICKET_KEY}

DOORS_OF_PROCESSES = sorted(name for name, doors in DOORS.items() if any(one.who in PROCESS_RIGHTS for one in doors))


def with_rights(name: str, keys: list[str], *rights: Right) -> User:
    person = make_user(name)
    root = User.objects.get(username="the-root")
    for key in keys:
        grant_on_process(process_key=key, rights=rights, user_id=person.pk, actor=root, reason="a trial")
    return person


@pytest.mark.parametrize("name", DOORS_OF_PROCESSES)
def test_a_right_on_one_process_opens_the_doors_of_that_process_and_no_other(name, world):  # noqa: F811
    Process.objects.create(key="OTHER", name_zh="OTHER", name_en="OTHER", line=make_line())
    both = ["P", world[VARIANT]]
    onlooker, elsewhere = with_rights("onlooker", both, Right.VIEW), with_rights("elsewhere", ["OTHER"], *PROCESS_RIGHTS)
    asked = [right for right in PROCESS_RIGHTS if any(one.who == right for one in DOORS[name])]
    holders = {right: with_rights(f"holder-{right}", both, right) for right in asked}

    for one in DOORS[name]:
        if one.who not in PROCESS_RIGHTS:
            continue
        statuses = [knocked(name, one, world, person) for person in (holders[Right(one.who)], onlooker, elsewhere)]
        is_open = name not in OF_A_LINE and not OF_A_LINE_BY_KEY & {*one.arguments}

        assert (statuses[0] not in KEPT_OUT) is is_open, (one, statuses)
        assert (statuses[1] not in KEPT_OUT) is (is_open and one.who is Right.VIEW), (one, statuses)
        assert statuses[2] in {403, 404}, (one, statuses)
        assert all(status < 500 for status in statuses), (one, statuses)


@pytest.fixture
def two_processes(world: Any) -> Any:  # noqa: F811
    """Beside P, on the same line, a process with a name that nothing else has, in review, with a run, a task and a test."""
    line = make_line()
    author = User.objects.get(username="the-author")
    hidden = published_with_drawing(PlanText("HUSHHUSH").user("make").flow("start", "make", "end"), on=line)
    processes.submit_version(version_id=draft(hidden.process, author).pk, actor=author)
    processes.save_test(process_key="HUSHHUSH", test={"name": "HUSHHUSH ends"}, actor=author)
    run = begin("HUSHHUSH")
    run_until_quiet()
    return world | {"hidden-run": run.pk}


def texts_for(person: User, world: Any) -> dict[str, str]:  # noqa: F811
    """Every list and page that anybody who is signed in may read."""
    client = Client()
    client.force_login(person)
    found = {}
    for name, doors in DOORS.items():
        for one in doors:
            if one.who == INSIDE and one.method == "get":
                answer: Any = client.get(reverse(name, args=[world.get(each, each) for each in one.arguments]), dict(one.data))
                body = b"".join(answer) if answer.streaming else answer.content
                found[f"{name} {one.arguments} {one.data}"] = body.decode()
    return found


def test_lists_name_nothing_of_the_line_beyond_the_one_process(two_processes):
    person = with_rights("onlooker", ["P"], *PROCESS_RIGHTS)
    hidden_approval = Approval.objects.get(title_en__contains="HUSHHUSH")
    theirs = two_processes["run"]

    told = texts_for(person, two_processes)

    leaks = [name for name, text in told.items() if "HUSHHUSH" in text or f"/runs/{two_processes['hidden-run']}/" in text]
    assert leaks == []
    assert not [name for name, text in told.items() if f"/approvals/{hidden_approval.pk}/" in text]
    for name in ("runs", "home"):
        assert f"/runs/{theirs}/" in told[f"{name} () ()"], name
    assert [row["id"] for row in listed(person, "api-runs")["results"]] == [theirs]
    assert [row["key"] for row in listed(person, "api-processes")["results"]] == ["P"]
    assert [row["id"] for row in listed(person, "api-approvals")["results"]] == [two_processes["approval"]]
    assert [row["id"] for row in listed(person, "api-steps")["results"]] == [two_processes["step"]]


def listed(person: User, name: str) -> Any:
    client = Client()
    client.force_login(person)
    return client.get(reverse(name)).json()


def test_the_journal_of_a_run_is_read_with_a_right_on_its_process_alone(two_processes):
    person, stranger = with_rights("onlooker", ["P"], Right.VIEW), make_user("nobody")
    give_role(stranger, make_line("options"), *Role)

    def status(who: User, stream: str) -> int:
        client = Client()
        client.force_login(who)
        return client.get(reverse("api-journal", args=[stream])).status_code

    streams = [f"run.{two_processes['run']}", "process.P", f"approval.{two_processes['approval']}"]
    assert [status(person, stream) for stream in streams] == [200, 200, 200]
    hidden = [f"run.{two_processes['hidden-run']}", "process.HUSHHUSH", "people", "run.x", "run.99999999999999999999", "process."]
    assert [status(person, stream) for stream in hidden] == [404] * len(hidden)
    assert [status(stranger, stream) for stream in streams] == [404] * 3
    assert Entry.objects.filter(stream="process.HUSHHUSH").exists()
