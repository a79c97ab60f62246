"""Edits and decisions in the same moment: whoever comes second is told so, and nobody ever decides on what they changed.

    CLEARWAY_RACES=1000 CLEARWAY_TEST_DATABASE_URL=postgres://... pytest tests/approvals/test_races.py

is the long form.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connections
from django.db.models import F
from rest_framework.test import APIClient

from apps.approvals import store
from apps.approvals.actions import decide
from apps.approvals.models import Approval, Maker, Seat
from apps.journal.models import Entry
from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.states import Role
from tests.factories.approvals import begin_approval, make_flow, register_things
from tests.factories.people import make_line, make_member

RACES = int(os.environ.get("CLEARWAY_RACES", "12"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300 + 2 * RACES)]
ONE_COUNTS = {(200, 409, 409), (409, 200, 409), (409, 409, 200)}
LATER = 8
"""By how many steps of time an edit may come after the decisions, which take longer to get to the database."""


@pytest.fixture
def cast():
    register_things()
    line, author = make_line(), make_member("author", Role.PROCESS_AUTHOR)
    people = [make_member(name, Role.MANAGER) for name in ("ann", "bob", "cem")]
    make_flow(line, {"people": people})
    return line, author, people


def at_once(*acts: Callable[[], int]) -> list[int]:
    """What each of them got, all begun in the same moment."""
    barrier, outcomes = threading.Barrier(len(acts)), dict[int, int]()

    def run(number: int, act: Callable[[], int]) -> None:
        try:
            barrier.wait(30)
            outcomes[number] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [outcomes.get(number, 0) for number in range(len(acts))]


def approves(person: User, approval: Approval) -> Callable[[], int]:
    def act() -> int:
        api = APIClient()
        api.force_authenticate(person)
        answer = api.post(f"/api/approvals/{approval.pk}/approve/", {"revision": approval.revision}, format="json")
        return int(answer.status_code)

    return act


def edits(author: User, approval: Approval, editor: User, after: float = 0) -> Callable[[], int]:
    """Takes it back, and submits it with what the editor has changed; so many seconds after the others have begun."""

    def act() -> int:
        time.sleep(after)
        try:
            decide(approval_id=approval.pk, verb="withdraw", actor=author)
            begin_approval(approval.line, author, subject=approval.subject, digest="changed", others=[editor])
        except DomainError as refusal:
            return refusal.http_status
        return 200

    return act


def own_decisions() -> int:
    """Voices that a maker has or used."""
    by_makers = Maker.objects.filter(person=F("approval__seats__decided_by")).count()
    return by_makers + Seat.objects.filter(approval__makers__person=F("holder")).count()


def race(line, author, people, subject) -> tuple[int, int, int]:
    ann, bob, _ = people
    approval = begin_approval(line, author, subject=subject)
    after = subject % LATER * 0.006
    edited, by_ann, by_bob = at_once(edits(author, approval, ann, after), approves(ann, approval), approves(bob, approval))
    return edited, by_ann, by_bob


def test_of_an_edit_and_two_decisions_at_once_one_counts_and_the_others_are_told(cast):
    line, author, people = cast
    seen: Counter[tuple[int, int, int]] = Counter()

    for subject in range(RACES):
        seen[race(line, author, people, subject)] += 1

    assert set(seen) <= ONE_COUNTS
    assert own_decisions() == 0
    approved = Entry.objects.filter(kind="approval.moved", data__verb="approve").count()
    assert (
        approved
        == Approval.objects.filter(state="approved").count()
        == RACES - sum(seen[each] for each in seen if each[0] == 200)
    )


def test_who_changed_it_has_no_voice_in_what_they_changed(cast):
    line, author, people = cast
    approval = begin_approval(line, author)

    edited = edits(author, approval, people[0])()
    again = Approval.objects.latest("pk")

    assert (edited, approves(people[0], again)(), approves(people[1], again)()) == (200, 403, 200)


def _without_a_lock(approval_id):
    """Seeded: what is decided on is read and not locked."""
    return Approval.objects.select_related("line", "submitter").get(pk=approval_id)


@pytest.mark.skipif(connections["default"].vendor == "sqlite", reason="SQLite has one writer: there is no row to forget to lock")
def test_the_seeded_bug_of_a_forgotten_lock_is_found(cast, monkeypatch):
    line, author, people = cast
    monkeypatch.setattr(store, "locked", _without_a_lock)

    outcomes = set()
    for subject in range(40):
        try:
            outcomes.add(race(line, author, people, subject))
        except Exception as broken:  # the database's own guards may be what finds it
            outcomes.add((0, 0, len(str(broken))))
        if outcomes - ONE_COUNTS:
            return

    raise AssertionError(f"nothing was noticed: {outcomes}")
